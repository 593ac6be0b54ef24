#!/usr/bin/env python3
"""Killed at any moment, a run goes on where it was: little is done twice, and the tree is that of a run in one piece."""

import os
import random
import signal
import subprocess
import time

from support import ENVIRONMENT, IMGC, UNDER_ASAN, check, imgc, is_temporary, make_tree, png, read_tree, report_of, scratch

ALL = "IMGC_TEST_ALL" in os.environ
FILES = 2000 if ALL else 100 if UNDER_ASAN else 400
KILLS = 10 if ALL else 3
JOBS = 2
BATCH = 256


def compress(source, output, *more):
    return ["compress", "--jobs", str(JOBS), "--effort", "fast", "--quiet", *more, source, output]


def main():
    random.seed(20261127)
    with scratch() as room:
        source = os.path.join(room, b"in")
        make_tree(source, {b"%02d/%04d.png" % (i % 20, i): png(24 + i % 40, 24, i) for i in range(FILES)})
        whole = os.path.join(room, b"whole")
        start = time.monotonic()
        check(imgc(*compress(source, whole)).returncode == 0, "the uninterrupted run fails")
        seconds = time.monotonic() - start
        expected = read_tree(whole)

        output = os.path.join(room, b"out")
        done_twice = 0
        for kill in range(KILLS):
            process = subprocess.Popen([IMGC, *compress(source, output, *(["--resume"] if kill else []))],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       env=ENVIRONMENT)
            # The journal is there before the first job, and each run does a part of what is left.
            time.sleep(0.05 + random.random() * seconds / KILLS)
            process.send_signal(signal.SIGKILL)
            _, stderr = process.communicate(timeout=60)
            check(process.returncode in (0, -signal.SIGKILL), f"run {kill}: {stderr.decode(errors='replace')}")
            before = {name: content for name, content in read_tree(output).items() if not is_temporary(name)}
            check(all(content == expected[name] for name, content in before.items()),
                  "a killed run left an output that is not whole")
            if kill == KILLS - 1:
                result = imgc(*compress(source, output, "--resume"))
                check(result.returncode == 0, f"the last run fails: {result.stderr}")
                said = report_of(os.path.join(output, b"imgc-report.json"))
                done = {os.fsencode(os.path.relpath(file["output"], os.fsdecode(output))) for file in said["files"]}
                done_twice = len(done & set(before))
                check(said["summary"]["unchanged"] + len(done) == FILES, "not every input is accounted for")
        check(done_twice <= JOBS + BATCH, f"{done_twice} outputs were made twice")
        check(read_tree(output) == expected, "the resumed tree differs from that of a run in one piece")
        print(f"{KILLS} kills, {FILES} files: {done_twice} made twice at the end")


main()
