"""Cuts a member into batches: whole lines, whole JSON documents, or one block of bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from explorer.bundle.document import Value, opens_json, read_value
from explorer.bundle.encoding import SNIFF_BYTES, UTF8_MARK, Transcoded, encoding_of, transcoded_note
from explorer.bundle.limits import Limits
from explorer.bundle.lines import blocks
from explorer.bundle.member import Member
from explorer.bundle.structure import repair
from explorer.bundle.window import Window
from explorer.model.issue import Issues

Framing = Literal["lines", "document", "binary"]

HOLE_BYTES: Final = 64
"""So many NUL bytes at the start are a hole: the file was cut while its writer kept its place."""

_BLANK: Final = b" \t\r\n\x1e"  # with the mark between records of RFC 7464
_BETWEEN: Final = _BLANK + b",;"
_HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a member.

    Attributes:
        data: whole lines with their newlines (the last line of a member may have none), one JSON object or
            array, or all the bytes of a member that is no text.
        offset: of ``data[0]`` in the member's unpacked bytes.
        framing: which of the three it is.
    """

    data: bytes
    offset: int
    framing: Framing


def frames(member: Member, limits: Limits, issues: Issues, *, block_bytes: int = 4 << 20) -> Iterator[Batch]:
    """The batches of a member, in order. Raises nothing.

    JSON that is spread over lines, several values on one line, and a member that is one single JSON value come as
    documents, one each; a document that is cut short comes mended. All other text comes as lines, in blocks of
    about ``block_bytes`` that end where a record ends, as far as stack traces can be told from records.
    """
    text = _Text(Window(member.stream), member.name, limits, issues)
    text.skip_hole()
    encoding = encoding_of(text.window.peek(SNIFF_BYTES))
    if encoding == "binary":
        yield from text.binary()
        return
    if encoding != "utf-8":
        issues.add("info", "transcoded", member.name, transcoded_note(encoding), offset=0, count=0)
        text = _Text(Window(Transcoded(text.window, encoding)), member.name, limits, issues)
    if text.window.peek(3) == UTF8_MARK:
        text.window.skip(3)
    yield from text.batches(block_bytes)


class _Text:
    def __init__(self, window: Window, name: str, limits: Limits, issues: Issues) -> None:
        self.window = window
        self._name = name
        self._limits = limits
        self._issues = issues

    def skip_hole(self) -> None:
        """Pass over NUL bytes at the start."""
        head = self.window.peek(HOLE_BYTES)
        if len(head) == HOLE_BYTES and not head.strip(b"\0"):
            self.window.skip_while(b"\0")
            self._tell("nul-bytes", "NUL bytes at the start are passed over.", 0, count=0)

    def binary(self) -> Iterator[Batch]:
        """All bytes, up to the limit."""
        begin, data = self.window.offset, io.BytesIO()
        while data.tell() < self._limits.document_bytes and (piece := self.window.read()):
            data.write(piece[: self._limits.document_bytes - data.tell()])
        if self.window.read():
            self._tell(
                "document-too-large", "The file is larger than the limit; its rest is not read.", data.tell()
            )
        yield Batch(data.getvalue(), begin, "binary")

    def batches(self, block_bytes: int) -> Iterator[Batch]:
        """Documents and lines as they come."""
        between = _BLANK
        while head := self._next_content(between):
            begin = self.window.offset
            value = read_value(self.window, self._limits.document_bytes) if opens_json(head) else None
            if value is None or value.end == "line" or self._is_line(value):
                self.window.unread(value.data if value else b"")
                yield from self._lines(block_bytes)
                between = _BLANK
            else:
                yield from self._document(value, begin)
                between = _BETWEEN

    def _next_content(self, between: bytes) -> bytes:
        """Pass over what is between records; the start of what follows. Text keeps its indentation."""
        while piece := self.window.read():
            rest = piece.lstrip(between)
            if rest:
                self.window.unread(rest)
                head = self.window.peek(_HEAD_BYTES)
                if not opens_json(head):
                    passed = piece[: len(piece) - len(rest)]
                    self.window.unread(passed[passed.rfind(b"\n") + 1 :])
                return head
        return b""

    def _is_line(self, value: Value) -> bool:
        """Whether it is one of several lines of JSON, or a line of text that begins like JSON."""
        if value.end != "closed" or b"\n" in value.data:
            return False
        ahead = self.window.peek(_HEAD_BYTES)
        rest = ahead.lstrip(b" \t\r")
        if rest[:1] == b"\n":
            return bool(rest.strip(_BLANK)) or len(ahead) == _HEAD_BYTES
        return bool(rest) and rest[:1] not in (b",", b";", b"\x1e") and not opens_json(rest)

    def _document(self, value: Value, begin: int) -> Iterator[Batch]:
        if value.end == "closed" and not value.missing:
            yield Batch(value.data, begin, "document")
            return
        mended = repair(value.data)
        cut = begin + (mended[1] if mended else 0)
        if value.missing:
            self._tell(
                "document-too-large", "A document is larger than the limit; its first part is kept.", cut
            )
        else:
            self._tell("truncated-record", "A document is cut short; its whole records are kept.", cut)
        if mended:
            yield Batch(mended[0], begin, "document")

    def _lines(self, block_bytes: int) -> Iterator[Batch]:
        for block in blocks(self.window, self._limits, block_bytes):
            if block.data:
                yield Batch(block.data, block.offset, "lines")
            else:
                self._tell(
                    "record-too-large", "A line is longer than the limit and is left out.", block.offset
                )

    def _tell(self, code: str, text: str, offset: int, count: int = 1) -> None:
        self._issues.add("warning", code, self._name, text, offset=offset, count=count)
