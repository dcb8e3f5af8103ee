"""What a place in JSON belongs to: a name, a text, a number; seen by its quotes, without decoding anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

_QUOTE, _ESCAPE, _COLON = 34, 92, 58
_BLANKS: Final = np.zeros(256, bool)
_BLANKS[list(b" \t\r\n")] = True


@dataclass(frozen=True, slots=True)
class Tokens:
    """What stands at places of JSON, each (places,).

    Attributes:
        in_text: bool, within quotes.
        is_name: bool, within those of a name.
        begin, end: int64, what stands between the quotes before and behind the place.
        owner: int64 (places, 2), begin and end of the name whose value this is; -1 for none, as of a list's elements.
    """

    in_text: NDArray[np.bool_]
    is_name: NDArray[np.bool_]
    begin: Places
    end: Places
    owner: Places


def tokens(data: Bytes, at: Places, starts: Places) -> Tokens:
    """What stands at places.

    Args:
        data: JSON values, with anything between them.
        at: the places.
        starts: where the value begins in which each of them lies.
    """
    quotes = quotes_of(data)
    # So that each place has three quotes before it.
    bounds = np.concatenate(([-1, -1, -1], quotes, [len(data)] * 2))
    behind = np.searchsorted(quotes, at) + 3
    count = behind - 3 - np.searchsorted(quotes, starts)
    in_text = count % 2 == 1
    begin, end = bounds[behind - 1] + 1, bounds[behind]
    is_name = in_text & (data[_past(data, end + 1, 1)] == _COLON)
    # The string before: of a text the one before its own, of a number the one that ended last.
    last = np.where(in_text, behind - 2, behind - 1)
    named = (count >= np.where(in_text, 3, 2)) & (data[_past(data, bounds[last] + 1, 1)] == _COLON)
    first = data[_past(data, begin - 2, -1)] == _COLON
    named &= ~in_text | first
    owner = np.where(named[:, None], np.stack([bounds[last - 1] + 1, bounds[last]], axis=1), -1)
    return Tokens(in_text, is_name, begin, end, owner)


def named(data: Bytes, owner: Places, name: bytes) -> Places:
    """Which owners, as :class:`Tokens` has them, have that name."""
    which = np.flatnonzero(owner[:, 1] - owner[:, 0] == len(name))
    for number, byte in enumerate(name):
        if not len(which):
            break
        which = which[data[owner[which, 0] + number] == byte]
    return which


def _past(data: Bytes, at: Places, step: int) -> Places:
    """The first place from ``at`` on, in steps of +1 or -1, that is no blank; within the data."""
    at = np.clip(at, 0, len(data) - 1)
    while (blank := _BLANKS[data[at]] & (at > 0) & (at < len(data) - 1)).any():
        at = at + np.where(blank, step, 0)
    return at


def quotes_of(data: Bytes) -> Places:
    """Places of the quotes that are not escaped, int64 ascending."""
    quotes = np.flatnonzero(data == _QUOTE)
    escapes = np.flatnonzero(data == _ESCAPE)
    if not len(escapes):
        return quotes
    fresh = np.concatenate(([True], np.diff(escapes) > 1))
    run_begin = np.maximum.accumulate(np.where(fresh, np.arange(len(escapes)), 0))
    escaped = escapes[(np.arange(len(escapes)) - run_begin) % 2 == 0] + 1
    return quotes[~np.isin(quotes, escaped, assume_unique=True)]
