"""Spans that a program printed as blocks of lines: gathered until they are whole, each kept as a JSON string."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.decoding.contract import OpenRecord
from explorer.decoding.documents import text
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.traces.plain import Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_parsed
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records

_NOTHING: Final = (b"", b"")


def _no_context(_before: bytes, _line: bytes) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Printed:
    """How one program prints spans.

    Attributes:
        name: of the reader.
        begins: how the line that begins a block begins.
        goes_on: whether a line goes on a block, which is given as far as it is known.
        span: the span of a block, None where it is none.
        context: what is said of all blocks that follow, once a line of it is added; None where it is no such line.
    """

    name: str
    begins: re.Pattern[bytes]
    goes_on: Callable[[bytes, bytes], bool]
    span: Callable[[str], PlainSpan | None]
    context: Callable[[bytes, bytes], bytes | None] = _no_context

    def read(self, records: Records, builder: Builder) -> list[int]:
        """Read the blocks among lines; indices of lines of other kinds. The last may go on in the next run."""
        if builder.held != self.name:
            builder.hold()
            builder.memory[self.name] = _NOTHING
            builder.at_end(lambda: self._finish(builder))
        found: list[bytes] = []
        refused: list[int] = []
        block, context = builder.memory[self.name]
        for i in range(len(records)):
            line = records[i]
            if self.begins.match(line):
                found.append(block)
                block = context + line
            elif block and self.goes_on(block, line):
                block += b"\n" + line
            else:
                found.append(block)
                block = b""
                added = self.context(context, line)
                if added is None:
                    refused.append(i)
                else:
                    context = added
        builder.memory[self.name] = block, context
        self._take(found, records, builder)
        return refused

    def open(self, raw: bytes) -> OpenRecord:
        """Open a block again."""
        span = self.span(text(loads(raw)))
        return open_parsed(Parsed([span]) if span is not None else None, raw)

    def _finish(self, builder: Builder) -> None:
        empty = np.zeros(0, np.int64)
        nowhere = Records(len(builder.files) - 1, b"", 0, empty, empty)
        self._take([builder.memory.pop(self.name)[0]], nowhere, builder)

    def _take(self, blocks: list[bytes], place: Records, builder: Builder) -> None:
        """Write whole blocks; empty ones are none."""
        texts = [block.decode("utf-8", "replace") for block in blocks if block]
        if not texts:
            return
        builder.begin_reader(self.name)
        rows = PlainRows(builder)
        spans = [self.span(one) for one in texts]
        whole = [(one, span) for one, span in zip(texts, spans, strict=True) if span is not None]
        kept = builder.canonical(place, [dumps(one) for one, _ in whole])
        for i, (_, span) in enumerate(whole):
            rows.spans([span], builder.document(kept, i))
        rows.finish()
        if len(whole) < len(texts):
            said = "a block of lines is cut short or broken"
            builder.skip("warning", "broken-record", said, offset=place.offset, count=len(texts) - len(whole))
