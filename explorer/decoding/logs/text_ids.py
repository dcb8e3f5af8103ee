"""Ids written as ``name=value`` or ``name: value`` in free text, and the headers that carry traces.

All names that matter end in "id": one vectorised search for those two letters with a separator behind finds every
candidate, whatever the file calls its ids. Candidates of one spelling (``traceId=``) are then read together. Bare
hex strings are never taken: digests and pod uids look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.hex_digits import hex_numbers
from explorer.decoding.logs.lines import Lines
from explorer.decoding.logs.propagation import is_decimal_field, span_of, trace_context, trace_of
from explorer.decoding.logs.short_names import named_shortly
from explorer.decoding.logs.words import bytes_at, distinct, stands_at, texts_at, words_at
from explorer.model.fields import GROUP_ROLES, ROW_ROLES, Role, role
from explorer.model.ids import TraceInterner, is_absent

Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]

WINDOW: Final = 256 << 10
"""Bytes searched at a time, so that they stay in the processor's cache."""
SPARSE: Final = 2
"""Lines that are less than the so-manieth part of what they lie in are searched without what lies between."""
FEW: Final = 256
SHORT: Final = 64
"""Bytes of values that are compared."""
SPELLINGS: Final = 24
"""Spellings that are read together; candidates of further ones are looked at one by one."""
_ROLES: Final = frozenset({*ROW_ROLES, *GROUP_ROLES, Role.TRACE_ID, Role.SPAN_ID, Role.TRACE_CONTEXT})
_NAME: Final = re.compile(
    rb"(?:(?:trace|span|request|correlation|session|run|job|workflow|user)[ ])?[A-Za-z][\w.\-]*\Z",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(rb"[\"']?\]?[ ]?[:=][ ]?[\"'\[]?")
_VALUE: Final = re.compile(rb"[A-Za-z0-9_\-.:/+=@~%$#|]{1,200}")
_STOPS: Final = ".:,"
_CONTEXT: Final = re.compile(rb"[A-Za-z0-9_\-.:/+=;]{1,300}")
_IS: Final = rb"[\"']?\s{0,2}[:=]\s{0,2}[\"'\[]?"
_PARENT: Final = re.compile(rb"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})(?![\w\-])")
"""W3C's ``traceparent``, which has a form of its own, whatever it is called."""
_HEADERS: Final = (
    (
        b"b3",
        0,
        re.compile(rb"b3" + _IS + rb"((?:[0-9a-f]{16}){1,2}-[0-9a-f]{16}(?:-[01d])?(?:-[0-9a-f]{16})?)"),
    ),
    (b"-c", 4, re.compile(rb"race-[Cc]ontext" + _IS + rb"([0-9a-fA-F]{32}/\d{1,20})")),
    (
        b"w8",
        1,
        re.compile(rb"sw8" + _IS + rb"([01](?:-[A-Za-z0-9+/]+={0,2}){2}-\d+(?:-[A-Za-z0-9+/]*={0,2}){4})"),
    ),
)
"""Headers whose names do not end in "id": two letters that are searched for, how far into the name, and all of it."""
_SEPARATES: Final = np.zeros(256, bool)
_SEPARATES[np.frombuffer(b"=:\"' ]", np.uint8)] = True
_PARTS: Final = np.zeros(256, bool)
_PARTS[np.frombuffer(b",-/ |:", np.uint8)] = True
_OPENS: Final = _PARTS.copy()
_OPENS[np.frombuffer(b"[(=", np.uint8)] = True
_DIGITS: Final = np.zeros(256, bool)
_DIGITS[np.frombuffer(b"0123456789abcdefABCDEF", np.uint8)] = True
_LAST: Final = _DIGITS.copy()
_LAST[np.frombuffer(b"us-", np.uint8)] = True
"""The last two bytes of an id or of its flag: ``true``, ``false``, ``-1``."""
_WORD: Final = np.zeros(256, bool)
_WORD[np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-", np.uint8)] = True
_NAMES: Final = _WORD.copy()
_NAMES[ord(".")] = True


class TextIds:
    """What was found in lines, row by row; the first trace and span of a line count.

    Attributes:
        trace: int32 (n,), trace code or -1.
        span_id: uint64 (n,), 0 for none.
        fields: correlation fields as (rows, name, values).
    """

    def __init__(self, count: int, traces: TraceInterner) -> None:
        self.trace = np.full(count, -1, np.int32)
        self.span_id = np.zeros(count, np.uint64)
        self.fields: list[tuple[Longs, str, Sequence[str]]] = []
        self._traces = traces

    def add_context(self, row: int, trace: int, span: int = 0) -> None:
        """A trace given by its number, perhaps with the span."""
        if self.trace[row] < 0:
            self.trace[row] = self._traces.number(trace)
            if span:
                self.span_id[row] = span

    def add_traces(self, rows: Longs, digits: Words) -> Mask:
        """Traces by what may be their hexadecimal digits, uint64 (n, k); tells which are, bool (n,).

        Each different one is looked up once.
        """
        firsts, kinds = distinct(list(digits.T))
        numbers, hexadecimal = hex_numbers(digits[firsts].view(np.uint8))
        numbers[~hexadecimal] = 0
        high = numbers[:, 0].tolist() if numbers.shape[1] > 1 else [0] * len(firsts)
        each = [
            self._traces.number(upper << 64 | lower) if upper | lower else -1
            for upper, lower in zip(high, numbers[:, -1].tolist(), strict=True)
        ]
        codes = np.array(each, np.int32)[kinds]
        free = (self.trace[rows] < 0) & (codes >= 0)
        self.trace[rows[free][::-1]] = codes[free][::-1]
        return hexadecimal[kinds]

    def add_spans(self, rows: Longs, digits: Words) -> Mask:
        """Span ids likewise."""
        numbers, hexadecimal = hex_numbers(digits.view(np.uint8))
        free = (self.span_id[rows] == 0) & hexadecimal
        self.span_id[rows[free][::-1]] = numbers[free, 0][::-1]
        return hexadecimal


def find_ids(lines: Lines, traces: TraceInterner, user_fields: Sequence[str] = ()) -> TextIds:
    """All ids in the text of lines.

    Args:
        lines: sorted by place; what lies between them is not looked at.
        user_fields: names that the user gave for the correlation id.
    """
    found = TextIds(len(lines), traces)
    if not len(lines):
        return found
    if int((lines.ends - lines.starts).sum()) * SPARSE < int(lines.ends[-1] - lines.starts[0]):
        lines = Lines.of(lines.texts())
    buffer = np.frombuffer(lines.data, np.uint8)
    places = _candidates(buffer, int(lines.starts[0]), int(lines.ends[-1]))
    rows = _rows_of(lines, places)
    places, rows = places[rows >= 0], rows[rows >= 0]
    for _ in range(SPELLINGS):
        if not len(places):
            break
        spelling = _spelling_at(lines, int(places[0]), int(rows[0]))
        if spelling is None:
            places, rows = places[1:], rows[1:]
            continue
        begin, name, value = spelling
        same = _same(lines.data, places - (int(places[0]) - begin), lines.data[begin:value])
        same[0] = True
        _take(found, lines, name, places[same] + (value - int(places[0])), rows[same])
        places, rows = places[~same], rows[~same]
    for place, row in zip(places.tolist(), rows.tolist(), strict=True):
        one = _spelling_at(lines, place, row)
        if one is not None:
            _take(found, lines, one[1], np.array([one[2]], np.int64), np.array([row], np.int64))
    for row, name, text in named_shortly(lines):
        if role(name) in (Role.TRACE_ID, Role.SPAN_ID):
            _take_one(found, name, row, text)
        else:
            found.fields.append((np.array([row], np.int64), name, [text]))
    _take_headers(found, lines)
    for name in user_fields:
        if not name.lower().endswith("id"):
            _take_named(found, lines, name)
    return found


def _candidates(buffer: Bytes, begin: int, end: int) -> Longs:
    """Places of the letters "id", in any case, with a separator behind."""
    parts = []
    for at in range(begin, end, WINDOW):
        lower = buffer[at : min(at + WINDOW + 1, end)] | np.uint8(0x20)
        places = np.flatnonzero((lower[:-1] == 105) & (lower[1:] == 100)) + at
        if len(places):
            after = buffer[np.minimum(places + 2, end - 1)]
            parts.append(places[_SEPARATES[after]])
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _rows_of(lines: Lines, places: Longs) -> Longs:
    """The line of each place, -1 for none."""
    rows = np.searchsorted(lines.starts, places, "right") - 1
    return np.where((rows >= 0) & (places < lines.ends[np.maximum(rows, 0)]), rows, -1)


def _spelling_at(lines: Lines, place: int, row: int) -> tuple[int, str, int] | None:
    """Begin of the name, the name, begin of the value, at a place where "id" stands; None where it is no id's name."""
    begin, end = int(lines.starts[row]), int(lines.ends[row])
    separator = _SEPARATOR.match(lines.data, place + 2, end)
    name = _NAME.search(lines.data, max(begin, place - 40), place + 2)
    if separator is None or name is None:
        return None
    return name.start(), name[0].decode("ascii", "replace"), separator.end()


def _same(data: bytes, begins: Longs, literal: bytes) -> Mask:
    """Which places hold exactly that text, with nothing before it that would make it a longer name."""
    same = (begins > 0) & (begins + len(literal) + 7 <= len(data))
    if not same.any():
        return same
    inside = np.where(same, begins, 0)
    same &= ~_NAMES[np.frombuffer(data, np.uint8)[np.maximum(inside - 1, 0)]]
    same &= stands_at(data, inside, literal)
    return same


def _take(found: TextIds, lines: Lines, name: str, values: Longs, rows: Longs) -> None:
    """Read the values at these places, which are all of one field."""
    kind = role(name)
    if kind not in _ROLES:
        return
    decimal = is_decimal_field(name)
    if kind in (Role.TRACE_ID, Role.SPAN_ID) and not decimal:
        for width in (32, 16) if kind is Role.TRACE_ID else (16,):
            whole = _of_width(lines, values, rows, width)
            if whole.any():
                digits = words_at(lines.data, values[whole], width // 8)
                add = found.add_traces if kind is Role.TRACE_ID else found.add_spans
                whole[whole] = add(rows[whole], digits)
            values, rows = values[~whole], rows[~whole]
    texts, kinds = _values_at(lines, values, rows, _CONTEXT if kind is Role.TRACE_CONTEXT else _VALUE)
    told = np.array([bool(text) and not is_absent(text) for text in texts], bool)[kinds]
    rows, of = rows[told], kinds[told].tolist()
    if kind in (Role.TRACE_ID, Role.SPAN_ID, Role.TRACE_CONTEXT):
        for row, one in zip(rows.tolist(), of, strict=True):
            _take_one(found, name, row, texts[one])
    elif of:
        found.fields.append((rows, name, list(map(texts.__getitem__, of))))


def _values_at(lines: Lines, values: Longs, rows: Longs, form: re.Pattern[bytes]) -> tuple[list[str], Longs]:
    """Values, and which of them stands at each place; of many short ones each different one is cut out once."""
    if len(values) >= FEW and int(values.max()) + SHORT <= len(lines.data):
        ending = _ends(form)[bytes_at(lines.data, values, SHORT)]
        widths = ending.argmax(axis=1)
        if ending[np.arange(len(values)), widths].all():
            words = texts_at(lines.data, values, np.minimum(widths, lines.ends[rows] - values))
            firsts, kinds = distinct(list(words.T))
            written = words[firsts].view(f"S{8 * words.shape[1]}").reshape(-1).tolist()
            return [text.decode("ascii").rstrip(_STOPS) for text in written], kinds
    places = zip(values.tolist(), rows.tolist(), strict=True)
    return [_value_at(lines, value, row, form) for value, row in places], np.arange(len(values))


@cache
def _ends(form: re.Pattern[bytes]) -> Mask:
    """Bool (256,): the bytes that no value of a form holds."""
    return np.array([form.match(bytes([byte])) is None for byte in range(256)])


def _take_one(found: TextIds, name: str, row: int, text: str) -> None:
    """One id in another spelling than the usual hex digits; text that has no digit is none."""
    kind = role(name)
    if kind is Role.TRACE_CONTEXT:
        if context := trace_context(text):
            found.add_context(row, *context)
    elif (len(text) < 8 or not any(map(str.isdigit, text))) and not is_decimal_field(name):
        return
    elif kind is Role.TRACE_ID:
        if (number := trace_of(name, text)) is not None:
            found.add_context(row, number)
    elif not found.span_id[row]:
        found.span_id[row] = span_of(name, text)


def _of_width(lines: Lines, values: Longs, rows: Longs, width: int) -> Mask:
    """Which values are just so wide, if they are one word."""
    buffer = np.frombuffer(lines.data, np.uint8)
    after = np.minimum(values + width, len(buffer) - 1)
    ends: Mask = values + width == lines.ends[rows]
    ends |= (values + width < lines.ends[rows]) & ~_WORD[buffer[after]]
    return ends


def _value_at(lines: Lines, value: int, row: int, form: re.Pattern[bytes] = _VALUE) -> str:
    match = form.match(lines.data, value, int(lines.ends[row]))
    return match[0].decode("ascii", "replace").rstrip(_STOPS) if match else ""


def _take_headers(found: TextIds, lines: Lines) -> None:
    """What has no name of its own, where not most lines have a trace anyway: the search takes its time.

    These are :data:`_PARENT`, :data:`_HEADERS`, and a trace and a span that end a bracket.
    """
    if len(lines) > FEW and np.count_nonzero(found.trace >= 0) * 2 > len(lines):
        return
    begin, end = int(lines.starts[0]), int(lines.ends[-1])
    _take_bracketed(found, lines)
    buffer = np.frombuffer(lines.data, np.uint8)
    parents = _PARENT.finditer(lines.data, begin, end)
    _take_contexts(
        found, lines, (one for one in parents if one.start() == 0 or not _WORD[buffer[one.start() - 1]])
    )
    for letters, into, header in _HEADERS:
        places = (_pairs(buffer, begin + into, end, letters) - into).tolist()
        matches = (
            header.match(lines.data, at, end)
            for at in places
            if at == 0 or not _NAMES[buffer[at - 1]] or into > 1
        )
        _take_contexts(found, lines, (match for match in matches if match is not None))


def _take_bracketed(found: TextIds, lines: Lines) -> None:
    """``[app,trace,span]`` as Sleuth writes it, ``[trace-span]`` and the like, perhaps with whether it is sampled."""
    buffer = np.frombuffer(lines.data, np.uint8)
    ends = _ends_of_brackets(buffer, int(lines.starts[0]), int(lines.ends[-1]))
    if not len(ends):
        return
    rows = _rows_of(lines, ends)
    for flag in (len(",true"), len(",false"), len("-1")):
        behind = _PARTS[buffer[ends - flag]] & (buffer[ends - flag - 17] == buffer[ends - flag])
        ends = np.where(behind, ends - flag, ends)
    parted = _PARTS[buffer[ends - 17]]
    rows, ends = rows[parted], ends[parted]
    _, hexadecimal = hex_numbers(bytes_at(lines.data, ends - 16, 16))
    for width in (32, 16):
        begins = ends - 17 - width
        fits = hexadecimal & (rows >= 0) & (begins > lines.starts[rows])
        fits &= _OPENS[buffer[np.maximum(begins - 1, 0)]]
        if fits.any():
            fits[fits] = found.add_traces(rows[fits], words_at(lines.data, begins[fits], width // 8))
            found.add_spans(rows[fits], words_at(lines.data, ends[fits] - 16, 2))


def _ends_of_brackets(buffer: Bytes, begin: int, end: int) -> Longs:
    """Where brackets end that may hold an id, or an id and its flag."""
    parts = [np.empty(0, np.int64)]
    parts += [
        np.flatnonzero(buffer[at : min(at + WINDOW, end)] == ord("]")) + at
        for at in range(begin, end, WINDOW)
    ]
    ends = np.concatenate(parts)
    ends = ends[ends >= begin + len("[") + 16 + len(",") + 16 + len(",false")]
    return ends[_DIGITS[buffer[ends - 1]] & _LAST[buffer[ends - 2]]]


def _pairs(buffer: Bytes, begin: int, end: int, letters: bytes) -> Longs:
    """Places of two letters, the second as a capital too."""
    first, second = letters
    parts = [np.empty(0, np.int64)]
    for at in range(begin, end, WINDOW):
        window = buffer[at : min(at + WINDOW + 1, end)]
        here = window[:-1] == first
        here &= (window[1:] | np.uint8(0x20 if second > ord("9") else 0)) == second
        parts.append(np.flatnonzero(here) + at)
    return np.concatenate(parts)


def _take_contexts(found: TextIds, lines: Lines, matches: Iterable[re.Match[bytes]]) -> None:
    for match in matches:
        row = int(_rows_of(lines, np.array([match.start()], np.int64))[0])
        context = trace_context(match[1].decode())
        if row >= 0 and context:
            found.add_context(row, *context)


def _take_named(found: TextIds, lines: Lines, name: str) -> None:
    pattern = re.compile(rb"(?<![\w])" + re.escape(name.encode()) + _SEPARATOR.pattern)
    for match in pattern.finditer(lines.data, int(lines.starts[0]), int(lines.ends[-1])):
        row = int(_rows_of(lines, np.array([match.start()], np.int64))[0])
        text = _value_at(lines, match.end(), row) if row >= 0 else ""
        if text and not is_absent(text):
            found.fields.append((np.array([row], np.int64), name, [text]))
