"""Long values laid out to be read: JSON indented, SQL broken at its clauses, conversations by who spoke.

Nothing is evaluated and nothing is lost: JSON is indented sign by sign, so that a number of thirty digits, a key
given twice or a text cut off in the middle stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import orjson

Kind = Literal["json", "sql", "conversation", "text"]
MOST: Final = 1_000_000
"""Characters that are laid out; longer values are shown as they are."""
_INDENT: Final = "  "
_DEEPEST: Final = 40
_WIDTH: Final = 72
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_SQL_START: Final = re.compile(
    r"\s*(?:/\*.{0,400}?\*/\s*)?(?:select|insert\s+into|update|delete\s+from|with|merge\s+into|create\s+(?:or\s+replace\s+)?"
    r"(?:table|index|view)|alter\s+table|explain)\b(?=.*\s)",
    re.IGNORECASE | re.DOTALL,
)
_SQL_NAME: Final = re.compile(r"(?:^|[._])(?:sql|statement|query)(?:$|[._])")
_SQL_PART: Final = re.compile(
    r"'(?:[^']|'')*'?|\"[^\"]*\"?|`[^`]*`?|--[^\n]*|/\*.*?(?:\*/|$)|"
    r"\b(?:from|where|(?:left|right|inner|full|cross|outer|natural)?(?:\s+outer)?\s*\bjoin|group\s+by|order\s+by|having|limit|"
    r"offset|union(?:\s+all)?|intersect|except|values|set|returning|on\s+conflict|window|and|or)\b|[()]|\s+",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Pretty:
    """A value laid out; ``kind`` says as what."""

    kind: Kind
    text: str


def pretty(name: str, value: str) -> Pretty:
    """Lay a value out by what it is; its name tells SQL from prose."""
    if len(value) > MOST:
        return Pretty("text", value)
    start = value.lstrip()[:1]
    if start in {"{", "["} and len(value) > 2:
        spoken = _conversation(value)
        return Pretty("conversation", spoken) if spoken else Pretty("json", indented(value))
    if _SQL_START.match(value) and (
        _SQL_NAME.search(name.lower()) or re.search(r"(?i)\bfrom\b|\bset\b", value)
    ):
        return Pretty("sql", clauses(value))
    return Pretty("text", value)


def indented(text: str) -> str:
    """JSON with a line for each member; lists of plain values fill lines. Takes cut and faulty JSON too."""
    parts: list[str] = []
    depth = at = length = 0
    signs = _TOKEN.findall(text)
    while at < len(signs):
        sign, room = signs[at], _line(depth) if length < 2 * MOST else ""
        closing = _plain_until(signs, at)
        if closing:
            sign = _filled(signs[at : closing + 1], room)
            at = closing
        elif sign in ("{", "["):
            depth += 1
            sign += room and _line(depth)
        elif sign in ("}", "]"):
            depth = max(depth - 1, 0)
            sign = (room and _line(depth)) + sign
        elif sign == ",":
            sign += room
        elif sign == ":":
            sign = ": "
        parts.append(sign)
        length += len(sign)
        at += 1
    return "".join(parts)


def _plain_until(signs: list[str], at: int) -> int:
    """Where a list without objects and lists in it, or an empty object, ends; 0 for any other sign."""
    if signs[at] == "{":
        return at + 1 if signs[at + 1 : at + 2] == ["}"] else 0
    if signs[at] != "[":
        return 0
    for place in range(at + 1, len(signs)):
        if signs[place] == "]":
            return place
        if signs[place] in ("[", "{", "}"):
            break
    return 0


def _filled(signs: list[str], room: str) -> str:
    """A list of plain values in lines of at most :data:`_WIDTH` signs."""
    lines, inner = [signs[0]], signs[1:-1]
    for sign in inner:
        if sign == ",":
            lines[-1] += ","
        elif len(lines[-1]) + len(sign) > _WIDTH and len(lines[-1]) > 1:
            lines.append(sign)
        else:
            lines[-1] += f" {sign}" if lines[-1].endswith(",") else sign
    return (room + _INDENT if room else " ").join(lines) + signs[-1]


def _line(depth: int) -> str:
    return "\n" + _INDENT * min(depth, _DEEPEST)


def clauses(text: str) -> str:
    """SQL with a line for each clause, conditions below theirs; quoted texts and comments stay as they are."""
    parts: list[str] = []
    at = depth = 0
    for found in _SQL_PART.finditer(text):
        parts.append(text[at : found.start()])
        at, part = found.end(), found[0]
        word = part.lower()
        if part.isspace():
            parts.append(" ")
        elif part in "()":
            depth = max(depth + (1 if part == "(" else -1), 0)
            parts.append(part)
        elif part[0] in "'\"`-/" or depth:
            parts.append(part + ("\n" if part.startswith("--") else ""))
        else:
            parts.append(f"\n{_INDENT if word in ('and', 'or') else ''}{part}")
    parts.append(text[at:])
    lines = "".join(parts).split("\n")
    return "\n".join(kept for line in lines if (kept := line.rstrip()).strip())


def _conversation(text: str) -> str:
    """Messages of a chat (OpenAI, Anthropic, OpenTelemetry's gen_ai) as who said what; "" for any other JSON."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    if isinstance(value, dict):
        value = value.get("messages", [value] if "role" in value else None)
    if not isinstance(value, list) or not value:
        return ""
    turns = []
    for message in value:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            return ""
        said = "\n".join(_said(message))
        turns.append(f"{message['role']}:\n" + "\n".join(_INDENT + line for line in said.split("\n")))
    return "\n\n".join(turns)


def _said(message: dict[str, object]) -> Iterator[str]:
    """The texts of a message; what is no text, as JSON."""
    content = message.get("content", message.get("parts"))
    for part in content if isinstance(content, list) else [content]:
        inner = part.get("text", part.get("content")) if isinstance(part, dict) else part
        if isinstance(inner, str):
            yield inner
        elif part is not None:
            yield indented(orjson.dumps(part).decode())
    for name, value in message.items():
        if name not in ("role", "content", "parts") and value not in (None, [], ""):
            yield f"{name}: {indented(orjson.dumps(value).decode())}"
