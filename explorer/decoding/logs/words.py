"""Bytes at many places of a block at once, eight to a number: compared, cut off, told apart."""

from __future__ import annotations

from collections.abc import Sequence
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


def bytes_at(data: bytes, begins: Longs, count: int) -> NDArray[np.uint8]:
    """uint8 (n, count): the bytes from each place on, which must lie within the data."""
    windows: NDArray[np.void] = np.ndarray((len(data) - count + 1,), f"V{count}", data, strides=(1,))
    return windows[begins].view(np.uint8).reshape(len(begins), count)


def words_at(data: bytes, begins: Longs, count: int) -> Words:
    """uint64 (n, count): the same, eight bytes to a number."""
    return bytes_at(data, begins, 8 * count).view(np.uint64)


def kept_of(words: Words, widths: Longs) -> Words:
    """The first bytes of each word, as many as are told, at most eight; the others are zero."""
    kept: Words = words & _MASKS.take(widths, mode="clip")
    return kept


def equal(words: Words, literal: bytes) -> NDArray[np.bool_]:
    """Bool (n,): where bytes, uint64 (n, k), begin with exactly that literal, of which there are no more than that."""
    wanted, mask = _literal(literal)
    last = len(wanted) - 1
    found = words[:, last] ^ wanted[last]
    found &= mask
    for word in range(last):
        found |= words[:, word] ^ wanted[word]
    same: NDArray[np.bool_] = found == 0
    return same


def stands_at(data: bytes, begins: Longs, literal: bytes) -> NDArray[np.bool_]:
    """Bool (n,): at which places exactly that literal stands."""
    return equal(words_at(data, begins, max(1, -(-len(literal) // 8))), literal)


@cache
def _literal(literal: bytes) -> tuple[Words, np.uint64]:
    """A literal in whole words, and which bits of the last one count."""
    size = max(8, -(-len(literal) // 8) * 8)
    return np.frombuffer(literal.ljust(size, b"\0"), np.uint64), _MASKS[len(literal) - size + 8]


def texts_at(data: bytes, begins: Longs, widths: Longs, longest: int = 0) -> Words:
    """uint64 (n, k): texts filled up with zeros, in as many words as the widest (or ``longest`` bytes) takes."""
    words = words_at(data, begins, max(1, -(-(longest or int(widths.max(initial=0))) // 8)))
    least = int(widths.min(initial=0))
    for word in range(least // 8, words.shape[1]):
        words[:, word] = kept_of(words[:, word], widths - 8 * word)
    return words


def distinct(columns: Sequence[Words]) -> tuple[Longs, Longs]:
    """Rows told apart by columns, uint64 (n,): the first row of each kind, ascending; each row's number of its kind.

    Only the first of equal rows in a row is looked at.
    """
    count = len(columns[0])
    is_new = np.ones(count, bool)
    is_new[1:] = columns[0][1:] != columns[0][:-1]
    for column in columns[1:]:
        is_new[1:] |= column[1:] != column[:-1]
    heads = np.flatnonzero(is_new)
    if len(heads) * 2 > count:
        return _distinct(columns)
    firsts, kinds = _distinct([column[heads] for column in columns])
    return heads[firsts], kinds[np.cumsum(is_new) - 1]


def _distinct(columns: Sequence[Words]) -> tuple[Longs, Longs]:
    """The same by a table: rows that fall into one place of it are compared with the first of them.

    Those that differ from it go on to the next round.
    """
    count = len(columns[0])
    first = np.arange(count)
    table = np.empty(1 << max(8, count.bit_length()), np.int64)
    shift = np.uint64(65 - len(table).bit_length())
    rows, open_columns = np.arange(count), list(columns)
    mixed = columns[0] * _MIXER
    for column in columns[1:]:
        mixed = (mixed ^ mixed >> _FOLD ^ column) * _MIXER
    for _ in range(_ROUNDS):
        place = (mixed >> shift).astype(np.int64)
        table[place[::-1]] = rows[::-1]  # of several in one place the first one stays
        found = table[place]
        same = columns[0][found] == open_columns[0]
        for column, open_column in zip(columns[1:], open_columns[1:], strict=True):
            same &= column[found] == open_column
        first[rows] = np.where(same, found, rows)
        if same.all():
            break
        other = ~same
        rows, mixed = rows[other], (mixed[other] ^ mixed[other] >> _FOLD) * _MIXER
        open_columns = [column[other] for column in open_columns]
    else:
        _, firsts, kinds = np.unique(np.column_stack(columns), axis=0, return_index=True, return_inverse=True)
        first = firsts[kinds.reshape(-1)]
    is_first = first == np.arange(count)
    return np.flatnonzero(is_first), (np.cumsum(is_first) - 1)[first]
