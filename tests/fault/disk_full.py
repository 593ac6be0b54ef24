#!/usr/bin/env python3
"""A full disk ends the run: old files are kept, published ones are complete, no temporary is left."""

import contextlib
import os
import subprocess

from support import (check, describe, imgc, in_own_mounts, is_temporary, make_tree, png, read_tree, report_of,
                     scratch)

INPUTS = {b"%02d.png" % i: png(250, 250, i, noisy=True) for i in range(12)}  # 188 KB each, and they stay so
OLD = {name: png(16, 16, 7) for name in INPUTS}


@contextlib.contextmanager
def small_disk(path, files):
    os.makedirs(path)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", path], check=True)
    try:
        make_tree(path, files)
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


def check_tree(output, reference):
    found = read_tree(output)
    check(not any(is_temporary(name) for name in found), f"temporaries were left: {sorted(found)}")
    check(set(found) == set(OLD), f"files came or went: {sorted(found)}")
    new = {name for name in OLD if found[name] == reference[name]}
    for name in OLD:
        check(name in new or found[name] == OLD[name], f"{name!r} is neither the old nor the new file")
    return new


def a_tree(room, source, jobs, complete):
    report = os.path.join(room, b"report.json")
    with small_disk(os.path.join(room, b"disk" + jobs.encode()), OLD) as disk:
        result = imgc("compress", "--effort", "fast", "--jobs", jobs, "--report", report, source, disk)
        check(result.returncode == 1, f"a full disk must be exit 1: {describe(result)}")
        check(b"full" in result.stderr, f"the summary does not say that the disk is full: {describe(result)}")
        new = check_tree(disk, complete)
        check(0 < len(new) < len(INPUTS), f"{len(new)} of {len(INPUTS)} fitted: not the case to be tested")

    said = report_of(report)
    check(said["summary"]["status"] == "failed", "the report's status is not failed")
    check(said["summary"]["stopped_by"]["code"] == "no_space", "the report does not say what stopped it")
    failed = [file for file in said["files"] if file["outcome"] == "failed"]
    check(failed and all(file["error"]["code"] == "no_space" for file in failed), f"unexpected failures: {failed}")
    written = {os.fsencode(os.path.basename(file["output"])) for file in said["files"]
               if file["outcome"] in ("compressed", "kept")}
    check(written == new, f"the report has {written}, the disk has {new}")


def with_its_report(room, source, complete):
    with small_disk(os.path.join(room, b"disk"), OLD) as disk:
        result = imgc("compress", "--effort", "fast", source, disk)
        check(result.returncode == 1, f"a full disk must be exit 1: {describe(result)}")
        check_tree(disk, complete)


def in_place(room):
    """There must be room for one more file."""
    images = {b"%d.png" % i: png(200, 200, i) for i in range(7)}  # 120 KB each, and they shrink to little
    with small_disk(os.path.join(room, b"place"), images) as disk:
        make_tree(disk, {b"filler": b"x" * (os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize)})
        result = imgc("compress", "--effort", "fast", "--in-place", "--include", "*.png", disk)
        check(result.returncode == 1, f"a full disk must be exit 1: {describe(result)}")
        found = read_tree(disk)
        check(not any(is_temporary(name) for name in found), f"temporaries were left: {sorted(found)}")
        check(all(found[name] == content for name, content in images.items()), "an original was harmed")


def main():
    in_own_mounts()
    with scratch() as room:
        source, reference = os.path.join(room, b"in"), os.path.join(room, b"reference")
        make_tree(source, INPUTS)
        result = imgc("compress", "--effort", "fast", "--no-report", source, reference)
        check(result.returncode == 0, describe(result))
        complete = read_tree(reference)
        a_tree(room, source, "1", complete)
        a_tree(room, source, "4", complete)
        with_its_report(room, source, complete)
        in_place(room)


main()
