"""Fluent Bit's ``out_file`` in its JSON form: ``tag: [seconds.nanoseconds, {record}]``, also without the tag.

Format: fluent/fluent-bit plugins/out_file/file.c; newer versions write ``[[time, {metadata}], {record}]``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import named
from explorer.decoding.logs.entries import Entry, open_entry, read_entries
from explorer.decoding.logs.fluent import fluent_entry
from explorer.decoding.logs.times import number_ns
from explorer.model.builder import Builder, Records

NAME = "fluent-bit-file"
LABEL = "Fluent Bit file"
RECOGNISED_BY = "Lines of a tag, a time and a JSON object in brackets."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_LABELLED: Final = b'"time":'
_LABEL: Final = re.compile(rb'"((?:[^"\\]|\\.)*)":(.*)\Z', re.DOTALL)
_LINE: Final = re.compile(
    rb"(?:(?P<tag>[^\s:\[{][^:\[{]*): )?\[\[?(?P<time>\d{1,10}\.\d{1,9}), ?(?P<rest>.*)\]\s*\Z", re.DOTALL
)


def detect(head: bytes) -> Confidence | None:
    """By the first line."""
    return Confidence.CERTAIN if _entry(head.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the records into the builder; refuses lines of another form."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_entry(raw, _entry)


def _labelled(line: bytes) -> Entry | None:
    """A line of the form ``ltsv``: ``"key":value`` between tabs, the time in seconds first."""
    record: dict[str, Any] = {}
    for part in line.rstrip(b"\r\n").split(b"\t"):
        match = _LABEL.match(part)
        if match is None:
            return None
        try:
            record[match[1].decode("utf-8", "replace")] = lenient.loads(match[2])
        except ValueError:
            record[match[1].decode("utf-8", "replace")] = match[2].decode("utf-8", "replace")
    time = number_ns(str(record.pop("time", "")))
    return fluent_entry(record, time, "") if time and record else None


def _entry(line: bytes) -> Entry | None:
    match = _LINE.match(line)
    if match is None:
        return _labelled(line) if line.startswith(_LABELLED) else None
    try:
        values = lenient.loads(b"[" + match["rest"].replace(b"}], {", b"}, {", 1) + b"]")
    except ValueError:
        return None
    if not values or not isinstance(values[-1], dict):
        return None
    metadata = named(values[0]) if len(values) > 1 else {}
    time = number_ns(match["time"].decode("ascii")) or 0
    return fluent_entry({**metadata, **values[-1]}, time, (match["tag"] or b"").decode("utf-8", "replace"))
