"""StatsD's lines, and those of DogStatsD with tags and times: ``shop.latency:320|ms|@0.1|#service:pay|T1790000000``.

Formats: statsd/statsd docs/metric_types.md; docs.datadoghq.com, "DogStatsD datagram format" (several values in one
line, events ``_e{…}`` and service checks ``_sc|…`` beside the metrics). Lines without a time are placed where the file
was last written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.decoding.logs.times import number_ns
from explorer.decoding.metrics.labels import service_of, unit_of
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "statsd"
LABEL: Final = "StatsD and DogStatsD"
RECOGNISED_BY: Final = "Lines of name:value|type, perhaps with a rate, tags and a time behind it."
FRAMINGS: Collection[str] = frozenset({"lines"})

_NAME: Final = rb"[A-Za-z_][\w.\-/]*"
_REST: Final = rb"(?P<rest>(?:\|[@#cTe][^|]*)*)\s*\Z"
_LINE: Final = re.compile(
    rb"(?P<name>%b)(?P<values>(?::[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)+)\|(?P<type>c|g|ms|h|d|m)%b"
    % (_NAME, _REST)
)
_BESIDE: Final = re.compile(rb"_e\{\d+,\d+\}:|_sc\||%b:[^|\s]+\|s%b" % (_NAME, _REST))
"""Begins an event or a service check, or is the member of a set."""
_LOOKED_AT: Final = 8


def detect(head: bytes) -> Confidence | None:
    """Whether the first lines are samples, or what stands beside them."""
    lines = [line for line in head.split(b"\n")[:_LOOKED_AT] if line.strip()]
    samples = sum(_LINE.match(line) is not None for line in lines)
    beside = sum(_BESIDE.match(line) is not None for line in lines)
    return Confidence.CERTAIN if lines and samples + beside == len(lines) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the samples into the builder; lines of another form are returned."""
    refused, untimed, beside = [], False, 0
    for i in range(len(records)):
        match = _LINE.match(records[i])
        if match is None:
            known = _BESIDE.match(records[i]) is not None
            beside += known
            refused += [] if known else [i]
            continue
        untimed = _add(match, builder) or untimed
    if untimed:
        said = "samples without a time are placed where the file was last written"
        builder.remark("info", "no-time", said, offset=records.offset)
    if beside:
        said = "events, service checks and members of sets have no points"
        builder.skip("info", "no-number", said, offset=records.offset, count=beside)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _add(match: re.Match[bytes], builder: Builder) -> bool:
    """Write the values of a line, counts as what they add; returns whether they have no time of their own."""
    rest = match["rest"].strip().split(b"|")[1:]
    tags = b",".join(part[1:] for part in rest if part[:1] == b"#").decode("utf-8", "replace").split(",")
    pairs = (tag.partition(":") for tag in tags if tag)
    labels = {name: value or "true" for name, _, value in pairs}
    stamps = (part[1:].decode() for part in rest if part[:1] == b"T" and part[1:].isdigit())
    time = next((number_ns(stamp) for stamp in stamps), None)
    name = match["name"].decode()
    unit = "ms" if match["type"] == b"ms" else unit_of(name)
    code = builder.series_code(Series(name, tuple(sorted(labels.items())), unit, "gauge", service_of(labels)))
    for value in match["values"].split(b":")[1:]:
        builder.points.append(series=code, time=time or max(builder.file.mtime_ns, 0), value=float(value))
    return time is None
