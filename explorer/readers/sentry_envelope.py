"""Sentry's envelopes: a line of header, then items, each a line of header and a payload.

Source: develop.sentry.dev/sdk/data-model/envelopes. A payload has the length in bytes that its header says (it may hold
newlines, or be no text at all), else it ends with its line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document
from explorer.decoding.mending import mended
from explorer.decoding.traces.plain_documents import open_parsed, take
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.decoding.traces.sentry.events import payload
from explorer.decoding.traces.sentry.headers import Known, item_header, known_of, line_value, opens_envelope
from explorer.model.builder import Builder, Records

NAME: Final = "sentry-envelope"
LABEL: Final = "Sentry envelope"
RECOGNISED_BY: Final = (
    "a line with event_id, dsn, sdk, sent_at or trace, then items: a line with a type, a payload"
)
FRAMINGS: Final = ("lines", "document", "binary")

_SHOWN: Final = frozenset({"event", "transaction", "span", "log", "trace_metric"})
Item = tuple[str, int, int]
"""Type of an item, begin and end of its payload."""


def detect(head: bytes) -> Confidence | None:
    """By the header in the first line, or that of an item."""
    first, _, rest = head.partition(b"\n")
    if opens_envelope(first, rest.partition(b"\n")[0]) or item_header(first) is not None:
        return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read the items of envelopes; lines that belong to none are returned."""
    rows = PlainRows(builder)
    known = known_of(builder, records.file)
    reading = _Reading(records, known)
    for kind, begin, end in reading.items():
        _take(kind, begin, end, records, builder, rows, known)
    rows.finish()
    return reading.refused


def open_record(raw: bytes) -> OpenRecord:
    """Open a payload again."""
    return open_parsed(payload(lenient.loads(raw)), raw)


def _take(
    kind: str, begin: int, end: int, records: Records, builder: Builder, rows: PlainRows, known: Known
) -> None:
    data = records.data[begin:end]
    place = replace(records, starts=np.array([begin]), ends=np.array([end]))
    offset = records.offset + begin
    if kind not in _SHOWN:
        builder.skip("info", "not-shown", f"items of kind {kind[:40]} are not shown", offset=offset)
        return
    value = _decoded(data)
    if value is None:
        again = mended(data)
        value = _decoded(again.data) if again is not None else None
        place = replace(place, mended=True)
        text = "a payload is cut short or broken; its whole parts are kept"
        builder.skip("warning", "truncated-record", text, offset=offset)
    parsed = payload(value, known.header)
    if parsed is None and value is not None:
        builder.skip("warning", "broken-record", f"a payload of kind {kind} has a wrong shape", offset=offset)
    if parsed is not None:
        take(parsed, rows, Document(builder, place, 0, value))


def _decoded(data: bytes) -> Any:
    try:
        return lenient.loads(data)
    except ValueError:
        return None


class _Reading:
    """Walks the bytes of a run from line to line, and over payloads."""

    def __init__(self, records: Records, known: Known) -> None:
        self.refused: list[int] = []
        self._data, self._known = records.data, known
        self._begins, self._ends = records.starts.tolist(), records.ends.tolist()
        self._begin, self._end = int(records.starts[0]), int(records.ends[-1])

    def items(self) -> Iterator[Item]:
        """The items, in order."""
        at = self._begin
        waiting, self._known.waiting = self._known.waiting, {}
        if waiting and self._is_payload(at, waiting):
            begin, at = self._payload(at, waiting)
            yield waiting["type"], begin, at
        while at < self._end:
            end = self._line_end(at)
            line = self._data[at:end]
            record = self._record(at)
            kind = item_header(line) if record >= 0 else None
            if record < 0:  # blank, or another reader's
                at = end
            elif kind is not None:
                begin, at = self._payload(end + 1, kind)
                if begin < at or kind.get("length") == 0:
                    yield kind["type"], begin, at
                else:  # it comes in the next run
                    self._known.waiting = kind
            elif opens_envelope(line, self._data[end + 1 : self._line_end(end + 1)]):
                self._known.header = line_value(line) or {}
                at = end
            else:
                if self._begins[record] == at:
                    self.refused.append(record)
                at = end
            at += self._data[at : at + 1] == b"\n"

    def _is_payload(self, at: int, header: Mapping[str, Any]) -> bool:
        """Whether a run begins with the whole payload of an item, which might have gone to another reader."""
        length, line = header.get("length") or 0, self._data[at : self._line_end(at)]
        return length <= self._end - at and item_header(line) is None and not opens_envelope(line, b"")

    def _record(self, at: int) -> int:
        """The record that a line begins in, -1 for none."""
        record = bisect_right(self._begins, at) - 1
        return record if at < self._ends[record] else -1

    def _payload(self, begin: int, header: Mapping[str, Any]) -> tuple[int, int]:
        """Where a payload lies; one that is longer than what is there is cut short."""
        length = header.get("length")
        if isinstance(length, int) and not isinstance(length, bool) and length >= 0:
            return min(begin, self._end), min(begin + length, self._end)
        return min(begin, self._end), self._line_end(begin)

    def _line_end(self, begin: int) -> int:
        end = self._data.find(b"\n", begin, self._end)
        return self._end if end < 0 else end
