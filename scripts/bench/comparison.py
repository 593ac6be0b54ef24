"""How tools are compared over the same files: the sections of the results, runs in turns, rows and ratios."""

import shutil
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

import measure
from tools import Place, Toolbox

SLOW = 20.0  # a tool whose first run takes longer than this many seconds is not run again


@dataclass
class Bench:
    corpus: Path
    work: Path
    tools: Toolbox
    worker: Path
    icons: Path
    unseen: Path
    runs: int
    out: Path  # for drawings
    peers: set | None  # None: all of them
    log: Path
    progress: object

    def chosen(self, tools, section):
        """Those that were asked for and are here; the section says which are not."""
        asked = [tool for tool in tools
                 if (tool.name == "imgc" and self.tools.imgc_path) or
                 (tool.name != "imgc" and (self.peers is None or tool.name in self.peers))]
        section.absent += [f"{tool.label} (there is no {tool.missing()})" for tool in asked if tool.missing()]
        for reason in section.absent:
            self.progress(f"{section.name}: left out: {reason}")
        return [tool for tool in asked if not tool.missing()]


@dataclass
class Section:
    name: str
    title: str
    note: str
    rows: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    against: dict = field(default_factory=dict)  # of curves: {peer: {score: (bytes at that score, files)}}
    butteraugli: dict = field(default_factory=dict)  # of curves: {peer: {quality: (distance beside the peer's, files)}}
    absent: list = field(default_factory=list)  # peers that were not there to be measured

    def target(self, text, value, met):
        self.targets.append({"target": text, "measured": value, "met": bool(met)})


def median_runs(bench, entries):
    """`entries` are (label, prepare, commands, accepted, one_thread). Runs them in turns, so that a drift of the
    machine falls on all alike, and yields each one's costs."""
    costs = [[] for _ in entries]
    for turn in range(bench.runs):
        for index, (label, prepare, commands, accepted, one_thread) in enumerate(entries):
            if turn and costs[index][0].wall > SLOW:
                continue
            bench.progress(f"{label} ({turn + 1}/{bench.runs})")
            prepare()
            costs[index].append(measure.run(commands, accepted, bench.log, one_thread))
    return costs


def row_of(tool, costs, sizes, **more):
    return {
        "tool": tool.name, "label": tool.label, "runs": len(costs),
        "user_seconds": statistics.median(c.user for c in costs),
        "wall_seconds": statistics.median(c.wall for c in costs),
        "disturbed": max(c.disturbed for c in costs), "failures": costs[-1].failures,
        "messages": costs[-1].messages[:3], **{f"bytes_{k}" if k in ("original", "raw", "kept") else k: v
                                               for k, v in asdict(sizes).items()}, **more}


def compare(bench, section, tools, source, baseline=0, judged=False, conversion=False, each_file=False):
    """Runs every tool over the files of `source`, one thread each, and fills the section's rows."""
    tools = bench.chosen(tools, section)
    if not tools:
        return section
    places = [Place(source, bench.work / f"{section.name}-{index}") for index in range(len(tools))]
    measure.warm(places[0].files())
    entries = [(f"{section.name}: {tool.label}", lambda p=place: measure.fresh(p.out), tool.commands(place), tool.accepted, True)
               for tool, place in zip(tools, places)]
    costs_of = median_runs(bench, entries)
    compared = set(places[0].files())
    if conversion:  # there is no original to fall back to, so only what every tool converted compares
        for tool, place in zip(tools, places):
            compared -= {source for source, out in tool.pairs(place) if not out.exists() or not out.stat().st_size}
        if left_out := len(places[0].files()) - len(compared):
            section.note += f" Not counted: {left_out} that not every tool converted."
    for tool, place, costs in zip(tools, places, costs_of):
        pairs = [pair for pair in tool.pairs(place) if pair[0] in compared]
        more = {"geometric_mean": measure.geometric_mean(pairs, conversion)}
        if each_file:
            more["each"] = measure.each_size(pairs)
        if judged:
            bench.progress(f"{section.name}: similarity of {tool.label}")
            more["ssim"] = measure.similarity(bench.worker, bench.tools.modules, pairs, conversion)
        section.rows.append(row_of(tool, costs, measure.sizes(pairs, conversion), **more))
        shutil.rmtree(place.out, ignore_errors=True)
    relate(section, baseline)
    return section


def relate(section, baseline=0):
    """Ratios to the chosen row of imgc: of the same run, since another run's seconds do not compare."""
    own = [row for row in section.rows if row["tool"] == "imgc"]
    if not own:
        return
    base = own[min(baseline, len(own) - 1)]
    for row in section.rows:
        row["bytes_ratio"] = row["bytes_kept"] / base["bytes_kept"]
        row["user_ratio"] = row["user_seconds"] / base["user_seconds"]
        row["wall_ratio"] = row["wall_seconds"] / base["wall_seconds"]
