"""What stands before the message in lines of which only time and level are known.

Programs write loggers, threads, processes and places in the source there, in any order and number. Each is in
brackets, behind a sign that parts it from the rest, or before the level: what stands otherwise is of the message.
"""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.logs.objects import Pairs
from explorer.decoding.logs.severity import LEVEL_PATTERN

AT_MOST: Final = 8
"""Parts of a head."""
_SIGN: Final = r"(?:-*>+|-+|[|:])"
_WORD: Final = r"([\w.$#/\\@\-]+(?::[\w<>]+|\((?:\w+\.[a-z]+:)?\d+\)|\[\d+\])*)"
_BEHIND: Final = rf"(?:\s*{_SIGN}(?=[\s\[(<])|\|)?\s*"
_BRACKETED: Final = re.compile(
    rf"(?:\[([^\[\]]{{0,120}})\]|\(([^()]{{0,120}})\)|<([^<>]{{0,120}})>|\{{([^{{}}\"\x27]{{0,120}})\}}){_BEHIND}(?=\S)"
)
_PARTED: Final = re.compile(rf"{_WORD}(?:\s+{_SIGN}\s+|\s*+\|\s*+|[^\S\t]*+\t\s*+|:\s+)(?=\S)")
_COLONS: Final = re.compile(r"([A-Za-z_][\w.$\-]*):(?=[^\s/:])")
_SPACED: Final = re.compile(rf"{_WORD}(\s+)(?=\S)")
_SIGNS: Final = re.compile(rf"{_SIGN}\s+")
_LEVEL: Final = re.compile(rf"[\[(<]?{LEVEL_PATTERN}\s*[\])>]?{_BEHIND}:?\s*")
_KINDS: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("level", LEVEL_PATTERN),
        ("", r"-?"),
        (
            "context",
            r"(?:[\w.\-]*,)?[0-9a-f]{16,32}(?:[,/ |:\-][0-9a-f]{16}(?:[,\-]\w+)?)?|[\w.\-]*,,(?:,\w*)?",
        ),
        ("pid", r"(?:(?:PID|pid)[ :=]?|p)?(\d{1,19})"),
        ("rank", r"(?:RANK|[Rr]ank)[ :=]?(\d+)"),
        (
            "source",
            r"[\w./\\\-]*\w\.[A-Za-z]{1,5}(?::[\w<>]+\(\))?(?::\d+(?::[\w<>.]+)?|\(\d+\))|[\w.$]+\([\w$]+\.(?:java|kt|scala):\d+\)",
        ),
        ("logger", r"([A-Za-z_][\w$\-]*(?:(?:\.|::|/)[\w$\-]+)+)(?::\d+|:<?\w+>?(?::\d+)?|\(\d+\)|\[\d+\])?"),
        ("logger", r"([A-Za-z_][\w$\-]*)(?::\d+|\(\d+\)|\[\d+\])"),
        ("thread", r"(?![A-Z]+\Z)[A-Za-z_][\w$#\-]*(?:[ /]\d+)?"),
    )
)
"""What a part may be, the first that fits: a group of the pattern is the value, else all of it."""


def without_head(message: str, level_end: int = 0, before: str = "") -> tuple[str, Pairs]:
    """A message without what stands before it, and this by name.

    Args:
        message: what follows the time, and the level if it was before this.
        level_end: where the level ends that stands within it; 0: it stands before.
        before: what parts the message from what was before it.
    """
    at, pairs = 0, list[tuple[str, str]]()
    for _ in range(AT_MOST):
        found = _part(message, at, level_end, before if not at else "")
        if found is None:
            break
        name, value, at = found
        if name and value:
            pairs.append((name, value))
    if at < level_end or not message[at:].strip():
        return message, []
    names = [name for name, _ in pairs]
    return message[at:], [
        pair for i, pair in enumerate(pairs) if names.index(pair[0]) == i and pair[0] != "level"
    ]


def _part(message: str, at: int, level_end: int, before: str) -> tuple[str, str, int] | None:
    """Name, value and end of the part that stands there; None where it is the message."""
    if at < level_end and (match := _LEVEL.match(message, at)):
        return "level", match[0].strip(), match.end()
    if match := _BRACKETED.match(message, at):
        inside = next(group for group in match.groups() if group is not None)
        kind = _kind(inside.strip())
        return (*kind, match.end()) if kind else None
    if at < level_end and (match := _SIGNS.match(message, at)):
        return "", "", match.end()
    if match := _PARTED.match(message, at):
        kind = _kind(match[1])
        weak = message[match.end(1)] in ":\t" and kind is not None and kind[0] not in ("source", "logger")
        return (*kind, match.end()) if kind and not (weak and at >= level_end) else None
    if before.endswith(":") and (match := _COLONS.match(message, at)):
        return "logger", match[1], match.end()
    match = _SPACED.match(message, at)
    if match and (at < level_end or (":" in match[1] and message[match.end()] == "[")):
        kind = _kind(match[1])
        plain = kind is not None and kind[0] == "thread" and len(match[2]) < 2
        return (*kind, match.end()) if kind and not plain else None
    return None


def _kind(text: str) -> tuple[str, str] | None:
    """What a part of a head is, and its value; None where it is none."""
    for name, pattern in _KINDS:
        if match := pattern.fullmatch(text):
            return name, match[match.lastindex or 0]
    return None
