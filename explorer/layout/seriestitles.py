"""What series are called: their name, and the labels that tell them from others of that name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final

from explorer.model.records import Series
from explorer.model.store import Store

MOST: Final = 2
"""Labels in a title."""
_LONG, _END = 20, 6
_DULL: Final = frozenset(
    {"__name__", "job", "instance", "service", "app", "application", "namespace", "cluster", "env"}
)


@lru_cache(maxsize=2)
def series_titles(store: Store) -> tuple[str, ...]:
    """A title each: those labels are in it in whose values the series of one name and service differ most.

    Where they differ in none, as a series alone does, the first that say more than where it ran.
    """
    values: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in store.series:
        of_label = values[one.name, one.service]
        for name, value in one.labels:
            of_label[name].add(value)
    telling = {key: _telling(of_label) for key, of_label in values.items()}
    return tuple(_title(one, telling[one.name, one.service]) for one in store.series)


def _telling(values: Mapping[str, set[str]]) -> frozenset[str]:
    """The labels with the most values, of those that have several."""
    several = [name for name in values if len(values[name]) > 1]
    return frozenset(sorted(several, key=lambda name: (-len(values[name]), name in _DULL))[:MOST])


def _title(series: Series, telling: Iterable[str]) -> str:
    said = [value for name, value in series.labels if name in telling] or [
        value for name, value in series.labels if name not in _DULL and value != series.service
    ]
    words = " ".join((series.name.replace("_", " "), *map(_brief, said[:MOST])))
    return f"{words} · {series.service}" if series.service else words


class Alike:
    """How much of a title others have as well. Titles are put in order once, and compared where they are seen."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._ways = tuple(_Ordered(texts) for texts in (titles, [one[::-1] for one in titles]))

    def ends(self, row: int) -> tuple[int, int]:
        """How many characters at its beginning, and at its end, some other title has there, too."""
        begin, end = (one.shared(row) for one in self._ways)
        return begin, end


class _Ordered:
    def __init__(self, texts: Sequence[str]) -> None:
        self._texts, self._order = texts, sorted(range(len(texts)), key=texts.__getitem__)
        self._place = {row: place for place, row in enumerate(self._order)}

    def shared(self, row: int) -> int:
        """The longest beginning shared with a neighbour, which is the longest shared with any."""
        place = self._place[row]
        beside = self._order[max(place - 1, 0) : place] + self._order[place + 1 : place + 2]
        return max((_common(self._texts[row], self._texts[one]) for one in beside), default=0)


def _common(one: str, other: str) -> int:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


def _brief(value: str) -> str:
    """Both ends of what is too long to be read, an id mostly, so that the name before it has room."""
    return value if len(value) <= _LONG else f"{value[:_END]}…{value[-_END:]}"
