"""One large photo: the seconds and the memory that a JPEG of 12 megapixels takes on one core."""

import shutil
import statistics
import subprocess

import measure
from comparison import Section, median_runs

WIDE, HIGH, TILE = 4000, 3000, 1000
QUALITIES = (50, 75, 90)


def ppm(path):
    """A JPEG as (width, height, RGB bytes)."""
    data = subprocess.run(["djpeg", "-rgb", "-pnm", path], check=True, capture_output=True).stdout
    _, width, height = data.split(None, 3)[:3]
    width, height = int(width), int(height)
    return width, height, data[-3 * width * height:]


def tiles(corpus):
    """The upper left square of the JPEG that have one, of as many as it takes."""
    for path in sorted((corpus / "jpg").iterdir()):
        width, height, pixels = ppm(path)
        if width >= TILE and height >= TILE:
            yield [pixels[3 * width * y:3 * (width * y + TILE)] for y in range(TILE)]


def photo_of(corpus, path):
    """Photos side by side, quality 95, as a camera stores them: 4:2:0, baseline."""
    squares = tiles(corpus)
    rows = []
    for _ in range(HIGH // TILE):
        beside = [next(squares) for _ in range(WIDE // TILE)]
        rows += [b"".join(square[y] for square in beside) for y in range(TILE)]
    picture = b"P6\n%d %d\n255\n" % (WIDE, HIGH) + b"".join(rows)
    path.write_bytes(subprocess.run(["cjpeg", "-quality", "95", "-sample", "2x2"], input=picture, check=True, capture_output=True).stdout)


def photo(bench):
    section = Section("photo", "A JPEG of 12 megapixels", "Squares of twelve photos, 4000 × 3000, quality 95, 4:2:0; one core.")
    if not bench.tools.imgc_path:
        return section
    if missing := next((name for name in ("djpeg", "cjpeg") if not shutil.which(name)), None):
        section.absent.append(f"all of it (there is no {missing})")
        return section
    source, out = measure.fresh(bench.work / "photo"), bench.work / "photo-out"
    photo_of(bench.corpus, source / "photo.jpg")
    before = (source / "photo.jpg").stat().st_size
    asked = [(f"--lossy -q {quality}", ("--lossy", "-q", str(quality))) for quality in QUALITIES]
    asked.append(("--lossless", ("--lossless",)))
    commands = [bench.tools.imgc_command(source, out, *options) for _, options in asked]
    entries = [(f"photo: {label}", lambda: measure.fresh(out), [command], (0,), True) for (label, _), command in zip(asked, commands)]
    for (label, _), command, costs in zip(asked, commands, median_runs(bench, entries)):
        measure.fresh(out)
        status, peak, _ = measure.peak_memory(command)
        wall, peak_a_pixel = statistics.median(c.wall for c in costs), (peak or 0) / (WIDE * HIGH)
        after = (out / "photo.jpg").stat().st_size
        section.rows.append({"label": label, "value": f"{wall:.2f} s, {peak_a_pixel:.1f} bytes a pixel at the peak, "
                                                      f"{before:,} to {after:,} bytes"})
        if label == "--lossy -q 75":
            section.target("12 MP at quality 95 to -q 75: at most 0.6 s on one core", f"{wall:.2f} s", wall <= 0.6)
            section.target("and at most 8 bytes a pixel at the peak", f"{peak_a_pixel:.1f} bytes", status == 0 and peak and peak_a_pixel <= 8)
    for folder in (source, out):
        shutil.rmtree(folder)
    return section
