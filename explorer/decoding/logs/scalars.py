"""Numbers, true, false and null of JSON, many at once."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.words import texts_at

LONGEST: Final = 24
"""Bytes of a scalar that is looked at."""
_WORDS: Final = np.array([int.from_bytes(word, "little") for word in (b"true", b"false", b"null")], np.uint64)
_ONE: Final = np.uint64(1)
_ALL: Final = np.uint64(0x0101010101010101)
"""Eight bytes of which each is true."""


def are_scalars(data: bytes, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which stretches are certainly a JSON number, true, false or null; others (a sign, an exponent) may be.

    Args:
        begins, ends: int64 (n,); no control characters lie between them, and :data:`LONGEST` bytes lie behind.
    """
    widths = ends - begins
    words = texts_at(data, begins, np.clip(widths, 0, LONGEST), LONGEST)
    digits = words.view(np.uint8)
    is_digit = digits - np.uint8(48) <= 9
    is_point = digits == ord(".")
    points = is_point.view(np.uint64)
    several = (
        (points & (points - _ONE)) | ((is_digit | is_point | (digits == 0)).view(np.uint64) ^ _ALL)
    ) > 0
    number = is_digit[:, 0] & ~((digits[:, 0] == 48) & is_digit[:, 1])
    number &= np.frombuffer(data, np.uint8)[np.maximum(ends, 1) - 1] != ord(".")
    for word in range(words.shape[1]):
        number &= ~several[:, word]
    number &= (points > 0).sum(axis=1) <= 1
    named = (words[:, 0] == _WORDS[0]) | (words[:, 0] == _WORDS[1]) | (words[:, 0] == _WORDS[2])
    fitting: NDArray[np.bool_] = (number | named) & (widths > 0) & (widths <= LONGEST)
    return fitting
