"""Ids whose names only say what they are of: ``[req=3f2a9c1e-…]``, ``trace=… span=…``. Only their values tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.decoding.logs.lines import Lines

_NAMES: Final = {"req": "request_id"} | {
    name: f"{name}_id" for name in ("request", "correlation", "trace", "span")
}
_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_VALUE: Final = rf"{_UUID}|[0-9a-f]{{32}}|[0-9a-f]{{16}}"
_ID: Final = re.compile(_VALUE, re.IGNORECASE)
_IN_TEXT: Final = re.compile(
    rf"(?<![\w.\-])(?P<name>{'|'.join(_NAMES)})(?:=|: ?)(?P<value>{_VALUE})(?![\w\-])".encode(), re.IGNORECASE
)
_SAMPLE: Final = 128
"""Lines that are looked at before all are: who writes ids so writes them in most lines."""
_LOOKED_AT: Final = 512


def meant(name: str, value: str) -> str:
    """The whole name of an id that is called so; the name itself where the value is no such id."""
    return _NAMES.get(name.lower(), name) if _ID.fullmatch(value) else name


def named_shortly(lines: Lines) -> Iterator[tuple[int, str, str]]:
    """Row, whole name and value of such ids, where lines hold any."""
    for row in range(0, len(lines), max(1, len(lines) // _SAMPLE)):
        begin, end = int(lines.starts[row]), int(lines.ends[row])
        if _IN_TEXT.search(lines.data, begin, min(end, begin + _LOOKED_AT)):
            break
    else:
        return
    for row, (begin, end) in enumerate(zip(lines.starts.tolist(), lines.ends.tolist(), strict=True)):
        for match in _IN_TEXT.finditer(lines.data, begin, end):
            name, value = match["name"].decode().lower(), match["value"].decode()
            yield row, _NAMES[name], value
