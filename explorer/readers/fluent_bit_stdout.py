"""What Fluent Bit prints: ``[0] tag: [[seconds.nanoseconds, {metadata}], {"name"=>value, ..}]``.

Format: fluent/fluent-bit plugins/out_stdout/stdout.c, values as msgpack-c's ``msgpack_object_print`` writes them: that
is JSON but for ``=>`` between name and value, and texts whose quotes are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import named
from explorer.decoding.logs.entries import Entry, open_entry, read_entries
from explorer.decoding.logs.fluent import fluent_entry
from explorer.decoding.logs.times import number_ns
from explorer.model.builder import Builder, Records

NAME = "fluent-bit-stdout"
LABEL = "Fluent Bit's output"
RECOGNISED_BY = 'Numbered lines of a tag, a time and a map written with "=>".'
FRAMINGS: Collection[str] = frozenset({"lines"})

_LINE: Final = re.compile(
    rb"\[\d+\] (?P<tag>[^\[{]+?): \[\[?(?P<time>\d{1,10}\.\d{1,9}), (?P<rest>\{.*\})\]\s*\Z", re.DOTALL
)
_PARTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|=>|\bnil\b', re.DOTALL)
_WORDS: Final = {"=>": ":", "nil": "null"}
_ODD: Final = re.compile(r"\\(?!u[0-9a-fA-F]{4})(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES: Final = frozenset('"\\/bfnrt')


def detect(head: bytes) -> Confidence | None:
    """By the first line."""
    return Confidence.CERTAIN if _LINE.match(head.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the records into the builder; refuses lines of another form."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_entry(raw, _entry)


def _entry(line: bytes) -> Entry | None:
    match = _LINE.match(line)
    if match is None:
        return None
    values = _values(match["rest"].decode("utf-8", "replace"))
    if not values or not isinstance(values[-1], dict):
        return None
    metadata = named(values[0]) if len(values) > 1 else {}
    time = number_ns(match["time"].decode("ascii")) or 0
    return fluent_entry({**metadata, **values[-1]}, time, match["tag"].decode("utf-8", "replace"))


def _values(text: str) -> list[Any]:
    """The maps behind the time, as JSON."""
    text = text.replace("}], {", "}, {", 1) if text.startswith("{") else text
    written = _PARTS.sub(lambda part: _WORDS.get(part[0]) or _ODD.sub(_escaped, part[0]), text)
    try:
        values = lenient.loads(f"[{written}]".encode("utf-8", "replace"))
    except ValueError:
        return []
    return values if isinstance(values, list) else []


def _escaped(match: re.Match[str]) -> str:
    """An escape of msgpack-c as JSON writes it."""
    if len(match[1]) == 3:
        return f"\\u00{match[1][1:]}"
    return match[0] if match[1] in _ESCAPES else match[1]
