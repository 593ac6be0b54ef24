"""Rate against score: bytes over SSIMULACRA 2 for many qualities, imgc and its peers, as a table and an SVG."""

import json
import math
import statistics
import subprocess
from concurrent.futures import ThreadPoolExecutor

import butteraugli
import measure
from comparison import Section
from tools import Place, Tool, each, shell

TARGETS = (60, 70, 80, 90)
JPEG = (8, 15, 24, 35, 50, 60, 70, 80, 87, 92, 96)  # a score of 60 takes no more of some
PNG = (20, 35, 50, 60, 70, 80, 90, 97)
LEAST_DRAWN = 50
COLOURS = ("#1f77b4", "#7fb2dd", "#d62728", "#ff7f0e", "#2ca02c", "#9467bd")


def inspected(bench, path):
    made = subprocess.run([bench.tools.imgc_path, "inspect", "--json", path], capture_output=True, text=True, check=True)
    return json.loads(made.stdout)


def pixels(found):
    return found["width"] * found["height"]


def own(bench, effort):
    return f"imgc -e {effort}", lambda quality: bench.tools.imgc("--lossy", "--strip", "all", "-q", str(quality), "-e", effort)


def jpeg_peers(bench, source):
    """The peers encode the decoded pixels, at the subsampling of the source."""
    sampling = {}
    for path in source.iterdir():
        encoding = inspected(bench, path)["encoding"]
        sampling[str(path)] = next((s for s in ("4:2:0", "4:2:2", "4:4:0") if s in encoding), "4:4:4").replace(":", "")
    factors = {"420": "2x2", "422": "2x1", "440": "1x2", "444": "1x1"}

    def cjpeg(program, quality, *more):
        return lambda i, o: ["sh", "-c", 'in=$1 out=$2; shift 2; djpeg "$in" | "$@" >"$out"', "sh", i, o, program,
                             "-quality", str(quality), "-sample", factors[sampling[i]], *more]

    def cjpegli(quality):
        return lambda i, o: ["sh", "-c", 'djpeg -outfile "$2.ppm" "$1" && "$3" "$2.ppm" "$2" -q "$4" "$5"; rm -f "$2.ppm"', "sh", i, o,
                             bench.tools.jpegli, str(quality), f"--chroma_subsampling={sampling[i]}"]

    yield "libjpeg-turbo", lambda q: each("cjpeg", f"cjpeg {q}", cjpeg("cjpeg", q, "-optimize", "-progressive"), needs=("djpeg", "cjpeg"))
    yield "mozjpeg", lambda q: each("mozjpeg", f"mozjpeg {q}", cjpeg(bench.tools.mozjpeg, q), needs=("djpeg", bench.tools.mozjpeg))
    yield "jpegli", lambda q: each("jpegli", f"jpegli {q}", cjpegli(q), needs=("djpeg", bench.tools.jpegli))


def png_peers(bench, _):
    def pngquant(program, quality):
        return lambda i, o: ["env", "OMP_NUM_THREADS=1", program, "--quality", f"0-{quality}", "--strip", "--output", o, i]

    yield "pngquant", lambda q: each("pngquant", f"pngquant 0-{q}", pngquant("pngquant", q))
    yield "pngquant 3", lambda q: each("pngquant3", f"pngquant 3 0-{q}", pngquant(bench.tools.pngquant3, q), needs=(bench.tools.pngquant3,))


def scored(bench, outputs):
    """{file: {place: (score, bytes)}} of {file: [output]}; a file that is not there is left out."""
    def one(item):
        source, outs = item
        outs = [out for out in outs if out.exists() and out.stat().st_size]
        made = subprocess.run([bench.tools.imgc_path, "score", "--json", source, *outs], capture_output=True, text=True)
        lines = [json.loads(line) for line in made.stdout.splitlines()]
        return source.name, {str(out.parent): (line["ssimulacra2"], out.stat().st_size)
                             for out, line in zip(outs, lines) if "ssimulacra2" in line}
    with ThreadPoolExecutor() as pool:
        return dict(pool.map(one, outputs.items()))


def log_bytes_at(points, target):
    """On a curve of (score, bytes), where more bytes for less score are passed over; nothing beyond its ends."""
    rising = []
    for score, size in sorted(points):
        while rising and rising[-1][1] >= size:
            rising.pop()
        rising.append((score, size))
    return measure.interpolated([(score, math.log(size)) for score, size in rising], target)


def against(curves, peer, mine):
    """Bytes at equal score, as the geometric mean of the files that both curves reach it in."""
    row = {}
    for target in TARGETS:
        ratios = [a - b for a, b in ((log_bytes_at(mine[f], target), log_bytes_at(curves[peer][f], target)) for f in mine)
                  if a is not None and b is not None]
        row[target] = (math.expm1(statistics.fmean(ratios)), len(ratios)) if ratios else None
    return row


def curve(bench, section, source, qualities, families):
    if not bench.tools.imgc_path:
        return section
    files = [path for path in sorted(source.iterdir()) if path.is_file()]
    places, outputs, made = {}, {path: [] for path in files}, {}
    for label, tool_of in families:
        if missing := tool_of(qualities[0]).missing():
            section.absent.append(f"{label} (there is no {missing})")
            continue
        for quality in qualities:
            tool: Tool = tool_of(quality)
            place = Place(source, measure.fresh(bench.work / f"{section.name}-{len(places)}"))
            bench.progress(f"{section.name}: {tool.label}")
            cost = measure.run(tool.commands(place), (0, 98, 99), bench.log, True)
            places[str(place.out)] = (label, quality, cost.user)
            for path, out in tool.pairs(place):
                outputs[path].append(out)
                made.setdefault(label, {}).setdefault(quality, {})[path] = out
    bench.progress(f"{section.name}: scores")
    scores = scored(bench, outputs)
    whole = {name: found for name, found in scores.items() if len(found) == len(places)}
    curves = {}
    for place, (label, quality, user) in places.items():
        section.rows.append({"label": label, "quality": quality, "user_seconds": user, "files": len(whole),
                             "bytes": sum(found[place][1] for found in whole.values()),
                             "score": statistics.fmean(found[place][0] for found in whole.values())})
        for name, found in scores.items():
            if place in found:
                curves.setdefault(label, {}).setdefault(name, []).append(found[place])
    mine = next(label for label in curves if label == "imgc -e default")
    section.against = {label: against(curves, label, curves[mine]) for label in curves if label != mine}
    (bench.out / f"{section.name}.svg").write_text(svg(section))
    if "jpegli" in curves and bench.tools.butteraugli:
        bench.progress(f"{section.name}: Butteraugli")
        small = [path for path in files if path.name in whole and pixels(inspected(bench, path)) < butteraugli.LARGEST]
        section.butteraugli = {"jpegli": butteraugli.against(bench.tools.butteraugli, small, made[mine], made["jpegli"])}
    return section


def jpeg_curve(bench):
    source = bench.corpus / "jpg"
    section = Section("jpeg-curve", "JPEG: bytes against score", f"All {len(list(source.iterdir()))} JPEG; the peers encode the decoded pixels at the source's subsampling.")
    return curve(bench, section, source, JPEG, [own(bench, "default"), own(bench, "fast"), *jpeg_peers(bench, source)])


def jpeg_unseen(bench):
    section = Section("jpeg-unseen", "JPEG that imgc was not tuned on: bytes against score", "Peers as above.")
    if not bench.unseen.is_dir():
        section.absent.append("all (there are no such images)")
        return section
    return curve(bench, section, bench.unseen, JPEG, [own(bench, "default"), *jpeg_peers(bench, bench.unseen)])


def png_curve(bench):
    source = bench.corpus / "png"
    section = Section("png-curve", "Lossy PNG: bytes against score", "All 132 PNG; MIN is 0.")
    return curve(bench, section, source, PNG, [own(bench, "default"), own(bench, "fast"), *png_peers(bench, source)])


def svg(section, width=640, height=400, left=64, bottom=44, top=34, right=16):
    """Lines over megabytes; the better the further to the upper left. Of what hardly anybody would show, nothing."""
    rows = [row for row in section.rows if row["score"] >= LEAST_DRAWN]
    most = max(row["bytes"] for row in rows) / 1e6
    low = math.floor(min(row["score"] for row in rows) / 5) * 5
    high = math.ceil(max(row["score"] for row in rows) / 5) * 5

    def x(row):
        return left + (width - left - right) * row["bytes"] / 1e6 / most

    def y(score):
        return height - bottom - (height - bottom - top) * (score - low) / (high - low)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             f'<text x="{left}" y="20" font-size="14">{section.title}, {rows[0]["files"]} files</text>']
    for score in range(low, high + 1, 5):
        parts.append(f'<path d="M{left} {y(score):.1f}H{width - right}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y(score) + 4:.1f}" text-anchor="end">{score}</text>')
    step = max(0.5, round(most / 8 * 2) / 2)
    for i in range(int(most / step) + 1):
        at = left + (width - left - right) * i * step / most
        parts.append(f'<path d="M{at:.1f} {height - bottom}v4" stroke="#888"/>'
                     f'<text x="{at:.1f}" y="{height - bottom + 17}" text-anchor="middle">{i * step:g}</text>')
    parts.append(f'<text x="{(left + width) / 2}" y="{height - 8}" text-anchor="middle">megabytes</text>'
                 f'<text transform="translate(16 {(height - bottom + top) / 2}) rotate(-90)" text-anchor="middle">SSIMULACRA 2, mean</text>')
    labels = list(dict.fromkeys(row["label"] for row in rows))
    for index, label in enumerate(labels):
        colour = COLOURS[index % len(COLOURS)]
        line = sorted((row for row in rows if row["label"] == label), key=lambda row: row["bytes"])
        points = " ".join(f"{x(row):.1f},{y(row['score']):.1f}" for row in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(row):.1f}" cy="{y(row["score"]):.1f}" r="3" fill="{colour}"/>' for row in line]
        place = height - bottom - 16 * (len(labels) - index)
        parts.append(f'<path d="M{width - right - 150} {place - 4}h22" stroke="{colour}" stroke-width="2"/>'
                     f'<text x="{width - right - 122}" y="{place}">{label}</text>')
    return "\n".join(parts) + "\n</svg>\n"
