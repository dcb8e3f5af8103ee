"""Kubernetes container logs as the kubelet writes them (CRI): time, stream, F or P, text.

Format: kubernetes ``pkg/kubelet/kuberuntime/logs``. Parts (P) are put together with the full line (F) that ends
them, stream by stream; what is in them is read as JSON log or as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.containers import emit_printed
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.detail import wrapped_detail
from explorer.decoding.logs.parts import Pieces, join_parts
from explorer.decoding.logs.peeling import without_colours
from explorer.decoding.logs.time_columns import times_at
from explorer.decoding.logs.times import ISO, NO_REFERENCE, time_format
from explorer.model.builder import Builder, Records

NAME = "cri-log"
LABEL = "Kubernetes container log (CRI)"
RECOGNISED_BY = "Lines begin with a time, stdout or stderr, and F or P."
FRAMINGS: Collection[str] = frozenset({"lines"})

_LINE: Final = re.compile(
    rb"(?P<time>\d{4}-\d\d-\d\dT[\d:.]\S*) (?P<stream>stdout|stderr) (?P<tag>[FP])(?::[^ ]*)?(?: |\r?\Z)"
)
_CUT: Final = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]*+[Z\d:+-]*(?: [std]{0,3}(?:o|ou|out|e|er|err)? ?)?\r?\Z")
"""The beginning of a line that ends before its tag."""
_NAMES: Final = ("stdout", "stderr")
_ISO: Final = time_format(ISO)


def detect(head: bytes) -> Confidence | None:
    """Whether the first line has the prefix."""
    return Confidence.CERTAIN if _LINE.match(head.lstrip().split(b"\n", 1)[0]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the records into the builder; refuses lines without the prefix."""
    context = FileContext.of(builder, NAME)
    found = [_LINE.match(records[i]) for i in range(len(records))]
    at = np.array([i for i, match in enumerate(found) if match], np.int64)
    hits = [match for match in found if match]
    if not hits:
        return range(len(records))
    spans = np.array([match.span("time") for match in hits], np.int64) + records.starts[at][:, None]
    times, _, _ = times_at(records.data, spans[:, 0], spans[:, 1], (_ISO,), NO_REFERENCE)
    texts = [without_colours(match.string[match.end() :]) for match in hits]
    streams = np.array([match["stream"] == b"stderr" for match in hits], np.int32)
    whole = [match["tag"] == b"F" for match in hits]
    pieces = Pieces(texts, whole, streams, records.starts[at], records.ends[at], times)
    peeled = join_parts(pieces, list(_NAMES), [{}, {}], context, records.offset)
    emit_printed(peeled, times, context, records)
    others = [i for i, match in enumerate(found) if match is None]
    cut = [i for i in others if _CUT.match(records[i])]
    for i in cut:
        text = "lines without stream or text are left out"
        builder.skip("warning", "truncated-record", text, offset=records.offset + int(records.starts[i]))
    return [i for i in others if i not in cut]


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again: the lines of its first line's stream, put together."""
    return open_text(raw, "")


def open_text(raw: bytes, formats: str) -> OpenRecord:
    """Open one record again, of which is known by which line formats it was read."""
    found = [match for line in raw.split(b"\n") if (match := _LINE.match(line))]
    if not found:
        detail = wrapped_detail([], [raw], raw)
        return lambda _: detail
    stream = found[0]["stream"]
    text = b"".join(
        match.string[match.end() :].rstrip(b"\r") + (b"\n" if match["tag"] == b"F" else b"")
        for match in found
        if match["stream"] == stream
    )
    detail = wrapped_detail([("stream", stream.decode())], text.rstrip(b"\n").split(b"\n"), raw, formats)
    return lambda _: detail
