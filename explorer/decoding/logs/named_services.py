"""The service that logfmt lines name in a field (``service=cart``), by the names that JSON logs name it with.

Done for many lines at once, a fraction of a microsecond each: names and values are bytes behind and before the signs of
equality, and are looked at once for each different one.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.objects import LOGGER_OR_SERVICE
from explorer.decoding.logs.words import distinct
from explorer.model.fields import Role, names_of, rank, role

Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_NAME: Final = re.compile(rb"[\w.@/\-]+")
_NAME_BYTES: Final = 24
"""Bytes of the longest name, with the blank before it."""
_VALUE_BYTES: Final = 64
"""Bytes of the longest value, with what ends it; longer ones name no service."""
_ENDINGS: Final = np.unique(
    [
        int.from_bytes(name[-3:].encode(), "big")
        for name in names_of(Role.SERVICE)
        if name != LOGGER_OR_SERVICE
    ]
).astype(np.uint32)
"""Last three letters of the names of the role, as numbers."""
_QUOTE, _APOSTROPHE = ord('"'), ord("'")


def put_services(lines: Lines, values: LineValues, context: FileContext) -> None:
    """Write service and resource of the lines of text that name their service.

    ``component`` does not count: programs that write logfmt (Prometheus and its kin) name parts of themselves so.
    """
    rows = np.flatnonzero(values.kind == LineKind.TEXT)
    if not len(rows):
        return
    first, end = int(lines.starts[rows[0]]), int(lines.ends[rows[-1]])
    padded = b" " * _NAME_BYTES + lines.data[first:end] + b" " * (_VALUE_BYTES + 2)
    buffer = np.frombuffer(padded, np.uint8)
    shift = first - _NAME_BYTES
    rows, places = _candidates(buffer, lines.take(rows), rows, shift)
    if not len(places):
        return
    worth = _worth(buffer, places)
    texts, codes = _values(buffer, places + 1)
    told = (worth >= 0) & (codes >= 0)
    rows, codes, worth = rows[told], codes[told], worth[told]
    order = np.lexsort((worth, rows))  # of a name said twice the first one stays: the sort is stable
    rows, codes = rows[order], codes[order]
    is_best = np.diff(rows, prepend=-1) > 0
    rows, codes = rows[is_best], codes[is_best]
    pairs = np.zeros((len(texts), 2), np.int32)
    for code in dict.fromkeys(codes.tolist()):
        pairs[code] = context.resource({"service": texts[code]})
    values.service[rows], values.resource[rows] = pairs[codes, 0], pairs[codes, 1]


def _candidates(buffer: Bytes, lines: Lines, rows: Longs, shift: int) -> tuple[Longs, Longs]:
    """Rows and places of signs of equality, outside of quotes, behind what may be such a name."""
    places = np.flatnonzero(buffer == ord("="))
    code = np.zeros(len(places), np.uint32)
    for back in (3, 2, 1):
        code = code << np.uint32(8) | (buffer[places - back] | np.uint8(0x20))
    places = places[np.isin(code, _ENDINGS)]
    at = np.searchsorted(lines.starts - shift, places, "right") - 1
    inside = places < (lines.ends - shift)[at]
    at, places = at[inside], places[inside]
    if not len(places):
        return rows[:0], places
    quotes = buffer == _QUOTE
    quotes[1:] &= buffer[:-1] != ord("\\")
    before = np.cumsum(quotes)
    bare = (before[places] - before[lines.starts[at] - shift - 1]) % 2 == 0
    return rows[at[bare]], places[bare]


def _worth(buffer: Bytes, places: Longs) -> Longs:
    """How telling the name before each place is, 0 most; -1 for one that names no service."""
    names = sliding_window_view(buffer, _NAME_BYTES)[places - _NAME_BYTES].copy()
    blank = np.logical_or.accumulate(names[:, ::-1] <= ord(" "), axis=1)[:, ::-1]
    names[blank] = 0
    firsts, kinds = distinct(list(names.view(np.uint64).T))
    ranks = []
    for row in firsts.tolist():
        name = names[row].tobytes().lstrip(b"\0")
        said = name.decode("ascii", "replace")
        names_service = blank[row, 0] and _NAME.fullmatch(name) and said != LOGGER_OR_SERVICE
        ranks.append(rank(said) if names_service and role(said) is Role.SERVICE else -1)
    worth: Longs = np.array(ranks, np.int64)[kinds]
    return worth


def _values(buffer: Bytes, begins: Longs) -> tuple[list[str], Longs]:
    """Different values that begin at places, and the number of each place's; -1 for an empty or a long one."""
    opening = buffer[begins]
    quoted = (opening == _QUOTE) | (opening == _APOSTROPHE)
    values = sliding_window_view(buffer, _VALUE_BYTES)[begins + quoted].copy()
    ends = np.where(quoted[:, None], values == opening[:, None], values <= ord(" "))
    behind = np.logical_or.accumulate(ends, axis=1)
    values[behind] = 0
    firsts, kinds = distinct(list(values.view(np.uint64).T))
    good = behind[:, -1] & ~behind[:, 0]
    texts = [values[row].tobytes().rstrip(b"\0").decode("utf-8", "replace") for row in firsts.tolist()]
    return texts, np.where(good, kinds, -1)
