"""Bytes at many places of a block at once, eight to a number: compared, cut off, told apart."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Words = NDArray[np.uint64]

_MASKS: Final = np.array([(1 << 8 * kept) - 1 for kept in range(9)], np.uint64)
_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)
_FOLD: Final = np.uint64(29)
_ROUNDS: Final = 16
"""Rounds of telling rows apart after which they are sorted."""


def words_at(data: bytes, begins: Longs, count: int) -> Words:
    """uint64 (n, count): the bytes from each place on, which must lie within the data."""
    size = 8 * count
    windows: NDArray[np.void] = np.ndarray((len(data) - size + 1,), f"V{size}", data, strides=(1,))
    return windows[begins].view(np.uint64).reshape(len(begins), count)


def differences(data: bytes, begins: Longs, literal: bytes) -> Words:
    """uint64 (n,): 0 where exactly that literal stands at a place."""
    wanted, mask = _literal(literal)
    words = words_at(data, begins, len(wanted))
    found = words[:, -1] ^ wanted[-1]
    found &= mask
    for word in range(len(wanted) - 1):
        found |= words[:, word] ^ wanted[word]
    return found


@cache
def _literal(literal: bytes) -> tuple[Words, np.uint64]:
    """A literal in whole words, and which bits of the last one count."""
    size = max(8, -(-len(literal) // 8) * 8)
    return np.frombuffer(literal.ljust(size, b"\0"), np.uint64), _MASKS[len(literal) - size + 8]


def texts_at(data: bytes, begins: Longs, widths: Longs, longest: int = 0) -> Words:
    """uint64 (n, k): texts filled up with zeros, in as many words as the widest (or ``longest`` bytes) takes."""
    words = words_at(data, begins, max(1, -(-(longest or int(widths.max(initial=0))) // 8)))
    for word in range(words.shape[1]):
        words[:, word] &= _MASKS[np.clip(widths - 8 * word, 0, 8)]
    return words


def distinct(words: Words) -> tuple[Longs, Longs]:
    """Rows told apart: the first row of each kind, ascending; and of each row, the number of its kind.

    Rows whose mixed words fall into one place of a table are compared with the first of them; what differs goes
    on to the next round.
    """
    count = len(words)
    first, rows = np.arange(count), np.arange(count)
    table = np.empty(1 << max(8, count.bit_length()), np.int64)
    shift = np.uint64(64 - (len(table).bit_length() - 1))
    mixed = words[:, 0] * _MIXER
    for word in range(1, words.shape[1]):
        mixed = (mixed ^ mixed >> _FOLD ^ words[:, word]) * _MIXER
    for _ in range(_ROUNDS):
        place = (mixed >> shift).astype(np.int64)
        table[place[::-1]] = rows[::-1]  # of several in one place the first one stays
        found = table[place]
        same = words[found, 0] == words[rows, 0]
        for word in range(1, words.shape[1]):
            same &= words[found, word] == words[rows, word]
        first[rows[same]] = found[same]
        if same.all():
            break
        rows, mixed = rows[~same], (mixed[~same] ^ mixed[~same] >> _FOLD) * _MIXER
    else:
        _, firsts, kinds = np.unique(words, axis=0, return_index=True, return_inverse=True)
        first = firsts[kinds.reshape(-1)]
    is_first = first == np.arange(count)
    return np.flatnonzero(is_first), (np.cumsum(is_first) - 1)[first]
