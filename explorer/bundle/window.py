"""A member's stream with look-ahead, that knows where it is and takes back what was read."""

from __future__ import annotations

from collections import deque

from explorer.bundle.member import READ_BYTES, ByteStream


class Window:
    """Pieces of a stream; none is ever copied into a larger buffer.

    Attributes:
        offset: of the next byte, in the member's unpacked bytes; the stream begins there.
    """

    def __init__(self, stream: ByteStream, offset: int = 0) -> None:
        self._stream = stream
        self._held: deque[bytes | memoryview] = deque()
        self.offset = offset

    def read(self, size: int = READ_BYTES) -> bytes:
        """The next bytes, at most ``size``; none at the end."""
        piece = self._held.popleft() if self._held else self._stream.read(size)
        if len(piece) > size:
            self._held.appendleft(memoryview(piece)[size:])
            piece = piece[:size]
        self.offset += len(piece)
        return bytes(piece)

    def unread(self, data: bytes) -> None:
        """Give back the bytes that were read last."""
        if data:
            self._held.appendleft(data)
            self.offset -= len(data)

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end, which stay to be read."""
        pieces, count = [], 0
        while count < size and (piece := self.read(max(size - count, 64))):
            pieces.append(piece)
            count += len(piece)
        data = b"".join(pieces)
        self.unread(data)
        return data[:size]

    def skip(self, size: int) -> None:
        """Pass over ``size`` bytes."""
        while size > 0 and (piece := self.read(min(size, READ_BYTES))):
            size -= len(piece)

    def skip_nul(self) -> None:
        """Pass over all NUL bytes; there may be gigabytes."""
        while piece := self.read():
            if piece != bytes(len(piece)):
                self.unread(piece.lstrip(b"\0"))
                return
