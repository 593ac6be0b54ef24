"""What the fault tests share: images, runs of imgc, strace, and what must hold of a tree afterwards.

Each test is a script whose first argument is the imgc binary. Exit status: 0 passed, 1 failed, 77 skipped.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

IMGC = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else sys.exit(f"usage: {sys.argv[0]} IMGC")
with open(IMGC, "rb") as binary:
    UNDER_ASAN = b"__asan_init" in binary.read()  # which takes ten times as long
TEMPORARY = re.compile(rb"\.imgc-[0-9a-f]{16}\.tmp")
REPORT = b"imgc-report.json"
SHARD_REPORT = re.compile(rb"imgc-report\.\d+-of-\d+\.json")
STATE = b".imgc"

# Leak checking needs ptrace for itself, and strace has it.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", ""))


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def check(holds, why):
    if not holds:
        print(f"FAILED: {why}")
        sys.exit(1)


@contextlib.contextmanager
def scratch():
    """A directory, as bytes, that others may enter."""
    path = tempfile.mkdtemp(prefix="imgc-fault-")
    os.chmod(path, 0o755)
    try:
        yield os.fsencode(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def png_file(width, height, depth, color, stream, before=b"", interlaced=0):
    """A whole file around a zlib stream; `color` is IHDR's, `before` stands in front of IDAT."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + before + png_chunk(b"IDAT", stream) +
            png_chunk(b"IEND", b""))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, seed, noisy=False):
    """An RGB image, stored without compression, that shrinks a lot, or not at all when it is noisy."""
    rows = bytearray()
    noise = b""
    for y in range(height):
        rows.append(0)
        if noisy:
            while len(noise) < 3 * width:
                noise += hashlib.sha512(b"%d %d %d" % (seed, y, len(noise))).digest()
            rows += noise[: 3 * width]
            noise = b""
        else:
            for x in range(width):
                rows += bytes(((x * 3 + seed) & 255, (y * 5 + seed * 7) & 255, (x + y) >> 1 & 255))
    return png_file(width, height, 8, 2, zlib.compress(bytes(rows), 0))


def write_file(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pathlib.Path(os.fsdecode(path)).write_bytes(content)


def make_tree(root, files):
    """`files` maps names below `root` to contents."""
    for name, content in files.items():
        write_file(os.path.join(root, name), content)


def read_tree(root):
    """Every regular file below `root`, by its name relative to it, but the report and the journal."""
    found = {}
    for directory, directories, names in os.walk(root):
        if STATE in directories:
            directories.remove(STATE)
        for name in names:
            path = os.path.join(directory, name)
            relative = os.path.relpath(path, root)
            if os.path.isfile(path) and relative != REPORT and not SHARD_REPORT.fullmatch(relative):
                found[relative] = pathlib.Path(os.fsdecode(path)).read_bytes()
    return found


def is_temporary(name):
    return TEMPORARY.fullmatch(os.path.basename(name)) is not None


def imgc(*arguments, prefix=(), timeout=120, **more):
    return subprocess.run([*prefix, IMGC, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=timeout, env=ENVIRONMENT, check=False, **more)


def peak_of(*arguments, **more):
    """The exit status of a run, its resident bytes at the peak, and what it said; the bytes of this script, which it
    is forked from, are the least."""
    process = subprocess.Popen([IMGC, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=ENVIRONMENT, **more)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024, said.decode(errors="replace")


def report_of(path):
    return json.loads(pathlib.Path(os.fsdecode(path)).read_bytes())


def outcomes(report):
    """From an input's base name to its outcome, or to its error code when it failed."""
    return {os.path.basename(file["input"].rstrip("/")): file["error"]["code"] if file["outcome"] == "failed" else
            file["outcome"] for file in report["files"]}


def describe(result):
    return f"exit {result.returncode}\n{result.stderr.decode(errors='replace')}"


def need_strace():
    if shutil.which("strace") is None:
        skip("strace is not installed")
    if subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "inject=?renameat:error=EIO:when=9", "true"],
                      capture_output=True, check=False).returncode != 0:
        skip("strace may not trace here (ptrace is not permitted)")


def inject(calls, fault):
    """The words before a command that make `fault` happen in `calls`, which are names joined by ','."""
    calls = ",".join("?" + call for call in calls.split(","))
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + calls, "-e", f"inject={calls}:{fault}"]


def call_counts(calls, arguments, log):
    """How often the main thread makes one of `calls`, and the other thread that does so most: strace counts them
    by thread."""
    names = ",".join("?" + call for call in calls.split(","))
    result = imgc(*arguments, prefix=["strace", "-f", "-qq", "-o", log, "-e", "trace=execve," + names])
    check(result.returncode == 0, f"a run without faults fails: {describe(result)}")
    counts = {}
    main = None
    for line in pathlib.Path(os.fsdecode(log)).read_text(errors="replace").splitlines():
        match = re.match(r"(\d+) +(\w+)\(", line)
        if match and match[2] == "execve":
            main = match[1]
        elif match and match[2] in calls.split(","):
            counts[match[1]] = counts.get(match[1], 0) + 1
    return counts.pop(main, 0), max(counts.values(), default=0)


def in_own_mounts():
    """Runs this script again where it may mount, and where its mounts vanish with it."""
    if os.environ.get("IMGC_FAULT_MOUNTS") == "own":
        return
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        skip("unshare or mount is not installed")
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    with tempfile.TemporaryDirectory(prefix="imgc-fault-") as here:
        tried = subprocess.run([*own, "mount", "-t", "tmpfs", "-o", "size=64k", "none", here],
                               capture_output=True, check=False)
    if tried.returncode != 0:
        skip("mounting a tmpfs is not permitted here")
    os.environ["IMGC_FAULT_MOUNTS"] = "own"
    os.execvp(own[0], [*own, sys.executable, *sys.argv])
