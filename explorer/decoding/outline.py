"""The keys at the top of a JSON value, from a head of it that may be cut anywhere.

What tells one JSON format from another is which keys stand where; decoding 64 KiB to see them would cost more
than reading the record, and a cut head does not decode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

Outline = frozenset[tuple[str, ...]]
"""Paths of keys; lists leave no trace in a path, so that ``[{"a": [{"b": 1}]}]`` has ``("a",)`` and ``("a", "b")``."""

_DEPTH: Final = 4
_TOKENS: Final = 2500
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:(")|\Z)|[{}\[\],:]', re.DOTALL)
_QUOTE, _OPEN_OBJECT, _OPEN_LIST, _COMMA, _COLON = b'"{[,:'


@lru_cache(maxsize=4)
def outline(head: bytes, depth: int = _DEPTH) -> Outline:
    """Paths of at most ``depth`` keys in the first JSON value of ``head``; empty where it does not begin as one."""
    return frozenset(key_paths(head, depth))


def key_paths(head: bytes, depth: int = _DEPTH) -> Iterator[tuple[str, ...]]:
    """The same paths in their order, for who needs but the first of them; those of a list's elements repeat."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return
    above: list[tuple[tuple[str, ...], bool]] = []
    path: tuple[str, ...] = ()
    in_object = expects_key = False
    key = ""
    for count, match in enumerate(_TOKEN.finditer(head)):
        token = head[match.start()]
        if token == _QUOTE:
            if expects_key and len(path) < depth and match[1]:
                key = head[match.start() + 1 : match.end() - 1].decode("utf-8", "replace")
                yield (*path, key)
        elif token == _COLON:
            expects_key = False
        elif token == _COMMA:
            expects_key = in_object
        elif token in (_OPEN_OBJECT, _OPEN_LIST):
            above.append((path, in_object))
            path = (*path, key) if in_object else path
            in_object = expects_key = token == _OPEN_OBJECT
        else:
            if not above:
                break
            path, in_object = above.pop()
            expects_key = False
            if not above:
                break
        if count > _TOKENS:
            break
