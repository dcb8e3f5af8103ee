"""Protobuf text into fields, for messages that are small. Format: protobuf.dev, Text Format Language."""

from __future__ import annotations

import re
from typing import Any, Final

Fields = list[tuple[str, Any]]
"""Name and value of each field in order; a message is again fields, anything else text."""

_TOKEN: Final = re.compile(
    rb"""\s*(?:\#[^\n]*\n?\s*)*(?:(?P<open>[{<])|(?P<close>[}>])|(?P<skip>[:,;\[\]])"""
    rb"""|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<word>[^\s{}<>:,;\[\]"'\#]+))"""
)
_ESCAPE: Final = re.compile(rb"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_DEEPEST: Final = 200


def parse(data: bytes, errors: str = "replace") -> tuple[Fields, bytes]:
    """The fields of a message, and what is left of the last one where it is cut.

    Fields of bytes are written as texts are: ``errors`` says what becomes of those that are no UTF-8.
    """
    top: Fields = []
    above: list[Fields] = []
    fields, name, last, before = top, "", "", ""
    at = whole = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "open":
            inner: Fields = []
            fields.append((name, inner))
            above.append(fields)
            fields, name = inner, ""
            if len(above) > _DEEPEST:
                return top, b""
        elif kind == "close":
            if not above:
                return top, b""  # this is something else
            fields, name = above.pop(), ""
        elif kind == "text" and before == "text":  # strings that follow one another are one
            fields[-1] = (fields[-1][0], fields[-1][1] + _text(match["text"], errors))
        elif kind == "text":
            fields.append((name or last, _text(match["text"], errors)))
            last, name = name or last, ""
        elif kind == "word":
            word = match["word"].decode("utf-8", "replace")
            if data[at : at + 2].lstrip()[:1] in (b":", b"{", b"<"):
                name = word
            elif name:
                fields.append((name, word))
                name = ""
            else:
                name = word
        before = kind
        if not above and not name:
            whole = at
    rest = data[whole:] if above else b""
    return top[:-1] if above else top, rest


def _text(quoted: bytes, errors: str) -> str:
    return _ESCAPE.sub(_unescaped, quoted[1:-1]).decode("utf-8", errors)


def _unescaped(match: re.Match[bytes]) -> bytes:
    """A byte by its number; text that is not ASCII is written byte by byte."""
    code = match[1]
    if code[:1] == b"x" and len(code) > 1:
        return bytes((int(code[1:], 16),))
    if code[:1] in b"01234567":
        return bytes((int(code, 8) & 0xFF,))
    return _ESCAPES.get(code, code)
