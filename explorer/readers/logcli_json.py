"""Lines of ``logcli -o jsonl``: labels, line and timestamp.

Format: grafana/loki pkg/logcli/output/jsonl.go.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, named
from explorer.decoding.logs.entries import Entry, open_entry, read_entries
from explorer.decoding.logs.objects import parse_object
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME = "logcli-json"
LABEL = "logcli (JSON lines)"
RECOGNISED_BY = "JSON objects of line, timestamp and labels, and nothing else."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_NAMES = frozenset({"labels", "line", "timestamp"})


def detect(head: bytes) -> Confidence | None:
    """By the names of the first object."""
    if b'"line"' not in head or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    top = {path[0] for path in outline(head)}
    return Confidence.CERTAIN if {"line", "timestamp"} <= top <= _NAMES else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the lines into the builder; refuses other objects."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_entry(raw, _entry)


def _entry(raw: bytes) -> Entry | None:
    value = parse_object(raw)
    if value is None or not isinstance(value.get("line"), str):
        return None
    labels = list(named(value.get("labels")).items())
    return Entry(value["line"], moment(value.get("timestamp")), repr(sorted(labels, key=str)), labels)
