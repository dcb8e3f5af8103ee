"""YAML as programs write it: nested maps and lists by indentation, scalars plain, quoted or in blocks.

This is the part of YAML 1.2 that kubectl, Argo and PyYAML put out; anchors, tags and flow collections over several
lines are not read. Scalars are told apart as JSON's would be.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from explorer.decoding.lenient import loads as json_loads

_DEPTH: Final = 64
_KEY: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'\[{&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?:\s+|\Z)"""
)
_BLOCK: Final = re.compile(r"([|>])([+-]?)(\d?)([+-]?)\s*(?:#.*)?\Z")
_MARKER: Final = re.compile(r"(?m)^(?:---|\.\.\.)(?:[ \t].*)?\r?$")
_INT: Final = re.compile(r"[-+]?\d{1,18}\Z")
_FLOAT: Final = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?\Z")
_WORDS: Final = {"null": None, "~": None, "": None, "true": True, "false": False}


def documents(text: str) -> list[Any]:
    """The documents of a YAML text.

    Raises:
        ValueError: something in it is beyond this reader, or wrong.
    """
    found: list[Any] = []
    for part in parts(text):
        lines = [
            _Line(len(line) - len(line.lstrip(" ")), line.strip(), line)
            for line in part.text.replace("\r\n", "\n").splitlines()
        ]
        if any(line.holds for line in lines):
            found.append(_Parser(lines).document())
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """The text of one document, and the character of the whole text at which it begins."""

    text: str
    offset: int


def parts(text: str) -> list[Part]:
    """The text of each document; what holds nothing is one, too."""
    found, begin = [], 0
    for match in _MARKER.finditer(text):
        found.append(Part(text[begin : match.start()], begin))
        begin = match.end()
    found.append(Part(text[begin:], begin))
    return [part for part in found if part.text.strip()] or found[:1]


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    text: str
    raw: str

    @property
    def holds(self) -> bool:
        """Whether it holds anything but a comment."""
        return bool(self.text) and not self.text.startswith(("#", "%"))


class _Parser:
    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._at = 0

    def document(self) -> Any:
        """All of it."""
        value = self._node(-1, 0)
        if self._next() is not None:
            raise ValueError(f"line {self._at + 1} is out of place")
        return value

    def _next(self) -> _Line | None:
        """The next line that holds something, which is then the current one."""
        while self._at < len(self._lines) and not self._lines[self._at].holds:
            self._at += 1
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _node(self, above: int, depth: int) -> Any:
        """What is indented deeper than ``above``; None where nothing is."""
        line = self._next()
        if line is None or line.indent <= above:
            return None
        if depth > _DEPTH:
            raise ValueError("nested too deeply")
        if line.text == "-" or line.text.startswith("- "):
            return self._list(line.indent, depth)
        if _KEY.match(line.text):
            return self._map(line.indent, depth)
        self._at += 1
        return self._scalar(line.text, above)

    def _list(self, indent: int, depth: int) -> list[Any]:
        items: list[Any] = []
        while (line := self._next()) is not None and line.indent == indent:
            if line.text == "-":
                self._at += 1
                items.append(self._node(indent, depth + 1))
            elif line.text.startswith("- "):
                rest = line.text[1:].lstrip()
                inner = line.indent + len(line.text) - len(rest)
                self._lines[self._at] = _Line(inner, rest, " " * inner + rest)
                items.append(self._node(indent, depth + 1))
            else:
                break
        return items

    def _map(self, indent: int, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while (line := self._next()) is not None and line.indent == indent:
            match = _KEY.match(line.text)
            if match is None:
                break
            self._at += 1
            name, rest = str(_plain(match[1])), line.text[match.end() :]
            if rest and not rest.startswith("#"):
                items[name] = self._scalar(rest, indent)
                continue
            following = self._next()  # a list may stand as deep as its key
            beside = (
                following is not None and following.indent == indent and following.text[:2] in ("-", "- ")
            )
            items[name] = self._node(indent - 1 if beside else indent, depth + 1)
        return items

    def _scalar(self, text: str, above: int) -> Any:
        """A scalar that begins with ``text`` and may go on over deeper lines."""
        if block := _BLOCK.match(text):
            return self._block(block[1] == "|", block[2] or block[4], above)
        parts = [text]
        quote = text[0] if text[0] in "\"'" else ""
        closed = bool(quote) and _closes(text[1:], quote)
        while not closed and self._at < len(self._lines):
            line = self._lines[self._at]
            if line.text and line.indent <= above and not quote:
                break
            if not line.text and not quote and not self._goes_on(above):
                break
            if not quote and _KEY.match(line.text):
                raise ValueError(f"line {self._at + 1} is out of place")
            parts.append(line.text or "\n")
            closed = bool(quote) and _closes(line.text, quote)
            self._at += 1
        return _plain(" ".join(parts).replace(" \n ", "\n").replace("\n ", "\n") if len(parts) > 1 else text)

    def _goes_on(self, above: int) -> bool:
        following = self._next()
        return following is not None and following.indent > above

    def _block(self, literal: bool, chomp: str, above: int) -> str:
        """A literal or folded block."""
        taken: list[str] = []
        inner = -1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.text and line.indent <= above:
                break
            inner = line.indent if inner < 0 and line.text else inner
            taken.append(line.raw[inner:] if line.text else "")
            self._at += 1
        text = "\n".join(taken) if literal else re.sub(r"(?<!\n)\n(?!\n)", " ", "\n".join(taken))
        return text + "\n" if chomp == "+" else text.rstrip("\n") + ("" if chomp == "-" else "\n")


def _closes(text: str, quote: str) -> bool:
    """Whether a quoted scalar ends within a line of it; an escape never goes on in the next."""
    return quote in (re.sub(r"\\.", "", text) if quote == '"' else text.replace("''", ""))


def _plain(text: str) -> Any:
    """The value of a scalar on one line."""
    text = text.strip()
    if text[:1] == '"':
        try:
            return json.loads(text[: text.rfind('"') + 1], strict=False)
        except ValueError:
            return text.strip('"')
    if text[:1] == "'":
        return text[1 : text.rfind("'")].replace("''", "'")
    if text[:1] in ("{", "["):
        try:
            return json_loads(text.encode("utf-8", "replace"))
        except ValueError:
            return text
    text = re.sub(r"\s+#.*\Z", "", text)
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text
