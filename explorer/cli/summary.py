"""``summary``: what is in a bundle, and what was not understood."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.cli.opening import read_any
from explorer.cli.printing import print_json, print_lines, table
from explorer.layout import numbers
from explorer.model.store import Store


def run(arguments: argparse.Namespace) -> int:
    """Print the summary."""
    store = read_any(arguments)
    keep = None
    if arguments.query or arguments.begin or arguments.end:
        from explorer.cli.answering import answer, chosen

        keep = chosen(arguments, store, answer(store))
    value = summary(store, keep)
    if arguments.json:
        print_json(value)
    else:
        print_lines(_lines(value))
    return 0


def summary(store: Store, keep: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """The contract's object; totals of spans, traces, ids and logs are of the ids kept."""
    start, end = store.bounds()
    return {
        "bundle": store.name,
        "files": [asdict(count) for count in store.counts],
        "totals": _totals(store, keep),
        "time": {"start_ns": start, "end_ns": end},
        "issues": [asdict(issue) for issue in store.issues],
    }


def _totals(store: Store, keep: NDArray[np.bool_] | None) -> dict[str, int]:
    used = np.union1d(store.spans.service, store.logs.service)
    spans, logs, traces, ids = (
        len(store.spans),
        len(store.logs),
        len(store.traces),
        len(store.correlation.rows),
    )
    if keep is not None:
        of_trace = keep[store.correlation.of_trace]
        of_span = of_trace[store.spans.trace]
        of_log = np.zeros(len(store.logs), bool)
        named = store.logs.id >= 0
        of_log[named] = keep[store.logs.id[named]]
        used = np.union1d(store.spans.service[of_span], store.logs.service[of_log])
        spans, logs, traces, ids = int(of_span.sum()), int(of_log.sum()), int(of_trace.sum()), int(keep.sum())
    return {
        "files": len(store.counts), "spans": spans, "traces": traces, "ids": ids,
        "services": int((used != 0).sum()), "logs": logs, "series": len(store.series),
        "points": len(store.points["time"]), "findings": len(store.findings), "marks": len(store.marks),
    }  # fmt: skip


def _counted(name: str, n: int) -> str:
    """``9 files``, ``1 file``; series are written alike."""
    return numbers.plural(n, name if name == "series" else name.removesuffix("s"), name)


def _lines(value: dict[str, Any]) -> list[str]:
    totals, time, files, issues = value["totals"], value["time"], value["files"], value["issues"]
    lines = [str(value["bundle"]), "  ".join(_counted(name, n) for name, n in totals.items())]
    if time["end_ns"]:
        begin, end = (numbers.date_time(time[key], utc=True) for key in ("start_ns", "end_ns"))
        lines.append(f"{begin} to {end}")
    columns = ("spans", "logs", "points", "findings", "marks", "skipped")
    rows = [[f["name"], f["format"], numbers.bytes_(f["bytes"]), *(numbers.count(f[c]) for c in columns)]
            for f in files]  # fmt: skip
    lines += ["", *table(["file", "format", "bytes", *columns], rows, right=range(2, 9))]
    if issues:
        rows = [[i["severity"], i["code"], i["file"], str(i["offset"]) if i["offset"] >= 0 else "",
                 numbers.count(i["count"]), i["text"]] for i in issues]  # fmt: skip
        lines += ["", *table(["severity", "code", "file", "offset", "count", "what"], rows, right=(3, 4))]
    return lines
