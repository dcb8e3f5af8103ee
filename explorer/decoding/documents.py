"""One JSON document at a time: for readers of formats whose files are few and small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import OpenRecord
from explorer.decoding.logs.objects import flatten
from explorer.decoding.logs.times import NO_REFERENCE, parse_time
from explorer.model.builder import Builder, Records
from explorer.model.issue import Severity
from explorer.model.records import Detail

_RAW: Final = 1 << 16

Read = Callable[["Document"], bool]
"""Reads one document into its builder; False where it is not of the format after all."""


class Document:
    """A decoded JSON document of a file, with its place.

    Attributes:
        value: what it holds.
        offset: where it begins in the member's unpacked bytes.
    """

    def __init__(self, builder: Builder, records: Records, i: int, value: Any) -> None:
        self.builder = builder
        self.value = value
        self.offset = records.offset + int(records.starts[i])
        self._place = (records, i)
        self._doc = -1

    @property
    def doc(self) -> int:
        """Its code for the ``doc`` columns; it is registered when first asked for."""
        if self._doc < 0:
            self._doc = self.builder.document(*self._place)
        return self._doc

    def skip(self, severity: Severity, code: str, text: str, count: int = 1) -> None:
        """Count elements of the document that are not kept; none are no issue."""
        if count:
            self.builder.skip(severity, code, text, offset=self.offset, count=count)

    def remark(self, severity: Severity, code: str, text: str) -> None:
        """Note something that lost no element."""
        self.builder.remark(severity, code, text, offset=self.offset)


def read_documents(records: Records, builder: Builder, read: Read) -> list[int]:
    """Read each record as a JSON document; returns the indices of those that do not parse or are refused."""
    refused = []
    for i in range(len(records)):
        try:
            value = lenient.loads(records[i])
        except ValueError:
            refused.append(i)
            continue
        if not read(Document(builder, records, i, value)):
            refused.append(i)
    return refused


def open_items(
    raw: bytes, items_of: Callable[[Any], list[Any]], message_of: Callable[[Any], str]
) -> OpenRecord:
    """Open a document again whose elements are addressed by their ordinal.

    Args:
        raw: the document.
        items_of: its elements, in the order of their ordinals.
        message_of: the text of one element.
    """
    items = items_of(lenient.loads(raw))

    def opened(ordinal: int) -> Detail:
        value = items[ordinal] if 0 <= ordinal < len(items) else None
        if value is None:
            return Detail(raw=raw[:_RAW].decode("utf-8", "replace"))
        text = lenient.dumps(value)[:_RAW].decode("utf-8", "replace")
        pairs = flatten(value) if isinstance(value, dict) else []
        return Detail(attributes=tuple(pairs), message=message_of(value), raw=text)

    return opened


def open_whole(raw: bytes) -> OpenRecord:
    """Open a document again whose elements have no detail of their own: its fields are shown."""
    try:
        value = lenient.loads(raw)
    except ValueError:
        value = None
    pairs = tuple(flatten(value))[:1000] if isinstance(value, dict) else ()
    detail = Detail(attributes=pairs, raw=raw[:_RAW].decode("utf-8", "replace"))
    return lambda _: detail


def named(value: object) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """A scalar as text, null as nothing."""
    return lenient.text_of(value)


def number(value: object) -> float | None:
    """A number, also as text; None for anything else, and for a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def whole(value: object) -> int:
    """A number cut to an integer, exactly; 0 for anything else, and for what does not fit 64 bits."""
    return lenient.nanoseconds(value) or 0


def moment(value: object) -> int:
    """A time of any known form in ns since the epoch, 0 for none (also for Go's zero time, the year 1)."""
    found = parse_time(value, NO_REFERENCE)
    return found[0] if found else 0
