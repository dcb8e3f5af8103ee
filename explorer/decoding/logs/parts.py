"""Lines that came in a wrapper, perhaps in parts: what a container runtime makes of a program's output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.context import FileContext, Part
from explorer.decoding.logs.lines import Lines

Longs = NDArray[np.int64]


@dataclass(slots=True)
class Peeled:
    """Lines without their wrapper.

    Attributes:
        lines: the inner lines.
        begins, ends: int64 (n,), where each inner line lies with its wrapper, in the bytes of the outer lines.
        times: int64 (n,), the wrapper's time in ns, 0 for none.
        streams: int32 (n,), number in ``names``: lines of one stream follow one another.
        names: key of each stream; ``told`` what it tells of the process.
        broken: stream of the lines whose wrapper does not parse, -1: none.
        unfinished: numbers of inner lines of which the end has not come yet.
        carried: streams whose first line began in an earlier block, and where in the member.
        firsts: int64 (n,), the outer line that each inner line begins with; empty where each is one.
        each_timed: the wrapper timed each line as it was written, so that lines of no known format need not
            belong to the line before.
    """

    lines: Lines
    begins: Longs
    ends: Longs
    times: Longs
    streams: NDArray[np.int32]
    names: list[str] = field(default_factory=lambda: [""])
    told: list[dict[str, str]] = field(default_factory=lambda: [{}])
    broken: int = -1
    unfinished: frozenset[int] = frozenset()
    carried: dict[int, int] = field(default_factory=dict)
    firsts: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    each_timed: bool = False


@dataclass(frozen=True, slots=True)
class Pieces:
    """Outer lines: text, whether an inner line ends with it, stream, place in the block, time in ns or 0."""

    texts: Sequence[bytes]
    whole: Sequence[bool]
    streams: NDArray[np.int32]
    begins: Longs
    ends: Longs
    times: Longs


def join_parts(
    pieces: Pieces, names: list[str], told: list[dict[str, str]], context: FileContext, offset: int
) -> Peeled:
    """Inner lines, lines cut into parts put together again; the first part's time counts.

    What is not finished at the end of the block is remembered in the context, and comes first in the next.

    Args:
        offset: where the block begins in the member.
    """
    times = pieces.times.copy()
    open_parts: dict[int, int] = {}
    inner: list[bytes] = []
    first: list[int] = []
    last: list[int] = []
    carried: dict[int, int] = {}
    earlier: dict[int, Part] = {}
    for stream, name in enumerate(names):
        if part := context.parts.pop(name, None):
            earlier[stream] = part
    for i, (text, full, stream) in enumerate(
        zip(pieces.texts, pieces.whole, pieces.streams.tolist(), strict=True)
    ):
        at = open_parts.pop(stream, -1)
        if at < 0:
            at = len(inner)
            before = earlier.pop(stream, None)
            if before is not None:
                carried[stream] = before.begin
                times[i] = before.time
            inner.append(before.text + text if before else text)
            first.append(i)
            last.append(i)
        else:
            inner[at] += text
            last[at] = i
        if not full:
            open_parts[stream] = at
    for stream, part in earlier.items():  # nothing came of it in this block
        context.parts[names[stream]] = part
    head, tail = np.array(first, np.int64), np.array(last, np.int64)
    for stream, at in open_parts.items():
        begin = carried.get(stream) if _is_first(pieces.streams, first[at]) else None
        where = offset + int(pieces.begins[first[at]]) if begin is None else begin
        context.parts[names[stream]] = Part(inner[at], int(times[first[at]]), where)
    texts = [text.rstrip(b"\r\n").replace(b"\n", b"\r") for text in inner]
    return Peeled(
        Lines.of(texts), pieces.begins[head], pieces.ends[tail], times[head], pieces.streams[head],
        names, told, unfinished=frozenset(open_parts.values()), carried=carried, firsts=head,
    )  # fmt: skip


def _is_first(streams: NDArray[np.int32], i: int) -> bool:
    return not (streams[:i] == streams[i]).any()
