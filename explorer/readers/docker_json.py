r"""Docker's json-file logs, also as collectors enrich them with Kubernetes metadata.

Format: moby ``daemon/logger/jsonfilelog/jsonlog``: ``{"log": "...\n", "stream": "stdout", "attrs": {}, "time": RFC
3339}`` a line. Lines of more than 16 KiB are cut: a ``log`` without a line break goes on in the next object of its
stream. What is in ``log`` is read as JSON log or as text, whose stack traces spread over many objects.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.containers import emit_printed
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.detail import wrapped_detail
from explorer.decoding.logs.objects import RESOURCE_ROLES, flatten, parse_object, role_of
from explorer.decoding.logs.origin import workload_of
from explorer.decoding.logs.parts import Pieces, join_parts
from explorer.decoding.logs.peeling import without_colours
from explorer.decoding.logs.salvage import salvage
from explorer.decoding.logs.time_columns import times_of
from explorer.decoding.logs.times import NO_REFERENCE
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role

NAME = "docker-json"
LABEL = "Docker json-file"
RECOGNISED_BY = 'JSON objects a line with "log", "stream" and "time".'
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

BROKEN: Final = "(broken)"
"""Stream of the objects that are cut off."""
_CUT_LOG: Final = re.compile(rb'"log"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
_TIMES: Final = ("time", "@timestamp", "date")
CHUNK: Final = 512
PART_BYTES: Final = 16 << 10
"""Bytes at which Docker cuts a line."""
COMPOSE_SERVICE: Final = "com.docker.compose.service"
FAILED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Line(msgspec.Struct, gc=False):
    """One object; what a collector adds is kept raw, for it is the same for all lines of a container.

    Attributes:
        timestamp, date: what Fluentd and Fluent Bit write in the place of the time, as text or as a number.
    """

    log: str = ""
    stream: str = ""
    time: str = ""
    kubernetes: msgspec.Raw = msgspec.Raw(b"")
    attrs: msgspec.Raw = msgspec.Raw(b"")
    container_name: str = ""
    timestamp: msgspec.Raw = msgspec.field(name="@timestamp", default=msgspec.Raw(b""))
    date: msgspec.Raw = msgspec.Raw(b"")

    def told_beside(self) -> str:
        """The time as a collector wrote it."""
        return bytes(self.timestamp or self.date).strip(b'"').decode("utf-8", "replace")


_lines: Final = msgspec.json.Decoder(_Line)


def detect(head: bytes) -> Confidence | None:
    """Whether the first object has Docker's keys."""
    if b'"log"' not in head or b'"stream"' not in head:
        return None
    top = {path[0] for path in outline(head) if len(path) == 1}
    if "log" in top and "stream" in top and top & {*_TIMES}:
        return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the records into the builder; refuses objects without Docker's keys."""
    context = FileContext.of(builder, NAME)
    decoded = _decoded_all(records)
    kept = [i for i, one in enumerate(decoded) if one is not None]
    outer = [one for one in decoded if one is not None]
    if not kept:
        return range(len(records))
    at = np.array(kept, np.int64)
    names, told, streams = _streams(outer)
    whole = _whole(outer, context)
    texts = [without_colours(one.log.encode("utf-8", "replace")) for one in outer]
    times, timed, _ = times_of([one.time or one.told_beside() for one in outer], NO_REFERENCE)
    times = times[
        np.maximum.accumulate(np.where(timed, np.arange(len(times)), 0))
    ]  # a broken one: as the one before
    pieces = Pieces(texts, whole, streams, records.starts[at], records.ends[at], times)
    peeled = join_parts(pieces, names, told, context, records.offset)
    if BROKEN in names:
        peeled.broken = names.index(BROKEN)
        text = "objects that do not parse are kept as text, as far as they go"
        builder.remark("info", "broken-json-line", text, offset=records.offset)
    emit_printed(peeled, times, context, records)
    return sorted(set(range(len(records))) - set(kept))


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again: the lines of its first object's stream, put together."""
    return open_text(raw, "")


def open_text(raw: bytes, formats: str) -> OpenRecord:
    """Open one record again, of which is known by which line formats it was read."""
    found = [(line, one) for line in raw.split(b"\n") if line.strip() and (one := _decoded(line)) is not None]
    if not found:
        detail = wrapped_detail([], [raw], raw)
        return lambda _: detail
    first_line, first = found[0]
    mine = [one for _, one in found if _key(one) == _key(first)]
    broken = any(one.log.endswith("\n") for one in mine)
    text = "".join(one.log if broken or len(one.log) >= PART_BYTES else one.log + "\n" for one in mine)
    outer = [(name, item) for name, item in flatten(parse_object(first_line) or {}) if name != "log"]
    detail = wrapped_detail(outer, text.rstrip("\n").encode("utf-8", "replace").split(b"\n"), raw, formats)
    return lambda _: detail


def _decoded_all(records: Records) -> list[_Line | None]:
    """Each record decoded; None where it has not Docker's keys."""
    found: list[_Line | None] = []
    for begin in range(0, len(records), CHUNK):
        part = [records[i] for i in range(begin, min(begin + CHUNK, len(records)))]
        try:
            rows = _lines.decode_lines(b"\n".join(part))
        except FAILED:
            rows = []
        if len(rows) == len(part):
            found += [one if one.stream or one.log else None for one in rows]
        else:
            found += [_decoded(raw) for raw in part]
    return found


def _decoded(raw: bytes) -> _Line | None:
    try:
        one = _lines.decode(raw)
    except FAILED:
        value = parse_object(raw) or salvage(raw) or {}
        if not (value.get("log") and value.get("stream")) and (match := _CUT_LOG.search(raw)):
            return _Line(_unescaped(match[1]) + "\n", BROKEN)
        log = value.get("log")
        text = log if isinstance(log, str) else lenient.dumps(log).decode() if log is not None else ""
        time = next((str(value[name]) for name in _TIMES if value.get(name)), "")
        one = _Line(text, str(value.get("stream", "")), time)
    return one if one.stream or one.log else None


def _unescaped(part: bytes) -> str:
    """The text of a JSON string that was cut anywhere."""
    for length in (len(part), len(part) - 1, part.rfind(b"\\")):
        try:
            return str(lenient.loads(b'"' + part[: max(length, 0)] + b'"'))
        except ValueError:
            continue
    return part.decode("utf-8", "replace")


def _key(one: _Line) -> tuple[str, str, bytes, bytes]:
    return one.stream, one.container_name, bytes(one.kubernetes), bytes(one.attrs)


def _streams(outer: Sequence[_Line]) -> tuple[list[str], list[dict[str, str]], NDArray[np.int32]]:
    """Name of each stream, what its wrapper tells of the process, and the stream of each line."""
    numbers: dict[tuple[str, str, bytes, bytes], int] = {}
    streams = np.array([numbers.setdefault(_key(one), len(numbers)) for one in outer], np.int32)
    names = [
        BROKEN if stream == BROKEN else f"{stream} {name} {meta!r} {attrs!r}"
        for stream, name, meta, attrs in numbers
    ]
    return names, [_told(key) for key in numbers], streams


def _told(key: tuple[str, str, bytes, bytes]) -> dict[str, str]:
    _, container, meta, attrs = key
    told = {"container": container.lstrip("/")} if container else {}
    found = {f"kubernetes.{name}": item for name, item in flatten(parse_object(meta) or {})}
    for name, item in found.items():
        part = RESOURCE_ROLES.get(role_of(name) or Role.MESSAGE)
        if part and isinstance(item, str) and item:
            told.setdefault(part, item)
    composed = (parse_object(attrs) or {}).get(COMPOSE_SERVICE)
    if isinstance(composed, str):
        told.setdefault("service", composed)
    if told.get("pod"):
        told.setdefault("service", workload_of(told["pod"]))
    return told


def _whole(outer: Sequence[_Line], context: FileContext) -> list[bool]:
    """Whether each line ends with its object. Some collectors strip all line breaks: then only long lines go on."""
    ends = [one.log.endswith("\n") for one in outer]
    context.breaks_seen = context.breaks_seen or any(ends)
    if context.breaks_seen:
        return [end or not one.log for end, one in zip(ends, outer, strict=True)]
    return [len(one.log) < PART_BYTES for one in outer]
