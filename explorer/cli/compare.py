"""``compare``: what differs between two ids."""

from __future__ import annotations

import argparse
from typing import Any

from explorer.analysis.compare import CallDifference, Comparison, compare
from explorer.analysis.lookup import find_id
from explorer.cli.ids import id_value
from explorer.cli.opening import answer, read
from explorer.cli.printing import print_json, print_lines, table
from explorer.layout import numbers
from explorer.model.store import Store


def run(arguments: argparse.Namespace) -> int:
    """Print what differs."""
    store = read(arguments)
    analysis = answer(store)
    a, b = (find_id(store, text) for text in (arguments.id_a, arguments.id_b))
    found = compare(store, analysis, a, b)
    if arguments.json:
        print_json(
            {"a": id_value(store, analysis, a), "b": id_value(store, analysis, b), **_value(store, found)}
        )
    else:
        print_lines(_lines(store, found))
    return 0


def _value(store: Store, found: Comparison) -> dict[str, Any]:
    def span_ids(call: CallDifference) -> list[str | None]:
        return [store.span_id(row) if row >= 0 else None for row in call.row]

    return {
        "duration_ns": list(found.duration_ns),
        "calls": [
            {"path": [list(step) for step in call.path], "service": call.service, "operation": call.operation,
             "count": list(call.count), "total_ns": list(call.total_ns), "self_ns": list(call.self_ns),
             "errors": list(call.errors), "span_ids": span_ids(call), "differs": call.differs}
            for call in found.calls
        ],
        "attributes": [
            {"service": one.service, "operation": one.operation, "name": one.name, "values": list(one.value)}
            for one in found.attributes
        ],
        "logs": [
            {"service": one.service, "level": one.level, "template": one.template, "count": list(one.count)}
            for one in found.logs
        ],
    }  # fmt: skip


def _lines(store: Store, found: Comparison) -> list[str]:
    names = [store.correlation.rows[row].id for row in (found.a, found.b)]
    times = [numbers.duration(ns) for ns in found.duration_ns]
    lines = [f"{names[0]} took {times[0]}, {names[1]} took {times[1]}", ""]
    rows = [
        ["  " * (len(call.path) - 1) + f"{call.service} {call.operation}",
         *(f"{n}×" if n else "–" for n in call.count),
         *(numbers.duration(n) if c else "" for n, c in zip(call.total_ns, call.count, strict=True)),
         *(str(n) if n else "" for n in call.errors)]
        for call in found.calls if call.differs
    ]  # fmt: skip
    head = ["call", "calls a", "b", "time a", "b", "errors a", "b"]
    lines += table(head, rows, right=range(1, 7)) if rows else ["The calls are the same."]
    if found.attributes:
        values = [[f"{one.service} {one.operation}", one.name, *(v if v is not None else "–" for v in one.value)]
                  for one in found.attributes]  # fmt: skip
        lines += ["", *table(["attribute of", "name", "a", "b"], values)]
    if found.logs:
        logs = [[one.level, one.service, *(str(n) for n in one.count), one.template] for one in found.logs]
        lines += ["", *table(["log", "service", "a", "b", "words"], logs, right=(2, 3))]
    return lines
