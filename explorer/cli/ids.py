"""``ids``: the correlation ids, worst first."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from explorer.analysis.results import Analysis, Outcome
from explorer.cli.answering import answer, chosen, worst_first
from explorer.cli.opening import read
from explorer.cli.printing import print_json, print_lines, table
from explorer.layout import numbers
from explorer.model.store import Store


def run(arguments: argparse.Namespace) -> int:
    """Print the ids."""
    store = read(arguments)
    analysis = answer(store)
    rows = worst_first(analysis, np.flatnonzero(chosen(arguments, store, analysis)))
    values = [id_value(store, analysis, int(row)) for row in rows]
    if arguments.json:
        print_json({"ids": values})
    else:
        print_lines(_lines(values))
    return 0


def id_value(store: Store, analysis: Analysis, row: int) -> dict[str, Any]:
    """One id as in the contract."""
    one, ids = store.correlation.rows[row], analysis.ids
    entry = int(ids.entry[row])
    outcome = Outcome(int(ids.outcome[row]))
    verdict = analysis.verdicts.get(row)
    value: dict[str, Any] = {
        "id": one.id,
        "kind": one.kind,
        "traces": [store.trace_id(trace) for trace in one.traces],
        "root_service": store.service(entry) if entry >= 0 else None,
        "root_operation": store.operation(entry) if entry >= 0 else None,
        "start_ns": int(ids.start[row]),
        "duration_ns": int(ids.duration[row]),
        "spans": int(ids.spans[row]),
        "logs": int(ids.logs[row]),
        "errors": int(ids.errors[row]),
        "status": outcome.word,
        "category": None if outcome is Outcome.OK else verdict.category if verdict else "unknown",
        "services": int(ids.services[row]),
    }
    if one.groups:
        value["groups"] = dict(one.groups)
    return value


def _lines(values: list[dict[str, Any]]) -> list[str]:
    rows = []
    for value in values:
        start, duration = value["start_ns"], value["duration_ns"]
        where = " ".join(str(value[key]) for key in ("root_service", "root_operation") if value[key])
        rows.append([
            str(value["id"]), str(value["status"]), str(value["category"] or ""), where,
            numbers.date_time(start, utc=True) if start else "", numbers.duration(duration),
            *(str(value[key]) for key in ("spans", "errors", "logs", "services")),
        ])  # fmt: skip
    head = "id|status|category|entry|start (UTC)|duration|spans|errors|logs|services".split("|")
    return table(head, rows, right=range(5, 10)) if rows else ["No correlation ids."]
