"""A long record told in few bytes: what tells its format may stand behind a prompt of a megabyte.

Long texts lose their ends, long lists and objects what comes behind their first elements, and what lies deep is left
out. Keys and the values of fields stay as they are, so that readers know the record by what is left of it.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from explorer.bundle.structure import repair
from explorer.decoding.lenient import dumps, loads

_TEXT: Final = 200
_ITEMS: Final = 3
_KEYS: Final = 100
_DEPTH: Final = 7
_MOST_BYTES: Final = 8 << 20
"""Of a longer record so much is looked at."""


def abridged(record: memoryview) -> bytes:
    """A JSON record as JSON, shorter; empty where it is none."""
    data = bytes(record[:_MOST_BYTES])
    if data[:1] not in (b"{", b"["):
        return b""
    closed = repair(data) if len(record) > len(data) else (data, 0)
    try:
        return dumps(shortened(loads(closed[0]))) if closed else b""
    except ValueError:
        return b""


def shortened(value: Any, depth: int = _DEPTH) -> Any:
    """The beginning of a value, of each within it too."""
    if isinstance(value, str):
        return value[:_TEXT]
    if isinstance(value, list):
        return [shortened(one, depth - 1) for one in value[:_ITEMS]] if depth else []
    if isinstance(value, dict):
        kept = islice(value.items(), _KEYS if depth else 0)
        return {name: shortened(one, depth - 1) for name, one in kept}
    return value
