"""OTLP JSON of one resource a line, without the request around it, as OpenTelemetry's Java SDK logs it.

Source: opentelemetry-java exporters/logging-otlp (OtlpJsonLoggingSpanExporter and those of logs and metrics): lines
begin as the logger has them. Each is made a request and read as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import named, open_whole
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.mending import mended
from explorer.model.builder import Builder, Records

NAME: Final = "otlp-resources"
LABEL: Final = "OpenTelemetry (OTLP JSON, a resource a line)"
RECOGNISED_BY: Final = (
    "objects with a resource and scopeSpans, scopeLogs or scopeMetrics, also behind a logger's words"
)
FRAMINGS: Final = ("lines", "document")

_LINE: Final = re.compile(
    rb'^(?:INFO: |[^{\n]{0,300}OtlpJsonLogging\w*Exporter[^{\n]{0,80})?(?P<json>\s*\{\s*"resource"\s*:\s*\{)',
    re.MULTILINE,
)
_WITHIN: Final = re.compile(rb'"scope(?:Spans|Logs|Metrics)"\s*:')
_REQUESTS: Final = {
    "scopeSpans": "resourceSpans",
    "scopeLogs": "resourceLogs",
    "scopeMetrics": "resourceMetrics",
}


def detect(head: bytes) -> Confidence | None:
    """By a resource at the top of an object, and its scopes; the first such line may stand among others."""
    if b'"resource"' not in head or b'"scope' not in head:  # lines are looked at byte by byte
        return None
    match = _LINE.search(head)
    if match is None or not _WITHIN.search(head, match.end()):
        return None
    return Confidence.CERTAIN if match.start() == 0 or match.start("json") > match.start() else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Hand each resource on as a request; lines of other kinds are returned."""
    refused: list[int] = []
    for i in range(len(records)):
        match = _LINE.match(records[i])
        if match is None:
            refused.append(i)
            continue
        request, whole = _request(records[i][match.start("json") :])
        if not whole:
            text = "a record is cut short or broken; its whole parts are kept"
            offset = records.offset + int(records.starts[i])
            builder.skip("warning", "truncated-record", text, offset=offset, count=request is None)
        if request is None:
            continue
        builder.hand_on(builder.canonical(records.take(np.array([i])), [dumps(request)]))
        # Once more than who reads the request, so that the file goes by this name.
        builder.count_format(NAME, 1)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Requests are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _request(data: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The request that a resource is made, as far as it is there, and whether all of it is."""
    whole = True
    try:
        value = loads(data)
    except ValueError:
        again, whole = mended(data), False
        value = loads(again.data) if again is not None else {}
    signal = next((request for name, request in _REQUESTS.items() if name in named(value)), "")
    return ({signal: [value]} if signal else None), whole and bool(signal)
