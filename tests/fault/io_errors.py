#!/usr/bin/env python3
"""An I/O error fails the file that it hits and no other; an interrupted call fails nothing."""

import os
import shutil

from support import (call_counts, check, describe, imgc, inject, is_temporary, make_tree, need_strace, outcomes,
                     png, read_tree, report_of, scratch)

INPUTS = {b"%02d.png" % i: png(40, 30, i) for i in range(80)}
OLD = {name: png(8, 8, 99) for i, name in enumerate(sorted(INPUTS)) if i % 2 == 0}


class Scene:
    def __init__(self, room):
        self.source, self.output = os.path.join(room, b"in"), os.path.join(room, b"out")
        self.report, self.log = os.path.join(room, b"report.json"), os.path.join(room, b"log")
        self.arguments = ["compress", "--jobs", "1", "--effort", "fast", "--no-state", "--report", self.report, self.source,
                          self.output]
        make_tree(self.source, INPUTS)
        self.start_again()
        result = imgc(*self.arguments)
        check(result.returncode == 0, describe(result))
        self.new = read_tree(self.output)

    def start_again(self):
        shutil.rmtree(self.output, ignore_errors=True)
        make_tree(self.output, OLD)

    def first_of_worker(self, calls):
        """A number of such calls that only the worker thread reaches."""
        self.start_again()
        of_main, of_worker = call_counts(calls, self.arguments, self.log)
        first = of_main + 20  # the main thread makes some more when it has failures to tell of
        check(of_worker > first + 20, f"the worker makes too few calls of {calls}: {of_worker}, and main {of_main}")
        return first

    def run(self, calls, fault):
        self.start_again()
        os.unlink(self.report)
        result = imgc(*self.arguments, prefix=inject(calls, fault))
        found = read_tree(self.output)
        check(not any(is_temporary(name) for name in found), f"{calls} {fault}: temporaries were left")
        for name, content in found.items():
            check(content in (OLD.get(name), self.new.get(name)), f"{calls} {fault}: {name!r} is no complete file")
        check(set(OLD) <= set(found), f"{calls} {fault}: an old file is gone")
        return result, found


def fails_and_goes_on(scene, calls, step):
    first = scene.first_of_worker(calls)
    result, found = scene.run(calls, f"error=EIO:when={first}+{step}")
    check(result.returncode == 1, f"EIO in {calls}: {describe(result)}")
    said = report_of(scene.report)
    check(said["summary"]["status"] == "completed_with_errors", f"EIO in {calls}: {said['summary']['status']}")
    became = outcomes(said)
    check(set(became.values()) == {"io", "compressed"}, f"EIO in {calls}: {became}")
    check(len(became) == len(INPUTS), f"EIO in {calls}: only {len(became)} files are in the report")
    for name, outcome in became.items():
        is_new = found.get(os.fsencode(name)) == scene.new[os.fsencode(name)]
        check(is_new == (outcome == "compressed"), f"EIO in {calls}: {name} is {outcome}, and the disk says else")
    for file in said["files"]:
        if file["outcome"] == "failed":
            check("Input/output error" in file["error"]["message"], f"EIO in {calls}: {file['error']['message']}")


def goes_on_as_if_nothing_were(scene, calls):
    first = scene.first_of_worker(calls)
    result, found = scene.run(calls, f"error=EINTR:when={first}+2")
    check(result.returncode == 0, f"EINTR in {calls}: {describe(result)}")
    check(found == scene.new, f"EINTR in {calls}: the outputs differ")


def main():
    need_strace()
    with scratch() as room:
        scene = Scene(room)
        fails_and_goes_on(scene, "renameat,renameat2", 9)
        fails_and_goes_on(scene, "write", 9)
        fails_and_goes_on(scene, "read", 47)
        fails_and_goes_on(scene, "fchmod", 9)
        goes_on_as_if_nothing_were(scene, "read")
        goes_on_as_if_nothing_were(scene, "write")


main()
