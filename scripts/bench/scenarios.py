"""What is measured. Each scenario returns a section: a title, a note, rows and the targets that it decides."""

import os
import shutil
import statistics

import measure
from curves import jpeg_curve, jpeg_unseen, png_curve
from comparison import Section, compare, median_runs, relate, row_of
from frame import frame, memory
from lossless import icons, png_lossless
from photo import photo
from tools import Place, Tool

LOSSY = ("--lossy", "-q", "70")


def tree(bench):
    cores = len(os.sched_getaffinity(0))
    section = Section("tree", f"Whole tree, lossy at quality 70, {cores} cores",
                      f"132 PNG and 61 JPEG. The peers as one would call them by hand: xargs -P{cores} -n1, one process an image, in place.")
    imgc = [bench.tools.imgc(*LOSSY, "-e", "fast", jobs=cores), bench.tools.imgc(*LOSSY, jobs=cores)]
    copy = bench.work / "tree-peers"
    line = (f'cd "$1"; find png -type f -print0 | sort -z | xargs -0 -P{cores} -n1 '
            'pngquant --force --ext .png --skip-if-larger --strip --quality 0-70; '
            f'find jpg -type f -print0 | sort -z | xargs -0 -P{cores} -n1 jpegoptim -q -m70 --strip-all --keep-icc; true')
    peer = Tool("xargs", "xargs over pngquant and jpegoptim", lambda _: [["sh", "-c", line, "sh", str(copy)]],
                needs=("pngquant", "jpegoptim"))

    def copied():
        measure.fresh(copy)
        for folder in ("png", "jpg"):
            shutil.copytree(bench.corpus / folder, copy / folder)

    originals = [p for folder in ("png", "jpg") for p in sorted((bench.corpus / folder).iterdir())]
    tools, entries = [], []
    for index, tool in enumerate(bench.chosen(imgc, section)):
        place = Place(tree_of(bench), bench.work / f"tree-{index}")
        entries.append((f"tree: {tool.label}", lambda p=place: measure.fresh(p.out), tool.commands(place), (0,), False))
        tools.append((tool, place.out))
    if missing := peer.missing():
        section.absent.append(f"{peer.label} (there is no {missing})")
    else:
        entries.append(("tree: xargs", copied, peer.commands(None), (0,), False))
        tools.append((peer, copy))
    for (tool, out), costs in zip(tools, median_runs(bench, entries)):
        pairs = [(p, out / p.parent.name / p.name) for p in originals]
        section.rows.append(row_of(tool, costs, measure.sizes(pairs), geometric_mean=measure.geometric_mean(pairs),
                                   ssim=measure.similarity(bench.worker, bench.tools.modules, pairs)))
    relate(section)
    if [row["tool"] for row in section.rows] == ["imgc", "imgc", "xargs"]:
        fast, by_hand = section.rows[0], section.rows[-1]
        section.target("whole tree, -e fast: at least 2 × faster than xargs", f"{by_hand['wall_ratio']:.2f} ×", by_hand["wall_ratio"] >= 2)
        section.target("whole tree, -e fast: smaller in total", f"{fast['bytes_kept']:,} against {by_hand['bytes_kept']:,} bytes",
                       fast["bytes_kept"] < by_hand["bytes_kept"])
    return section


def png_lossless_slow(bench):
    source = measure.fresh(bench.work / "slow-source")
    for path in sorted((bench.corpus / "png").iterdir())[::4]:
        if path.stat().st_size < 100_000:
            shutil.copy2(path, source)
    count = len(list(source.iterdir()))
    tools = [bench.tools.imgc("--lossless", "-e", effort) for effort in ("default", "high", "max")]
    section = Section("png-lossless-slow", "Lossless PNG, with the slowest",
                      f"Every fourth PNG under 100 KB: {count} files, one thread.")
    return compare(bench, section, tools + [bench.tools.zopflipng()] + bench.tools.png_lossless()[:2], source)


def png_lossy(bench):
    tools = [bench.tools.imgc(*LOSSY, "-e", effort) for effort in ("fast", "default")]
    section = Section("png-lossy", "Lossy PNG at quality 70", "All 132 PNG, one thread.")
    return compare(bench, section, tools + bench.tools.png_lossy(), bench.corpus / "png", baseline=1, judged=True)


def jpeg_lossless(bench):
    tools = [bench.tools.imgc("--lossless", "-e", effort) for effort in ("fast", "default")]
    section = Section("jpeg-lossless", "Lossless JPEG", "All 61 JPEG, one thread.")
    return compare(bench, section, tools + bench.tools.jpeg_lossless(), bench.corpus / "jpg", baseline=1)


def jpeg_lossy(bench):
    tools = [bench.tools.imgc(*LOSSY, "-e", effort) for effort in ("fast", "default")]
    section = Section("jpeg-lossy", "Lossy JPEG at quality 70", "All 61 JPEG, one thread.")
    return compare(bench, section, tools + bench.tools.jpeg_lossy(), bench.corpus / "jpg", baseline=1, judged=True)


def webp(bench):
    source = measure.fresh(bench.work / "webp-source")
    for path in sorted(bench.corpus.glob("[pj][np]g/*"))[::2]:
        shutil.copy2(path, source)
    tools = [bench.tools.imgc(*LOSSY, "-e", effort, "--format", "webp", suffix=".webp") for effort in ("fast", "default")]
    section = Section("webp", "Conversion to WebP at quality 70",
                      f"Every second image: {len(list(source.iterdir()))} files, one thread.")
    return compare(bench, section, tools + bench.tools.webp(), source, baseline=1, judged=True, conversion=True)


def single(bench):
    path = min((bench.corpus / "png").iterdir(), key=lambda p: abs(p.stat().st_size - 1_000_000))
    source = measure.fresh(bench.work / "single-source")
    shutil.copy2(path, source)
    section = Section("single", "One large PNG, losslessly, on one core", f"{path.name}, {path.stat().st_size:,} bytes.")
    tools = [bench.tools.imgc("--lossless", "-e", effort) for effort in ("fast", "default")]
    compare(bench, section, tools + bench.tools.png_lossless()[:2], source, baseline=1)
    for row, limit in zip((r for r in section.rows if r["tool"] == "imgc"), (1, 3)):
        section.target(f"1 MB PNG, {row['label']}: under {limit} s", f"{row['wall_seconds']:.2f} s", row["wall_seconds"] < limit)
    return section


def parallel(bench):
    section = Section("parallel", "Parallel efficiency", "The whole tree; efficiency is t₁ / (2 · t₂) of the wall seconds.")
    if not bench.tools.imgc_path or len(os.sched_getaffinity(0)) < 2:
        return section
    for effort in ("fast", "default"):
        tools = [bench.tools.imgc(*LOSSY, "-e", effort, jobs=jobs) for jobs in (1, 2)]
        out = bench.work / "parallel"
        entries = [(f"parallel: {t.label}", lambda: measure.fresh(out), t.commands(Place(tree_of(bench), out)), (0,), False)
                   for t in tools]
        one, two = (statistics.median(c.wall for c in costs) for costs in median_runs(bench, entries))
        section.rows.append({"label": f"-e {effort}", "one_job": one, "two_jobs": two, "efficiency": one / (2 * two)})
        section.target(f"parallel efficiency, -j 2 against -j 1, -e {effort}: at least 0.9", f"{one / (2 * two):.3f}",
                       one / (2 * two) >= 0.9)
    return section


def tree_of(bench):
    """The corpus alone: no downloads, no notes beside the images."""
    source = bench.work / "tree"
    if not source.exists():
        for folder in ("png", "jpg"):
            shutil.copytree(bench.corpus / folder, source / folder)
    return source


def identical(bench):
    section = Section("identical", "The same bytes from any number of threads", "Digests of all outputs of the whole tree.")
    if not bench.tools.imgc_path:
        return section
    for options in ((*LOSSY, "-e", "fast"), ("--lossless", "-e", "fast")):
        digests = {}
        for jobs in (1, 2, 8):
            out = measure.fresh(bench.work / "identical")
            bench.progress(f"identical: {' '.join(options)} -j {jobs}")
            measure.run([bench.tools.imgc_command(tree_of(bench), out, *options, jobs=jobs)], log=bench.log)
            digests[jobs] = measure.tree_digest(out)[:16]
        section.rows.append({"label": " ".join(options), **{f"j{jobs}": digest for jobs, digest in digests.items()}})
        section.target(f"identical output at -j 1, 2, 8 ({' '.join(options)})", ", ".join(sorted(set(digests.values()))),
                       len(set(digests.values())) == 1)
    return section


SCENARIOS = {"tree": tree, "png-lossless": png_lossless, "icons": icons, "png-lossless-slow": png_lossless_slow, "png-lossy": png_lossy,
             "jpeg-lossless": jpeg_lossless, "jpeg-lossy": jpeg_lossy, "png-curve": png_curve, "jpeg-curve": jpeg_curve, "jpeg-unseen": jpeg_unseen, "webp": webp, "single": single,
             "parallel": parallel, "memory": memory, "frame": frame, "photo": photo, "identical": identical}
