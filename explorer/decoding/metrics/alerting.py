"""Alerts as marks, from whatever tells of them: an alert's own record, or points of the series ``ALERTS``.

Format of the series: prometheus/docs/configuration/alerting_rules.md: 1 while an alert is pending or firing, absent
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.severity import ERROR, FATAL, INFO, WARN, WORDS
from explorer.decoding.metrics.labels import service_of
from explorer.model.builder import Builder
from explorer.model.records import Mark

SERIES: Final = "ALERTS"
_GAP: Final = 2.5
"""An alert has ended where its points stay out for so many of their usual steps."""
_SEVERITIES: Final = {"page": FATAL, "high": ERROR, "major": ERROR, "medium": WARN, "minor": WARN, "low": INFO,
                      "none": INFO, "ticket": WARN, "p1": FATAL, "p2": ERROR, "p3": WARN, "p4": INFO,
                      "sev1": FATAL, "sev2": ERROR, "sev3": WARN}  # fmt: skip


def alert_severity(labels: Mapping[str, str]) -> int:
    """OTel severity number of an alert by its label ``severity`` or ``priority``; a warning where it has none."""
    word = (labels.get("severity") or labels.get("priority") or labels.get("level") or "").lower()
    return _SEVERITIES.get(word) or WORDS.get(word, WARN)


def alert_text(labels: Mapping[str, str], annotations: Mapping[str, str], state: str = "") -> str:
    """``RankingErrorRate: 31% of requests fail``, with the state where it is not firing."""
    name = labels.get("alertname") or "alert"
    said = next(
        (annotations[key] for key in ("summary", "message", "description") if annotations.get(key)), ""
    )
    shown = f"{name} ({state})" if state in ("pending", "suppressed", "silenced") else name
    return f"{shown}: {said}"[:500] if said else shown


def add_alert_series(
    builder: Builder,
    labels: Mapping[str, str],
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    doc: int,
) -> int:
    """Marks for the stretches in which an ``ALERTS`` series is 1; returns how many.

    Args:
        builder: where the marks go.
        labels: of the series.
        times: int64 (n,), ns, ascending.
        values: float64 (n,).
        doc: code of the document they were read from.
    """
    if labels.get("alertstate", "firing") != "firing":
        return 0
    stretches = list(_stretches(times[values > 0]))
    text, service, severity = alert_text(labels, {}), service_of(labels), alert_severity(labels)
    builder.marks += [Mark("alert", begin, end, service, text, severity, doc) for begin, end in stretches]
    return len(stretches)


def _stretches(times: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Begin and end of each run of points; an end of -1 where a run is one point."""
    if not len(times):
        return
    steps = np.diff(times)
    usual = float(np.median(steps)) if len(steps) else 0.0
    breaks = np.flatnonzero(steps > _GAP * usual) + 1 if usual else np.empty(0, np.int64)
    for run in np.split(times, breaks):
        yield int(run[0]), int(run[-1]) if len(run) > 1 else -1
