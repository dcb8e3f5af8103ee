"""Objects as Node.js prints them to its console: a brace on a line of its own, what is within indented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.model.builder import Records

_COLOUR: Final = re.compile(rb"\x1b\[[0-9;]*m")


def printed_objects(records: Records) -> Iterator[tuple[int, int]]:
    """First and last line of each object that begins with a lone brace, and of each line outside of them."""
    i, count = 0, len(records)
    while i < count:
        last = i
        if records[i].rstrip() == b"{":
            while last + 1 < count and records[last + 1][:1] in (b" ", b"\t"):
                last += 1
            last += last + 1 < count and records[last + 1].rstrip(b"\r ,;") == b"}"
        yield i, last
        i = last + 1


def uncoloured(data: bytes) -> bytes:
    """Without the colours that Node.js writes on a terminal."""
    return _COLOUR.sub(b"", data) if b"\x1b" in data else data
