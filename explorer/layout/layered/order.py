"""The order within each column: barycentre sweeps and swaps of neighbours, keeping the best (Gansner 1993).

Then every vertex is tried at every place of its column (sifting: Matuszewski, Schoenfeld and Molitor 1999), which
leaves minima that swaps do not. In large drawings sifting takes the place of swaps.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable

from explorer.layout.layered.proper import Proper

Columns = list[list[int]]

# How hard to try, by the number of vertices: small drawings are looked at closely and cost little.
_STARTS = 480  # vertices times starts
_MOST_STARTS = 8
_ROUNDS = 12_000  # vertices times sweeps of one start
_MOST_ROUNDS = 24
_PATIENCE = 5  # sweeps without gain after which a start is given up
_SWAPPED = 240  # vertices up to which neighbours are swapped in each sweep
_LONG_PATIENCE = 8  # without swaps a sweep is cheap
_SIFTED = 800  # vertices times rounds of sifting; it takes a time of vertices by vertices


def order(graph: Proper, start: Columns, check: Callable[[], None]) -> tuple[Columns, int]:
    """The order with the fewest crossings met, and how many they are.

    Sweeps end in a local minimum that depends on where they began: small drawings are also begun from
    shuffled columns. Of equal results the earliest stands, the one nearest to ``start``.

    Args:
        graph: the proper graph.
        start: vertices of each column; not changed.
        check: called once a sweep; raises to stop.
    """
    vertices = max(len(graph.layer), 1)
    rounds = min(_MOST_ROUNDS, max(6, _ROUNDS // vertices))
    best, fewest = start, crossings(graph, start)
    for seed in range(max(1, min(_MOST_STARTS, _STARTS // vertices))):
        if not fewest:
            break
        columns = [_shuffled(column, seed) if seed else column[:] for column in start]
        found, count = _sweeps(graph, columns, rounds, check)
        if count < fewest:
            best, fewest = found, count
    return best, fewest


def _shuffled(column: list[int], seed: int) -> list[int]:
    """Another order of a column, the same on every machine: by Knuth's multiplicative hash."""
    return sorted(column, key=lambda vertex: (vertex + 1) * (2 * seed + 1) * 2654435761 % 2**32)


def crossings(graph: Proper, columns: Columns) -> int:
    """Pairs of edge pieces that cross: inversions, column by column."""
    place = _places(graph, columns)
    total = 0
    for column in columns:
        passed: list[int] = []
        for vertex in column:
            ends = _ends(graph.after[vertex], place)
            for end in ends:
                total += len(passed) - bisect_right(passed, end)
            for end in ends:
                insort(passed, end)
    return total


def _sweeps(graph: Proper, columns: Columns, rounds: int, check: Callable[[], None]) -> tuple[Columns, int]:
    place = _places(graph, columns)
    small = len(graph.layer) <= _SWAPPED
    patience = _PATIENCE if small else _LONG_PATIENCE
    best, fewest, idle = [column[:] for column in columns], crossings(graph, columns), 0
    for turn in range(rounds):
        check()
        forward = turn % 2 == 0
        fixed = graph.before if forward else graph.after
        for column in columns[1:] if forward else columns[-2::-1]:
            _by_barycentre(column, fixed, place, ties_turned=turn % 4 > 1)
        if small:
            _swap(graph, columns, place)
        count = crossings(graph, columns)
        idle = 0 if count < fewest else idle + 1
        if count < fewest:
            best, fewest = [column[:] for column in columns], count
        if not fewest or idle == patience:
            break
    if fewest:
        _sift(graph, best, check)
        fewest = crossings(graph, best)
    return best, fewest


def _places(graph: Proper, columns: Columns) -> list[int]:
    place = [0] * len(graph.layer)
    for column in columns:
        for index, vertex in enumerate(column):
            place[vertex] = index
    return place


def _by_barycentre(column: list[int], fixed: list[list[int]], place: list[int], *, ties_turned: bool) -> None:
    """Sort a column by the mean place of each vertex's neighbours; those without any keep their place."""
    means = {
        vertex: sum(place[other] for other in fixed[vertex]) / len(fixed[vertex])
        for vertex in column
        if fixed[vertex]
    }
    movable = [vertex for vertex in column if vertex in means]
    if ties_turned:
        movable.reverse()
    movable.sort(key=means.__getitem__)
    rest = iter(movable)
    column[:] = [next(rest) if vertex in means else vertex for vertex in column]
    for index, vertex in enumerate(column):
        place[vertex] = index


def _swap(graph: Proper, columns: Columns, place: list[int]) -> None:
    """Swap neighbours while that removes crossings, at most four times through the drawing.

    After the first time only columns beside one that changed are looked at.
    """
    wanted = list(range(len(columns)))
    for _ in range(4):
        changed = [at for at in wanted if _swap_column(graph, columns[at], place)]
        wanted = sorted({near for at in changed for near in (at - 1, at, at + 1) if 0 <= near < len(columns)})
        if not wanted:
            return


def _swap_column(graph: Proper, column: list[int], place: list[int]) -> int:
    before = [_ends(graph.before[vertex], place) for vertex in column]
    after = [_ends(graph.after[vertex], place) for vertex in column]
    gained = 0
    for lower in range(1, len(column)):
        upper = lower - 1
        gain = _gain(before[upper], before[lower]) + _gain(after[upper], after[lower])
        if gain > 0:
            gained += gain
            column[upper], column[lower] = column[lower], column[upper]
            before[upper], before[lower] = before[lower], before[upper]
            after[upper], after[lower] = after[lower], after[upper]
    if gained:
        for index, vertex in enumerate(column):
            place[vertex] = index
    return gained


def _sift(graph: Proper, columns: Columns, check: Callable[[], None]) -> None:
    """Put every vertex where in its column it crosses least, forward and back, until nothing moves."""
    place = _places(graph, columns)
    for _ in range(min(4, _SIFTED // max(len(graph.layer), 1))):
        moved = False
        for column in (*columns, *reversed(columns)):
            check()
            moved |= _sift_column(graph, column, place)
        if not moved:
            return


def _sift_column(graph: Proper, column: list[int], place: list[int]) -> bool:
    before = {vertex: _ends(graph.before[vertex], place) for vertex in column}
    after = {vertex: _ends(graph.after[vertex], place) for vertex in column}
    moved = False
    for vertex in column[:]:
        left, right, at = before[vertex], after[vertex], column.index(vertex)
        rest = column[:at] + column[at + 1 :]
        cost = here = least = best = 0
        for index, other in enumerate(rest, 1):
            cost -= _gain(left, before[other]) + _gain(right, after[other])
            if index == at:
                here = cost
            if cost < least:
                least, best = cost, index
        if least < here:
            rest.insert(best, vertex)
            column[:] = rest
            moved = True
    for index, vertex in enumerate(column):
        place[vertex] = index
    return moved


def _ends(neighbours: list[int], place: list[int]) -> list[int]:
    if len(neighbours) == 1:
        return [place[neighbours[0]]]
    return sorted([place[other] for other in neighbours])


def _gain(upper: list[int], lower: list[int]) -> int:
    """Crossings fewer after swapping two vertices whose neighbours stand at these places, both sorted."""
    if not upper or not lower:
        return 0
    if len(upper) == 1 == len(lower):
        return (upper[0] > lower[0]) - (upper[0] < lower[0])
    gain = 0
    for end in upper:
        gain += bisect_left(lower, end) + bisect_right(lower, end) - len(lower)
    return gain
