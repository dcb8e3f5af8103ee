r"""InfluxDB's line protocol: ``measurement,tag=text field=1,other=2i 1795338883322000000``.

Format: docs.influxdata.com, "Line protocol": blanks, commas and equal signs are escaped by ``\`` in names and tags,
texts stand in quotes, ``i`` and ``u`` end integers. Lines without a time are placed where the file was last written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.decoding.logs.times import number_ns
from explorer.decoding.metrics.influx import add_row
from explorer.model.builder import Builder, Records

NAME = "influx-lines"
LABEL = "InfluxDB line protocol"
RECOGNISED_BY = "Lines of a measurement with tags, fields with values, and a time."
FRAMINGS: Collection[str] = frozenset({"lines"})

_LINE: Final = re.compile(
    rb'(?P<key>(?:[^\s,=\\"#{\[(]|\\.)(?:[^\s\\"]|\\.)*) +(?P<fields>(?:[^\s"\\]|\\.|"(?:[^"\\]|\\.)*")+)'
    rb"(?: +(?P<time>-?\d{1,19}))?\s*\Z"
)
_FIELD: Final = re.compile(
    rb"(?P<name>(?:[^\s,=\\]|\\.)+)="
    rb"(?:(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[iu]?|(?P<true>t|T|true|True|TRUE)"
    rb'|(?P<false>f|F|false|False|FALSE)|(?P<text>"(?:[^"\\]|\\.)*"))(?:,|\Z)'
)
_APART: Final = re.compile(rb"(?<!\\),")
_EQUALS: Final = re.compile(rb"(?<!\\)=")
_ESCAPED: Final = re.compile(r"\\([ ,=\\])")
_BESIDE: Final = re.compile(rb"#|(?:CREATE|DROP) DATABASE\b")
"""Begins a line of an export that holds no point."""
_LOOKED_AT: Final = 4


class _Point(NamedTuple):
    measurement: str
    tags: dict[str, str]
    fields: list[tuple[str, Any]]
    time: bytes | None


def detect(head: bytes) -> Confidence | None:
    """Whether most of the first lines are points, and the first of these has a time or a tag."""
    lines = [line for line in head.lstrip(b"\xef\xbb\xbf").split(b"\n", 40)[:40] if line.strip()]
    told = [line for line in lines if not _BESIDE.match(line)][:_LOOKED_AT]
    points = [point for line in told if (point := _point(line)) is not None]
    sure = points and 2 * len(points) >= len(told) and (points[0].time is not None or points[0].tags)
    return Confidence.CERTAIN if sure else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder; lines of another form are returned."""
    refused, untimed, texts = [], False, 0
    for i in range(len(records)):
        line = records[i].removeprefix(b"\xef\xbb\xbf")
        point = _point(line)
        if point is None:
            if not _BESIDE.match(line):
                refused.append(i)
            continue
        time = number_ns(point.time.decode()) if point.time else None
        untimed = untimed or time is None
        time = max(builder.file.mtime_ns, 0) if time is None else time
        texts += add_row(builder, point.measurement, point.tags, time, point.fields)
    if untimed:
        said = "samples without a time are placed where the file was last written"
        builder.remark("info", "no-time", said, offset=records.offset)
    if texts:
        said = "fields that are texts have no points"
        builder.skip("info", "no-number", said, offset=records.offset, count=texts)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _point(line: bytes) -> _Point | None:
    match = _LINE.match(line)
    if match is None:
        return None
    fields = list(_fields(match["fields"]))
    name, *tags = _APART.split(match["key"])
    pairs = [_EQUALS.split(tag, 1) for tag in tags]
    if not fields or fields[-1] is None or _EQUALS.search(name) or any(len(pair) != 2 for pair in pairs):
        return None
    told = {_plain(pair[0]): _plain(pair[1]) for pair in pairs}
    return _Point(_plain(name), told, [field for field in fields if field is not None], match["time"])


def _fields(part: bytes) -> Iterator[tuple[str, Any] | None]:
    """Names and values; None where what follows is no field."""
    at = 0
    while at < len(part):
        match = _FIELD.match(part, at)
        if match is None:
            yield None
            return
        at = match.end()
        value: Any = match["number"].decode() if match["number"] else match["true"] is not None
        yield _plain(match["name"]), match["text"] if match["text"] is not None else value


def _plain(name: bytes) -> str:
    return _ESCAPED.sub(r"\1", name.decode("utf-8", "replace"))
