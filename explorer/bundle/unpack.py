"""Packed streams (gzip, bzip2, xz, zstd, deflate) as streams of what is in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from explorer.bundle.codecs import Frame, new_frame
from explorer.bundle.ledger import Ledger
from explorer.bundle.magic import Kind, kind_of
from explorer.bundle.member import READ_BYTES
from explorer.bundle.meter import Meter
from explorer.bundle.source import Source

FEED_BYTES: Final = 16 << 10
"""What comes out of one piece of input is lost if the piece is damaged; so the pieces are small."""

REPLAY_BYTES: Final = 256 << 10
"""Up to so much input of a frame is kept, to lose not even that in a small one."""


class Unpacked(Source):
    """All frames of a packed stream, one after the other.

    Args:
        packed: the stream that holds the frames.
        new: makes the decoder of the next frame.
    """

    def __init__(
        self, label: str, ledger: Ledger, meter: Meter, packed: Source, new: Callable[[], Frame]
    ) -> None:
        super().__init__(label, ledger)
        self._packed = packed
        self._begin = packed.offset
        self._meter = meter
        self._new = new
        self._frame: Frame | None = None
        self._history: list[bytes] | None = None
        self._frame_in = 0
        self._frame_out = 0
        self._out = 0

    @property
    def consumed(self) -> int:
        """Packed bytes read so far."""
        return self._packed.offset - self._begin

    def _pull(self, size: int) -> bytes:
        while True:
            if self._frame is None and not self._begin_frame():
                return b""
            data = self._step(size)
            if not data and self.failed:
                return b""
            if data:
                self._out += len(data)
                self._frame_out += len(data)
                self._meter.unpacked(len(data), self.consumed, self._out)
                return data

    def _begin_frame(self) -> bool:
        """Start the next frame; False at the end. Here there is but one."""
        if self._history is not None or self._frame_in:
            return False
        self._start_decoder()
        return True

    def _start_decoder(self) -> None:
        self._frame = self._new()
        self._history, self._frame_in, self._frame_out = [], 0, 0

    def _step(self, size: int) -> bytes:
        frame = self._frame
        assert frame is not None  # noqa: S101 (for the type checker)
        data = self._feed() if frame.needs_input else b""
        if frame.needs_input and not data:
            return self._end_early()
        try:
            out = frame.decompress(data, size)
        except Exception as error:  # decoders raise nearly anything on bad input
            saved = self._replayed(size)
            if not saved:
                raise
            self._fail(error, len(saved))
            return saved
        if frame.eof:
            self._packed.unread(frame.unused_data)
            self._frame = None
        return out

    def _feed(self) -> bytes:
        data = self._packed.read(FEED_BYTES)
        self._frame_in += len(data)
        if self._history is not None:
            self._history.append(data)
            if self._frame_in > REPLAY_BYTES:
                self._history = None
        return data

    def _end_early(self) -> bytes:
        if not self._packed.failed:  # else it is reported already
            raise EOFError
        self.failed = True
        return b""

    def _replayed(self, size: int) -> bytes:
        """What the damaged piece holds before the damage: the frame decoded again, its end byte by byte."""
        if not self._history:
            return b""
        frame, known, found = self._new(), 0, bytearray()
        *whole, last = self._history
        try:
            for piece in (*whole, *(last[i : i + 1] for i in range(len(last)))):
                out = frame.decompress(piece, READ_BYTES)
                while out and len(found) < size:
                    new = out[max(0, self._frame_out - known) :]
                    known += len(out)
                    found += new
                    out = b"" if frame.needs_input or frame.eof else frame.decompress(b"", READ_BYTES)
        except Exception:  # noqa: BLE001, S110 (the same one again: what came out before it is wanted)
            pass
        return bytes(found[:size])


class Frames(Unpacked):
    """A gzip, bzip2, xz or zstd file: frames, padding, and perhaps something else behind them."""

    def __init__(self, label: str, ledger: Ledger, meter: Meter, packed: Source, kind: Kind) -> None:
        super().__init__(label, ledger, meter, packed, lambda: new_frame(kind, self._bad_checksum))
        self._kind = kind

    def _begin_frame(self) -> bool:
        while True:
            head = self._packed.peek(16)
            if not head:
                return False
            if head[:1] == b"\0":  # padding, as tapes and xz want it
                self._packed.skip(len(head) - len(head.lstrip(b"\0")))
            elif kind_of(head) != self._kind:
                self._ledger.note("trailing-bytes", self.label, "There are other bytes behind the packed data.",
                                  self._packed.offset, "info")  # fmt: skip
                return False
            elif self._kind == "zstd" and head[1:4] == b"\x2a\x4d\x18":
                self._meter.member()
                self._packed.skip(8 + int.from_bytes(head[4:8], "little"))
            else:
                if self._frame_in and not self._frame_out:  # an empty one costs as much as a full one
                    self._meter.member()
                self._start_decoder()
                return True

    def _bad_checksum(self) -> None:
        self._ledger.note("bad-checksum", self.label, "The checksum is wrong; the data is read all the same.")
