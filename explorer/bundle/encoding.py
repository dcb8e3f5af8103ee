"""Whether bytes are text, and in which encoding; other encodings become UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import Final, Literal

from explorer.bundle.member import ByteStream

SNIFF_BYTES: Final = 64 << 10

Encoding = Literal["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "binary"]

UTF8_MARK: Final = codecs.BOM_UTF8
_MARKS: Final[tuple[tuple[bytes, Encoding], ...]] = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins alike
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY_MAGIC: Final = (b"SQLite format 3\0", b"PAR1", b"\x89PNG", b"\x7fELF", b"Obj\x01", b"OggS", b"%PDF-")

_TEXT_CONTROLS: Final = b"\b\t\n\v\f\r\x1b"  # backspace and escape: progress bars and colours
_CONTROLS: Final = bytes(byte for byte in (*range(32), 127) if byte not in _TEXT_CONTROLS)
_NUL_RUN: Final = re.compile(rb"\0+")

_MANY_CONTROLS: Final = 0.02
_SOME_CONTROLS: Final = 0.002
_MANY_BROKEN: Final = 0.01
_FEW_HOLES: Final = 4
_MOSTLY: Final = 0.8


def encoding_of(head: bytes) -> Encoding:
    """What the member that begins with ``head`` (some ten thousand bytes, or all of it) is written in.

    Text in Latin-1 or with broken UTF-8 counts as UTF-8: its bytes are kept as they are.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if head.startswith(_BINARY_MAGIC):
        return "binary"
    return _wide(head[:512]) or ("binary" if _looks_binary(head) else "utf-8")


def _wide(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: every other byte is NUL, and the others are plain text."""
    for nul, text, encoding in ((head[1::2], head[::2], "utf-16-le"), (head[::2], head[1::2], "utf-16-be")):
        if len(nul) < 2 or nul.count(0) < _MOSTLY * len(nul):
            continue
        if sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in text) >= _MOSTLY * len(text):
            return encoding  # type: ignore[return-value]
    return None


def _looks_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if not controls:
        return False
    nul = head.count(0)
    if nul and controls - nul < _SOME_CONTROLS * len(head) and len(_NUL_RUN.findall(head)) <= _FEW_HOLES:
        return False  # a log with a hole: cut to nothing while its writer kept the place
    if controls >= _MANY_CONTROLS * len(head):
        return True
    broken = head.decode("utf-8", "replace").count("\ufffd")
    return controls >= _SOME_CONTROLS * len(head) and broken >= _MANY_BROKEN * len(head)


class Transcoded:
    """A stream of text as UTF-8, without its mark; what cannot be decoded becomes U+FFFD."""

    def __init__(self, below: ByteStream, encoding: Encoding) -> None:
        self._below = below
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._first = True
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """As :class:`explorer.bundle.member.ByteStream`."""
        while not self._held:
            data = self._below.read(max(64, size // 2))
            text = self._decoder.decode(data, final=not data)
            if self._first and text:
                text, self._first = text.removeprefix("\ufeff"), False
            self._held = text.encode("utf-8", "replace")
            if not data:
                break
        out, self._held = self._held[:size], self._held[size:]
        return out


def transcoded_note(encoding: Encoding) -> str:
    """What the user is told."""
    return f"The text is {encoding.upper()}; offsets count its bytes as UTF-8."
