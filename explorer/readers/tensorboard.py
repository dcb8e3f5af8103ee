"""TensorBoard's event files, ``events.out.tfevents.…``: scalars of training as series, one for each tag and run.

Format: tensorflow/core/lib/io/record_writer.h (a length of eight bytes, its checksum, the record, its checksum),
core/util/event.proto and core/framework/summary.proto. The second version writes scalars as tensors of one number.
Checksums are not looked at: a record that is no event ends what is read.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import open_whole
from explorer.decoding.quality.results import not_finite
from explorer.decoding.wire import I32, I64, LEN, WireError, double, fields
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "tensorboard"
LABEL: Final = "TensorBoard events"
RECOGNISED_BY: Final = "Records behind their lengths, the first of which says brain.Event and a version."
FRAMINGS: Final = frozenset({"binary", "document", "lines"})

_LENGTH: Final = 12
"""Bytes before a record: its length and the checksum of that."""
_CHECKSUM: Final = 4
_FIRST: Final = b"\x1a\x0dbrain.Event:"
_LATEST: Final = 9.2e9
_WIDTHS: Final = {1: "<f", 2: "<d", 3: "<i", 9: "<q", 19: "<e"}
"""How one number of a tensor's content is packed, by its type."""

Point = tuple[int, float]


@dataclass(slots=True)
class _Events:
    """What event records hold.

    Attributes:
        points: time and value by tag, in the order of the file.
        others: summaries that are no scalars.
        end: behind the last whole record.
    """

    points: dict[str, list[Point]] = field(default_factory=dict)
    others: int = 0
    end: int = 0


def detect(head: bytes) -> Confidence | None:
    """By the version, which the first record holds."""
    return Confidence.CERTAIN if _FIRST in head[_LENGTH : _LENGTH + 24] else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the scalars into the builder."""
    refused = []
    for i in range(len(records)):
        data = records[i]
        if detect(data) is None:
            refused.append(i)
            continue
        found = _events(data)
        _put(found, builder, records, i)
        offset = records.offset + int(records.starts[i])
        if found.end < len(data):
            told = "a record is cut short or broken; those before it are kept"
            builder.skip("warning", "truncated-record", told, offset=offset + found.end)
        if found.others:
            told = "histograms, images, texts and other summaries that are no numbers"
            builder.skip("info", "not-read", told, offset=offset, count=found.others)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _put(found: _Events, builder: Builder, records: Records, i: int) -> None:
    """Series of a file, labelled by the folder of its run, and where one of them is no number."""
    run = builder.file.name.replace("\\", "/").replace("!", "/").rpartition("/")[0].rpartition("/")[2]
    labels = (("run", run),) if run else ()
    for tag, points in found.points.items():
        times, values = zip(*points, strict=True)
        code = builder.series_code(Series(tag, labels, "", "gauge", ""))
        builder.points.extend(len(points), series=code, time=list(times), value=np.array(values, np.float64))
        if not all(map(math.isfinite, values)):
            doc = builder.document(records.take([i]), 0)
            builder.findings.append(not_finite("TensorBoard", tag, tag, points, run, doc))


def _events(data: bytes) -> _Events:
    """All whole records."""
    found, at = _Events(), 0
    while at + _LENGTH + _CHECKSUM <= len(data):
        begin = at + _LENGTH
        end = begin + int.from_bytes(data[at : at + 8], "little")
        if end + _CHECKSUM > len(data):
            break
        try:
            _take(data, begin, end, found)
        except (WireError, struct.error):
            break
        at = found.end = end + _CHECKSUM
    return found


def _take(data: bytes, begin: int, end: int, found: _Events) -> None:
    """One event: its time, and the values of its summary."""
    seconds, summaries = 0.0, []
    for number, kind, at, stop in fields(data, begin, end):
        if number == 1 and kind == I64:
            seconds = double(data, at)
        elif number == 5 and kind == LEN:
            summaries.append((at, stop))
    if not 0 <= seconds < _LATEST:
        raise WireError
    for at, stop in summaries:
        for number, kind, first, last in fields(data, at, stop):
            if number == 1 and kind == LEN:
                tag, value = _value(data, first, last)
                if value is None:
                    found.others += 1
                else:
                    found.points.setdefault(tag, []).append((round(seconds * 1e6) * 1000, value))


def _value(data: bytes, begin: int, end: int) -> tuple[str, float | None]:
    """Tag and number of a summary; None where it is no scalar."""
    tag, value = "", None
    for number, kind, at, stop in fields(data, begin, end):
        if number == 1 and kind == LEN:
            tag = data[at:stop].decode("utf-8", "replace")
        elif number == 2 and kind == I32:
            value = float(struct.unpack_from("<f", data, at)[0])
        elif number == 8 and kind == LEN:
            value = _scalar(data, at, stop)
    return tag, value


def _scalar(data: bytes, begin: int, end: int) -> float | None:
    """The only number of a tensor; None where it holds others."""
    kind, numbers = 0, list[bytes]()
    for number, wire, at, stop in fields(data, begin, end):
        if number == 1:
            kind = at
        elif number in (4, 5, 6) and wire in (LEN, I32, I64):
            numbers.append(data[at:stop])
    form = _WIDTHS.get(kind)
    if form is None or len(numbers) != 1 or len(numbers[0]) != struct.calcsize(form):
        return None
    return float(struct.unpack(form, numbers[0])[0])
