"""Nezha's CSV files as OTLP JSON lines, as long as the program does not read them itself.

Format: IntelligentDDS/Nezha, ``rca_data``. Spans have no kind and no status; a log's text stands in a JSON string.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_POD = re.compile(r"-[a-z0-9]{8,10}-[a-z0-9]{5}\Z")
_LEVEL = re.compile(r"\b(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b")
_NUMBER = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}
_PER_LINE = 200


def convert(case: Path, more: tuple[Path, ...], out: Path) -> Path:
    """Write the spans and logs of a case (and of ``more`` files) to ``out``; gives ``out``."""
    with out.open("wb") as file:
        for path in (*sorted(case.glob("*.csv.gz")), *more):
            kind = "spans" if path.name.endswith("_trace.csv.gz") else "logs" if "_log." in path.name else ""
            for line in _lines(path, kind) if kind else ():
                file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    return out


def _lines(path: Path, kind: str) -> Iterator[Json]:
    pending: dict[str, list[Json]] = {}
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as text:
        for row in csv.DictReader(text):
            record = _span(row) if kind == "spans" else _log(row)
            if record is None:
                continue
            records = pending.setdefault(row["PodName"], [])
            records.append(record)
            if len(records) == _PER_LINE:
                yield _line(row["PodName"], kind, pending.pop(row["PodName"]))
    for pod, records in pending.items():
        yield _line(pod, kind, records)


def _line(pod: str, kind: str, records: list[Json]) -> Json:
    named = {"service.name": _POD.sub("", pod), "k8s.pod.name": pod}
    resource = {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]}
    outer, inner, leaf = ("resourceSpans", "scopeSpans", "spans")
    if kind == "logs":
        outer, inner, leaf = ("resourceLogs", "scopeLogs", "logRecords")
    return {outer: [{"resource": resource, inner: [{leaf: records}]}]}


def _span(row: dict[str, str]) -> Json | None:
    span = {
        "traceId": row["TraceID"], "spanId": row["SpanID"], "name": row["OperationName"],
        "startTimeUnixNano": row["StartTimeUnixNano"], "endTimeUnixNano": row["EndTimeUnixNano"],
    }  # fmt: skip
    return span if row["ParentID"] == "root" else {**span, "parentSpanId": row["ParentID"]}


def _log(row: dict[str, str]) -> Json | None:
    text = row["Log"] or ""
    try:
        said = json.loads(text)["log"]
    except (ValueError, KeyError, TypeError):
        said = text
    time = row["TimeUnixNano"]
    # A few rows have unquoted commas, or times that are nonsense.
    if row.get(None) or not time.isdigit() or not 1_500_000_000 < int(time) / 1e9 < 2_000_000_000:  # type: ignore[call-overload]
        return None
    level = _LEVEL.search(said[:60])
    record: Json = {"timeUnixNano": time, "body": {"stringValue": said.rstrip("\n")}}
    if level:
        record |= {"severityNumber": _NUMBER[level[1]], "severityText": level[1]}
    if re.fullmatch("[0-9a-f]{32}", row["TraceID"]):
        record["traceId"] = row["TraceID"]
    if re.fullmatch("[0-9a-f]{16}", row["SpanID"]):
        record["spanId"] = row["SpanID"]
    return record
