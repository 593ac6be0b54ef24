"""The results as Markdown for people; the JSON holds the same and more."""

DISTURBED = 0.05  # of the machine


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


def identical(section):
    yield "| | -j 1 | -j 2 | -j 8 |"
    yield "|---|---|---|---|"
    for row in section["rows"]:
        yield f"| {row['label']} | {row['j1']} | {row['j2']} | {row['j8']} |"


SPECIAL = {"parallel": parallel, "memory": memory, "identical": identical}


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
