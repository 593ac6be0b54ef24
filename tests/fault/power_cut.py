#!/usr/bin/env python3
"""The power goes at any moment: no output is empty or short, and all that the journal tells of is there.

The cut is a shutdown of a loop-mounted ext4 that drops what was not written to its journal (EXT4_IOC_SHUTDOWN).
"""

import fcntl
import json
import os
import random
import shutil
import struct
import subprocess
import time

from support import (ENVIRONMENT, IMGC, UNDER_ASAN, check, imgc, is_temporary, make_tree, png, read_tree, scratch, skip)

ALL = "IMGC_TEST_ALL" in os.environ
FILES = 1500 if ALL else 100 if UNDER_ASAN else 400
CUTS = 8 if ALL else 2
SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


def mount(disk, place):
    return subprocess.run(["mount", "-o", "loop", disk, place], capture_output=True, check=False).returncode == 0


def cut_power(place):
    # What any other program syncs makes the file system write all names down, but not what is in the files.
    with open(os.path.join(place, b"other"), "wb") as other:
        other.write(b"x")
        other.flush()
        os.fsync(other.fileno())
    directory = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(directory, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    except OSError as error:
        return error
    finally:
        os.close(directory)
    return None


def told(journal):
    """The outputs that whole lines of the journal tell of."""
    names = set()
    for line in journal.split(b"\n")[:-1]:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # torn by the cut
        if entry.get("outcome") in ("compressed", "kept"):
            names.add(os.fsencode(entry["output"]))
    return names


def main():
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        skip("needs root and mkfs.ext4")
    random.seed(20261127)
    with scratch() as room:
        disk, place = os.path.join(room, b"disk"), os.path.join(room, b"mnt")
        os.mkdir(place)
        with open(disk, "wb") as image:
            image.truncate(96 << 20)
        subprocess.run(["mkfs.ext4", "-q", disk], check=True, stdin=subprocess.DEVNULL)
        if not mount(disk, place):
            skip("can't mount a loop device here")
        source, whole, output = (os.path.join(*parts) for parts in ((room, b"in"), (room, b"whole"), (place, b"out")))
        make_tree(source, {b"%d/%04d.png" % (i % 7, i): png(20 + i % 30, 20, i) for i in range(FILES)})
        start = time.monotonic()
        check(imgc("compress", "-Q", "-e", "fast", source, whole).returncode == 0, "the uninterrupted run fails")
        seconds = time.monotonic() - start
        expected = read_tree(whole)
        try:
            survived = 0
            for cut in range(CUTS):
                process = subprocess.Popen([IMGC, "compress", "-Q", "-e", "fast", "--incremental", source, output],
                                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL, env=ENVIRONMENT)
                time.sleep(0.05 + random.random() * seconds * 1.5 / CUTS)
                if (error := cut_power(place)) is not None:
                    process.kill()
                    process.wait()
                    skip(f"no such shutdown: {error}")
                process.wait(timeout=120)
                subprocess.run(["umount", place], check=True)
                check(mount(disk, place), "the disk does not mount again")
                found = {name: content for name, content in read_tree(output).items() if not is_temporary(name)} \
                    if os.path.isdir(output) else {}
                for name, content in found.items():
                    check(content == expected[name], f"cut {cut}: {name} has {len(content)} bytes, not what it should")
                journal = os.path.join(output, b".imgc", b"journal.ndjson")
                if os.path.exists(journal):
                    with open(journal, "rb") as lines:
                        lost = told(lines.read()) - set(found)
                    check(not lost, f"cut {cut}: the journal tells of {len(lost)} outputs that are gone")
                survived = max(survived, len(found))
            check(imgc("compress", "-Q", "-e", "fast", "--incremental", source, output).returncode == 0, "the last run fails")
            check(read_tree(output) == expected, "the tree differs from that of a run in one piece")
            print(f"{CUTS} cuts, up to {survived} of {FILES} outputs survived one")
        finally:
            subprocess.run(["umount", place], check=False, capture_output=True)


main()
