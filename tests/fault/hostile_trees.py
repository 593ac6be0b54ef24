#!/usr/bin/env python3
"""Trees that are hard to live with: what can't be read fails with its reason, the rest is done, nothing hangs."""

import base64
import os
import shutil
import socket
import subprocess
import threading
import time

from support import IMGC, check, describe, imgc, make_tree, outcomes, png, read_tree, report_of, scratch

GOOD = {b"good%d.png" % i: png(30, 20, i) for i in range(3)}
FAST = ("compress", "--effort", "fast")


def unreadable(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, {**GOOD, b"secret.png": png(9, 9, 1)})
    make_tree(os.path.join(source, b"closed"), GOOD)
    os.makedirs(output)
    os.chmod(os.path.join(source, b"secret.png"), 0)
    os.chmod(os.path.join(source, b"closed"), 0)
    more = {}
    binary = IMGC
    if os.geteuid() == 0:
        # Root may read everything, so someone else has to try; and may not be let in where the binary lies.
        binary = os.path.join(room, b"imgc")
        shutil.copy(IMGC, binary)
        os.chmod(output, 0o777)
        more = {"user": 65534, "group": 65534, "extra_groups": []}
    result = subprocess.run([binary, *FAST, source, output], capture_output=True, check=False, timeout=60, **more)
    check(result.returncode == 1, f"unreadable: {describe(result)}")
    became = outcomes(report_of(os.path.join(output, b"imgc-report.json")))
    check(became == {**{name.decode(): "compressed" for name in GOOD}, "secret.png": "access", "closed": "access"},
          f"unreadable: {became}")
    check(set(read_tree(output)) == set(GOOD), "unreadable: the rest was not done")
    os.chmod(os.path.join(source, b"closed"), 0o755)


def vanished(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, GOOD)
    os.symlink("nowhere", os.path.join(source, b"dangling.png"))
    names = b"".join(name + b"\0" for name in [*GOOD, b"gone.png", b"dangling.png", b"good0.png/x.png"])
    make_tree(room, {b"list": names})
    result = imgc(*FAST, "--files0-from", os.path.join(room, b"list"), output, cwd=source)
    check(result.returncode == 1, f"vanished: {describe(result)}")
    became = outcomes(report_of(os.path.join(output, b"imgc-report.json")))
    check(became == {**{name.decode(): "compressed" for name in GOOD}, "gone.png": "not_found",
                     "dangling.png": "not_found", "x.png": "not_found"}, f"vanished: {became}")


def pipes_and_sockets(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, GOOD)
    os.mkfifo(os.path.join(source, b"pipe.png"))
    here = os.getcwd()
    os.chdir(source)  # a socket's path has a hundred bytes at most
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.png")
    os.chdir(here)
    result = imgc(*FAST, source, output, timeout=30)
    check(result.returncode == 0, f"pipes in a tree: {describe(result)}")
    check(set(read_tree(output)) == set(GOOD), "pipes in a tree: the rest was not done")
    result = imgc(*FAST, os.path.join(source, b"pipe.png"), os.path.join(source, b"good0.png"), output, timeout=30)
    check(result.returncode == 1, f"a named pipe: {describe(result)}")
    check(b"FIFO" in result.stderr, f"a named pipe: {describe(result)}")
    result = imgc(*FAST, os.path.join(source, b"good0.png"), os.path.join(source, b"pipe.png"), timeout=30)
    check(result.returncode == 1, f"a pipe as output: {describe(result)}")


def link_loops(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(os.path.join(source, b"deep/er"), GOOD)
    os.symlink("..", os.path.join(source, b"deep/er/up"))
    os.symlink(".", os.path.join(source, b"deep/self"))
    os.symlink("loop.png", os.path.join(source, b"loop.png"))
    wanted = {b"deep/er/" + name for name in GOOD}
    for extra in ((), ("--follow",)):
        shutil.rmtree(output, ignore_errors=True)
        result = imgc(*FAST, *extra, source, output, timeout=30)
        check(result.returncode in (0, 1), f"loops {extra}: {describe(result)}")
        check(set(read_tree(output)) == wanted, f"loops {extra}: {sorted(read_tree(output))}")


def collisions(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, {b"a.png": png(20, 20, 1), b"a.PNG": png(20, 20, 2), b"b.png": png(20, 20, 3)})
    make_tree(output, {b"a.webp": b"old"})
    result = imgc(*FAST, "--format", "webp", source, output)
    check(result.returncode == 2, f"collision: {describe(result)}")
    check(b"a.PNG" in result.stderr and b"a.png" in result.stderr, f"collision: {describe(result)}")
    check(read_tree(output) == {b"a.webp": b"old"}, "collision: something was written")


def names(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    hard = [b"\xff\xfe\xf0.png", b"n" * 251 + b".png", b"new\nline.png", b"-rf.png", b"*.png", b"\x1b[31m.png",
            b" .png", b"\xe2\x80\xae.png", b"d\xff/" + b"\xc3(.png"]
    make_tree(source, {name: png(20, 20, i) for i, name in enumerate(hard)})
    result = imgc(*FAST, source, output)
    check(result.returncode == 0, f"names: {describe(result)}")
    check(set(read_tree(output)) == set(hard), f"names: {sorted(read_tree(output))}")
    said = set()
    for file in report_of(os.path.join(output, b"imgc-report.json"))["files"]:
        exact = base64.b64decode(file["input_base64"]) if "input_base64" in file else file["input"].encode()
        said.add(os.path.relpath(exact, source))
    check(said == set(hard), f"names: the report has {sorted(said)}")

    # Terminals must not be written to by a name.
    make_tree(source, {b"\x1b[2J\xff.png": b"\x89PNG\r\n\x1a\nbroken"})
    result = imgc(*FAST, source, output)
    check(result.returncode == 1, f"a broken file of a hard name: {describe(result)}")
    check(b"\x1b[2J" not in result.stderr and b"\xff" not in result.stderr, "a name was printed raw")


def long_paths(room):
    """Above 4,096 bytes in all, so that nothing can open them by their path."""
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    part = b"d" * 200

    def descend(root, make):
        os.makedirs(root, exist_ok=True)
        here = os.open(root, os.O_RDONLY)
        for _ in range(25):
            if make:
                os.mkdir(part, dir_fd=here)
            below = os.open(part, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        return here

    image = png(40, 30, 1)
    bottom = descend(source, True)
    with os.fdopen(os.open(b"x.png", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=bottom), "wb") as file:
        file.write(image)
    for _ in range(2):  # the second run finds its output there
        result = imgc(*FAST, source, output)
        check(result.returncode == 0, f"long paths: {describe(result)}")
    found = descend(output, False)
    with os.fdopen(os.open(b"x.png", os.O_RDONLY, dir_fd=found), "rb") as file:
        check(0 < len(file.read()) < len(image), "long paths: the output is not the compressed image")
    check(os.listdir(found) == [b"x.png"] or os.listdir(found) == ["x.png"], f"long paths: {os.listdir(found)}")
    result = imgc(*FAST, "--in-place", source)
    check(result.returncode == 0, f"long paths, in place: {describe(result)}")
    with os.fdopen(os.open(b"x.png", os.O_RDONLY, dir_fd=bottom), "rb") as file:
        check(0 < len(file.read()) < len(image), "long paths: not compressed in place")
    os.close(found)
    os.close(bottom)


def changing(room):
    """A file that grows while it is read is failed or taken whole; it never brings down the run."""
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, {**GOOD, b"grows.png": png(600, 600, 1)})
    done = threading.Event()

    def grow():
        with open(os.path.join(source, b"grows.png"), "ab", buffering=0) as file:
            while not done.is_set():
                file.write(b"more")
                time.sleep(0.0002)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        for _ in range(5):
            result = imgc(*FAST, source, output)
            check(result.returncode in (0, 1), f"changing: {describe(result)}")
            became = outcomes(report_of(os.path.join(output, b"imgc-report.json")))
            check(became["grows.png"] in ("changed", "malformed", "compressed"), f"changing: {became}")
            check(all(became[name.decode()] == "compressed" for name in GOOD), f"changing: {became}")
    finally:
        done.set()
        thread.join()


def sparse(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, {**GOOD, b"huge.png": png(9, 9, 1)})
    try:
        os.truncate(os.path.join(source, b"huge.png"), 1 << 40)
    except OSError:
        print("left out: this file system has no sparse files of 1 TB")
        return
    result = imgc(*FAST, source, output, timeout=20)
    check(result.returncode == 1, f"sparse: {describe(result)}")
    became = outcomes(report_of(os.path.join(output, b"imgc-report.json")))
    check(became == {**{name.decode(): "compressed" for name in GOOD}, "huge.png": "limit"}, f"sparse: {became}")


def file_in_the_way(room):
    source, output = os.path.join(room, b"in"), os.path.join(room, b"out")
    make_tree(source, {b"a/x.png": png(20, 20, 1), b"b/x.png": png(20, 20, 2)})
    make_tree(output, {b"a": b"a file where a directory should be"})
    result = imgc(*FAST, source, output)
    check(result.returncode == 1, f"a file in the way: {describe(result)}")
    check(set(read_tree(output)) == {b"a", b"b/x.png"}, f"a file in the way: {sorted(read_tree(output))}")


def main():
    for case in (unreadable, vanished, pipes_and_sockets, link_loops, collisions, names, long_paths, changing, sparse,
                 file_in_the_way):
        with scratch() as room:
            case(room)
        print(f"passed: {case.__name__}")


main()
