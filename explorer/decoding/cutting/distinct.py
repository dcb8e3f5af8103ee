"""Stretches of bytes, found and told apart by numpy: where they end, and which of them are alike."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]

LONGEST: Final = 64
"""Bytes of a stretch that numpy looks at; longer ones are looked at one by one."""
_WORD: Final = 8
_ONES: Final = np.uint64(0x0101010101010101)
_HIGH: Final = np.uint64(0x8080808080808080)
_KEPT: Final = np.array([(1 << 8 * count) - 1 for count in range(_WORD + 1)], np.uint64)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def ends(view: Bytes, begin: Places, stops: bytes) -> Places:
    """The first place from each ``begin`` on where one of the ``stops`` stands, int64; -1 where it is far away."""
    words = _words(view)
    found = np.full(len(begin), -1, np.int64)
    rest = np.arange(len(begin))
    for step in range(0, LONGEST, _WORD):
        at = begin[rest] + step
        inside = at < len(words)
        rest, at = rest[inside], at[inside]
        met = _met(words[at], stops)
        here = met != 0
        lowest = met[here] & (~met[here] + np.uint64(1))
        behind = (((lowest - np.uint64(1)) & _ONES) * _ONES >> np.uint64(56)).astype(np.int64)
        found[rest[here]] = at[here] + behind - 1
        rest = rest[~here]
        if not len(rest):
            break
    return found


def alike(view: Bytes, begin: Places, end: Places) -> tuple[Places, Places]:
    """Stretches of at most :data:`LONGEST` bytes by what they hold.

    Returns:
        The number of each stretch's kind, int64 (stretches,), and one stretch of each kind.
    """
    kind, one = np.empty(len(begin), np.int64), []
    words, size, count = _words(view), end - begin, 0
    parts = np.maximum(-(-size // _WORD), 1)
    for number in np.unique(parts).tolist():
        rows = np.flatnonzero(parts == number)
        # The last word ends where the data does, if need be; its bytes are those of the stretch all the same.
        held = np.stack([_word(words, begin[rows] + step, size[rows] - step) for step in
                         range(0, number * _WORD, _WORD)])  # fmt: skip
        first, which = _kinds(held)
        kind[rows] = which + count
        one.append(rows[first])
        count += len(first)
    return kind, np.concatenate(one) if one else np.empty(0, np.int64)


def _kinds(held: Words) -> tuple[Places, Places]:
    """Of columns of words: one column of each kind, and the kind of each."""
    key = held[0]
    for word in held[1:]:
        key = (key ^ (key >> np.uint64(29))) * _MIX ^ word
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    if len(held) > 1 and (held != held[:, first[which]]).any():  # two that differ have one key
        _, first, which = np.unique(held, axis=1, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _word(words: Words, at: Places, size: Places) -> Words:
    """Up to eight bytes from ``at`` on, those beyond ``size`` as nothing."""
    last = len(words) - 1
    back = np.maximum(at - last, 0)
    word = words[at - back] >> (back * _WORD).astype(np.uint64)
    return word & _KEPT[np.clip(size, 0, _WORD)]


def _met(word: Words, stops: bytes) -> Words:
    """Words with the highest bit set of the first byte that is one of the stops, and perhaps of bytes behind it."""
    met = np.zeros(len(word), np.uint64)
    for stop in stops:
        other = word ^ (_ONES * np.uint64(stop))
        met |= (other - _ONES) & ~other & _HIGH
    return met


def _words(view: Bytes) -> Words:
    """The words that begin at each byte."""
    return np.ndarray(max(len(view) - _WORD + 1, 0), "<u8", view, strides=(1,))
