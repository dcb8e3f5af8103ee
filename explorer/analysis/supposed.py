"""What would follow if another candidate were the origin: its own failure path, and what speaks for and against it."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from explorer.analysis.patterns import WARN
from explorer.analysis.places import log_place, span_place
from explorer.analysis.reading import Reading, log_words
from explorer.analysis.results import Analysis, Candidate, Evidence, Outcome, Relation, Role, Step, Verdict
from explorer.analysis.wording import clip, code_word, error_text, time_word
from explorer.model.schema import Kind
from explorer.model.spankey import SpanKey
from explorer.model.store import Store

MOST_OFFERED = 6
"""Candidates that one may choose from, the first among them."""
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class _Hop:
    """Spans of one service on the way up, deepest first, the caller's half of the call last; how it was reached."""

    rows: tuple[int, ...]
    relation: Relation | None


def offered(verdict: Verdict) -> tuple[Candidate, ...]:
    """The candidates to choose from, best first; the first is what was found."""
    others = [one for one in verdict.candidates[1:] if one.service]
    return (*verdict.candidates[:1], *others[: MOST_OFFERED - 1])


def supposed(store: Store, verdict: Verdict, number: int) -> Verdict:
    """The verdict as it would be if candidate ``number`` (from 1, of :func:`offered`) were the origin.

    Its path is the way from there to what the user saw: the part of the found path from it on, else the spans above it
    until they join that path. It belongs to no cause of the bundle. The found verdict where there is no such candidate.
    """
    known = offered(verdict)
    if not 2 <= number <= len(known):
        return verdict
    chosen = known[number - 1]
    path = _path(store, verdict, chosen)
    said = path[0].text if path[0].text != "ok" else chosen.operation
    return replace(
        verdict, category=chosen.category, subcategory=chosen.subcategory, rule="", rule_words=(), path=path,
        cause=-1,
        title=clip(f"{chosen.service}: {said}"), evidence=tuple(_evidence(store, verdict, path[0])),
        against=tuple(_against(store, verdict, path)), fingerprint="", detected=None, supposed=number,
    )  # fmt: skip


def supposing(store: Store, analysis: Analysis, id_row: int, number: int) -> Analysis:
    """The same answers with one id's verdict as :func:`supposed` has it: for what is drawn and written of that id."""
    found = analysis.verdicts.get(id_row)
    if found is None or number < 2:
        return analysis
    # Laid over the others, which are not decoded for it.
    verdicts = ChainMap({id_row: supposed(store, found, number)}, cast(dict[int, Verdict], analysis.verdicts))
    return replace(analysis, verdicts=verdicts)


def supposition_words(verdict: Verdict) -> str:
    """``candidate 2 of 3, drawn instead of the first``; "" for a verdict that was found."""
    if not verdict.supposed:
        return ""
    return f"candidate {verdict.supposed} of {len(offered(verdict))}, drawn instead of the first"


def _path(store: Store, verdict: Verdict, chosen: Candidate) -> tuple[Step, ...]:
    """The path from the candidate on."""
    for at, step in enumerate(verdict.path):
        if (step.row, step.service, step.operation) == (chosen.row, chosen.service, chosen.operation):
            return (step._replace(role="origin", relation=None), *verdict.path[at + 1 :])
    if chosen.row < 0:
        return (Step(-1, (), chosen.service, chosen.operation, "origin", None, "left no span", 0),)
    owner = {row: at for at, step in reversed(list(enumerate(verdict.path))) for row in step.rows}
    hops, joined = _climb(store, chosen.row, owner)
    steps = [_step(store, hop, first=not at) for at, hop in enumerate(hops)]
    if joined < 0:
        role: Role = "surfaced" if verdict.outcome is Outcome.FAILING else "swallowed"
        return (*steps[:-1], steps[-1]._replace(role=role)) if len(steps) > 1 else tuple(steps)
    rest = list(verdict.path[joined:])
    met = next(row for row in hops[-1].rows if row in owner)
    spans = store.spans
    above = [row for row in rest[0].rows if row <= met < row + int(spans.size[row])]
    whole = _Hop(tuple(dict.fromkeys((*hops[-1].rows, *above))), hops[-1].relation)
    if len(steps) == 1:  # within a hop that the path has
        return (steps[0]._replace(rows=whole.rows), *rest[1:])
    last = _step(store, whole, first=False)
    rest[0] = (last if rest[0].row not in above else rest[0])._replace(rows=whole.rows, role=rest[0].role,
                      relation=hops[-1].relation)  # fmt: skip
    return (*steps[:-1], *_continued(rest, verdict.outcome))


def _continued(rest: list[Step], outcome: Outcome) -> list[Step]:
    """The part of the found path that the new one joins: what began there before is now on the way."""
    first = rest[0]
    role: Role = first.role
    if len(rest) == 1:
        role = "surfaced" if outcome is Outcome.FAILING else "swallowed"
    elif role in ("origin", "raised"):
        role = "passed"
    return [first._replace(role=role, relation=first.relation or "call"), *rest[1:]]


def _climb(store: Store, row: int, owner: dict[int, int]) -> tuple[list[_Hop], int]:
    """The hops from a span upward, and the step of the found path they join (-1: none, the way ends at a root)."""
    spans = store.spans
    hops: list[_Hop] = []
    rows: list[int] = []
    relation: Relation | None = None
    roots: set[int] = set()
    while row >= 0:
        rows.append(row)
        if row in owner:
            hops.append(_Hop(tuple(rows), relation))
            return hops, owner[row]
        above = int(spans.parent[row])
        if above >= 0 and not _crosses(store, row, above):
            row = above
            continue
        half = above if above >= 0 and spans.kind[above] in (Kind.CLIENT, Kind.PRODUCER) else -1
        hops.append(_Hop((*rows, half) if half >= 0 else tuple(rows), relation))
        if half in owner:
            return hops, owner[half]
        rows, relation = [], "call"
        if above < 0:
            above, relation = _linked(store, row), "link"
            if row in roots:
                break
            roots.add(row)
        row = int(spans.parent[half]) if half >= 0 else above
    return hops, -1


def _crosses(store: Store, row: int, above: int) -> bool:
    """Whether a span is the first of its service on a call."""
    spans = store.spans
    called = spans.kind[row] in (Kind.SERVER, Kind.CONSUMER)
    return bool(
        spans.service[row] != spans.service[above]
        or (called and spans.kind[above] in (Kind.CLIENT, Kind.PRODUCER))
    )


def _linked(store: Store, root: int) -> int:
    """The span that a root links to, -1 for none in the bundle."""
    links = store.links
    at = int(links["span"].searchsorted(root))
    if at >= len(links["span"]) or links["span"][at] != root or links["trace"][at] < 0:
        return -1
    return store.row(SpanKey(store.traces.number[int(links["trace"][at])], int(links["span_id"][at])))


def _step(store: Store, hop: _Hop, *, first: bool) -> Step:
    spans = store.spans
    failed = [row for row in hop.rows if spans.failed[row]]
    row = hop.rows[0] if first else failed[0] if failed else hop.rows[-1]
    role: Role = "origin" if first else "passed" if failed else "carried"
    text = error_text(store, row) if spans.failed[row] else code_word(int(spans.code[row])) or "ok"
    ended = int(spans.end[row])
    return Step(row, hop.rows, store.service(row), store.operation(row), role, hop.relation, text, ended)


def _evidence(store: Store, verdict: Verdict, origin: Step) -> list[Evidence]:
    """What the candidate's own span and its warnings and errors say."""
    found: list[Evidence] = []
    if origin.row >= 0:
        file, offset = span_place(store, origin.row)
        text = f"{origin.service} {origin.operation}: {origin.text}"
        found.append(
            Evidence("span", text, file, offset, int(store.spans.start[origin.row]), span=origin.row)
        )
    logs, reading = store.logs, Reading(store)
    mine = store.correlation.logs_of(verdict.id)
    loud = mine[(logs.severity[mine] >= WARN) & np.isin(logs.span[mine], origin.rows)].tolist()
    for log in sorted(loud, key=lambda log: -int(logs.severity[log]))[:_MOST_LINES]:
        file, offset = log_place(store, log)
        found.append(
            Evidence("log", f"“{log_words(reading, log)}”", file, offset, int(logs.time[log]), log=log)
        )
    return found


def _against(store: Store, verdict: Verdict, path: tuple[Step, ...]) -> list[str]:
    """Why it is not the first: what it would leave unexplained, and what came before it."""
    first, chosen = verdict.path[0], path[0]
    said = f"{first.service} {first.operation}".strip()
    why = []
    if first.row not in {row for step in path for row in step.rows}:
        why.append(f"It leaves unexplained that {said} ended with “{first.text}”")
    before = chosen.time_ns - first.time_ns
    if before > 0 and first.time_ns > 0:
        size = int(store.spans.size[chosen.row]) if chosen.row >= 0 else 0
        below = chosen.row < first.row < chosen.row + size
        why.append(f"{said} {'below it' if below else 'elsewhere'} had ended {time_word(before)} before")
    if chosen.text == "ok":
        why.append("Its own span reports no error")
    return why
