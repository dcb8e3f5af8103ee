"""Results of checks as findings, and their values as points where the time of the check is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from explorer.decoding.documents import Document, named, text
from explorer.model.records import Finding, Series

_SERVICE: Final = ("service", "service.name", "service_name", "serviceName", "app", "application")


def add_finding(document: Document, finding: Finding, series: str = "", **labels: str) -> None:
    """Keep a finding, and its value as a point of a series where both a value and a time are there.

    Args:
        document: what it was read from.
        finding: the result.
        series: name of the series; ``""`` for none.
        labels: of the series.
    """
    builder = document.builder
    builder.findings.append(finding)
    if not series or finding.value is None or not finding.time_ns or math.isnan(finding.value):
        return
    own = tuple(sorted((name, value) for name, value in labels.items() if value))
    code = builder.series_code(Series(series, own, "", "gauge", finding.service))
    builder.points.append(series=code, time=finding.time_ns, value=finding.value)


def not_finite(
    tool: str, subject: str, said: str, points: Iterable[tuple[int, float]], run: str, doc: int
) -> Finding:
    """That a metric of training is no number or infinite, at the first such point of its times and values."""
    time, value = min(point for point in points if not math.isfinite(point[1]))
    odd = "not a number" if math.isnan(value) else "infinite"
    return Finding(tool, subject, "fail", f"{said} is {odd}", None, None, time, "", run, doc)


def service_in(*places: Any) -> str:
    """The service that one of these objects names; ``""`` for none."""
    for place in map(named, places):
        for name in _SERVICE:
            if isinstance(place.get(name), str) and place[name]:
                return text(place[name])
    return ""
