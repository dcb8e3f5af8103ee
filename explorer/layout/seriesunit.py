"""The unit of a metric series: as it was stated, else as its name says by the conventions of the field.

Prometheus puts base units at the end of names (https://prometheus.io/docs/practices/naming/); OTLP states UCUM codes.
"""

from __future__ import annotations

import re
from typing import Final

from explorer.model.records import Series

_UCUM: Final = {"1": "", "By": "bytes", "By/s": "bytes/s", "Cel": "°C", "{request}": "requests", "%": "%", "min": "min",
                "s": "s", "ms": "ms", "us": "µs", "ns": "ns", "h": "h"}  # fmt: skip
_ENDINGS: Final = (
    ("milliseconds", "ms"), ("microseconds", "µs"), ("nanoseconds", "ns"), ("seconds", "s"), ("minutes", "min"),
    ("ms", "ms"), ("bytes", "bytes"), ("ratio", "ratio"), ("percent", "%"), ("percentage", "%"), ("celsius", "°C"),
    ("volts", "V"), ("amperes", "A"), ("joules", "J"), ("watts", "W"), ("requests", "requests"),
)  # fmt: skip
_AGGREGATE: Final = re.compile(
    r"total|sum|count|bucket|max|min|avg|mean|median|p\d+|quantile|rate|i?rate\d+[smhd]"
)


def series_unit(series: Series) -> str:
    """The unit of what is drawn of a series, "" where nothing tells; counters are drawn as their rate."""
    stated = series.unit.strip()
    parts = re.split(r"[._:\s]+", series.name.lower())
    dropped = []
    while len(parts) > 1 and _AGGREGATE.fullmatch(parts[-1]):
        dropped.append(parts.pop())
    unit = _UCUM.get(stated, stated.strip("{}"))
    if not unit and not {"count", "bucket"} & set(dropped):
        unit = dict(_ENDINGS).get(parts[-1], "")
    if series.kind == "counter" or any("rate" in word for word in dropped):
        return f"{unit}/s" if unit not in ("", "ratio", "%") else unit or "per second"
    return unit
