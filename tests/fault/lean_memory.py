#!/usr/bin/env python3
"""Images of gigabytes in 64 MB: the run stays within its memory limit, and every pixel is the same."""

import os
import subprocess
import sys
import zlib

from support import UNDER_ASAN, check, peak_of, png_chunk, png_file, report_of, scratch

SAME_PIXELS = os.path.abspath(sys.argv[2])
LIMIT = 16_000_000 if UNDER_ASAN else 64_000_000  # a sanitizer needs time, and memory of its own
TOLERANCE = 1.15
SIDE = 1300 if UNDER_ASAN else 12000


def write_png(path, depth, color, row, before=b"", interlaced=0):
    """Rows come one by one, so that this test needs no memory itself."""
    packer = zlib.compressobj(1)
    stream = b"".join(packer.compress(b"\0" + row(y)) for y in range(SIDE)) + packer.flush()
    with open(path, "wb") as file:
        file.write(png_file(SIDE, SIDE, depth, color, stream, before, interlaced))


def sparse_row(pixel, period):
    """Zeros, and in each row a hundred pixels that mean something, elsewhere from row to row."""
    def row(y):
        at = y % period * 100 % (SIDE - 100) * pixel
        noise = bytes((i * i + 7 * i + y) & 255 for i in range(100 * pixel))
        return bytes(at) + noise + bytes(SIDE * pixel - at - len(noise))
    return row


def within(room, name, extra=()):
    report = os.path.join(room, name + b".json")
    output = os.path.join(room, b"out-" + name + b".png")
    code, peak, said = peak_of("compress", "--memory-limit", str(LIMIT), "-e", "fast", *extra, "--report", report,
                               os.path.join(room, name + b".png"), output)
    check(code == 0, f"{name}: exit {code}\n{said}")
    if not UNDER_ASAN:
        check(peak < TOLERANCE * LIMIT, f"{name}: {peak / 1e6:.0f} MB resident")
    [file] = report_of(report)["files"]
    check(file["outcome"] == "compressed", f"{name}: {file}")
    check(file["bytes_out"] < file["bytes_in"], f"{name}: {file}")
    check([note["code"] for note in file["notes"]] == ["over_memory_limit"], f"{name}: {file}")
    # A second pair of eyes, which may take all the memory it likes.
    same = subprocess.run([SAME_PIXELS, os.path.join(room, name + b".png"), output], capture_output=True, check=False)
    check(same.stdout == b"same\n", f"{name}: the pixels are {same.stdout}")
    print(f"passed: {name.decode()}: {peak / 1e6:.0f} MB, {file['bytes_in']} -> {file['bytes_out']}")
    os.unlink(os.path.join(room, name + b".png"))


with scratch() as room:
    entries = bytes(range(30))
    for name, options in ((b"rgba", ()), (b"lossy", ("--lossy",)), (b"sixteen-bit", ()), (b"palette", ())):
        path = os.path.join(room, name + b".png")
        if name == b"palette":
            write_png(path, 8, 3, lambda y: bytes([y // 100 % 10]) * SIDE, before=png_chunk(b"PLTE", entries))
        elif name == b"sixteen-bit":
            write_png(path, 16, 2, sparse_row(6, 83))
        else:
            write_png(path, 8, 6, sparse_row(4, 97))
        within(room, name, options)

    # Interlaced rows are only whole after the last pass: refused at once, with the limit that would do.
    write_png(os.path.join(room, b"interlaced.png"), 8, 6, sparse_row(4, 97), interlaced=1)
    code, peak, said = peak_of("compress", "-Q", "--memory-limit", str(LIMIT), os.path.join(room, b"interlaced.png"),
                               os.path.join(room, b"out.png"))
    check(code == 1 and "interlaced" in said and "--memory-limit " in said, f"interlaced: exit {code}\n{said}")
    check(UNDER_ASAN or peak < TOLERANCE * LIMIT, f"interlaced: {peak / 1e6:.0f} MB resident")
    check(not os.path.exists(os.path.join(room, b"out.png")), "interlaced: something was written")
    print(f"passed: interlaced: {said.strip()}")
