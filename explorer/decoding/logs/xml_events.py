"""Streams of XML elements that are an event each: one a line, over many lines or all on one, with a root or without."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from explorer.decoding.logs.entries import Entry, read_decoded
from explorer.model.builder import Builder, Records

_NOTE: Final = re.compile(rb"(^|>)\s*- (?=<)", re.MULTILINE)
"""What a browser prints before an element that can be folded."""
_MOST_CARRIED: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class XmlEvents:
    """How events of a format are written.

    Attributes:
        reader: its name.
        begin: what an event begins with; ``end`` finds its last tag.
        between: what may stand between events: a root element, declarations, comments.
        entry_of: what an event tells; None for what is none.
        prefixes: of names that are used without being declared, as fragments do.
    """

    reader: str
    begin: re.Pattern[bytes]
    end: re.Pattern[bytes]
    between: re.Pattern[bytes]
    entry_of: Callable[[ET.Element], Entry | None]
    prefixes: tuple[bytes, ...] = ()

    def read(self, records: Records, builder: Builder) -> None:
        """Write the events into the builder; the reader holds the file from the first one on."""
        number, key = len(builder.files) - 1, f"{self.reader} rest"
        rest = builder.memory.get(key)
        if not isinstance(rest, _Rest) or rest.file != number:
            rest = builder.memory[key] = _Rest(number)
            builder.hold()
            builder.at_end(lambda: self._finish(rest, builder))
        begin = int(records.starts[0])
        if not rest.data:
            rest.offset = records.offset + begin
        data = rest.data + records.data[begin:]
        entries, broken, end = [], 0, 0
        while closing := self.end.search(data, end):
            behind = closing.end()
            begins = [match.start() for match in self.begin.finditer(data, end, behind)] or [behind]
            entry = self._entry(data[begins[-1] : behind])
            if entry is not None:
                entries.append(entry)
            broken += (entry is None) + len(begins) - 1 + self._is_foreign(data[end : begins[0]])
            end = behind
        read_decoded(records, builder, self.reader, entries)
        if broken:
            text = "events that are cut, no XML or without a time, and text between events, are left out"
            builder.skip("warning", "broken-record", text, offset=rest.offset, count=broken)
        rest.offset, rest.data = rest.offset + end, data[end:]
        if len(rest.data) > _MOST_CARRIED:
            self._finish(rest, builder)

    def _finish(self, rest: _Rest, builder: Builder) -> None:
        if self.begin.search(rest.data):
            builder.skip("warning", "truncated-record", "an event is cut short", offset=rest.offset)
        elif self._is_foreign(rest.data):
            builder.skip("warning", "broken-record", "text behind the events is left out", offset=rest.offset)
        rest.data = b""

    def _is_foreign(self, between: bytes) -> bool:
        """Whether anything stands between events that is not part of how they are written down."""
        return self.between.fullmatch(between) is None

    def _entry(self, raw: bytes) -> Entry | None:
        """An event, from its first tag to its last; its names are those without namespaces."""
        if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
            return None
        plain = _NOTE.sub(rb"\1", raw)
        for prefix in self.prefixes:
            plain = plain.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
        try:
            event = ET.fromstring(plain)  # noqa: S314  no document type gets here
        except (ET.ParseError, ValueError, LookupError):
            return None
        for element in event.iter():
            element.tag = element.tag.rpartition("}")[2]
        return self.entry_of(event)


@dataclass(slots=True)
class _Rest:
    """The beginning of an event whose end has not come yet, which begins at ``offset``."""

    file: int
    data: bytes = b""
    offset: int = 0
