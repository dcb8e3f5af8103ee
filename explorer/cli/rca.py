"""``rca``: causes across the bundle, and the failure path of each failing id."""

from __future__ import annotations

import argparse

import numpy as np

from explorer.analysis.lookup import find_id
from explorer.analysis.results import Analysis, Anomaly, Cause, Detected, Outcome, Verdict
from explorer.cli.opening import answer, chosen, read, worst_first
from explorer.cli.printing import print_json, print_lines
from explorer.errors import UsageError
from explorer.layout import numbers
from explorer.model.moments import parse_moment
from explorer.model.store import Store
from explorer.query.units import amount
from explorer.session.incidents import Incident, incident_of, keep_incidents, load_incidents


def run(arguments: argparse.Namespace) -> int:
    """Print the causes and paths."""
    window_ns = _window_ns(arguments)
    store = read(arguments)
    incident_ns = parse_moment(arguments.incident, store.bounds()[0]) if arguments.incident else None
    analysis = answer(store, incident_ns=incident_ns, window_ns=window_ns)
    keep = chosen(arguments, store, analysis)
    if arguments.id:
        named = [find_id(store, text) for text in arguments.id]
        keep &= np.isin(np.arange(len(keep)), named)
    rows = [int(row) for row in worst_first(analysis, np.flatnonzero(keep)) if int(row) in analysis.verdicts]
    causes = [cause for cause in analysis.causes if any(keep[i] for i in cause.ids)]
    past = load_incidents()[0]
    seen = {cause.rank: past.seen(incident_of(store, analysis, cause)) for cause in causes}
    if arguments.json:
        print_json({"causes": [cause_value(store, cause) | {"seen": [_seen(one) for one in seen[cause.rank]]}
                               for cause in causes],
                    "ids": [verdict_value(store, analysis.verdicts[row]) for row in rows],
                    "anomalies": [_anomaly_value(store, one) for one in analysis.anomalies]})  # fmt: skip
    else:
        degraded = int((analysis.ids.outcome[keep] == Outcome.DEGRADED).sum())
        print_lines(_lines(store, analysis, causes, rows, seen, degraded, bool(arguments.id)))
    if arguments.keep is not None:
        keep_incidents([incident_of(store, analysis, cause, arguments.keep) for cause in causes])
    return 0


def _anomaly_value(store: Store, one: Anomaly) -> dict[str, object]:
    """Something that changed, or an alert that would have fired."""
    series = store.series[one.series] if one.series >= 0 else None
    return {
        "kind": one.kind, "text": one.text, "time_ns": one.time_ns, "end_ns": one.end_ns if one.end_ns >= 0 else None,
        "service": one.service or None, "operation": one.operation or None,
        "series": {"name": series.name, "labels": dict(series.labels)} if series else None,
        "before": one.before, "after": one.after,
    }  # fmt: skip


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


def cause_value(store: Store, cause: Cause) -> dict[str, object]:
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
             "time_ns": e.time_ns or None}
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


def _saved(degraded: int) -> str:
    """What is to be said of ids that succeeded with a failure within, too few to make a cause."""
    return (
        f", but in {numbers.plural(degraded, 'id')} that succeeded all the same something did"
        if degraded
        else ""
    )


def _lines(
    store: Store, analysis: Analysis, causes: list[Cause], rows: list[int], seen: dict[int, tuple[Incident, ...]],
    degraded: int, asked: bool,
) -> list[str]:  # fmt: skip
    if not causes and not rows:
        return [f"No cause: nothing failed{_saved(degraded)}."]
    lines: list[str] = []
    for cause in causes:
        about = f"{cause.category} · {cause.subcategory}   confidence {cause.confidence}"
        lines += [
            f"{cause.rank}. {cause.title}",
            f"   {about}   {len(cause.ids):,} {'id' if len(cause.ids) == 1 else 'ids'}",
        ]
        lines += [f"   {cause.detected.words(cause.service)}"] if cause.detected else []
        lines += [f"   {e.kind:8} {e.text}" for e in cause.evidence]
        lines += [f"   ruled out: {text}" for text in cause.ruled_out]
        lines += [
            f"   seen on {numbers.date(past.time_ns)} ({past.bundle}), cause then: {past.said}"
            for past in seen[cause.rank][:3]
        ]
        lines.append("")
    for row in rows if asked else rows[:5]:
        verdict = analysis.verdicts[row]
        lines.append(f"{store.correlation.rows[row].id}  {Outcome(verdict.outcome).word}: {verdict.title}")
        if verdict.detected:
            lines.append(f"   {verdict.detected.words(verdict.path[0].service)}")
        for step in verdict.path:
            relation = f" ({step.relation})" if step.relation else ""
            lines.append(f"   {step.role:9}{relation} {step.service} {step.operation}: {step.text}")
    if not asked and analysis.anomalies:
        lines += ["", "What changed, in order of time:"]
        for one in analysis.anomalies:
            lines.append(f"   {numbers.clock(one.time_ns, precision=0)}  {one.kind:8} {one.text}")
    if not asked and len(rows) > 5:
        lines.append(f"… and {len(rows) - 5} more ids; name one with --id, or use --json.")
    return lines
