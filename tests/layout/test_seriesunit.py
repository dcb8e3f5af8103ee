"""Units of series: stated, or as their names say."""

from __future__ import annotations

import pytest

from explorer.layout.seriesunit import series_unit
from explorer.model.records import Series


@pytest.mark.parametrize(
    ("name", "unit", "kind", "says"),
    [
        ("http_request_duration_seconds", "", "gauge", "s"),
        ("http_request_duration_seconds_sum", "", "counter", "s/s"),
        ("http_requests_total", "", "counter", "requests/s"),
        ("http_request_duration_seconds_count", "", "counter", "per second"),
        ("service:request_duration_seconds:p95", "", "gauge", "s"),
        ("service:requests:rate1m", "", "gauge", "requests/s"),
        ("service:request_error_ratio:rate1m", "", "gauge", "ratio"),
        ("feature_null_ratio", "1", "gauge", "ratio"),
        ("process_resident_memory_bytes", "", "gauge", "bytes"),
        ("http.server.duration", "ms", "histogram", "ms"),
        ("http.client.request.size", "By", "gauge", "bytes"),
        ("queue.depth", "{messages}", "gauge", "messages"),
        ("node_cpu_temp_celsius", "", "gauge", "°C"),
        ("loss", "", "gauge", ""),
        ("up", "", "gauge", ""),
    ],
)
def test_units(name: str, unit: str, kind: str, says: str) -> None:
    assert series_unit(Series(name, (), unit, kind, "")) == says  # type: ignore[arg-type]
