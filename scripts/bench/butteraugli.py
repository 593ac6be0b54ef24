"""A second opinion on JPEG: Butteraugli's 3-norm, so that what is gained by one metric is not lost by another."""

import math
import re
import statistics
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import measure

QUALITIES = (50, 70, 80, 87)  # of imgc
MORE_BYTES = 1.02  # that imgc may take for a distance as small as the peer's
LARGEST = 2_000_000  # pixels: of more, one distance takes seconds


def distance(program, reference, distorted):
    made = subprocess.run([program, reference, distorted, "--pnorm", "3"], capture_output=True, text=True, check=True)
    return float(re.search(r"3-norm: ([\d.]+)", made.stdout).group(1))


def distances(program, source, outputs):
    """{output: (bytes, distance)}; those that are identical have no logarithm and are left out."""
    with tempfile.TemporaryDirectory(prefix="imgc-bench-") as folder:
        def decoded(path, name):
            subprocess.run(["djpeg", "-outfile", f"{folder}/{name}", path], check=True)
            return f"{folder}/{name}"
        reference = decoded(source, "reference.ppm")
        found = {out: (out.stat().st_size, distance(program, reference, decoded(out, "distorted.ppm"))) for out in outputs}
    return {out: pair for out, pair in found.items() if pair[1] > 0}


def at_bytes(points, log_bytes):
    """The logarithm of the distance on a curve of (bytes, distance); nothing beyond its ends."""
    return measure.interpolated(sorted((math.log(size), math.log(away)) for size, away in points), log_bytes)


def against(program, files, mine, peer):
    """{quality: (how much farther imgc is than the peer at its bytes and 2 %, files)}. `files` are those to look at, `mine` and
    `peer` {quality: {file: output}}."""
    ratios = {quality: [] for quality in QUALITIES}

    def one(file):
        own = {quality: mine[quality][file] for quality in QUALITIES}
        theirs = [outputs[file] for outputs in peer.values()]
        found = distances(program, file, [*own.values(), *theirs])
        line = [found[out] for out in theirs if out in found]
        for quality, out in own.items():
            there = at_bytes(line, math.log(found[out][0] * MORE_BYTES)) if out in found else None
            if there is not None:
                yield quality, math.log(found[out][1]) - there

    with ThreadPoolExecutor() as pool:
        for results in pool.map(lambda file: list(one(file)), files):
            for quality, ratio in results:
                ratios[quality].append(ratio)
    row = {quality: (math.expm1(statistics.fmean(found)), len(found)) for quality, found in ratios.items() if found}
    row["all"] = (math.expm1(statistics.fmean(sum(ratios.values(), []))), sum(map(len, ratios.values())))
    return row
