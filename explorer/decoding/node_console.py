"""Objects as Node.js prints them to its console: a brace on a line of its own, what is within indented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.model.builder import Records

_COLOUR: Final = re.compile(rb"\x1b\[[0-9;]*m")
_END: Final = b"}"


def printed_objects(records: Records, begin: int = 0) -> Iterator[tuple[int, int, bool]]:
    """First and last line of each object that begins with a lone brace, and of each line outside of them.

    Args:
        begin: the first line.

    Returns:
        With them whether it is an object that may go on behind the last line.
    """
    i, count = begin, len(records)
    while i < count:
        last, is_open = i, False
        if records[i].rstrip() == b"{":
            last = within(records, i + 1) - 1
            is_open = last + 1 == count
            last += not is_open and is_end(records[last + 1])
        yield i, last, is_open
        i = last + 1


def within(records: Records, begin: int) -> int:
    """The first line from one on that is not indented."""
    return next((i for i in range(begin, len(records)) if records[i][:1] not in (b" ", b"\t")), len(records))


def is_end(line: bytes) -> bool:
    """Whether a line closes an object."""
    return uncoloured(line).rstrip(b"\r ,;") == _END


def uncoloured(data: bytes) -> bytes:
    """Without the colours that Node.js writes on a terminal."""
    return _COLOUR.sub(b"", data) if b"\x1b" in data else data
