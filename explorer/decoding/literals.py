"""Values as Node.js (``console.dir``, ``util.inspect``) and Python (``repr``) print them: like JSON, with other quotes,
bare keys and times, tuples, and objects that are told in words.
"""

from __future__ import annotations

import re
from typing import Any, Final

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<open>[{\[(]) | (?P<close>[}\])]) | (?P<comma>,) | (?P<colon>:) | (?P<plus>\+)
    | [bu]?'(?P<single>(?:[^'\\]|\\.)*)' | [bu]?"(?P<double>(?:[^"\\]|\\.)*)" | `(?P<back>(?:[^`\\]|\\.)*)`
    | (?P<special>\[(?:Object|Array|Function|Circular|Symbol|Getter|Date|class)[^\]\n]*\])
    | (?P<told>\d{4}-\d\d-\d\dT[\d:.]+Z | [A-Za-z_][\w.]*\((?:[^()\n]|\([^()\n]*\))*\) | <(?:[^<>\n]|<[^<>\n]*>)+>)
    | (?P<number>-?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)n?(?![\w$])
    | (?P<more>\.\.\.\ [^\n\]},]*)
    | (?P<word>[A-Za-z_$][\w$]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ERROR: Final = re.compile(
    r"\s*(?P<name>[A-Z]\w*)(?: \[\w+\])?: (?P<message>.*?)"
    r"(?P<frames>(?:\n[ \t]+at [^\n]*?(?=,?\n| \{\n|\Z))+)(?P<open> \{\n)?",
    re.DOTALL,
)
"""An exception as Node.js prints it among other values: its stack trace, and in braces what else it holds."""
_FRAME: Final = re.compile(r"\n[ \t]+at ")
_SPECIAL: Final = re.compile(r"\s*\[(?:Object|Array|Function|Circular|Symbol|Getter|Date|class)\b")
_WORDS: Final[dict[str, Any]] = {
    "true": True, "false": False, "null": None, "undefined": None, "NaN": None,
    "True": True, "False": False, "None": None, "nan": None,
}  # fmt: skip
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_ESCAPE: Final = re.compile(
    r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL
)
_DATETIME: Final = re.compile(
    r"datetime\.datetime\((\d{4}), (\d+), (\d+), (\d+), (\d+)(?:, (\d+))?(?:, (\d+))?(?P<zone>(?:, tzinfo=.*)?)\)"
)
_DEPTH: Final = 64


class LiteralError(ValueError):
    """The text is no such value."""


def literal(text: str) -> Any:
    """The first value in a text.

    Raises:
        LiteralError: there is none, or it is cut short.
    """
    return _Parser(text).value()


class _Parser:
    """Keeps the containers that are open on a list, so that deep nesting costs no stack."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._last_frame = max((match.start() for match in _FRAME.finditer(text)), default=-1)
        self._open: list[tuple[Any, str]] = []  # a container, and the key it will have in the one around it
        self._key: str | None = None

    def value(self) -> Any:
        while True:
            done, value = self._step()
            if done:
                return value

    def _step(self) -> tuple[bool, Any]:
        if (
            self._at < self._last_frame
            and not self._is_key()
            and (raised := _ERROR.match(self._text, self._at))
        ):
            return self._exception(raised)
        special = _SPECIAL.match(self._text, self._at)
        match = _TOKEN.match(self._text, self._at)
        if special:
            end = self._text.find("]", self._at) + 1
            if not end:
                raise LiteralError
            value, self._at = self._text[self._at : end].strip(), end
            return self._put(value)
        if match is None or len(self._open) > _DEPTH:
            raise LiteralError
        self._at = match.end()
        kind, found = match.lastgroup or "", match[match.lastgroup or 0]
        match kind:
            case "open":
                self._open.append(({} if found == "{" else [], self._key or ""))
                self._key = None
                return False, None
            case "close":
                if not self._open:
                    raise LiteralError
                value, self._key = self._open.pop()
                return self._put(value)
            case "single" | "double" | "back":
                return self._text_or_key(_ESCAPE.sub(_unescaped, found))
            case "told":
                return self._put(_written(found))
            case "number":
                return self._put(_number(found))
            case "word":
                return self._word(found)
        return False, None

    def _exception(self, raised: re.Match[str]) -> tuple[bool, Any]:
        self._at = raised.end()
        stack = f"{raised['name']}: {raised['message']}{raised['frames']}"
        value = {"name": raised["name"], "message": raised["message"], "stack": stack}
        if not raised["open"]:
            return self._put(value)
        self._open.append((value, self._key or ""))
        self._key = None
        return False, None

    def _text_or_key(self, value: str) -> tuple[bool, Any]:
        """A text; one behind ``+`` goes on the text before it."""
        if self._is_key():
            self._key = value
            return False, None
        while (more := re.compile(r"\s*\+\s*(['\"`])").match(self._text, self._at)) is not None:
            self._at = more.end() - 1
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                raise LiteralError
            self._at = match.end()
            value += _ESCAPE.sub(_unescaped, match[match.lastgroup or 0])
        return self._put(value)

    def _word(self, word: str) -> tuple[bool, Any]:
        """A key, a constant, or the name of a class before its braces."""
        if self._is_key():
            self._key = word
            return False, None
        rest = self._text[self._at : self._at + 80].lstrip()
        if word not in _WORDS and rest[:1] in ("{", "["):
            return False, None
        return self._put(_WORDS.get(word, word))

    def _is_key(self) -> bool:
        inside = bool(self._open) and isinstance(self._open[-1][0], dict) and self._key is None
        return inside and self._text[self._at : self._at + 16].lstrip()[:1] == ":"

    def _put(self, value: Any) -> tuple[bool, Any]:
        if not self._open:
            return True, value
        container = self._open[-1][0]
        if isinstance(container, dict):
            if self._key is not None:
                container[self._key] = value
            self._key = None
        else:
            container.append(value)
        return False, None


def _number(text: str) -> int | float:
    plain = text.replace("_", "")
    return float(plain) if any(mark in plain for mark in ".eE") else int(plain)


def _written(told: str) -> str:
    """A time of Python's as it is mostly written; all else as it is printed."""
    match = _DATETIME.fullmatch(told)
    if match is None:
        return told
    year, month, day, hour, minute, second, micro = (int(part or 0) for part in match.groups()[:7])
    zone = "Z" if "utc" in match["zone"] else ""
    return f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}{zone}"


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uUx" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _ESCAPES.get(code, code)
