"""Values as Ruby prints them (``inspect``, ``pp``): texts, symbols, lists, hashes, and objects with their fields."""

from __future__ import annotations

import re
from typing import Any, Final

_TOKEN: Final = re.compile(
    r"""\s*(?:
    "(?P<text>(?:[^"\\]|\\.)*)"
    | \#<(?:struct\s+)?(?P<object>[A-Z][\w:]*)?(?::0x[0-9a-f]+)?
    | (?P<open>[{\[]) | (?P<close>[}\]>]) | (?P<arrow>=>|=|:(?=\s)) | (?P<comma>,)
    | :(?P<symbol>"(?:[^"\\]|\\.)*"|\w+[?!]?)
    | (?P<number>-?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)
    | (?P<word>@?[A-Za-z_][\w.]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final[dict[str, Any]] = {"nil": None, "true": True, "false": False}
_ESCAPES: Final = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, "v": 11, "a": 7, "e": 27, "0": 0}
_ESCAPE: Final = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|[0-7]{3}|.)", re.DOTALL)
_DEPTH: Final = 64


class LiteralError(ValueError):
    """The text is no such value, or cut short."""


def literal(text: str) -> Any:
    """The first value in a text; objects and hashes as dicts, texts as bytes.

    Raises:
        LiteralError: there is none, or it is cut short.
    """
    at, waiting = 0, list[tuple[list[Any], str]]()  # what a container holds so far, and how it ends
    while True:
        match = _TOKEN.match(text, at)
        if match is None or len(waiting) > _DEPTH:
            raise LiteralError
        at = match.end()
        kind = match.lastgroup
        if kind in ("object", None) and match[0].lstrip().startswith("#<"):
            waiting.append(([], ">"))
            continue
        if kind == "open":
            waiting.append(([], "]" if match["open"] == "[" else "}"))
            continue
        value: Any = None
        if kind == "close":
            if not waiting or waiting[-1][1] != match["close"]:
                raise LiteralError
            items, end = waiting.pop()
            value = items if end == "]" else _pairs(items)
        elif kind in ("arrow", "comma"):
            continue
        else:
            value = _plain(kind or "", match)
        if not waiting:
            return value
        waiting[-1][0].append(value)


def _plain(kind: str, match: re.Match[str]) -> Any:
    found = match[kind]
    if kind == "text":
        return _bytes(found)
    if kind == "number":
        plain = found.replace("_", "")
        return float(plain) if any(mark in plain for mark in ".e") else int(plain)
    if kind == "symbol":
        return found.strip('"')
    return _WORDS.get(found, found)


def _pairs(items: list[Any]) -> dict[str, Any]:
    """Names and values in turn."""
    names = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in items[::2]]
    return dict(zip((name.lstrip("@") for name in names), items[1::2], strict=False))


def _bytes(text: str) -> bytes:
    found, last = bytearray(), 0
    for match in _ESCAPE.finditer(text):
        found += text[last : match.start()].encode("utf-8", "replace")
        found += _unescaped(match[1])
        last = match.end()
    return bytes(found + text[last:].encode("utf-8", "replace"))


def _unescaped(code: str) -> bytes:
    if code[0] == "x" and len(code) > 1:
        return bytes((int(code[1:], 16),))
    if code[0] == "u" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number).encode("utf-8", "replace") if number < 0x110000 else b"?"
    if len(code) == 3:
        return bytes((int(code, 8) & 255,))
    return bytes((_ESCAPES[code],)) if code in _ESCAPES else code.encode("utf-8", "replace")
