#!/usr/bin/env python3
"""The first SIGINT or SIGTERM drains and writes the report; the second ends the run at once."""

import os
import signal
import subprocess
import time

from support import (ENVIRONMENT, IMGC, UNDER_ASAN, check, imgc, is_temporary, make_tree, png, read_tree, report_of,
                     scratch)

SMALL = {b"%03d.png" % i: png(160, 160, i) for i in range(50 if UNDER_ASAN else 150)}
LARGE_SIDE = 600 if UNDER_ASAN else 1500


def start(*arguments):
    return subprocess.Popen([IMGC, "compress", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env=ENVIRONMENT)


def ended_by(process, number):
    """Ended by the signal itself, or, as a shell puts it, with 128 and its number."""
    return process.returncode in (-number, 128 + number)


def wait_for_outputs(process, output, count):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if os.path.isdir(output) and sum(not is_temporary(name) for name in os.listdir(output)) >= count:
            return
        check(process.poll() is None, "the run ended before it could be interrupted")
        time.sleep(0.002)
    check(False, "no output appeared")


def drains(room, number):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, SMALL)
    process = start("--jobs", "2", "--effort", "high", source, output)
    wait_for_outputs(process, output, 3)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    check(ended_by(process, number), f"ended with {process.returncode}: {stderr.decode(errors='replace')}")
    said = report_of(os.path.join(output, b"imgc-report.json"))
    check(said["summary"]["status"] == "interrupted", f"the report says {said['summary']['status']}")
    found = read_tree(output)
    check(0 < len(found) < len(SMALL), f"{len(found)} of {len(SMALL)} files were done: not interrupted at all")
    check(not any(is_temporary(name) for name in found), "a temporary was left")
    told = {os.fsencode(os.path.basename(file["output"])) for file in said["files"]}
    check(told == set(found), f"the report has {len(told)} files, the disk has {len(found)}")
    check(said["summary"]["files"]["total"] == len(found), "the summary counts other files")

    result = imgc("compress", "--effort", "fast", "--overwrite", "never", source, output)
    check(result.returncode == 0, "the next run fails")
    check(set(read_tree(output)) == set(SMALL), "the next run does not complete the tree")


def stops_at_once(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, {**{b"%d.png" % i: png(LARGE_SIDE, LARGE_SIDE, i, noisy=True) for i in range(6)}, b"z.png": png(9, 9, 1)})
    process = start("--jobs", "1", "--effort", "max", source, output)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    if process.poll() is not None:
        process.communicate()
        print("left out: the images are done too fast to be interrupted twice")
        return
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    process.communicate(timeout=60)
    took = time.monotonic() - begun
    check(ended_by(process, signal.SIGINT), f"ended with {process.returncode}")
    check(took < 1, f"the second signal took {took:.1f} s")
    check(not os.path.exists(os.path.join(output, b"imgc-report.json")), "there is a report of a run that was cut off")

    result = imgc("compress", "--effort", "fast", source, output)
    check(result.returncode == 0, "the next run fails")
    check(not any(is_temporary(name) for name in read_tree(output)), "the next run leaves the temporaries")


def main():
    for number in (signal.SIGINT, signal.SIGTERM):
        with scratch() as room:
            drains(room, number)
    with scratch() as room:
        stops_at_once(room)


main()
