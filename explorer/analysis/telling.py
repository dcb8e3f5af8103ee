"""Which attribute values tell requests apart for a reason, and which differ in any two of them."""

from __future__ import annotations

from explorer.model.fields import role
from explorer.model.ids import parse_id

_LONGEST_WORD = 16


def is_incidental(name: str, text: str) -> bool:
    """Whether a value differs in any two requests: an id, a port, a thread, a time."""
    found = role(name)
    if found is not None and found.value.endswith("-id"):
        return True
    last = name.replace("_", ".").rpartition(".")[2].lower()
    if last in {"port", "pid", "tid", "id", "timestamp", "time", "offset", "start", "end"}:
        return True
    return len(text) >= _LONGEST_WORD and " " not in text and parse_id(text) is not None
