"""What imgc itself costs around the codecs: memory and time over many files, and idle cores beside a giant."""

import os
import random
import shutil
import statistics
import struct
import tempfile
import zlib
from pathlib import Path

import measure
from comparison import Section, median_runs

COUNT = 100_000


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, color, stream):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0))
            + chunk(b"IDAT", stream) + chunk(b"IEND", b""))


def tiny_png(seed):
    """About a kilobyte: 24 × 24 pixels that do not compress well."""
    state, rows = seed + 1, b""
    for _ in range(24):
        line = bytearray(1)
        for _ in range(72):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            line.append(state >> 20 & 0x1F)
        rows += bytes(line)
    return png(24, 24, 2, zlib.compress(rows, 1))


def giant_png(side=10_000):
    """Gray, of 256 shades in waves: every stage has to work, and none for minutes."""
    waves = bytes((i * i >> 7) & 255 for i in range(side + 4096))
    press = zlib.compressobj(1)
    stream = b"".join(press.compress(b"\0" + waves[y % 4096:y % 4096 + side]) for y in range(side)) + press.flush()
    return png(side, side, 0, stream)


def kept_jpeg(seed):
    """A kilobyte that imgc keeps by its header: arithmetic coding."""
    def segment(marker, data):
        return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data
    noise = random.Random(seed)
    return (b"\xff\xd8" + segment(0xDB, bytes([0]) + bytes(range(1, 65)))
            + segment(0xC9, struct.pack(">BHHB", 8, 32, 32, 1) + bytes((1, 0x11, 0)))
            + segment(0xDA, bytes((1, 1, 0, 0, 63, 0))) + bytes(noise.randrange(255) for _ in range(900)) + b"\xff\xd9")


def many(place, make, extension, seeds=200):
    """COUNT hard links to so many files, a thousand a folder."""
    source, originals = measure.fresh(place / "many"), measure.fresh(place / "seeds")
    for seed in range(seeds):
        (originals / f"{seed}").write_bytes(make(seed))
    for number in range(COUNT):
        folder = source / f"{number // 1000:03d}"
        if number % 1000 == 0:
            folder.mkdir()
        os.link(originals / f"{number % seeds}", folder / f"{number:06d}.{extension}")
    return source


def memory(bench):
    section = Section("memory", f"Peak memory over {COUNT:,} small files", "PNG files of about 1 KB, a thousand a folder.")
    if not bench.tools.imgc_path:
        return section
    bench.progress(f"memory: making {COUNT:,} files")
    source = many(bench.work, tiny_png, "png")
    for report in (False, True):
        out = measure.fresh(bench.work / "many-out")
        cores = len(os.sched_getaffinity(0))
        command = bench.tools.imgc_command(source, out, "--lossless", "-e", "fast", jobs=cores)
        if report:
            command.remove("--no-report")
        bench.progress(f"memory: imgc, report {'on' if report else 'off'}")
        status, peak, seconds = measure.peak_memory(command)
        written = sum(len(files) for _, _, files in os.walk(out)) - report
        section.rows.append({"label": f"report {'on' if report else 'off'}", "peak_bytes": peak, "wall_seconds": seconds,
                             "written": written, "exit": status})
        section.target(f"{COUNT:,} small files, report {'on' if report else 'off'}: below 100 MB resident",
                       f"{(peak or 0) / 1e6:.1f} MB", peak and peak < 100e6 and status == 0 and written == COUNT)
    for folder in ("many", "seeds", "many-out"):
        shutil.rmtree(bench.work / folder)
    return section


def frame(bench):
    section = Section("frame", "What imgc costs around the codecs", f"{COUNT:,} files of 1 KB that stay as they are, one thread, without fsync; "
                      "and one PNG of 100 MP beside 500 of 1 KB, two threads.")
    if not bench.tools.imgc_path:
        return section
    bench.progress(f"frame: making {COUNT:,} files")
    # In memory where that can be, since a disk's share of the time is not imgc's.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else bench.work) as place:
        small_files(bench, section, Path(place))
    skewed(bench, section)
    return section


def small_files(bench, section, place):
    source, out, report = many(place, kept_jpeg, "jpg"), place / "out", place / "report.json"

    def command(*options):
        made = bench.tools.imgc_command(source, out, "--durability", "none", *options)
        if "--report" in options:
            made.remove("--no-report")
        return made

    small = [("without report and journal", command("--no-state")), ("with both", command("--report", str(report)))]
    walk = command("--dry-run", "--include", "*.none")
    entries = [(f"frame: {label}", lambda: measure.fresh(out), [line], (0,), False) for label, line in small]
    entries.append(("frame: a walk", lambda: measure.fresh(out), [walk], (0, 1), False))
    costs = median_runs(bench, entries)
    for (label, _), runs in zip(small, costs):
        micros = statistics.median(c.user for c in runs) / COUNT * 1e6
        section.rows.append({"label": f"small files, {label}", "value": f"{micros:.1f} µs of user CPU a file"})
    section.target("at most 30 µs of imgc's own a small file", f"{micros:.1f} µs", micros <= 30)
    rate = COUNT / statistics.median(c.wall for c in costs[-1])
    section.rows.append({"label": "a dry walk that takes nothing", "value": f"{rate:,.0f} files/s"})
    section.target("a dry walk of at least 300,000 files/s", f"{rate:,.0f} files/s", rate >= 300_000)


def skewed(bench, section):
    if len(os.sched_getaffinity(0)) < 2:
        section.absent.append("the skewed batch (one core)")
        return
    source, out = measure.fresh(bench.work / "skewed"), bench.work / "skewed-out"
    (source / "giant.png").write_bytes(giant_png())
    for seed in range(500):
        (source / f"{seed:03d}.png").write_bytes(tiny_png(seed))
    efforts = ("fast", "default")
    entries = [(f"frame: skewed, {effort}", lambda: measure.fresh(out), [bench.tools.imgc_command(source, out, "-e", effort, jobs=2)], (0,), False)
               for effort in efforts]
    for effort, runs in zip(efforts, median_runs(bench, entries)):
        over = statistics.median(c.wall / ((c.user + c.system) / 2) for c in runs) - 1
        section.rows.append({"label": f"skewed batch, -e {effort} -j 2", "value": f"{over:.1%} above total CPU / 2"})
        section.target(f"a skewed batch at most 10 % above total CPU / 2, -e {effort}", f"{over:.1%}", over <= 0.10)
    for folder in (source, out):
        shutil.rmtree(folder)
