#!/usr/bin/env python3
"""Every kind of call with every kind of error, once and from then on: no output is partial, nothing is lost, what
fails is said, and the next run completes the work. Under a sanitizer only every fourth case."""

import os
import shutil

from support import (REPORT, UNDER_ASAN, call_counts, check, describe, imgc, inject, is_temporary, make_tree, need_strace, png,
                     read_tree, report_of, scratch)

CALLS = {"open": "openat", "read": "read,pread64", "write": "write", "fsync": "fsync,fdatasync,syncfs",
         "rename": "renameat,renameat2", "close": "close", "mkdir": "mkdir,mkdirat", "getdents": "getdents64"}
ERRORS = ("EIO", "ENOSPC", "EACCES", "EINTR", "EMFILE")
EVERY = 4 if UNDER_ASAN and "IMGC_TEST_ALL" not in os.environ else 1
INPUTS = {b"%s%02d.png" % (directory, i): png(40, 30, 3 * i + j)
          for i in range(10) for j, directory in enumerate((b"", b"a/", b"b/c/"))}
OLD = {name: png(8, 8, 99) for i, name in enumerate(sorted(INPUTS)) if i % 2 == 0}


class Scene:
    def __init__(self, room):
        self.source, self.output = os.path.join(room, b"in"), os.path.join(room, b"out")
        self.log = os.path.join(room, b"log")
        self.arguments = ["compress", "--jobs", "1", "--effort", "fast", "--durability", "each", self.source, self.output]
        make_tree(self.source, INPUTS)
        self.start_again()
        result = imgc(*self.arguments)
        check(result.returncode == 0, describe(result))
        self.new = read_tree(self.output)
        check(set(self.new) == set(INPUTS), "the images don't all have an output")

    def start_again(self):
        shutil.rmtree(self.output, ignore_errors=True)
        make_tree(self.output, OLD)

    def middle_of(self, calls):
        """A call that the program makes while it works, counted as strace counts: by thread."""
        self.start_again()
        of_main, of_worker = call_counts(calls, self.arguments, self.log)
        if of_worker > of_main + 2:
            return of_main + (of_worker - of_main) // 2  # the worker's alone
        check(of_main > 0, f"no {calls} is made")
        return of_main // 2 + 1

    def check_case(self, where, calls, fault):
        self.start_again()
        result = imgc(*self.arguments, prefix=inject(calls, fault), timeout=60)
        check(result.returncode in (0, 1, 2), f"{where}: {describe(result)}")
        found = read_tree(self.output)
        left = [name for name in found if is_temporary(name)]
        check(not left, f"{where}: left {left}")
        for name, content in found.items():
            check(content in (OLD.get(name), self.new.get(name)), f"{where}: {name!r} is no complete file")
        check(set(OLD) <= set(found), f"{where}: an old file is gone")
        check(read_tree(self.source) == INPUTS, f"{where}: an input has changed")
        unfinished = {name for name in INPUTS if found.get(name) != self.new[name]}
        check(bool(unfinished) <= (result.returncode != 0), f"{where}: exit 0, but {len(unfinished)} are not done")
        check(result.returncode == 0 or result.stderr != b"", f"{where}: fails without a word")
        report = os.path.join(self.output, REPORT)
        if result.returncode == 1 and os.path.exists(report):
            failed = {os.fsencode(os.path.relpath(file["input"], os.fsdecode(self.source)))
                      for file in report_of(report)["files"] if file["outcome"] == "failed"}
            done = {name for name in INPUTS if name not in unfinished}
            # One whose name could not be synced is there, but not for sure.
            check(calls == CALLS["fsync"] or not failed & done, f"{where}: the report says of {failed & done} that they failed")

        result = imgc(*self.arguments)
        check(result.returncode == 0, f"{where}: the next run: {describe(result)}")
        check(read_tree(self.output) == self.new, f"{where}: the next run does not complete the tree")
        return bool(unfinished)


def main():
    need_strace()
    hit = cases = 0
    with scratch() as room:
        scene = Scene(room)
        number = 0
        for name, calls in CALLS.items():
            if UNDER_ASAN and name == "write":
                continue  # UBSan writes to a pipe to see whether memory is there, and ends when that fails
            first = None
            for error in ERRORS:
                for always in (False, True):
                    number += 1
                    # A call that is interrupted for ever has no end, here as everywhere.
                    if number % EVERY or (always and error == "EINTR" and name in ("read", "write")):
                        continue
                    if first is None:
                        first = scene.middle_of(calls)
                    cases += 1
                    hit += scene.check_case(f"{error} in {name}, {'always' if always else 'once'}", calls,
                                            f"error={error}:when={first}{'+' if always else ''}")
    print(f"{cases} cases, {hit} of which left files undone")
    check(hit > cases // 4, "most faults had no effect")


main()
