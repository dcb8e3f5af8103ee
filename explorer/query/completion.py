"""What could stand at the cursor of a query that is being written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from explorer.query.fields import ATTRIBUTE, FIELDS, ID_STATUS, SPAN_STATUS, attribute_name
from explorer.query.lexer import Token, tokens
from explorer.query.spelling import attribute_text, value_text

MOST = 50  # candidates offered at once

# Of severities one word each; the synonyms are understood but not offered.
_FIXED = {
    "status": (*SPAN_STATUS, *ID_STATUS),
    "level": ("trace", "debug", "info", "warn", "error", "fatal"),
    "kind": ("client", "server", "producer", "consumer", "internal"),
}
_NUMERIC = frozenset({"duration", "time"})


@dataclass(frozen=True, slots=True)
class Completion:
    """Texts of which each can replace ``text[start:end]`` of the query."""

    start: int
    end: int
    candidates: tuple[str, ...]


def complete(text: str, cursor: int, values: Callable[[str, str], Sequence[str]]) -> Completion:
    """What to offer at a place of a query, which need not be finished or right.

    Args:
        text: the query.
        cursor: place in it, from 0 to its length.
        values: the values that exist of a field or an attribute (without ``attr.``) and might complete a
            beginning; asked for ``attr``, the names of attributes.
    """
    before = [token for token in tokens(text, lenient=True) if token.start < cursor]
    current = before[-1] if before and cursor <= before[-1].end else None
    if current is not None and current.sort in {"operator", "(", ")", "-"}:
        current = None
    earlier = before[:-1] if current else before
    start, end = (current.start, current.end) if current else (cursor, cursor)
    prefix = _written(current, cursor)
    if earlier and earlier[-1].sort == "operator":
        name = earlier[-2] if len(earlier) > 1 else None
        found = _values(name, prefix, values)
    elif current is not None and current.sort == "string":
        found = []
    else:
        found = _names(prefix, values, follows=bool(earlier))
    return Completion(start, end, tuple(found[:MOST]))


def _written(token: Token | None, cursor: int) -> str:
    """What stands of a token before the cursor, without its opening quote."""
    if token is None:
        return ""
    return token.text[: cursor - token.start - (token.sort == "string")].lower()


def _values(name: Token | None, prefix: str, values: Callable[[str, str], Sequence[str]]) -> list[str]:
    if name is None or name.sort not in {"word", "string"}:
        return []
    attribute = attribute_name(name.text, quoted=name.sort == "string")
    field = attribute if attribute is not None else name.text.lower()
    fixed = () if attribute is not None else _FIXED.get(field, ())
    matching = _matching((*fixed, *values(field, prefix)), prefix)
    return [value_text(value, ":", quoted="*" in value) for value in matching]


def _names(prefix: str, values: Callable[[str, str], Sequence[str]], *, follows: bool) -> list[str]:
    fields = [name + (">" if field.kind in _NUMERIC else ":") for name, field in FIELDS.items()]
    asked = prefix.removeprefix(ATTRIBUTE)
    attributes = [attribute_text(name) + ":" for name in (values("attr", asked) if prefix else ())]
    if prefix.startswith(ATTRIBUTE):
        attributes = [name if name.startswith((ATTRIBUTE, '"')) else ATTRIBUTE + name for name in attributes]
    words = ["and", "or", "not"] if follows and prefix else ["not"] if prefix else []
    return _matching((*fields, *words, *attributes), prefix)


def _matching(candidates: Iterable[str], prefix: str) -> list[str]:
    """Those that contain the beginning, those that begin with it first; each once."""
    known = [name for name in dict.fromkeys(candidates) if prefix in name.lower()]
    return sorted(known, key=lambda name: not name.lower().startswith(prefix))
