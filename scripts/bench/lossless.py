"""Lossless PNG against the strongest peers: not only the sums, but file by file."""

import statistics

from comparison import Section, compare

EFFORTS = ("fast", "default", "high", "max")
SMALL = 4096  # bytes of an original: below, headers and palettes decide, not the compressor
CORPUS = 13_796_625  # bytes of the PNG of Debian 12's packages, for which the limits in megabytes hold
MEGABYTES = {"fast": 11.92, "default": 11.69, "high": 11.58, "max": 11.50}
CPU = {"fast": 0.5, "default": 0.85, "high": 1.4, "max": 4.0}  # × oxipng -o2
MEAN, SMALLER = 0.985, 0.05


def duel(own, peer):
    """Of {name: (original, kept)}: both sums, the geometric mean of own/peer, and where the peer is smaller."""
    if not own:
        return None
    smaller = [(name, kept, peer[name][1]) for name, (_, kept) in own.items() if peer[name][1] < kept]
    return {"files": len(own), "bytes": sum(kept for _, kept in own.values()), "peer_bytes": sum(peer[name][1] for name in own),
            "geometric_mean": statistics.geometric_mean(kept / peer[name][1] for name, (_, kept) in own.items()),
            "smaller": sorted(smaller, key=lambda one: one[2] / one[1])}


def against(row, peer):
    small = {name: sizes for name, sizes in row["each"].items() if sizes[0] < SMALL}
    return {"tool": peer["tool"], "label": peer["label"], "user_ratio": row["user_seconds"] / peer["user_seconds"],
            **duel(row["each"], peer["each"]), "small": duel(small, peer["each"])}


def measured(bench, section, source):
    tools = [bench.tools.imgc("--lossless", "--strip", "all", "-e", effort) for effort in EFFORTS]
    compare(bench, section, tools + bench.tools.oxipng(2, 4) + bench.tools.png_lossless(), source, baseline=1, each_file=True)
    own = [row for row in section.rows if row["tool"] == "imgc"]
    for effort, row in zip(EFFORTS, own):
        row["effort"] = effort
        row["against"] = [against(row, peer) for peer in section.rows if peer["tool"] != "imgc"]
        section.target(f"{section.name}, -e {effort}: no file above its input, none missing",
                       f"{row['bigger']} above, {row['missing']} missing", row["bigger"] == row["missing"] == 0)
    return own


def png_lossless(bench):
    section = Section("png-lossless", "Lossless PNG", "All 132 PNG, one thread, all metadata stripped.")
    for row in measured(bench, section, bench.corpus / "png"):
        effort, rivals = row["effort"], [one for one in row["against"] if one["label"] == "oxipng -o2" or one["tool"] == "napi"]
        if row["bytes_original"] == CORPUS:
            section.target(f"lossless PNG, -e {effort}: at most {MEGABYTES[effort]:.2f} MB", f"{row['bytes_kept'] / 1e6:.3f} MB",
                           row["bytes_kept"] <= MEGABYTES[effort] * 1e6)
        for one in rivals:
            if one["label"] == "oxipng -o2":
                section.target(f"lossless PNG, -e {effort}: CPU at most {CPU[effort]} × oxipng -o2", f"{one['user_ratio']:.2f} ×",
                               one["user_ratio"] <= CPU[effort])
            if effort == "default":
                section.target(f"lossless PNG: mean a file at most {MEAN} × {one['label']}", f"{one['geometric_mean']:.4f} ×",
                               one["geometric_mean"] <= MEAN)
                section.target(f"lossless PNG: {one['label']} smaller in at most {SMALLER:.0%} of the files",
                               f"{len(one['smaller'])} of {one['files']}", len(one["smaller"]) <= SMALLER * one["files"])
    return section


def icons(bench):
    section = Section("icons", "Lossless PNG, icons", f"Each under {SMALL:,} bytes, one thread, all metadata stripped.")
    if bench.icons.is_dir():
        section.note = f"{len(list(bench.icons.iterdir()))} files. {section.note}"
        measured(bench, section, bench.icons)
    else:
        section.absent.append("all (there are no icons)")
    return section
