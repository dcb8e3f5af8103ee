"""Chrome's trace events: browsers, Perfetto, PyTorch's profiler, Ray's timeline and whatever else writes them.

Source: "Trace Event Format" (catapult), and what Kineto (PyTorch) and Ray write. One file is one trace.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.outline import outline
from explorer.decoding.traces.harvest import Harvest
from explorer.model.builder import Builder, Records
from explorer.model.issue import Severity
from explorer.model.ranks import rank_of_name
from explorer.readers.chrome_trace import spans
from explorer.readers.chrome_trace.layout import lay_out
from explorer.readers.chrome_trace.shapes import Decoded, decode

NAME: Final = "chrome-trace"
LABEL: Final = "Chrome trace events (Perfetto, PyTorch profiler, Ray timeline)"
RECOGNISED_BY: Final = "traceEvents, or a list of events with ph and ts or pid"
FRAMINGS: Final = ("lines", "document")

_EVENTS: Final = re.compile(rb'"traceEvents"\s*:\s*\[')
_PROFILE: Final = frozenset(
    {("deviceProperties",), ("distributedInfo",), ("record_shapes",), ("with_stack",)}
)
_HARMLESS: Final = frozenset({"unbound-flow", "unshown-event"})
_PLACE: Final = frozenset({("ts",), ("pid",), ("tid",)})


def detect(head: bytes) -> Confidence | None:
    """By the key of the events, by what PyTorch writes before them, or by the phase of listed events."""
    begin = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begin == b"{":
        if b'"traceEvents"' in head:
            return Confidence.CERTAIN if _EVENTS.search(head) and _at_top(head) else None
        if b'"schemaVersion"' in head:
            paths = outline(head)
            return Confidence.CERTAIN if ("schemaVersion",) in paths and paths & _PROFILE else None
    elif begin == b"[" and b'"ph"' in head:
        paths = outline(head)
        return Confidence.CERTAIN if ("ph",) in paths and paths & _PLACE else None
    return None


def _at_top(head: bytes) -> bool:
    """Whether the events stand at the top; what stands before them may be longer than an outline."""
    paths = outline(head)
    return ("traceEvents",) in paths or ("schemaVersion",) in paths


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read traces; what is none, or does not parse, is returned."""
    harvest = builder.memory.get(NAME)
    if not isinstance(harvest, Harvest):
        harvest = builder.memory[NAME] = Harvest(builder, spans.telling)
    rejected = []
    for i in range(len(records)):
        data = records[i]
        decoded = decode(data)
        if decoded is None:
            rejected.append(i)
            continue
        decoded.rank = decoded.rank or rank_of_name(builder.file.name)
        _read_trace(data, decoded, builder, harvest, builder.document(records, i))
    return rejected


def open_record(raw: bytes) -> OpenRecord:
    """Open a trace again."""
    return spans.open_trace(raw)


def _read_trace(data: bytes, decoded: Decoded, builder: Builder, harvest: Harvest, doc: int) -> None:
    layout = lay_out(decoded)
    rows = spans.TraceRows(builder, harvest, decoded, layout, doc)
    rows.spans(data)
    rows.logs()
    lost = rows.points()
    offset = int(builder.documents.offset[doc])
    for code, text, count in (
        ("broken-record", "events that are no objects are left out", decoded.dropped),
        ("unbegun-slice", "ends of slices without a beginning are left out", layout.unbegun),
        ("unbound-flow", "flows without a slice at both ends are left out", layout.unbound),
        ("broken-point", "counters without a number or a time are left out", lost),
        ("unshown-event", "samples, objects, memory dumps and the like are not shown", layout.unshown),
    ):
        if count:
            severity: Severity = "info" if code in _HARMLESS else "warning"
            builder.skip(severity, code, text, offset=offset, count=count)
    if decoded.events and not layout.absolute:
        text = "times count from some start of the program, not from a date: they are shown from 1970 on"
        builder.remark("info", "relative-time", text, offset=offset)
