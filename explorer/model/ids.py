"""Trace and span ids in every spelling, as 128- and 64-bit numbers.

Spellings met in real exports (`trace-formats`): 16 or 32 hex digits in any case, with dashes
(UUID, also in braces, or with a dash lost), with ``0x``, ``tr-`` (MLflow) or ``1-`` (AWS X-Ray), without leading
zeros, within a ``traceparent`` (ASP.NET), base64 of 8 or 16 bytes (protojson), decimal (Datadog, Google), and free
text, which is hashed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_HEX = re.compile(r"(?:0[xX])?([0-9a-fA-F]{1,32})\Z")
_UUID = re.compile(
    r"(?:urn:uuid:)?[{(]?([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})[)}]?\Z"
)
_ONE_DASH = re.compile(r"[0-9a-fA-F]{16}-[0-9a-fA-F]{16}\Z")  # a trace and a span, as B3 writes them
_XRAY = re.compile(r"1-([0-9a-fA-F]{8})-([0-9a-fA-F]{24})\Z")
_PARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\Z")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{11}=?|[A-Za-z0-9+/_-]{22}(?:==)?)\Z")
_HEADERS = (
    re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b"),  # traceparent
    re.compile(r"(?:.*;)?Root=(1-[0-9a-f]{8}-[0-9a-f]{24})\b"),  # X-Amzn-Trace-Id
    re.compile(r"([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(?:-[01d])?(?:-[0-9a-f]{16})?\Z"),  # b3
    re.compile(r"([0-9a-f]{32})/[0-9]+"),  # x-cloud-trace-context
)
_LONGEST_DECIMAL = 40
_SHORTEST = 11  # base64 of 8 bytes without its padding
_MASK = (1 << 64) - 1
_NONE = frozenset({"", "0", "null", "none", "root", "-", "undefined", "nil"})


def parse_id(text: str) -> int | None:
    """The number that a spelling stands for, None where it is no hex, base64 or UUID form."""
    text = text.removeprefix("tr-")
    if match := _HEX.match(text):
        return int(match[1], 16)
    match = _XRAY.match(text) or _PARENT.match(text) or (None if _ONE_DASH.match(text) else _UUID.match(text))
    if match:
        return int("".join(match.groups()), 16)
    if _BASE64.match(text):
        try:
            raw = base64.b64decode(
                text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True
            )
        except (binascii.Error, ValueError):
            return None
        return int.from_bytes(raw, "big") if len(raw) in (8, 16) else None
    return None


def is_traceparent(text: str) -> bool:
    """Whether a text is the value of W3C's header, which holds a trace and a span: nothing else has that form."""
    return _PARENT.match(text) is not None


def meant_ids(text: str) -> list[int]:
    """The numbers that a person who writes this may mean: any spelling, a header that holds one, a decimal."""
    text = text.strip().strip("\"'")
    header = next((match for form in _HEADERS if (match := form.match(text))), None)
    text = header[1] if header else text
    number = parse_id(text)
    decimal = int(text) if text.isascii() and text.isdecimal() and len(text) < _LONGEST_DECIMAL else 0
    return [one for one in (number, decimal) if one]


def is_absent(text: str) -> bool:
    """Whether a spelling means "no id": empty, zero, null, ``root`` and the like."""
    digits = text[2:] if text[:2] == "0x" else text
    return text.lower() in _NONE or not digits.strip("0-") or (len(text) in (12, 24) and not text.strip("A="))


def trace_number(text: str) -> int:
    """A trace id as an unsigned 128-bit number; free text is hashed (top bit set, so no collision with short ids)."""
    number = parse_id(text)
    if number is not None:
        return number
    return (
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest(), "big")
        | 1 << 127
    )


def span_number(text: str) -> int:
    """A span id as an unsigned 64-bit number, 0 for none; longer or other ids are hashed."""
    if is_absent(text):
        return 0
    number = parse_id(text)
    if number is not None and number <= _MASK:
        return number
    return (
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") or 1
    )


def span_numbers(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Many span ids at once: one join and one unhex where all are 16 hex digits or empty, else one by one."""
    return span_numbers_marked(texts)[0]


def span_numbers_marked(texts: Sequence[str]) -> tuple[NDArray[np.uint64], list[int]]:
    """As :func:`span_numbers`, and the positions of the ids that are no 64-bit number, so were hashed."""
    packed = _unhexed(texts)
    if packed is None and "" in texts:  # no parent, common beside full ones
        texts = [t or "0000000000000000" for t in texts]
        packed = _unhexed(texts)
    if packed is not None:
        return np.frombuffer(packed, ">u8").astype(np.uint64), []
    hashed = [i for i, t in enumerate(texts) if not is_absent(t) and not 0 <= (parse_id(t) or 0) - 1 < _MASK]
    return np.array([span_number(t) for t in texts], dtype=np.uint64), hashed


def _unhexed(texts: Sequence[str], digits: int = 16) -> bytes | None:
    """The bytes of ids of so many hex digits; None where any is no such id."""
    joined, gaps, each = " ".join(texts), len(texts) - 1, digits + 1
    # Each has 16 signs if every 17th is a blank and no other: cheaper than to ask each for its length.
    if len(joined) != each * gaps + digits or joined[digits::each] != " " * gaps or joined.count(" ") != gaps:
        return None
    try:
        packed = bytes.fromhex(joined)
    except ValueError:
        return None
    return packed if 2 * len(packed) == digits * len(texts) else None


def trace_text(number: int) -> str:
    """The canonical spelling of a trace id: 32 hex digits, or 16 where it has no upper half."""
    return f"{number:032x}" if number > _MASK else f"{number:016x}"


def id_forms(text: str) -> tuple[str, ...]:
    """The canonical spellings of what a person may mean by a text; none for what is too short to be a whole id."""
    return tuple(map(trace_text, meant_ids(text))) if len(text) >= _SHORTEST else ()


def span_text(number: int) -> str:
    """The canonical spelling of a span id: 16 hex digits, ``""`` for none."""
    return f"{number:016x}" if number else ""


def _plain_hex(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


class TraceInterner(dict[str, int]):
    """Any spelling of a trace id to its trace code: ``codes[text]``; absent ids are -1.

    Attributes:
        numbers: 128-bit number by code.
        texts: first spelling met, by code; empty where only the number was met.
    """

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []
        self.texts: list[str] = []
        self._by_number: dict[int, int] = {}

    def __missing__(self, text: str) -> int:
        if len(text) == 32 and text.isascii() and text.isalnum() and (number := _plain_hex(text)):
            code = self.number(number, text)  # nearly all are like this: worth a way of its own
        else:
            code = (
                -1
                if is_absent(text)
                else self.number(trace_number(text), "" if is_traceparent(text) else text)
            )
        self[text] = code
        return code

    def number(self, number: int, text: str = "") -> int:
        """The code of a trace given by its number (readers of binary or decimal ids)."""
        code = self._by_number.setdefault(number, len(self.numbers))
        if code == len(self.numbers):
            self.numbers.append(number)
            self.texts.append(text)
        return code

    def many(self, texts: Sequence[str]) -> list[int]:
        """The codes of many spellings, in three quarters of the time where all are the canonical one."""
        packed = _unhexed(texts, 32) if "".join(texts).islower() else None
        if packed is None:
            return [self[text] for text in texts]
        numbers = (int.from_bytes(packed[at : at + 16]) for at in range(0, len(packed), 16))
        return [
            self.number(number) if number > _MASK else self[text]
            for number, text in zip(numbers, texts, strict=True)
        ]

    def text(self, code: int) -> str:
        """The first spelling met of a trace, else its canonical one."""
        return self.texts[code] or trace_text(self.numbers[code])
