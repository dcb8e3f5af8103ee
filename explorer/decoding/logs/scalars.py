"""Numbers, true, false and null of JSON, many at once."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.words import bytes_at, kept_of

Longs = NDArray[np.int64]
Bits = NDArray[np.uint32]

LOOKED_AT: Final = 32
"""Bytes of which one must end the scalar."""
_WORDS: Final = np.array([int.from_bytes(word, "little") for word in (b"true", b"false", b"null")], np.uint64)
_ONE: Final = np.uint32(1)


def scalar_ends(data: bytes, begins: Longs) -> tuple[Longs, NDArray[np.bool_]]:
    """Where scalars end, and which are certainly a JSON number, true, false or null; others (an exponent) may be.

    Args:
        begins: int64 (n,); :data:`LOOKED_AT` bytes lie behind each.
    """
    matrix = bytes_at(data, begins, LOOKED_AT)
    # What may follow a scalar is below 45 (a comma, a blank), or a closing bracket.
    ending = _bits((matrix < 45) | ((matrix | np.uint8(0x20)) == 0x7D))
    lowest = ending & (~ending + _ONE)
    inside = lowest - _ONE
    widths = np.bitwise_count(inside).astype(np.int64)
    digits, points = _bits(matrix - np.uint8(48) <= 9), _bits(matrix == ord(".")) & inside
    first = _ONE << (matrix[:, 0] == ord("-")).astype(np.uint32)
    number = ((digits | points) & inside) == (inside & ~(first - _ONE))
    number &= (digits & first & inside) > 0
    number &= ((points & (points - _ONE)) | (points & lowest >> _ONE)) == 0
    zero = np.where(first > _ONE, matrix[:, 1], matrix[:, 0]) == ord("0")
    number &= ~(zero & ((digits & inside & first << _ONE) > 0))
    words = kept_of(matrix[:, :8].copy().view(np.uint64)[:, 0], widths)
    number |= (words == _WORDS[0]) | (words == _WORDS[1]) | (words == _WORDS[2])
    number &= ending > 0
    return begins + widths, number


def _bits(matrix: NDArray[np.bool_]) -> Bits:
    """uint32 (n,): a row of 32 as bits, the first the lowest."""
    return np.packbits(matrix.reshape(-1), bitorder="little").view(np.uint32)
