"""``compare``: what differs between two ids, or between the failing ids and the healthy ones."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from explorer.analysis.compare import CallDifference, Comparison, compare, nearest_healthy
from explorer.analysis.over_represented import Excess, SetComparison, compare_sets, opposed
from explorer.analysis.results import Analysis
from explorer.cli.answering import answer, chosen, chosen_id
from explorer.cli.ids import id_value
from explorer.cli.opening import read
from explorer.cli.printing import print_json, print_lines, table
from explorer.errors import UsageError
from explorer.layout import numbers
from explorer.model.store import Store


def run(arguments: argparse.Namespace) -> int:
    """Print what differs."""
    store = read(arguments)
    analysis = answer(store)
    if not arguments.ids:
        sets = compare_sets(store, *opposed(store, analysis, chosen(arguments, store, analysis)))
        if arguments.json:
            print_json(_sets_value(store, sets))
        else:
            print_lines(_sets_lines(sets))
        return 0
    a, b = _pair(store, analysis, [chosen_id(arguments, store, analysis, text) for text in arguments.ids])
    found = compare(store, analysis, a, b)
    if arguments.json:
        print_json(
            {"a": id_value(store, analysis, a), "b": id_value(store, analysis, b), **_value(store, found)}
        )
    else:
        print_lines(_lines(store, found))
    return 0


def _pair(store: Store, analysis: Analysis, rows: Sequence[int]) -> tuple[int, int]:
    a, b = rows[0], rows[1] if len(rows) > 1 else nearest_healthy(store, analysis, rows[0])
    if b < 0:
        raise UsageError(
            f"No healthy id begins like {store.correlation.rows[a].id}: name another id to compare it with."
        )
    return a, b


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
        "services": [
            {"service": one.service, "self_ns": list(one.self_ns), "spans": list(one.spans)}
            for one in found.services
        ],
        "order": [
            {"path": [list(step) for step in one.path], "order": [list(side) for side in one.order]}
            for one in found.order
        ],
        "attributes": [
            {"service": one.service, "operation": one.operation, "name": one.name, "values": list(one.value)}
            for one in found.attributes
        ],
        "logs": [
            {"service": one.service, "level": one.level, "template": one.template, "example": one.example,
             "count": list(one.count)}
            for one in found.logs
        ],
    }  # fmt: skip


def _sets_value(store: Store, found: SetComparison) -> dict[str, Any]:
    def value(one: Excess) -> dict[str, Any]:
        return {
            "kind": one.kind, "service": one.service, "name": one.name, "value": one.value,
            "count": list(one.count), "of": list(one.of), "coverage": [round(share, 4) for share in one.coverage],
            "lift": round(one.lift, 3), "p": one.p, "alike": one.alike,
            "span_id": store.span_id(one.row) if one.row >= 0 else None,
        }  # fmt: skip

    return {
        "failing": found.failing, "healthy": found.healthy,
        "more": [value(one) for one in found.more], "less": [value(one) for one in found.less],
        "services": [
            {"service": one.service, "self_ns": list(one.self_ns),
             "spans": [round(mean, 3) for mean in one.spans]}
            for one in found.services
        ],
    }  # fmt: skip


def _lines(store: Store, found: Comparison) -> list[str]:
    names = [store.correlation.rows[row].id for row in (found.a, found.b)]
    times = [numbers.duration(ns) for ns in found.duration_ns]
    lines = [f"a: {names[0]}, took {times[0]}", f"b: {names[1]}, took {times[1]}", ""]
    rows = [
        ["  " * (len(call.path) - 1) + f"{call.service} {call.operation}",
         *(f"{n}×" if n else "–" for n in call.count),
         *(numbers.duration(n) if c else "" for n, c in zip(call.total_ns, call.count, strict=True)),
         *(str(n) if n else "" for n in call.errors)]
        for call in found.calls if call.differs
    ]  # fmt: skip
    head = ["call", "calls a", "b", "time a", "b", "errors a", "b"]
    lines += table(head, rows, right=range(1, 7)) if rows else ["The calls are the same."]
    for one in found.order:
        lines += ["", f"in another order below {' '.join(one.path[-1])}:"]
        lines += [f"   {name}: {', '.join(side)}" for name, side in zip("ab", one.order, strict=True)]
    if found.attributes:
        values = [[f"{one.service} {one.operation}", one.name, *(v if v is not None else "–" for v in one.value)]
                  for one in found.attributes]  # fmt: skip
        lines += ["", *table(["attribute of", "name", "a", "b"], values)]
    if found.logs:
        logs = [[one.level, one.service, *(str(n) for n in one.count), one.words] for one in found.logs]
        lines += ["", *table(["log", "service", "a", "b", "words"], logs, right=(2, 3))]
    return lines


def _sets_lines(found: SetComparison) -> list[str]:
    if not found.failing:
        return ["No id that was chosen failed: nothing to compare."]
    lines = [f"{numbers.plural(found.failing, 'failing id')} against {found.healthy} healthy"]
    for words, traits in (("What the failing have", found.more), ("What they lack", found.less)):
        rows = [
            [one.kind, " ".join(part for part in (one.service, one.name, one.value) if part)[:100],
             *(f"{share:.0%}" for share in one.coverage), f"{one.times:.1f}", f"{one.p:.0e}",
             f"+{one.alike}" if one.alike else ""]
            for one in traits
        ]  # fmt: skip
        if rows:
            head = [words, "", "failing", "healthy", "lift", "p", "alike"]
            lines += ["", *table(head, rows, right=range(2, 7))]
    if len(lines) == 1:
        lines.append("Nothing sets them apart for sure.")
    times = [
        [one.service, *(numbers.duration(ns) for ns in one.self_ns), *(f"{mean:.1f}" for mean in one.spans)]
        for one in found.services
    ]
    if times:
        lines += ["", *table(["own time of", "failing", "healthy", "spans failing", "healthy"], times,
                             right=range(1, 5))]  # fmt: skip
    return lines
