"""Runs commands over files and says what it cost and what came out."""

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

# One thread a process, so that CPU and wall seconds mean the same for every tool; scenarios that want more say so.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MAGICK_THREAD_LIMIT": "1", "VIPS_CONCURRENCY": "1", "RAYON_NUM_THREADS": "1"}


@dataclass
class Cost:
    user: float = 0.0
    system: float = 0.0
    wall: float = 0.0
    failures: int = 0
    disturbed: float = 0.0  # the share of the machine that others used meanwhile
    messages: list = field(default_factory=list)


def busy():
    """CPU seconds that the whole machine has worked, time stolen by a hypervisor included; 0 where it can't be told."""
    try:
        user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    except OSError:
        return 0.0
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def run(commands, accepted=(0,), log=None, one_thread=True):
    """Runs commands one after another. CPU seconds cover each process and those it waited for (wait4)."""
    cost, own, busy_before = Cost(), 0.0, busy()
    environment = os.environ | (ONE_THREAD if one_thread else {})
    with open(log or os.devnull, "ab") as errors:
        for command in commands:
            begun = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                                       env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            cost.wall += time.monotonic() - begun
            cost.user += usage.ru_utime
            cost.system += usage.ru_stime
            own += usage.ru_utime + usage.ru_stime
            if process.returncode not in accepted:
                cost.failures += 1
                cost.messages.append(f"exit {process.returncode}: {' '.join(map(str, command[-3:]))}")
    cost.disturbed = max(busy() - busy_before - own, 0) / max(cost.wall * os.cpu_count(), 0.01)
    return cost


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def warm(files):
    """Brings the files into the page cache, so that the first tool does not pay for the disk."""
    for path in files:
        path.read_bytes()


@dataclass
class Sizes:
    """`raw` counts what the tool wrote, or the original where it wrote nothing. `kept` counts the smaller of
    output and original for every file: what is left when a tool's larger results are thrown away."""
    original: int = 0
    raw: int = 0
    kept: int = 0
    bigger: int = 0
    missing: int = 0


def sizes(pairs, never_keep_original=False):
    """Of (original, output) paths. A conversion has no original to keep: its outputs count as they are."""
    total = Sizes()
    for original, output in pairs:
        before = original.stat().st_size
        after = output.stat().st_size if output.exists() else 0
        total.original += before
        total.missing += after == 0
        total.bigger += after > before
        after = after or before
        total.raw += after
        total.kept += after if never_keep_original else min(before, after)
    return total


def each_size(pairs):
    """{name: (original, kept)}, in bytes."""
    every = {pair[0].name: sizes([pair]) for pair in pairs}
    return {name: (one.original, one.kept) for name, one in every.items()}


def geometric_mean(pairs, never_keep_original=False):
    """Of output/original, file by file, so that no single large image decides. Counts as `kept` does."""
    every = (sizes([pair], never_keep_original) for pair in pairs)
    return statistics.geometric_mean(one.kept / one.original for one in every)


def similarity(worker, modules, pairs, never_keep_original=False):
    """Mean luma SSIM over the pairs; 1 where the original is kept. None where it can't be measured."""
    judged, kept = [], 0
    for original, output in pairs:
        after = output.stat().st_size if output.exists() else 0
        if after and (never_keep_original or after < original.stat().st_size):
            judged += [str(original), str(output)]
        else:
            kept += not never_keep_original
    node = shutil.which("node")
    result = node and subprocess.run([node, worker, modules, "similarity", "-", *judged], capture_output=True, text=True)
    if not result or result.returncode:
        return None
    values = [value for value in json.loads(result.stdout) if value is not None] + [1.0] * kept
    return statistics.mean(values) if values else None


def peak_memory(command):
    """Peak resident bytes of a command. GNU time starts it: a child of Python's own would inherit Python's peak."""
    begun = time.monotonic()
    process = subprocess.run(["/usr/bin/time", "-f", "%M", *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
    last = process.stderr.strip().splitlines()[-1]
    return process.returncode, int(last) * 1024 if last.isdigit() else None, time.monotonic() - begun


def tree_digest(folder):
    total = hashlib.sha256()
    for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
        total.update(f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def interpolated(line, at):
    """On a line of points (x, y) by ascending x, the y at an x; nothing beyond its ends."""
    for (left, first), (right, last) in zip(line, line[1:]):
        if left <= at <= right and left < right:
            return first + (last - first) * (at - left) / (right - left)
    return None
