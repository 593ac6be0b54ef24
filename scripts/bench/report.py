"""The results as Markdown for people; the JSON holds the same and more."""

DISTURBED = 0.05  # of the machine
LISTED = 12  # names in a list; the JSON has all


def number(value, form):
    return "" if value is None else format(value, form)


def comparison(section):
    rows = section["rows"]
    judged = any(row.get("ssim") for row in rows)
    head = ["Tool", "Bytes", "of original", "× imgc", "mean a file", "User CPU s", "× imgc", "Wall s"] + ["SSIM"] * judged
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "---:|" * (len(head) - 1)
    for row in rows:
        marks = " †" if row["disturbed"] > DISTURBED else ""
        cells = [row["label"] + marks, f"{row['bytes_kept']:,}", f"{row['bytes_kept'] / row['bytes_original']:.1%}",
                 number(row.get("bytes_ratio"), ".3f"), f"{row['geometric_mean']:.1%}", f"{row['user_seconds']:.2f}",
                 number(row.get("user_ratio"), ".2f"), f"{row['wall_seconds']:.2f}"]
        yield "| " + " | ".join(cells + [number(row.get("ssim"), ".4f")] * judged) + " |"
    remarks = []
    for row in rows:
        if row["bytes_raw"] != row["bytes_kept"]:
            remarks.append(f"{row['label']} wrote {row['bytes_raw']:,} bytes, {row['bigger']} files bigger than their originals")
        if row["failures"]:
            remarks.append(f"{row['label']} failed {row['failures']} times")
    if remarks:
        yield ""
        yield "; ".join(remarks) + "."


def duels(section):
    """The comparison, then every row of imgc against every peer, and by name where a peer beats the default effort."""
    yield from comparison(section)
    rows = [row for row in section["rows"] if row.get("against")]
    if not rows:
        return
    apart = any(one["small"] and one["small"]["files"] < one["files"] for one in rows[0]["against"])
    head = ["imgc", "against", "CPU ×", "mean a file ×", "peer smaller"]
    head += ["under 4 KB: bytes", "peer's", "mean a file ×", "peer smaller"] * apart
    yield "\n| " + " | ".join(head) + " |"
    yield "|---|---|" + "---:|" * (len(head) - 2)
    for row in rows:
        for one in row["against"]:
            cells = [f"-e {row['effort']}", one["label"], f"{one['user_ratio']:.2f}", *means(one)]
            if apart:
                cells += [f"{one['small']['bytes']:,}", f"{one['small']['peer_bytes']:,}", *means(one["small"])]
            yield "| " + " | ".join(cells) + " |"
    above = sum(row["bigger"] for row in rows)
    yield f"\n{above} files above their input, all efforts of imgc together."
    for one in next((row["against"] for row in rows if row["effort"] == "default"), ()):
        if one["smaller"]:
            names = "; ".join(f"{name} {theirs:,} < {ours:,}" for name, ours, theirs in one["smaller"][:LISTED])
            more = f"; and {len(one['smaller']) - LISTED} more" if len(one["smaller"]) > LISTED else ""
            yield f"\n{one['label']} smaller than imgc -e default: {names}{more}."


def means(duel):
    return f"{duel['geometric_mean']:.4f}", f"{len(duel['smaller'])} of {duel['files']}"


def curves(section):
    """Bytes at equal score against each peer, then the points of the drawing beside this file."""
    targets = list(next(iter(section["against"].values()), {}))
    yield "| imgc -e default against | " + " | ".join(f"at {target}" for target in targets) + " |"
    yield "|---|" + "---:|" * len(targets)
    for peer, row in section["against"].items():
        yield f"| {peer} | " + " | ".join(f"{one[0]:+.1%} ({one[1]} files)" if one else "" for one in row.values()) + " |"
    for peer, row in section["butteraugli"].items():
        yield f"\nButteraugli's 3-norm beside {peer} at 2 % more bytes, of images below 2 megapixels:\n"
        yield "| " + " | ".join(str(quality) for quality in row) + " |"
        yield "|" + "---:|" * len(row)
        yield "| " + " | ".join(f"{one[0]:+.1%} ({one[1]})" for one in row.values()) + " |"
    yield "\n| | quality | bytes | score | user CPU s |\n|---|---:|---:|---:|---:|"
    for row in section["rows"]:
        yield f"| {row['label']} | {row['quality']} | {row['bytes']:,} | {row['score']:.2f} | {row['user_seconds']:.1f} |"


def parallel(section):
    yield "| | -j 1, s | -j 2, s | efficiency |"
    yield "|---|---:|---:|---:|"
    for row in section["rows"]:
        yield f"| {row['label']} | {row['one_job']:.2f} | {row['two_jobs']:.2f} | {row['efficiency']:.3f} |"


def memory(section):
    yield "| | Peak resident MB | Wall s | Files written |"
    yield "|---|---:|---:|---:|"
    for row in section["rows"]:
        yield f"| {row['label']} | {(row['peak_bytes'] or 0) / 1e6:.1f} | {row['wall_seconds']:.1f} | {row['written']:,} |"


def frame(section):
    yield "| | |"
    yield "|---|---:|"
    for row in section["rows"]:
        yield f"| {row['label']} | {row['value']} |"


def identical(section):
    yield "| | -j 1 | -j 2 | -j 8 |"
    yield "|---|---|---|---|"
    for row in section["rows"]:
        yield f"| {row['label']} | {row['j1']} | {row['j2']} | {row['j8']} |"


SPECIAL = {"png-lossless": duels, "icons": duels, "png-curve": curves, "jpeg-curve": curves, "jpeg-unseen": curves, "parallel": parallel, "memory": memory, "frame": frame, "photo": frame, "identical": identical}


def markdown(result):
    machine = result["machine"]
    yield f"Measured {result['date']} on {machine['cpu']}, {machine['cores']} cores, {machine['system']}."
    yield ""
    yield ", ".join(f"{name} {version}" for name, version in result["versions"].items()) + "."
    yield ""
    yield (f"Seconds: medians of {result['runs']}, run in turns; measured once where that took over {result['slow']:.0f} s. Bytes: a tool's "
           "output, or the original where that is smaller or the tool wrote nothing; \"mean a file\" is the geometric mean of "
           "output/original. SSIM: mean over the files, luma, 8 × 8 windows, against the original. "
           f"† others used over {DISTURBED:.0%} of the machine meanwhile.")
    for section in result["sections"]:
        if section["rows"] or section["absent"]:
            yield f"\n### {section['title']}\n\n{section['note']}\n"
        if section["rows"]:
            yield from SPECIAL.get(section["name"], comparison)(section)
        if section["absent"]:
            yield f"\nLeft out: {', '.join(section['absent'])}."
    targets = [target for section in result["sections"] for target in section["targets"]]
    if targets:
        yield "\n### Targets\n\n| Target | Measured | |\n|---|---|---|"
        for target in targets:
            yield f"| {target['target']} | {target['measured']} | {'met' if target['met'] else '**not met**'} |"
