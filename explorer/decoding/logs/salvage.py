"""What can be made out of a JSON object that does not parse: cut off, garbled, or with a brace too many."""

from __future__ import annotations

import json
import re
from typing import Any, Final

LIMIT: Final = 64 << 10
_PAIR: Final = re.compile(
    r'"([A-Za-z@_][^"\\]{0,63})"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=[\s,}])|true|false)'
)
_decoder: Final = json.JSONDecoder()


def salvage(raw: bytes) -> dict[str, Any] | None:
    """The pairs of scalars that still stand in a broken object; None where there is none.

    Names of nested objects are lost: a pair of an inner object goes by its own name, the first one wins.
    """
    text = raw[:LIMIT].decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        return None
    try:
        value, _ = _decoder.raw_decode(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and value:
        return value
    pairs: dict[str, Any] = {}
    for name, item in _PAIR.findall(text):
        try:
            pairs.setdefault(name, json.loads(item, strict=False))
        except ValueError:
            continue
    return pairs or None
