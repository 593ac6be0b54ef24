#!/usr/bin/env python3
"""Ten times the files take no more memory; what an incremental run knows of each fits into 64 bytes."""

import os

import sparse
from support import REPORT, UNDER_ASAN, check, describe, imgc, make_tree, report_of, scratch

FILES = 1_000_000 if "IMGC_TEST_ALL" in os.environ else 2_000 if UNDER_ASAN else 30_000
MEGABYTE = 1_000_000


def links(root, sources, count):
    """`count` names for the files in `sources`, a thousand a directory."""
    names = sorted(os.listdir(sources))
    for at in range(count):
        directory = os.path.join(root, b"%04d" % (at // 1000))
        if at % 1000 == 0:
            os.makedirs(directory)
        os.link(os.path.join(sources, names[at % len(names)]), os.path.join(directory, b"%03d.png" % (at % 1000)))


def peak(source, output, *more):
    """By the report, since what wait4() says counts this script, which the run is forked from."""
    result = imgc("compress", "-Q", "-e", "fast", "--durability", "none", *more, source, output, timeout=900)
    check(result.returncode == 0, describe(result))
    return report_of(os.path.join(output, REPORT))["summary"]["peak_rss_bytes"]


def main():
    with scratch() as room:
        sources = os.path.join(room, b"sources")
        make_tree(sources, {b"%02d.png" % i: sparse.png(8 + i, 8, color=0) for i in range(50)})
        check(imgc("compress", "-Q", "--no-report", "--in-place", sources).returncode == 0, "the sources don't compress")
        few, many = os.path.join(room, b"few"), os.path.join(room, b"many")
        links(few, sources, FILES // 10)
        links(many, sources, FILES)
        output = os.path.join(room, b"out")
        of_few = peak(few, os.path.join(room, b"out-few"))
        of_many = peak(many, output)
        of_again = peak(many, output, "--incremental")
        print(f"{FILES // 10} files: {of_few / 1e6:.1f} MB; {FILES}: {of_many / 1e6:.1f} MB; again: {of_again / 1e6:.1f} MB")
        if UNDER_ASAN:
            return
        check(of_many <= 100 * MEGABYTE, "more than 100 MB")
        check(of_many - of_few <= 4 * MEGABYTE, "memory grows with the number of files")
        check(of_again <= 30 * MEGABYTE + 64 * FILES, "more than 64 bytes a file")


main()
