"""Where JSON nests: brackets outside strings, found 64 bytes at a time.

A bit per byte says what the byte is; strings are told from the rest by a running exclusive-or over the bits of
the quotes (G. Langdale and D. Lemire, Parsing Gigabytes of JSON per Second, VLDB Journal 28, 2019, section 3.1),
here on numpy's words of 64 bits.

A newline ends a string: JSON allows none within one, so an unclosed quote spoils one line and not the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Bits = NDArray[np.bool_]
Positions = NDArray[np.int64]

_QUOTE: Final = 0x22
_BACKSLASH: Final = 0x5C
_OPEN: Final = 0x7B  # with bit 0x20 set, `[` is `{` and `]` is `}`
_CLOSE: Final = 0x7D
_CASE: Final = np.uint8(0x20)
_ALL: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@dataclass(frozen=True, slots=True)
class State:
    """What is known between two chunks: open brackets, whether a string or an escape is open."""

    depth: int = 0
    in_string: bool = False
    escaped: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """The brackets of one chunk; each array has shape (number of words of 64 bytes,).

    Attributes:
        opens, closes: uint64, bit i of word w is byte 64 w + i: a bracket outside strings.
        strings: uint64, bytes within strings, the first quote included, the last one not.
        depth: int64, open brackets before each word.
        unclosed: int64, shape (m,), offsets of the newlines that ended a string.
        after: state behind the chunk.
    """

    opens: Words
    closes: Words
    strings: Words
    depth: NDArray[np.int64]
    unclosed: Positions
    after: State

    def lowest(self) -> NDArray[np.int64]:
        """A bound below which the depth does not fall, for each word."""
        return self.depth - np.bitwise_count(self.closes)

    def depth_behind(self, at: Positions) -> NDArray[np.int64]:
        """Open brackets behind each of the bytes at the offsets ``at``."""
        word = at >> 6
        upto = _ALL >> (np.uint64(63) - (at & 63).astype(np.uint64))
        opened = np.bitwise_count(self.opens[word] & upto).astype(np.int64)
        depth: NDArray[np.int64] = self.depth[word] + opened - np.bitwise_count(self.closes[word] & upto)
        return depth

    def steps(self, words: Positions) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        """For the given words: +1, -1 or 0 for each byte, and the depth behind it; both of shape (n, 64)."""
        step = _unpacked(self.opens[words]).view(np.int8) - _unpacked(self.closes[words]).view(np.int8)
        return step, self.depth[words, None] + np.cumsum(step, axis=1, dtype=np.int64)

    def ends(self) -> Positions:
        """Offsets behind the brackets with which the depth falls to 0, rising."""
        words = np.flatnonzero((self.closes != 0) & (self.lowest() <= 0))
        step, depth = self.steps(words)
        row, column = np.nonzero((step < 0) & (depth == 0))
        return words[row] * 64 + column + 1

    def outside(self, bits: Bits) -> Positions:
        """Offsets of the bytes marked in ``bits`` that lie outside strings, rising."""
        return self.positions(words_of(bits) & ~self.strings)

    def positions(self, words: Words) -> Positions:
        """Offsets of the bits that are set, rising."""
        chosen = np.flatnonzero(words)
        row, column = np.nonzero(_unpacked(words[chosen]))
        return chosen[row] * 64 + column


class Scratch:
    """Memory that is used again for each chunk: fetching it anew from the system would cost more than the work.

    Not to be shared between threads.
    """

    def __init__(self) -> None:
        self._bits = np.empty(0, np.bool_)
        self._bytes = np.empty(0, np.uint8)

    def of(self, size: int) -> tuple[Bits, NDArray[np.uint8]]:
        """Two arrays of shape (size,) with anything in them."""
        if len(self._bits) < size:
            self._bits = np.empty(size, np.bool_)
            self._bytes = np.empty(size, np.uint8)
        return self._bits[:size], self._bytes[:size]


def structure(chunk: bytes, state: State, scratch: Scratch) -> Structure:
    """Find the brackets of a chunk that follows ``state``. Chunks of about 1 MiB are fastest."""
    data = np.frombuffer(chunk, np.uint8)
    bits, folded = scratch.of(len(data))
    quotes, escaped = quotes_of(chunk, state.escaped, bits)
    strings = _strings(quotes, state.in_string)
    unclosed = np.empty(0, np.int64)
    if b"\n" in chunk:
        newlines = np.equal(data, 10, out=folded.view(np.bool_))
        if (strings & words_of(newlines)).any():
            unclosed = _close_at_newlines(quotes, np.flatnonzero(newlines), state.in_string)
            strings = _strings(quotes, state.in_string)
    odd = bool(np.count_nonzero(quotes) & 1)
    np.bitwise_or(data, _CASE, out=folded)
    opens = words_of(np.equal(folded, _OPEN, out=bits)) & ~strings
    closes = words_of(np.equal(folded, _CLOSE, out=bits)) & ~strings
    change = np.bitwise_count(opens).astype(np.int64) - np.bitwise_count(closes)
    behind = np.cumsum(change) + state.depth
    depth = int(behind[-1]) if len(behind) else state.depth
    return Structure(
        opens, closes, strings, behind - change, unclosed, State(depth, state.in_string != odd, escaped)
    )


def quotes_of(chunk: bytes, escaped: bool, out: Bits | None = None) -> tuple[Bits, bool]:
    """Which bytes are quotes that begin or end a string, and whether the last byte escapes the next one.

    Args:
        chunk: shape (n,) as bytes.
        escaped: what stands before them escapes the first one.
        out: where the answer is put.
    """
    data = np.frombuffer(chunk, np.uint8)
    quotes = np.equal(data, _QUOTE, out=out)
    if chunk and (escaped or b"\\" in chunk):
        return quotes, _drop_escaped(quotes, data, escaped)
    return quotes, escaped and not chunk


def words_of(bits: Bits) -> Words:
    """Shape (n,) to (ceil(n / 64),), the first byte in the lowest bit."""
    packed = np.packbits(bits, bitorder="little")
    missing = -len(packed) % 8
    if missing:
        packed = np.concatenate((packed, np.zeros(missing, np.uint8)))
    return packed.view("<u8")


def _unpacked(words: Words) -> NDArray[np.uint8]:
    """Shape (n,) to (n, 64), 0 or 1 for each byte."""
    return np.unpackbits(words.view(np.uint8), bitorder="little").reshape(-1, 64)


def _strings(quotes: Bits, in_string: bool) -> Words:
    """Bits of the bytes from each opening quote to the one before the closing quote."""
    words: Words = words_of(quotes)
    for shift in (1, 2, 4, 8, 16, 32):
        words = words ^ (words << np.uint64(shift))
    odd = words >> np.uint64(63)  # an odd number of quotes in the word
    before = np.bitwise_xor.accumulate(odd) ^ odd ^ np.uint64(in_string)
    strings: Words = words ^ (before * _ALL)
    return strings


def _drop_escaped(quotes: Bits, data: NDArray[np.uint8], escaped: bool) -> bool:
    """Clear the quotes behind an odd number of backslashes; whether the chunk's last backslash escapes."""
    slashes = np.flatnonzero(data == _BACKSLASH)
    if escaped and (not len(slashes) or slashes[0]):  # the backslash before the chunk stands alone
        quotes[0] = False
    if not len(slashes):
        return False
    first = np.concatenate(([True], np.diff(slashes) != 1))
    run = np.maximum.accumulate(np.where(first, np.arange(len(slashes)), 0))
    length = np.arange(len(slashes)) - run + 1
    if escaped:
        length[run == 0] += slashes[0] == 0
    odd = slashes[length & 1 == 1]  # an odd one in its run escapes what follows
    last = bool(len(odd) and odd[-1] == len(data) - 1)
    quotes[odd[: len(odd) - last] + 1] = False
    return last


def _close_at_newlines(quotes: Bits, newlines: Positions, in_string: bool) -> Positions:
    """Put a quote at the end of each line that has an odd number of them; where that was."""
    upto = np.searchsorted(np.flatnonzero(quotes), newlines)
    count = np.diff(upto, prepend=0)
    count[0] += in_string
    unclosed: Positions = newlines[count & 1 == 1]
    quotes[unclosed] = True
    return unclosed
