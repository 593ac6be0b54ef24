#!/usr/bin/python3
"""Holds reports against man/imgc-report.schema.json, and their summary against their own records.

usage: validate_report.py [--events] REPORT...

With --events each REPORT is the output of `imgc compress --json`. A REPORT "-" is standard input.
Exits with 0 when all hold, else 1 after naming every fault found.
"""

import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "man" / "imgc-report.schema.json"
OUTCOMES = ("compressed", "kept", "skipped", "failed")


def from_events(text):
    """The document that the events of a run amount to."""
    events = [json.loads(line) for line in text.splitlines()]
    kinds = [event.pop("event") for event in events]
    expected = ["start"] + ["file"] * (len(kinds) - 2) + ["summary"]
    if kinds != expected:
        raise ValueError("events are not start, file…, summary but " + ", ".join(kinds[:5]) + " …")
    return {**events[0], "files": events[1:-1], "summary": events[-1]}


def where(error):
    return "/".join(str(part) for part in error.absolute_path) or "the document"


def totals_of(records):
    files = {outcome: sum(r["outcome"] == outcome for r in records) for outcome in OUTCOMES}
    files["total"] = len(records)
    written = [r for r in records if r["outcome"] in ("compressed", "kept")]
    bytes_in = sum(r["bytes_in"] for r in written)
    bytes_out = sum(r["bytes_out"] for r in written)
    return {"files": files, "bytes_in": bytes_in, "bytes_out": bytes_out, "bytes_saved": bytes_in - bytes_out}


def disagreements(report):
    """Where the summary is not the sum of the records, which a schema can't say."""
    groups = {None: (report["summary"], report["files"])}
    for name, totals in report["summary"]["by_format"].items():
        groups[name] = (totals, [r for r in report["files"] if r["format_in"] == name])
    for name, (stated, records) in groups.items():
        for field, value in totals_of(records).items():
            if stated[field] != value:
                yield f"summary{'' if name is None else '/by_format/' + name}/{field}: {stated[field]} is not {value}"
    ids = [r["id"] for r in report["files"]]
    if len(set(ids)) != len(ids):
        yield "files: two records have the same id"
    if {r["format_in"] for r in report["files"]} - {None} - set(report["summary"]["by_format"]):
        yield "summary/by_format: a format of the records is missing"


def read(path):
    return sys.stdin.read() if path == "-" else pathlib.Path(path).read_text(encoding="utf-8")


def faults(path, events, validator):
    try:
        report = from_events(read(path)) if events else json.loads(read(path))
    except (OSError, ValueError, KeyError, IndexError) as error:
        return [f"not a report: {error}"]
    found = [f"{where(error)}: {error.message}" for error in validator.iter_errors(report)]
    return found or list(disagreements(report))


def main(arguments):
    events = arguments[:1] == ["--events"]
    paths = arguments[1:] if events else arguments
    if not paths:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = False
    for path in paths:
        for fault in faults(path, events, validator):
            print(f"{path!r}: {fault}", file=sys.stderr)
            bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
