"""Cuts a member into batches: whole lines, whole JSON documents, or one block of bytes."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from explorer.bundle.block import Block, Found, last_record, newlines_of, no_positions
from explorer.bundle.brackets import Positions, Scratch
from explorer.bundle.breaks import Joined
from explorer.bundle.document import HEAD_BYTES, Value, opens_json, read_rest, read_value
from explorer.bundle.encoding import SNIFF_BYTES, UTF8_MARK, Transcoded, encoding_of, transcoded_note
from explorer.bundle.limits import Limits
from explorer.bundle.member import Member
from explorer.bundle.structure import repair
from explorer.bundle.window import Window
from explorer.model.issue import Issues

Framing = Literal["lines", "document", "binary", "seekable"]

HOLE_BYTES: Final = 64
"""So many NUL bytes at the start are a hole: the file was cut while its writer kept its place."""

WHOLE_HEAD: Final = 64 << 10
"""A document that does not end within so much is long; by so much it is told who knows it."""

PARQUET: Final = b"PAR1"
"""How such a file begins."""

_BLANK: Final = b" \t\r\n\x1e"  # with the mark between records of RFC 7464
_BETWEEN: Final = _BLANK + b",;"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a member.

    Attributes:
        data: whole lines with their newlines (the last line of a member may have none), one JSON object or
            array, or all the bytes of a member that is no text. Of a ``seekable`` member, whose parts stand in no
            order, only the beginning where it is a plain file, which its reader opens; else all bytes.
        offset: of ``data[0]`` in the member's unpacked bytes.
        framing: which of these it is.
        mended: the bytes are those of a document that was cut short, closed.
        done: it was read already, by a :class:`Whole`.
        newlines: offsets of the newlines in ``data``, where its framing is lines.
    """

    data: bytes
    offset: int
    framing: Framing
    mended: bool = False
    done: bool = field(default=False, compare=False)
    newlines: Positions = field(default_factory=no_positions, compare=False)


class Whole(Protocol):
    """Reads a long document that fills its member, and finds by itself where it ends."""

    def knows(self, head: bytes) -> bool:
        """Whether a document that begins so can be read that way."""
        ...

    def read(self, batch: Batch) -> bool:
        """Read all that is left of a member as one document; False, and nothing is read, where it is none."""
        ...


def frames(
    member: Member,
    limits: Limits,
    issues: Issues,
    *,
    block_bytes: int = 4 << 20,
    whole: Whole | None = None,
) -> Iterator[Batch]:
    """The batches of a member, in order. Raises nothing.

    JSON that is spread over lines, several values on one line, and a member that is one single JSON value come as
    documents, one each; a document that is cut short comes mended. All other text comes as lines, in blocks of
    about ``block_bytes`` that end where a record ends, as far as stack traces can be told from records.

    Args:
        whole: is offered a long document before anybody looks where it ends.
    """
    text = _Text(Window(member.stream), member, limits, issues)
    text.skip_hole()
    encoding = encoding_of(text.window.peek(SNIFF_BYTES))
    if encoding == "binary":
        seekable = text.window.peek(len(PARQUET)) == PARQUET
        if seekable and member.path is not None:
            yield Batch(text.window.peek(SNIFF_BYTES), text.window.offset, "seekable")
        else:
            yield from text.binary("seekable" if seekable else "binary")
        return
    if encoding != "utf-8":
        issues.add("info", "transcoded", member.name, transcoded_note(encoding), offset=0, count=0)
        text = _Text(Window(Transcoded(text.window, encoding)), member, limits, issues)
    if text.window.peek(3) == UTF8_MARK:
        text.window.skip(3)
    if whole is not None:
        yield from text.read_by(whole)
    yield from text.batches(block_bytes)


class _Text:
    def __init__(self, window: Window, member: Member, limits: Limits, issues: Issues) -> None:
        self.window = window
        self._name, self._size = member.name, member.size
        self._limits = limits
        self._issues = issues
        self._scratch = Scratch()
        self._between = _BLANK
        self._in_lines = False
        self._torn = -1  # offset of the first newline within a text, where one was found
        self._joined = False

    def skip_hole(self) -> None:
        """Pass over NUL bytes at the start."""
        head = self.window.peek(HOLE_BYTES)
        if len(head) == HOLE_BYTES and not head.strip(b"\0"):
            self.window.skip_nul()
            if self.window.peek(1):
                self._tell("nul-bytes", "NUL bytes at the start are passed over.", 0, count=0)
            else:
                self._issues.add("info", "empty-file", self._name, "The file holds only NUL bytes.", count=0)

    def binary(self, framing: Framing) -> Iterator[Batch]:
        """All bytes, up to the limit."""
        begin, data = self.window.offset, io.BytesIO()
        while piece := self.window.read(self._limits.document_bytes - data.tell()):
            data.write(piece)
        if self.window.peek(1):
            self._tell(
                "document-too-large", "The file is larger than the limit; its rest is not read.", data.tell()
            )
        yield Batch(data.getvalue(), begin, framing)

    def read_by(self, whole: Whole) -> Iterator[Batch]:
        """All that there is, read as one long document; nothing where it is none."""
        head = self.window.peek(WHOLE_HEAD)
        blanks = len(head) - len(head.lstrip(_BLANK))
        if len(head) < WHOLE_HEAD or not opens_json(head, blanks) or not whole.knows(head[blanks:]):
            return
        if Block(head, self._scratch, ended=False).value(blanks).kind != "open":
            return
        self.window.skip(blanks)
        begin = self.window.offset
        data = read_rest(self.window, self._limits.document_bytes, max(0, (self._size or 0) - begin))
        if data is None:
            return
        batch = Batch(data, begin, "document", done=True)
        if whole.read(batch):
            yield batch
        else:
            self.window.unread(data)

    def batches(self, block_bytes: int) -> Iterator[Batch]:
        """Documents and lines as they come."""
        while True:
            block = self._fill(block_bytes)
            if not block.data:
                return
            begin = self.window.offset - len(block.data)
            used = yield from self._block(block, begin)
            self.window.unread(block.data[used:])
            if self._torn >= 0:
                self._join()
                continue
            if not used:
                yield from self._larger_than_a_block()

    def _join(self) -> None:
        """From here on newlines within texts are spaces; the window stands outside a text."""
        self._tell("line-break-in-text", "Line breaks within texts are read as spaces.", self._torn, count=0)
        self.window = Window(Joined(self.window), self.window.offset)
        self._torn, self._joined = -1, True

    def _fill(self, size: int) -> Block:
        """About ``size`` bytes, unless the stream ends; what follows the last whole record of them is left.

        So that a block need not be copied without it.
        """
        pieces: list[bytes] = []
        count = 0
        while count < size:
            piece = self.window.read(size - count)
            if not piece:
                return Block(b"".join(pieces), self._scratch, ended=True)
            pieces.append(piece)
            count += len(piece)
        last = pieces.pop()
        end = last_record(last)
        following = last[end:] if end else b""
        self.window.unread(following)
        data = b"".join((*pieces, memoryview(last)[: len(last) - len(following)]))
        return Block(data, self._scratch, ended=False, following=following)

    def _block(self, block: Block, begin: int) -> Generator[Batch, None, int]:
        """The batches of a block that begins at offset ``begin``; returns how much of it they took."""
        at = 0
        while True:
            content = block.content(at, self._between)
            if content is None:
                # What may be the indentation of a line is kept, up to a bound.
                indent = len(block.data) - block.data.rfind(b"\n") - 1
                return max(at, len(block.data) - (0 if block.ended else min(indent, HEAD_BYTES)))
            found = self._look(block, content)
            if found.torn >= 0 and not self._joined:
                self._torn = begin + found.torn
                return content
            if found.kind == "open":
                return content
            if found.kind == "document":
                data = block.data[content : found.end]
                yield Batch(data, begin + content, "document", self._joined)
            elif found.kind == "broken":
                yield from self._mended(block.data[content : found.end], begin + content)
            else:
                line = block.line_begin(content, at)
                following = block.next_document(content + 1)
                end = following or (len(block.data) if block.ended else block.cut())
                if end <= line:
                    return line
                yield from self._lines(block, line, end, begin)
                self._between, self._in_lines = _BLANK, following is None
                if following is None:
                    return end
                at = end
                continue
            self._between, self._in_lines, at = _BETWEEN, False, found.end

    def _look(self, block: Block, content: int) -> Found:
        if self._in_lines and block.next_document(content) != content:
            return Found("line")
        return block.value(content) if opens_json(block.data, content) else Found("line")

    def _lines(self, block: Block, begin: int, end: int, offset: int) -> Iterator[Batch]:
        """The lines of a stretch of the block without those that are too long."""
        for left_out, behind in [*block.longer_lines(begin, end, self._limits.record_bytes), (end, end)]:
            if begin < left_out:
                whole = begin == 0 and left_out == len(block.data)
                data = block.data if whole else block.data[begin:left_out]
                yield Batch(data, offset + begin, "lines", newlines=block.newlines_in(begin, left_out))
            if left_out < end:
                self._tell_long_line(offset + left_out)
            begin = behind

    def _larger_than_a_block(self) -> Iterator[Batch]:
        """The next document or line, read piece by piece."""
        head = self.window.peek(HEAD_BYTES)
        blanks = head[: len(head) - len(head.lstrip(_BLANK))]
        is_json = opens_json(head, len(blanks))
        self.window.skip(len(blanks) if is_json or len(blanks) == len(head) else blanks.rfind(b"\n") + 1)
        begin = self.window.offset
        if len(blanks) == len(head):
            return
        if is_json:
            expected = max(0, (self._size or 0) - begin)
            value = read_value(self.window, self._limits.document_bytes, expected, joined=self._joined)
            if value.torn >= 0:
                self._torn = begin + value.torn
                self._join()
                return
            if value.end == "line" or (value.end == "closed" and not value.missing and self._is_line(value)):
                self.window.unread(value.data)
                yield from self._long_line(begin)
                return
            self._between, self._in_lines = _BETWEEN, False
            if value.end == "closed" and not value.missing:
                yield Batch(value.data, begin, "document", self._joined)
            else:
                yield from self._mended(value.data, begin, missing=value.missing)
        else:
            yield from self._long_line(begin)

    def _is_line(self, value: Value) -> bool:
        """Whether a value is one of several lines of JSON, or begins a line of text."""
        if b"\n" in value.data or self._in_lines:
            return self._in_lines and b"\n" not in value.data
        ahead = self.window.peek(HEAD_BYTES)
        rest = ahead.lstrip(b" \t\r")
        if rest[:1] == b"\n":
            return bool(rest.strip(_BLANK)) or len(ahead) == HEAD_BYTES
        return bool(rest) and rest[:1] not in (b",", b";", b"\x1e") and not opens_json(rest)

    def _long_line(self, begin: int) -> Iterator[Batch]:
        """One line, or nothing if it is too long."""
        data, size = io.BytesIO(), 0
        limit = self._limits.record_bytes
        if self.window.peek(1) in (b"{", b"["):
            limit = self._limits.document_bytes
        while piece := self.window.read():
            end = piece.find(b"\n") + 1 or len(piece)
            size += end
            if size <= limit:
                data.write(piece[:end])
            if piece[end - 1] == 10:
                self.window.unread(piece[end:])
                break
        self._between, self._in_lines = _BLANK, True
        if size <= limit:
            line = data.getvalue()
            yield Batch(line, begin, "lines", newlines=newlines_of(line))
        else:
            self._tell_long_line(begin)

    def _mended(self, data: bytes, begin: int, missing: int = 0) -> Iterator[Batch]:
        """A document that is cut short, without the record that is cut."""
        mended = repair(data)
        cut = begin + (mended[1] if mended else 0)
        if missing:
            self._tell(
                "document-too-large", "A document is larger than the limit; its first part is kept.", cut
            )
        elif mended and not data[mended[1] :].strip(_BETWEEN):
            text = "A document is not closed; all its records are kept."
            self._issues.add("info", "unclosed-document", self._name, text, offset=cut, count=0)
        else:
            self._tell("truncated-record", "A document is cut short; its whole records are kept.", cut)
        if mended:
            yield Batch(mended[0], begin, "document", mended=True)

    def _tell_long_line(self, offset: int) -> None:
        self._tell("record-too-large", "A line is longer than the limit and is left out.", offset)

    def _tell(self, code: str, text: str, offset: int, count: int = 1) -> None:
        self._issues.add("warning", code, self._name, text, offset=offset, count=count)
