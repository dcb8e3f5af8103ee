"""A JSON document that no reader could parse, mended so that its sound records can be read.

The parser says where it stumbled; the record around that place is blanked out, as long as that helps. What cannot
be mended so is cut back to its last whole element before the fault. The same bytes are always mended in the same way,
so that a record can be opened again later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import orjson

from explorer.bundle.breaks import joined
from explorer.bundle.nesting import behind_blanks, end_of_value
from explorer.bundle.structure import blank_at, repair, repair_at
from explorer.decoding.lenient import as_strict, loads, without_comments

_QUOTED: Final = re.compile(rb'^([ \t]*"[^"\\\n]+"[ \t]*:[ \t]*")([^\n]*)("[ \t]*,?[ \t]*\r?)$', re.MULTILINE)
"""A member that fills its line."""
_WITHIN: Final = re.compile(rb'(?<!\\)"')
_BETWEEN: Final = re.compile(rb'"[ \t]*[,:}\]]')
_STRAYS: Final = b" \t\r\n]},;"
MOST: Final = 200
"""Broken records blanked out of one document; one that has more is cut at the next."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A document that parses.

    Attributes:
        data: its bytes; records before a cut keep their offsets.
        broken: offsets of records that were blanked out.
        cut: offset from which everything was left out, -1 for nothing.
        quotes: how many texts had quotes within that were not escaped; they are apostrophes now.
    """

    data: bytes
    broken: tuple[int, ...]
    cut: int
    quotes: int = 0


def mended(data: bytes) -> Mended | None:
    """Mend a document; None where it is sound, is no JSON at all, or nothing whole remains."""
    broken: list[int] = []
    if _fault(data) is None:
        return None
    data, quotes = _without_quotes(without_comments(data))
    plain = as_strict(data)
    at = _fault(plain)
    while at is not None and len(broken) < MOST:
        blanked = blank_at(plain, at)
        if blanked is None or blanked[0] == plain:
            break
        plain, begin, end = blanked
        data = b"".join((data[:begin], b" " * (end - begin), data[end:]))
        broken.append(begin)
        at = _fault(plain)
    if at is None:
        return Mended(_readable(data, plain), tuple(broken), -1, quotes)
    cut = repair(plain) or repair_at(plain, at) or _before_strays(plain)
    if cut is None or _fault(cut[0]) is not None:
        return None
    closed, offset = cut
    return Mended(_readable(data[:offset] + closed[offset:], closed), tuple(broken), offset, quotes)


def _without_quotes(data: bytes) -> tuple[bytes, int]:
    """Quotes that a writer left as they are within texts (PyTorch in names), each in its own line, made apostrophes.

    All bytes keep their offsets. The second is how many texts had such.
    """
    count = 0

    def told(match: re.Match[bytes]) -> bytes:
        nonlocal count
        if not _WITHIN.search(match[2]) or _BETWEEN.search(match[2]):
            return match[0]
        count += 1
        return match[1] + _WITHIN.sub(b"'", match[2]) + match[3]

    return _QUOTED.sub(told, data), count


def _readable(data: bytes, plain: bytes) -> bytes:
    """A mended document as it was written, if it is read so; else in its strict form, which is read in any case."""
    try:
        loads(data)
    except ValueError:
        return plain
    return data


def _before_strays(data: bytes) -> tuple[bytes, int] | None:
    """A whole document behind which only brackets and commas are left over: up to its end."""
    end = end_of_value(data, behind_blanks(data, 0, len(data)))
    return None if end is None or data[end:].strip(_STRAYS) else (data[:end], end)


def mended_again(data: bytes) -> bytes:
    """A document as it was mended when it was read, from as many bytes of its file: closed first, where it was cut."""
    data = joined(data)
    closed = repair(data)
    if closed is not None:
        again = mended(closed[0])
        if again is not None or _fault(closed[0]) is None:
            return again.data if again is not None else closed[0]
    again = mended(data)
    return again.data if again is not None else data


def _fault(data: bytes) -> int | None:
    """Byte offset at which the parser stumbles; None where it does not."""
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return len(error.doc[: error.pos].encode("utf-8", "surrogatepass"))
    return None
