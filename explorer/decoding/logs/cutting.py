"""JSON lines cut at their values, by the grammar of their file: all lines of a block at once, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.grammar import END, LITERAL, START, Grammar, Way
from explorer.decoding.logs.lines import Lines, Rows, run_of
from explorer.decoding.logs.quotes import Quotes
from explorer.decoding.logs.scalars import scalar_ends
from explorer.decoding.logs.words import equal, words_at

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]

LONGEST: Final = 64
"""Bytes of a value that tells something in itself."""
MARGIN: Final = LITERAL + LONGEST + 8
"""Bytes that lie behind the end of a line that is cut, for what is looked at is looked at eight bytes at a time."""
_VISITS: Final = 500
"""Values after which what is left is longer than it is worth: lists of numbers."""


class Cuts:
    """Where the values stand of lines that were cut.

    Attributes:
        done: bool (n,), lines that are cut.
        seen: uint64 (n,), bits of the values they have that tell something.
        begins, ends: by state, int64 (n,); of lines that have that value.
    """

    def __init__(self, lines: Lines, quotes: Quotes, grammar: Grammar) -> None:
        self._lines, self._quotes, self._grammar = lines, quotes, grammar
        self._count = len(lines)
        self._first: tuple[Longs, Rows] = np.empty(0, np.int64), slice(0)
        self._limit = min(int(lines.ends[-1]), len(lines.data) - MARGIN)
        self._opened = np.zeros(len(lines), np.uint64)
        self.done = np.zeros(len(lines), bool)
        self.seen = np.zeros(len(lines), np.uint64)
        self.begins: dict[int, Longs] = {}
        self.ends: dict[int, Longs] = {}

    def cut(self, rows: Longs) -> Longs:
        """Cut lines, of which none reaches into the :data:`MARGIN`; returns those that the grammar does not know."""
        if not len(self._first[0]):
            self._first = rows, run_of(rows)  # mostly all lines of a block go one way
        else:
            self.seen[rows] = 0
            self._opened[rows] = 0
        states = self._grammar.states
        pending = {START: [(rows, self._lines.starts[rows])]}
        for _ in range(_VISITS):
            if not pending:
                break
            at = min(pending, key=lambda index: states[index].rank)
            batches = pending.pop(at)
            here, places = (
                batches[0] if len(batches) == 1 else map(np.concatenate, zip(*batches, strict=True))
            )
            for way, there, begins in self._along(states[at].ways, here, places):
                if way.to == END:
                    where = self._where(there)
                    self.done[where] |= begins == self._lines.ends[where]
                    continue
                batch = self._take(way, there, begins)
                if len(batch[0]):
                    pending.setdefault(way.to, []).append(batch)
        return rows[~self.done[rows]]

    def _along(self, ways: Sequence[Way], rows: Longs, at: Longs) -> Iterator[tuple[Way, Longs, Longs]]:
        """The rows that go each way, and where it ends; the others are dropped."""
        words = words_at(self._lines.data, at, max((-(-len(way.literal) // 8) for way in ways), default=1))
        for way in ways:
            same = equal(words, way.literal)
            if same.all():
                yield way, rows, at + len(way.literal)
                return
            hit = np.flatnonzero(same)
            if len(hit):
                yield way, rows[hit], at[hit] + len(way.literal)
                other = np.flatnonzero(~same)
                rows, at, words = rows[other], at[other], words[other]

    def _take(self, way: Way, rows: Longs, begins: Longs) -> tuple[Longs, Longs]:
        """The rows that have a value there which needs no care, and where it ends."""
        state, where = self._grammar.states[way.to], self._where(rows)
        if state.is_text:
            ends, fits = self._quotes.behind(begins, self._limit), np.ones(len(rows), bool)
        else:
            ends, fits = scalar_ends(self._lines.data, begins)
            ends = np.minimum(ends, self._limit)
        if way.opens:
            fits &= self._have_not(self._opened, where, way.opens)
            fits &= self._have_not(self.seen, where, self._grammar.barred[way.opens])
            self._opened[where] |= np.uint64(way.opens)
        if state.bit:
            fits &= self._have_not(self.seen, where, state.clash)
            fits &= self._have_not(self._opened, where, state.excludes)
            self.seen[where] |= np.uint64(state.bit)
            if not state.is_long:
                fits &= (ends - begins <= LONGEST) & ~self._quotes.have_slashes(rows, begins, ends)
            self._put(self.begins, way.to, where, begins)
            self._put(self.ends, way.to, where, ends)
        if fits.all():
            return rows, ends
        good = np.flatnonzero(fits)
        return rows[good], ends[good]

    def _where(self, rows: Longs) -> Rows:
        """The same rows, as a slice if they are those that were cut first and follow one another."""
        return self._first[1] if rows is self._first[0] else rows

    def _have_not(self, bits: Words, rows: Rows, clash: int) -> Mask | np.bool_:
        """Which rows have none of some bits: what a line says twice needs care."""
        if not clash:
            return np.True_
        found: Mask = (bits[rows] & np.uint64(clash)) == 0
        return found

    def _put(self, columns: dict[int, Longs], state: int, rows: Rows, values: Longs) -> None:
        if state not in columns:
            columns[state] = np.empty(self._count, np.int64)
        columns[state][rows] = values
