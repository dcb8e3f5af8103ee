"""A request of OTLP in Protocol Buffers to the same request as JSON.

A record (span, log record, metric) that is damaged, cut or too large is left out and counted; those around it are
kept, for the length of each stands before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from explorer.decoding.protobuf import message
from explorer.decoding.wire import I64, LEN, VARINT, WireError, fields
from explorer.readers.otlp_protobuf.messages import MESSAGES, SIGNALS

_RESOURCE, _GROUP, _SCHEMA = 1, 2, 3
_METRIC_DATA: Final = frozenset({5, 7, 9, 10, 11})


@dataclass(slots=True)
class Request:
    """A request as plain JSON data; ``dropped`` records were left out, ``signal`` is the kind of its records."""

    value: dict[str, Any]
    signal: str
    dropped: int = 0


class Decoder:
    """Decodes one request.

    Args:
        data: its bytes.
        record_bytes: the longest record that is taken.
    """

    def __init__(self, data: bytes, record_bytes: int) -> None:
        self._data, self._most = data, record_bytes
        self._signal = ""
        self._dropped = 0

    def request(self) -> Request | None:
        """The request; None where these bytes are none."""
        data = self._data
        groups: list[dict[str, Any]] = []
        self._signal = signal_of(data) or "Span"
        try:
            for number, kind, begin, end in fields(data, 0, len(data), clip=True):
                if number == 1 and kind == LEN:
                    groups.append(self._resource(begin, end))
        except WireError:
            self._dropped += 1
        if not groups:
            return None
        return Request({SIGNALS[self._signal][0]: groups}, self._signal, self._dropped)

    def _resource(self, begin: int, end: int) -> dict[str, Any]:
        _, group, records = SIGNALS[self._signal]
        found: dict[str, Any] = {group: []}
        try:
            for number, kind, at, stop in fields(self._data, begin, end, clip=True):
                if kind == LEN and number == _RESOURCE:
                    found["resource"] = message(self._data, at, stop, "Resource", MESSAGES)
                elif kind == LEN and number == _GROUP:
                    found[group].append(self._scope(at, stop, records))
        except WireError:
            self._dropped += 1
        return found

    def _scope(self, begin: int, end: int, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {name: []}
        try:
            for number, kind, at, stop in fields(self._data, begin, end):
                if kind == LEN and number == _RESOURCE:
                    found["scope"] = message(self._data, at, stop, "Scope", MESSAGES)
                elif kind == LEN and number == _GROUP:
                    self._record(at, stop, found[name])
        except WireError:
            self._dropped += 1
        return found

    def _record(self, begin: int, end: int, records: list[Any]) -> None:
        try:
            if end - begin > self._most:
                raise WireError
            records.append(message(self._data, begin, end, self._signal, MESSAGES))
        except WireError:
            self._dropped += 1


def unwrapped(data: bytes) -> tuple[bytes, bool]:
    """The trace in an answer of Tempo's second API, and whether it says that it is partial; else the bytes as they are.

    Source: grafana/tempo pkg/tempopb, TraceByIDResponse: trace 1, metrics 2, status 3 (1: partial), message 4.
    """
    if data[:1] != b"\n" or signal_of(data):
        return data, False
    try:
        parts = list(fields(data, 0, len(data), clip=True))
    except WireError:
        return data, False
    number, kind, begin, end = parts[0]
    if (
        number != 1
        or kind != LEN
        or {part[0] for part in parts[1:]} - {2, 3, 4}
        or not signal_of(data[begin:end])
    ):
        return data, False
    return data[begin:end], any(part[:3] == (3, VARINT, 1) for part in parts)


def signal_of(data: bytes) -> str:
    """What the first record of a request is, by its fields; empty where these bytes hold none."""
    try:
        for _, kind, begin, end in _numbered(data, 0, len(data), 1):
            for _, _, at, stop in _numbered(data, begin, end, _GROUP):
                for _, _, first, last in _numbered(data, at, stop, _GROUP):
                    return _record_kind(data, first, last)
            if kind != LEN:
                return ""
    except WireError:
        pass
    return ""


def _numbered(data: bytes, begin: int, end: int, wanted: int) -> list[tuple[int, int, int, int]]:
    found = []
    try:
        for field in fields(data, begin, end, clip=True):
            if field[0] == wanted and field[1] == LEN:
                found.append(field)
                break
            if field[0] > _SCHEMA + 997:
                raise WireError
    except WireError:
        if not found:
            raise
    return found


def _record_kind(data: bytes, begin: int, end: int) -> str:
    kinds: dict[int, tuple[int, int]] = {}
    try:
        for number, kind, at, stop in fields(data, begin, end, clip=True):
            kinds.setdefault(number, (kind, stop - at if kind == LEN else 0))
    except WireError:
        if not kinds:
            raise
    if kinds.get(1) == (LEN, 16) and kinds.get(2, (LEN, 8)) == (LEN, 8) and (7 in kinds or 5 in kinds):
        return "Span"
    if kinds.get(1, (I64,))[0] == I64 and (1 in kinds or kinds.get(11, (LEN,))[0] == I64):
        return "LogRecord"
    if kinds.get(1, (LEN,))[0] == LEN and any(
        kinds.get(number, (VARINT,))[0] == LEN for number in _METRIC_DATA
    ):
        return "Metric"
    return ""
