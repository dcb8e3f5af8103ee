"""Fluentd's ``out_file``: time, tag and record as JSON, between tabs, blanks or commas.

Format: fluent/fluentd lib/fluent/plugin/formatter_out_file.rb.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_entry, read_entries
from explorer.decoding.logs.fluent import fluent_entry
from explorer.decoding.logs.objects import parse_object
from explorer.decoding.logs.times import parse_time
from explorer.model.builder import Builder, Records

NAME = "fluentd-file"
LABEL = "Fluentd file"
RECOGNISED_BY = "Lines of a time, a tag and a JSON object."
FRAMINGS: Collection[str] = frozenset({"lines"})

_LINE: Final = re.compile(
    rb"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d)))"
    rb"(?P<sep>[\t ,])(?P<tag>[\w.\-:/*]+)(?P=sep)(?=\{)"
)


def detect(head: bytes) -> Confidence | None:
    """By the first line; between blanks a level could stand where the tag stands."""
    match = _LINE.match(head.lstrip(b"\xef\xbb\xbf"))
    if match is None:
        return None
    return Confidence.CERTAIN if match["sep"] == b"\t" or b"." in match["tag"] else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the records into the builder; refuses lines of another form."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_entry(raw, _entry)


def _entry(line: bytes) -> Entry | None:
    match = _LINE.match(line.removeprefix(b"\xef\xbb\xbf"))
    value = parse_object(match.string[match.end() :]) if match else None
    if match is None or value is None:
        return None
    found = parse_time(match["time"].decode("ascii"))
    return fluent_entry(value, found[0] if found else 0, match["tag"].decode("utf-8", "replace").rstrip(":"))
