"""What ``rca`` tells of the bundle as a whole: errors that no request can be followed to, checks, changes, alerts."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.analysis.places import document_place, log_place
from explorer.analysis.results import Analysis, Anomaly
from explorer.analysis.unfollowed import MOST_READ, LooseError
from explorer.layout import numbers
from explorer.layout.strip import shown_marks
from explorer.model.records import Finding, Mark
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.report.sources import Place, common_folder, source_words

MOST = 20
"""Listed under each heading; JSON holds all."""


def values(
    store: Store, analysis: Analysis, errors: Sequence[LooseError], lines: dict[Place, int]
) -> dict[str, list[dict[str, object]]]:
    """The keys of ``rca --json`` that are of no id."""
    return {
        "anomalies": [_anomaly(store, one) for one in analysis.anomalies],
        "marks": [_mark(store, one) for one in _marks(store, analysis)],
        "findings": [_finding(store, one) for one in _not_passed(store)],
        "log_errors": [
            {"service": one.service or None, "level": severity_word(one.severity), "text": one.text,
             "count": one.count, "first_ns": one.first_ns or None, "last_ns": one.last_ns or None,
             "category": one.category, "subcategory": one.subcategory,
             **_place(log_place(store, one.log)), "line": lines.get(log_place(store, one.log))}
            for one in errors
        ],
    }  # fmt: skip


def told(
    store: Store, analysis: Analysis, errors: Sequence[LooseError], lines: dict[Place, int], total: int
) -> list[str]:
    """The same for people, a heading over each part; ``total``: records that the errors were looked for in."""
    return [*_error_lines(store, errors, lines, total), *_check_lines(store), *_change_lines(store, analysis)]


def _error_lines(
    store: Store, errors: Sequence[LooseError], places: dict[Place, int], total: int
) -> list[str]:
    if not errors:
        return []
    folder = common_folder(store)
    whose = "Errors in log records of no request" if len(store.correlation.rows) else "Errors in the logs"
    read = f" (of {MOST_READ:,} of {total:,} warnings and errors)" if total > MOST_READ else ""
    lines = ["", f"{whose}, the worst first{read}:"]
    for one in errors:
        label = " · ".join(part for part in (one.category, one.subcategory) if part and part != "unknown")
        service = f"{one.service}: " if one.service else ""
        source = source_words(log_place(store, one.log), places, folder)
        lines += [
            f"   {severity_word(one.severity):8} {service}{one.text}",
            f"            {_times(one)}{label and f'   {label}'}   {source}",
        ]
    return lines


def _times(one: LooseError) -> str:
    first = numbers.date_time(one.first_ns) if one.first_ns else ""
    if one.count == 1:
        return first or "once"
    return f"{one.count:,} times" + (f" from {first}" if first else "")


def _check_lines(store: Store) -> list[str]:
    failed = _not_passed(store)
    lines = ["", f"Checks of data and models that did not pass ({len(failed):,}):"] if failed else []
    for one in failed[:MOST]:
        about = " ".join(part for part in (one.tool, one.run, one.service) if part)
        lines.append(f"   {one.status:8} {about}: {one.text or one.subject}")
    return lines + _more(failed)


def _change_lines(store: Store, analysis: Analysis) -> list[str]:
    """Changes and alerts of the bundle and what left its level, in order of time."""
    changes: list[tuple[int, str, str]] = [(one.time_ns, one.kind, one.text) for one in analysis.anomalies]
    for mark in _marks(store, analysis):
        text = mark.text.removeprefix(f"{mark.service} ")
        changes.append((mark.time_ns, mark.kind, f"{mark.service} {text}".strip()))
    if not changes:
        return []
    changes.sort()
    first, last = changes[0][0], changes[-1][0]
    if numbers.date(first) == numbers.date(last):
        day, when = f" on {numbers.date(first)}", numbers.clock
    else:
        day, when = "", numbers.date_time
    lines = ["", f"What changed{day}, in order of time (UTC):"]
    lines += [
        f"   {when(at, precision=0).removesuffix(' UTC')}  {kind:10} {text}" for at, kind, text in changes
    ]
    return lines[: MOST * 2 + 2] + _more(changes, MOST * 2)


def _more(listed: Sequence[object], most: int = MOST) -> list[str]:
    return [f"   … and {len(listed) - most:,} more; --json lists all"] if len(listed) > most else []


def _marks(store: Store, analysis: Analysis) -> tuple[Mark, ...]:
    begin, end = store.bounds()
    return shown_marks(store, analysis, min(begin, 0), max(end, 1 << 62))


def _not_passed(store: Store) -> list[Finding]:
    return [one for one in store.findings if one.status != "pass"]


def _place(place: tuple[str, int]) -> dict[str, object]:
    return {"file": place[0] or None, "offset": place[1] if place[1] >= 0 else None}


def _anomaly(store: Store, one: Anomaly) -> dict[str, object]:
    """Something that changed, or an alert that would have fired."""
    series = store.series[one.series] if one.series >= 0 else None
    return {
        "kind": one.kind, "text": one.text, "time_ns": one.time_ns, "end_ns": one.end_ns if one.end_ns >= 0 else None,
        "service": one.service or None, "operation": one.operation or None,
        "series": {"name": series.name, "labels": dict(series.labels)} if series else None,
        "before": one.before, "after": one.after,
    }  # fmt: skip


def _mark(store: Store, one: Mark) -> dict[str, object]:
    return {
        "kind": one.kind, "text": one.text, "time_ns": one.time_ns, "end_ns": one.end_ns if one.end_ns >= 0 else None,
        "service": one.service or None, **_place(document_place(store, one.doc)),
    }  # fmt: skip


def _finding(store: Store, one: Finding) -> dict[str, object]:
    return {"tool": one.tool, "subject": one.subject, "status": one.status, "text": one.text, "value": one.value,
            "threshold": one.threshold, "time_ns": one.time_ns or None, "service": one.service or None,
            **_place(document_place(store, one.doc))}  # fmt: skip
