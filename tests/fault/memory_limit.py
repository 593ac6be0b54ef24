#!/usr/bin/env python3
"""A mix from 1 KB to 500 megapixels stays within its memory limit, with any number of threads and in a memory cgroup
of that size. What has no room is done row by row, or fails with the limit that would do."""

import os

import sparse
from support import UNDER_ASAN, check, make_tree, peak_of, png, report_of, scratch, skip

ALL = "IMGC_TEST_ALL" in os.environ
TOLERANCE = 1.15
MEGABYTE = 1_000_000


def files():
    giant = (25000, 20000) if ALL else (12000, 10000)
    mix = {
        b"giant.png": sparse.png(*giant, color=0),
        b"giant.jpg": sparse.jpeg(*giant, components=1),
        b"giant.webp": sparse.webp(16000, 16000),
        b"large.png": sparse.png(5000, 4000),
        b"large.jpg": sparse.jpeg(3000, 2000),
        b"large.webp": sparse.webp(2000, 1000),
        b"rgba.png": sparse.png(1500, 1000, color=6),
    }
    for i in range(60):
        mix[b"small/%03d.png" % i] = png(12 + i % 9, 10, i)
        mix[b"small/%03d.jpg" % i] = sparse.jpeg(200 + i, 100)
    for i in range(6):
        mix[b"noise/%d.png" % i] = png(600, 400, i, noisy=True)
    return mix


class Cgroup:
    """A memory cgroup, of version 1 or 2; none where they may not be made."""

    def __init__(self, limit):
        self.path = None
        for root, file in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
            path = f"{root}/imgc-fault-{os.getpid()}"
            try:
                os.mkdir(path)
            except OSError:
                continue
            try:
                with open(f"{path}/{file}", "w") as setting:
                    setting.write(str(limit))
                self.path = path
                return
            except OSError:
                os.rmdir(path)

    def enter(self):
        with open(f"{self.path}/cgroup.procs", "w") as processes:
            processes.write(str(os.getpid()))

    def remove(self):
        os.rmdir(self.path)


def run(limit, threads, room, options, cgroup=None):
    report = os.path.join(room, b"report.json")
    status, peak, said = peak_of("compress", "-Q", "--jobs", str(threads), "--memory-limit", f"{limit // MEGABYTE}MB",
                                 "--no-state", "--durability", "none", "--report", report, *options,
                                 os.path.join(room, b"in"), os.path.join(room, b"out"),
                                 preexec_fn=cgroup.enter if cgroup else None)
    where = f"{limit // MEGABYTE} MB, {threads} threads, {' '.join(options) or 'lossless'}{', in a cgroup' if cgroup else ''}"
    check(status == 1, f"{where}: exit {status}\n{said}")
    check(peak <= TOLERANCE * limit, f"{where}: {peak / 1e6:.0f} MB resident")
    became = {os.path.basename(file["input"]): file for file in report_of(report)["files"]}
    failed = {name for name, file in became.items() if file["outcome"] == "failed"}
    for name in failed:
        error = became[name]["error"]
        check(error["code"] == "out_of_memory" and "--memory-limit " in error["message"], f"{where}: {name}: {error}")
    check("giant.webp" in failed, f"{where}: {failed}")
    check(failed <= {"giant.webp", "giant.jpg", "large.webp", "large.jpg"}, f"{where}: {failed}")
    check([note["code"] for note in became["giant.png"].get("notes", [])] == ["over_memory_limit"], f"{where}: {became['giant.png']}")
    print(f"{where}: {peak / 1e6:.0f} MB, {len(became)} files, {len(failed)} without room")


def main():
    if UNDER_ASAN:
        skip("a sanitizer takes memory of its own")
    with scratch() as room:
        make_tree(os.path.join(room, b"in"), files())
        limit = 80 * MEGABYTE
        for threads in (1, 2, 8):
            run(limit, threads, room, ["-e", "fast"])
        run(4 * limit, 2, room, ["--lossy"])
        cgroup = Cgroup(limit)
        if cgroup.path is None:
            print("left out: no memory cgroup may be made here")
            return
        try:
            run(limit, 8, room, ["--lossy", "-e", "fast"], cgroup)
        finally:
            cgroup.remove()


main()
