"""What a bundle says happened, outside of any span: checks of data and models, changes, alerts, what left its level."""

from __future__ import annotations

from typing import Final

from explorer.analysis.results import Analysis
from explorer.layout.numbers import count, date_time, plural
from explorer.layout.strip import shown_marks
from explorer.model.records import Finding
from explorer.model.store import Store

Rows = list[tuple[str, str]]
MOST: Final = 500
"""Listed under each heading."""
_BAD: Final = {"fail": "failed", "error": "ended in an error", "warn": "warned"}


def happenings(store: Store, analysis: Analysis | None, *, utc: bool) -> Rows:
    """Names and values; a name without value is a heading."""
    bad = [one for one in store.findings if one.status != "pass"]
    good = [one for one in store.findings if one.status == "pass"]
    rows: Rows = []
    rows += _listed("Checks that did not pass", [(_subject(one), _said(one)) for one in bad])
    if analysis is not None:
        begin, end = store.bounds()
        marks = shown_marks(store, analysis, min(begin, 0), max(end, 1 << 62))
        rows += _listed("Changes, alerts and restarts", [
            (date_time(mark.time_ns, utc), f"{mark.kind} {mark.service}: {mark.text}".replace(" :", ":"))
            for mark in marks
        ])  # fmt: skip
        rows += _listed("Left their usual level", [
            (date_time(one.time_ns, utc), f"{one.kind}: {one.text}") for one in analysis.anomalies
        ])  # fmt: skip
    return rows + _listed("Checks that passed", [(_subject(one), _said(one)) for one in good])


def checks_words(store: Store) -> str:
    """How many checks of data and models did not pass, "" where the bundle has none."""
    if not store.findings:
        return ""
    bad = sum(one.status != "pass" for one in store.findings)
    every = plural(len(store.findings), "check")
    return f"Of {every} of data and models {count(bad)} did not pass."


def _listed(title: str, rows: Rows) -> Rows:
    if not rows:
        return []
    more = [("", f"and {count(len(rows) - MOST)} more")] if len(rows) > MOST else []
    return [(f"{title} ({count(len(rows))})", ""), *rows[:MOST], *more]


def _subject(one: Finding) -> str:
    return f"{one.tool}: {one.subject}" if one.subject else one.tool


def _said(one: Finding) -> str:
    return f"{_BAD[one.status]}: {one.text}" if one.status in _BAD else one.text or "passed"
