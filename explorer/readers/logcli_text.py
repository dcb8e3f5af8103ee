"""What ``logcli query`` prints: time, labels in braces, line.

Format: grafana/loki pkg/logcli/output/default.go; colours are peeled. Without labels the lines are plain text logs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment
from explorer.decoding.logs.entries import Entry, open_entry, read_entries
from explorer.decoding.logs.labels import labels_of
from explorer.decoding.logs.peeling import without_colours
from explorer.model.builder import Builder, Records

NAME = "logcli-text"
LABEL = "logcli"
RECOGNISED_BY = "Lines of a time, labels in braces and a line of log."
FRAMINGS: Collection[str] = frozenset({"lines"})

_LINE: Final = re.compile(
    rb"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) "
    rb'(?P<labels>\{(?:[A-Za-z_]\w*="(?:[^"\\]|\\.)*"(?:, ?)?)*\}) *'
)
_TOLD: Final = re.compile(rb"(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:https?://|Common labels: )[^\n]*\n)+")


def detect(head: bytes) -> Confidence | None:
    """By the first line behind those in which logcli tells what it asks for."""
    begin = _TOLD.match(head[:16384])
    return (
        Confidence.CERTAIN
        if _LINE.match(without_colours(head[begin.end() if begin else 0 :][:4096]))
        else None
    )


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the lines into the builder; refuses lines of another form."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_entry(raw, _entry)


def _entry(raw: bytes) -> Entry | None:
    line = without_colours(raw.removeprefix(b"\xef\xbb\xbf"))
    match = _LINE.match(line)
    if match is None:
        return None
    labels = match["labels"].decode("utf-8", "replace")
    text = line[match.end() :].decode("utf-8", "replace")
    return Entry(text, moment(match["time"].decode("ascii")), labels, list(labels_of(labels).items()))
