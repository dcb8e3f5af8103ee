"""OTLP requests within other JSON, and OTLP written as YAML, as the collector's own tests keep it.

Each request is handed on to the reader of OTLP JSON; what stands around it is left out. YAML goes as far as
:mod:`explorer.decoding.block_yaml` and is read when its file ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.block_yaml import documents
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.decoding.gathering import gather, hand_on
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.outline import key_paths
from explorer.model.builder import Builder, Records

NAME: Final = "otlp-wrapped"
LABEL: Final = "OpenTelemetry (OTLP within other JSON, or as YAML)"
RECOGNISED_BY: Final = "resourceSpans, resourceLogs or resourceMetrics below other keys, or as keys of YAML"
FRAMINGS: Final = ("lines", "document")

_SIGNALS: Final = frozenset(
    {
        "resourceSpans",
        "resourceLogs",
        "resourceMetrics",
        "resource_spans",
        "resource_logs",
        "resource_metrics",
    }
)
_MARKS: Final = tuple(f'"{name}"'.encode() for name in sorted(_SIGNALS))
_YAML: Final = re.compile(
    rb"^(?:- )?resource_?(?:Spans|Logs|Metrics|spans|logs|metrics):[ \t]*\r?$", re.MULTILINE
)
_DEPTH: Final = 8


def detect(head: bytes) -> Confidence | None:
    """By the names of the signals, anywhere below the top."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        begin = head[:4096]
        return Confidence.CERTAIN if _YAML.search(begin) and b'"' not in begin.partition(b"\n")[0] else None
    if not any(mark in head for mark in _MARKS):
        return None
    inner = any(path[-1] in _SIGNALS and len(path) > 1 for path in key_paths(head))
    return Confidence.LIKELY if inner else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Hand each request on; documents without one are returned, YAML is taken to the end of its file."""
    if builder.held != NAME and records[0][:1] in (b"{", b"["):
        return [i for i in range(len(records)) if not _hand_on(records, i, builder)]
    gather(records, builder, NAME, lambda whole: _read_yaml(whole, builder))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Requests are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _hand_on(records: Records, i: int, builder: Builder) -> bool:
    try:
        found = list(_requests(loads(records[i]), 0))
    except ValueError:
        return False
    if found:
        builder.hand_on(builder.canonical(records.take(np.array([i])), [dumps(found)]))
        # Once more than who reads the requests, so that the file goes by this name.
        builder.count_format(NAME, 1)
    return bool(found)


def _read_yaml(data: bytes, builder: Builder) -> None:
    """Read the requests of a whole file."""
    try:
        found = list(_requests(documents(data.decode("utf-8", "replace")), 0))
    except ValueError as error:
        builder.skip("warning", "broken-yaml", f"YAML that is not understood: {error}", offset=0)
        return
    hand_on(builder, dumps(found))
    builder.count_format(NAME, 2)


def _requests(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The requests anywhere in a value."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from _requests(one, depth + 1)
    elif isinstance(value, dict):
        own = {name: item for name, item in value.items() if name in _SIGNALS and isinstance(item, list)}
        if own:
            yield own
        else:
            for item in value.values():
                yield from _requests(item, depth + 1)
