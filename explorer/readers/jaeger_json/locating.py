"""Where the spans of a document lie in its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np
from msgspec import Raw, Struct

from explorer.decoding.extents import Extents, Shared, places_of
from explorer.readers.jaeger_json import shapes
from explorer.readers.jaeger_json.opening import Part, located

_SILENT: Final = frozenset(
    b"traceID spanID parentSpanID processID refType key type startTime duration timestamp flags".split()
)


class _Named(Struct, gc=False):
    processID: str | None = None  # noqa: N815 - as the files have it


_NAMED: Final = msgspec.json.Decoder(_Named)


def locate(raw: bytes) -> Extents | None:
    """The places of all spans, and of the processes that several share; None of a document that is spelt otherwise."""
    if shapes.decode(raw) is None:
        return None
    parts = located(raw)
    begin, end = places_of(raw, [span for span, _ in parts])
    return Extents(begin, end, lambda: _shared(raw, parts), _SILENT)


def _shared(raw: bytes, parts: list[Part]) -> list[Shared]:
    """Processes, each with the spans of its trace that name it."""
    users: dict[tuple[int, str], list[int]] = {}
    traces: dict[int, Mapping[str, Raw]] = {}
    for ordinal, (span, processes) in enumerate(parts):
        traces[id(processes)] = processes
        users.setdefault((id(processes), _NAMED.decode(span).processID or ""), []).append(ordinal)
    found = []
    for trace, processes in traces.items():
        known = list(processes)
        begin, end = places_of(raw, [processes[name] for name in known])
        found += [
            Shared(first, last, np.array(users.get((trace, name), ()), np.int64))
            for name, first, last in zip(known, begin.tolist(), end.tolist(), strict=True)
        ]
    return found
