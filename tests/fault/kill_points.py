#!/usr/bin/env python3
"""Killed at any system call, every output is absent, the complete old file or the complete new one, the inputs
are untouched, and the next run completes the work and leaves no temporary behind."""

import os
import shutil
import signal

from support import (REPORT, call_counts, check, describe, imgc, inject, is_temporary, make_tree, need_strace, png,
                     read_tree, report_of, scratch)

ALL = "IMGC_TEST_ALL" in os.environ
POINTS = 640 if ALL else int(os.environ.get("IMGC_KILL_POINTS", "70"))
CALLS = ["renameat,renameat2", "openat", "write", "close", "mkdirat,mkdir", "fchmod", "flock", "fsync"]
INPUTS = {b"%s%02d.png" % (directory, i): png(40, 30, i) for i in range(16 if ALL else 6) for directory in (b"", b"a/", b"b/c/")}
OLD = {name: png(8, 8, 99) for i, name in enumerate(sorted(INPUTS)) if i % 2 == 0}


class Sweep:
    """One way to run, swept over kill points."""

    def __init__(self, room, name, in_place):
        self.room = os.path.join(room, name)
        self.in_place = in_place
        self.source = os.path.join(self.room, b"in")
        self.output = self.source if in_place else os.path.join(self.room, b"out")
        self.report = os.path.join(self.room if in_place else self.output, REPORT)
        common = ["compress", "--jobs", "1", "--effort", "fast", "--report", os.fsdecode(self.report)]
        self.arguments = common + (["--in-place", os.fsdecode(self.source)] if in_place else
                                   [os.fsdecode(self.source), os.fsdecode(self.output)])
        self.start_again()
        self.run_to_the_end("the first run")
        self.new = read_tree(self.output)
        check(set(self.new) == set(INPUTS) and all(len(self.new[name]) < len(INPUTS[name]) for name in INPUTS),
              "the test images do not shrink, so old and new could not be told apart")
        if in_place:  # what is optimised already may be optimised once more
            self.run_to_the_end("the second run")
        self.newest = read_tree(self.output)

    def start_again(self):
        shutil.rmtree(self.room, ignore_errors=True)
        make_tree(self.source, INPUTS)
        if not self.in_place:
            make_tree(self.output, OLD)

    def run_to_the_end(self, when):
        result = imgc(*self.arguments)
        check(result.returncode == 0, f"{when}: {describe(result)}")
        check(report_of(self.report)["summary"]["status"] == "completed", f"{when}: the report does not say so")

    def check_after_kill(self, where):
        old = INPUTS if self.in_place else OLD
        for name, content in read_tree(self.output).items():
            if not is_temporary(name):
                check(content in (old.get(name), self.new.get(name), self.newest.get(name)),
                      f"{where}: {name!r} is neither the old nor the new file ({len(content)} bytes)")
        if not self.in_place:
            check(read_tree(self.source) == INPUTS, f"{where}: an input has changed")
        missing = set(old) - set(read_tree(self.output))
        check(not missing, f"{where}: lost {missing}")
        if os.path.exists(self.report):
            report_of(self.report)  # complete when it is there at all

    def check_after_next_run(self, where):
        self.run_to_the_end(f"{where}: the next run")
        after = read_tree(self.output)
        litter = [name for name in after if is_temporary(name)]
        check(not litter, f"{where}: the next run left {litter}")
        check(set(after) == set(INPUTS), f"{where}: the next run made {sorted(after)}")
        for name, content in after.items():
            check(content in (self.new[name], self.newest[name]), f"{where}: the next run left {name!r} unfinished")

    def kill_at(self, calls, number):
        where = f"{'in place' if self.in_place else 'to a tree'}, killed at {calls} {number}"
        self.start_again()
        result = imgc(*self.arguments, prefix=inject(calls, f"signal=KILL:when={number}"))
        killed = result.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        check(killed or result.returncode == 0, f"{where}: {describe(result)}")
        self.check_after_kill(where)
        litter = any(is_temporary(name) for name in read_tree(self.output))
        self.check_after_next_run(where)
        return killed, litter


def points(of_main, of_worker, wanted):
    """Call numbers to kill at: one in the main thread, the others where only the worker gets to."""
    if of_worker <= of_main:
        return sorted({1 + i * of_main // wanted for i in range(wanted)})
    early = [of_main // 2] if of_main > 1 else []
    wanted -= len(early)
    return early + sorted({of_main + 1 + i * (of_worker - of_main) // wanted for i in range(wanted)})


def main():
    need_strace()
    total = killed = littered = 0
    with scratch() as room:
        for name, in_place in ((b"tree", False), (b"place", True)):
            sweep = Sweep(room, name, in_place)
            for calls in CALLS:
                sweep.start_again()
                of_main, of_worker = call_counts(calls, sweep.arguments, os.path.join(room, b"log"))
                if of_main + of_worker == 0:  # in place makes no directory, a tree is not synced
                    continue
                for number in points(of_main, of_worker, -(-POINTS // (2 * len(CALLS)))):
                    was_killed, left_litter = sweep.kill_at(calls, number)
                    total += 1
                    killed += was_killed
                    littered += left_litter
    print(f"{total} kill points, {killed} reached, {littered} with a temporary left for the next run to remove")
    check(killed >= total * 3 // 4, "most kill points were never reached")
    check(littered > 0, "no kill left a temporary, so that its removal was never tried")


main()
