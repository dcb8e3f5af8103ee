"""``rca``: causes across the bundle, and the failure path of each failing id."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.places import log_place
from explorer.analysis.results import Analysis, Cause, Detected, Outcome, Verdict
from explorer.analysis.unfollowed import loose_errors, loose_rows
from explorer.cli import happened
from explorer.cli.answering import answer, chosen, chosen_logs, worst_first
from explorer.cli.opening import read
from explorer.cli.printing import print_json, print_lines
from explorer.errors import UsageError
from explorer.layout import numbers
from explorer.model.moments import parse_moment
from explorer.model.store import Store
from explorer.query.units import amount
from explorer.report.sources import Place, common_folder, lines_at, source_words
from explorer.session.incidents import Incident, incident_of, keep_incidents, load_incidents
from explorer.session.rules import known_rules

SHOWN = 5
"""Ids whose paths are printed, where none is named."""
NAMED = 3
"""Ids that are named where something failed in them but not they."""


def run(arguments: argparse.Namespace) -> int:
    """Print the causes and paths."""
    window_ns = _window_ns(arguments)
    store = read(arguments)
    incident_ns = parse_moment(arguments.incident, *store.bounds()) if arguments.incident else None
    known = known_rules()
    analysis = answer(store, known, incident_ns=incident_ns, window_ns=window_ns)
    keep = chosen(arguments, store, analysis)
    rows = [int(row) for row in worst_first(analysis, np.flatnonzero(keep)) if int(row) in analysis.verdicts]
    causes = [cause for cause in analysis.causes if any(keep[i] for i in cause.ids)]
    past = load_incidents()[0]
    seen = {cause.rank: past.seen(incident_of(store, analysis, cause)) for cause in causes}
    loose = loose_rows(store)[:0] if arguments.id else loose_rows(store)
    loose = loose[chosen_logs(arguments, store, analysis)[loose]]
    errors = loose_errors(store, known[0], loose)
    places = [(e.file, e.offset) for cause in causes for e in cause.evidence]
    lines = lines_at(store, places + [log_place(store, one.log) for one in errors])
    if arguments.json:
        print_json({"causes": [cause_value(store, cause, lines) | {"seen": [_seen(one) for one in seen[cause.rank]]}
                               for cause in causes],
                    "ids": [verdict_value(store, analysis.verdicts[row]) for row in rows],
                    **happened.values(store, analysis, errors, lines)})  # fmt: skip
    else:
        said = []
        for cause in causes:
            said += _cause_lines(store, analysis, cause, seen[cause.rank], lines)
        for row in rows if arguments.id else rows[:SHOWN]:
            said += _path_lines(store, analysis.verdicts[row])
        said = said or [_nothing(store, analysis, keep)]
        if not arguments.id:
            said += [*happened.told(store, analysis, errors, lines, len(loose)), *_left_out(rows)]
        print_lines(said)
    if arguments.keep is not None:
        keep_incidents([incident_of(store, analysis, cause, arguments.keep) for cause in causes])
    return 0


def _seen(past: Incident) -> dict[str, object]:
    """A past incident of the same fingerprint."""
    return {"time_ns": past.time_ns, "bundle": past.bundle, "title": past.title, "category": past.category,
            "id_count": past.ids, "note": past.note}  # fmt: skip


def _window_ns(arguments: argparse.Namespace) -> int:
    if not arguments.window:
        return 0
    if not arguments.incident:
        raise UsageError("--window says how far from the incident to look: say --incident too.")
    span = amount(arguments.window)
    if span is None or span.measure != "duration" or span.value <= 0:
        raise UsageError(f"“{arguments.window}” is no stretch of time: write 10m, 90s or 2h.")
    return round(span.value)


def cause_value(store: Store, cause: Cause, lines: dict[Place, int]) -> dict[str, object]:
    """One cause as in the contract."""
    return {
        "rank": cause.rank, "title": cause.title, "category": cause.category, "subcategory": cause.subcategory,
        "service": cause.service, "operation": cause.operation, "detected": _detected_value(cause.detected),
        "entity": {"kind": cause.entity.kind, "name": cause.entity.name},
        "hypothesis": cause.hypothesis, "confidence": cause.confidence, "score": round(cause.score, 4),
        "fingerprint": cause.fingerprint,
        "ids": [store.correlation.rows[i].id for i in cause.ids], "id_count": len(cause.ids),
        "reasons": list(cause.reasons),
        "evidence": [
            {"kind": e.kind, "text": e.text, "file": e.file or None, "offset": e.offset if e.offset >= 0 else None,
             "line": lines.get((e.file, e.offset)), "time_ns": e.time_ns or None}
            for e in cause.evidence
        ],
        "ruled_out": [{"text": text} for text in cause.ruled_out],
    }  # fmt: skip


def _detected_value(one: Detected | None) -> dict[str, object] | None:
    """Where it was noticed, null where that is the origin."""
    return {"service": one.service, "operation": one.operation, "category": one.category} if one else None


def verdict_value(store: Store, verdict: Verdict) -> dict[str, object]:
    """One failing id as in the contract."""
    row = store.correlation.rows[verdict.id]
    return {
        "id": row.id,
        "traces": [store.trace_id(trace) for trace in row.traces],
        "status": Outcome(verdict.outcome).word,
        "category": verdict.category, "subcategory": verdict.subcategory, "title": verdict.title,
        "rule": verdict.rule, "rule_words": verdict.rule_words, "detected": _detected_value(verdict.detected),
        "path": [
            {"span_id": store.span_id(step.row) if step.row >= 0 else None, "service": step.service,
             "operation": step.operation, "role": step.role, "relation": step.relation, "text": step.text}
            for step in verdict.path
        ],
        "candidates": [
            {"service": c.service, "operation": c.operation, "span_id": store.span_id(c.row) if c.row >= 0 else None,
             "category": c.category, "subcategory": c.subcategory, "score": round(c.score, 4)}
            for c in verdict.candidates[:10]
        ],
    }  # fmt: skip


def _nothing(store: Store, analysis: Analysis, keep: NDArray[np.bool_]) -> str:
    """Why there is no cause to tell."""
    if not len(keep):
        if len(store.spans) or len(store.logs):
            return ("No cause can be named: no record carries a correlation id, so no request can be followed. "
                    "If a field holds one, name it: --id-field NAME.")  # fmt: skip
        if len(store.series) or store.findings or store.marks:
            return "No cause can be named: there are neither traces nor logs, so no request can be followed."
        return "No cause can be named: nothing is recorded in it."
    outcome = analysis.ids.outcome[keep]
    if not len(outcome):
        return "No cause: no id was chosen."
    of = (
        f"none of {numbers.count(len(outcome))} ids failed" if len(outcome) > 1 else "the one id did not fail"
    )
    return f"No cause: {of}{_saved(store, analysis, keep)}."


def _saved(store: Store, analysis: Analysis, keep: NDArray[np.bool_]) -> str:
    """In how many ids something failed all the same, and in which."""
    rows = worst_first(analysis, np.flatnonzero(keep & (analysis.ids.outcome == Outcome.DEGRADED)))
    if not len(rows) or keep.sum() == 1:
        return ", but something in it did" if len(rows) else ""
    names = ", ".join(store.correlation.rows[row].id for row in rows[:NAMED].tolist())
    more = f" and {numbers.count(len(rows) - NAMED)} more" if len(rows) > NAMED else ""
    return f", but in {numbers.count(len(rows))} that succeeded all the same something did: {names}{more}"


def _left_out(rows: Sequence[int]) -> list[str]:
    if len(rows) <= SHOWN:
        return []
    return ["", f"… and {len(rows) - SHOWN:,} more ids; name one with --id, or use --json."]


def _cause_lines(
    store: Store, analysis: Analysis, cause: Cause, seen: Sequence[Incident], places: dict[Place, int]
) -> list[str]:
    """A cause with its evidence, each with its file and line, and when it was seen before."""
    about = " · ".join(part for part in (cause.category, cause.subcategory) if part)
    ids = numbers.plural(len(cause.ids), "id")
    failing = int((analysis.ids.outcome[list(cause.ids)] == Outcome.FAILING).sum())
    ids += f", {failing:,} of them failing" if 0 < failing < len(cause.ids) else ""
    lines = [f"{cause.rank}. {cause.title}", f"   {about}   {ids}   confidence {cause.confidence}"]
    reasons = [one for one in cause.reasons if not one.startswith("backed by ")]  # which stands below
    lines[-1] += f": {'; '.join(reasons)}" if reasons else ""
    lines += [f"   {cause.detected.words(cause.service)}"] if cause.detected else []
    folder = common_folder(store)
    for one in cause.evidence:
        lines.append(f"   {one.kind:8} {one.text}")
        source = source_words((one.file, one.offset), places, folder, is_line=one.log >= 0)
        lines += [f"            {source}"] if source and one.kind != "spread" else []
    lines += [f"   ruled out: {text}" for text in cause.ruled_out]
    lines += [
        f"   seen on {numbers.date(past.time_ns)} ({past.bundle}), cause then: {past.said}"
        for past in seen[:3]
    ]
    return [*lines, ""]


def _path_lines(store: Store, verdict: Verdict) -> list[str]:
    lines = [f"{store.correlation.rows[verdict.id].id}  {Outcome(verdict.outcome).word}: {verdict.title}"]
    if verdict.detected:
        lines.append(f"   {verdict.detected.words(verdict.path[0].service)}")
    for step in verdict.path:
        relation = f" ({step.relation})" if step.relation else ""
        who = " ".join(part for part in (step.service, step.operation) if part)
        lines.append(f"   {step.role:9}{relation} {who}{who and ': '}{step.text}")
    return lines
