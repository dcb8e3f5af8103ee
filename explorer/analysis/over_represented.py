"""A failing set of ids against a healthy one: what only, or mostly, the failing have.

For each trait of an id (a service or operation called, a host, a version, an attribute's value, a log template) the
ids of both sides that have it are counted. Coverage is the share of the failing ids with it, lift how many times
the healthy share that is; the chance is Fisher's exact test (hypergeometric tail), which holds for small counts too,
and false discoveries are held down by Benjamini and Hochberg's rule over all traits that were counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.results import Analysis, Outcome
from explorer.analysis.significance import discoveries, tail_of_counts
from explorer.analysis.telling import is_incidental
from explorer.analysis.timing import self_times
from explorer.model.raw import ChangedError
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail

Longs = NDArray[np.int64]
TraitKind = Literal["attribute", "version", "log", "pod", "host", "operation", "service"]

MOST_READ = 80
"""Ids of each side whose attributes and logs are read, evenly over time."""
SPANS_OF_ID, LOGS_OF_ID = 16, 60
LEAST_COVERAGE, LEAST_LIFT = 0.1, 1.5
MOST_FOUND = 60
MOST_LEVELS = 6
"""Distinct values of a number up to which each is a trait of its own; of more, being above or below a bound is."""
_TESTED = 400
_VALUE = 200
_ENDED = re.compile(r"status|error|exception|fault", re.IGNORECASE)
_Key = tuple[TraitKind, str, str, str]
_KINDS: tuple[TraitKind, ...] = ("version", "attribute", "log", "pod", "host", "operation", "service")
"""Of traits that the very same ids have, the one of the kind that stands first is told."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A trait that one side has more often.

    Attributes:
        name: of the attribute, the severity of a log line, ``""`` for the others.
        value: of the attribute; the template, version, pod, host or operation.
        count: ids of the failing and of the healthy side that have it.
        of: how many ids of each side were looked at for it.
        p: chance to see so uneven a split where the trait has no part in it.
        row: a span of a failing id that has it (of a healthy one where none has), -1 for none.
        alike: how many more traits the very same ids have.
    """

    kind: TraitKind
    service: str
    name: str
    value: str
    count: tuple[int, int]
    of: tuple[int, int]
    p: float
    row: int = -1
    alike: int = 0

    @property
    def coverage(self) -> tuple[float, float]:
        """Share of the failing and of the healthy ids that have it, 0 to 1."""
        return self.count[0] / max(self.of[0], 1), self.count[1] / max(self.of[1], 1)

    @property
    def lift(self) -> float:
        """How many times as common among the failing; where no healthy id has it, as if half an id had."""
        return self.coverage[0] / max(self.coverage[1], 0.5 / max(self.of[1], 1))

    @property
    def times(self) -> float:
        """How many times as common on the side that has it more often, 1 and more."""
        rare = 0 if self.coverage[0] < self.coverage[1] else 1
        return self.coverage[1 - rare] / max(self.coverage[rare], 0.5 / max(self.of[rare], 1))


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """A service in both sides: median over the ids of its own time (ns) and mean spans an id."""

    service: str
    self_ns: tuple[int, int]
    spans: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SetComparison:
    """Failing ids against healthy ones. ``more`` is what the failing have, ``less`` what they lack, surest first."""

    failing: int
    healthy: int
    more: tuple[Excess, ...]
    less: tuple[Excess, ...]
    services: tuple[ServiceTime, ...]


def opposed(store: Store, analysis: Analysis, keep: NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """Failing and healthy id rows among those kept, made fit to be compared.

    Where none of those kept is healthy all healthy ones stand for them; of these, those that begin with the same
    operation as a failing one, so that what is asked for is not told as a difference. Both in order of time.
    """
    ids, spans = analysis.ids, store.spans
    failing = np.flatnonzero(keep & (ids.outcome == Outcome.FAILING))
    well = ids.outcome == Outcome.OK
    healthy = np.flatnonzero(keep & well)
    if not len(healthy):
        healthy = np.flatnonzero(well)
    if len(spans) and len(failing):
        entry = spans.service[ids.entry].astype(np.int64) * len(store.operations) + spans.name[ids.entry]
        entry = np.where(ids.entry >= 0, entry, -1)
        alike = healthy[np.isin(entry[healthy], entry[failing])]
        healthy = alike if len(alike) else healthy
    return failing[np.argsort(ids.start[failing])], healthy[np.argsort(ids.start[healthy])]


def compare_sets(store: Store, failing: Longs, healthy: Longs) -> SetComparison:
    """What the failing id rows (int64) have more or less often than the healthy ones. Both may be large."""
    sides = failing, healthy
    counted = [*_columns(store, sides), *_read(store, sides)]
    services = tuple(_services(store, sides))
    if not len(failing) or not len(healthy):
        return SetComparison(len(failing), len(healthy), (), (), services)
    tests = sum(sum(trait.count) > 1 for trait in counted)
    more, less = _uneven(counted, 0, tests), _uneven(counted, 1, tests)
    return SetComparison(len(failing), len(healthy), more, less, services)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A trait with the ids that have it.

    ``ids`` is a hash of which they are, ``tries`` how many bounds were tried to find this one.
    """

    kind: TraitKind
    service: str
    name: str
    value: str
    count: tuple[int, int]
    of: tuple[int, int]
    ids: int
    row: int
    tries: int = 1


def _telling(trait: _Counted) -> int:
    """How little a trait tells of why: how it ended says least."""
    ended = trait.kind == "attribute" and _ENDED.search(trait.name)
    return len(_KINDS) if ended else _KINDS.index(trait.kind)


def _uneven(counted: Sequence[_Counted], side: int, tests: int) -> tuple[Excess, ...]:
    """The traits that side ``side`` has surely more often, the surest first; those of the same ids are told once."""
    other = 1 - side
    wanted: list[tuple[float, _Counted]] = []
    for trait in counted:
        share = [trait.count[each] / max(trait.of[each], 1) for each in (0, 1)]
        if share[side] >= LEAST_COVERAGE and share[side] >= LEAST_LIFT * share[other]:
            wanted.append((share[side] - share[other], trait))
    wanted.sort(key=lambda pair: (-pair[0], _telling(pair[1]), pair[1].service, pair[1].value))
    tried = [trait for _, trait in wanted[:_TESTED]]
    chance = np.array(
        [t.tries * tail_of_counts(t.count[side], t.of[side], sum(t.count), sum(t.of)) for t in tried],
        np.float64,
    )
    sure = discoveries(chance, tests=tests)
    groups: dict[tuple[int, tuple[int, int]], list[tuple[float, _Counted]]] = defaultdict(list)
    for trait, p, counts in zip(tried, chance.tolist(), sure.tolist(), strict=True):
        if counts:
            groups[trait.ids, trait.count].append((p, trait))
    found = []
    for members in groups.values():
        p, first = min(members, key=lambda pair: (_telling(pair[1]), len(pair[1].value)))
        found.append(Excess(first.kind, first.service, first.name, first.value, first.count, first.of, p,
                            first.row, len(members) - 1))  # fmt: skip
    found.sort(key=lambda one: (one.p, -one.coverage[side], one.service, one.value))
    return tuple(found[:MOST_FOUND])


# -- what the columns hold, for all ids --------------------------------------------------------------------


def _places(store: Store, sides: tuple[Longs, Longs]) -> Longs:
    """int64 (id rows,): number of each id, the failing first, -1 for those of neither side."""
    place = np.full(len(store.correlation.rows), -1, np.int64)
    place[np.concatenate(sides)] = np.arange(len(sides[0]) + len(sides[1]))
    return place


def _columns(store: Store, sides: tuple[Longs, Longs]) -> Iterator[_Counted]:
    spans = store.spans
    if not len(spans):
        return
    of_span = _places(store, sides)[store.correlation.of_trace[spans.trace]]
    rows = np.flatnonzero(of_span >= 0)
    ids, service, name = of_span[rows], spans.service[rows].astype(np.int64), spans.name[rows]
    for code, count, hashed, row in _tally(ids, service * len(store.operations) + name, rows, sides):
        where, what = divmod(code, len(store.operations))
        yield _Counted(
            "operation", store.services[where], "", store.operations[what], count, _of(sides), hashed, row
        )
    for code, count, hashed, row in _tally(ids, service, rows, sides):
        yield _Counted("service", store.services[code], "", "", count, _of(sides), hashed, row)
    kinds: tuple[TraitKind, ...] = ("version", "pod", "host")
    for kind in kinds:
        table: dict[tuple[str, str], int] = {}
        codes = [
            table.setdefault((one.service, getattr(one, kind)), len(table)) if getattr(one, kind) else -1
            for one in store.resources
        ]
        of_row = np.array([*codes, -1], np.int64)[spans.resource[rows]]
        known, names = of_row >= 0, list(table)
        for each, count, hashed, row in _tally(ids[known], of_row[known], rows[known], sides):
            yield _Counted(kind, names[each][0], "", names[each][1], count, _of(sides), hashed, row)


def _of(sides: tuple[Longs, Longs]) -> tuple[int, int]:
    return len(sides[0]), len(sides[1])


def _tally(
    ids: Longs, code: Longs, rows: Longs, sides: tuple[Longs, Longs]
) -> Iterator[tuple[int, tuple[int, int], int, int]]:
    """For each code: itself, the ids of each side that have it, a hash of these ids, the first row of one."""
    if not len(ids):
        return
    whole = len(sides[0]) + len(sides[1])
    pairs, first = np.unique(code * whole + ids, return_index=True)
    codes, of_id = np.divmod(pairs, whole)
    known, begins = np.unique(codes, return_index=True)
    inverse = np.repeat(np.arange(len(known)), np.diff(np.append(begins, len(codes))))
    total = np.bincount(inverse, minlength=len(known))
    failing = np.bincount(inverse, weights=of_id < len(sides[0]), minlength=len(known)).astype(np.int64)
    hashed = np.add.reduceat(_marks(whole)[of_id], begins)
    for at, each in enumerate(known.tolist()):
        count = int(failing[at]), int(total[at] - failing[at])
        yield int(each), count, int(hashed[at]), int(rows[first[begins[at]]])


def _marks(whole: int) -> NDArray[np.uint64]:
    """A random number for each id: equal sums mean equal sets of ids."""
    return np.random.default_rng(whole).integers(0, 2**63, whole, np.int64).view(np.uint64)


# -- what must be read again, for some ids -----------------------------------------------------------------


def _some(rows: Longs) -> Longs:
    return rows[:: max(1, -(-len(rows) // MOST_READ))]


def _read(store: Store, sides: tuple[Longs, Longs]) -> Iterator[_Counted]:
    """Attributes of the first span of each operation, and log templates, of a part of the ids."""
    some = _some(sides[0]), _some(sides[1])
    having: defaultdict[_Key, set[int]] = defaultdict(set)
    measured: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    at: dict[_Key, int] = {}
    for number, row in enumerate(np.concatenate(some).tolist()):
        try:
            for key, span in (*_attributes(store, row), *_templates(store, row)):
                having[key].add(number)
                at.setdefault(key, span)
                value = _number(key)
                if value is not None:
                    measured[key[1], key[2]].setdefault(number, value)
        except ChangedError:
            break
    bounded = set()
    for (service, name), values in measured.items():
        if len(set(values.values())) > MOST_LEVELS:
            bounded.add((service, name))
            yield from _bounded(service, name, values, some, at)
    for key, numbers in having.items():
        if key[0] != "attribute" or key[1:3] not in bounded:
            failing = sum(number < len(some[0]) for number in numbers)
            count = failing, len(numbers) - failing
            yield _Counted(*key, count, _of(some), _sum_of(numbers, some), at[key])


def _sum_of(numbers: Iterable[int], some: tuple[Longs, Longs]) -> int:
    marks = _marks(len(some[0]) + len(some[1]))
    return int(np.add.reduce(marks[np.fromiter(numbers, np.int64)]))


def _number(key: _Key) -> float | None:
    """The value of an attribute as a number, None where it is none."""
    if key[0] != "attribute":
        return None
    try:
        value = float(key[3])
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _bounded(
    service: str, name: str, values: Mapping[int, float], some: tuple[Longs, Longs], at: Mapping[_Key, int]
) -> Iterator[_Counted]:
    """An attribute of many values, by the bound that parts the sides best, upward and downward."""
    numbers = np.array(list(values), np.int64)
    size = np.array(list(values.values()))
    failing = numbers < len(some[0])
    levels = np.unique(size)
    for sign, form in ((1.0, "≥ {:g}"), (-1.0, "≤ {:g}")):
        reach = sign * size[:, None] >= sign * levels[None, :]
        share = [
            reach[part].sum(axis=0) / max(len(side), 1)
            for part, side in zip((failing, ~failing), some, strict=True)
        ]
        for side in (0, 1):
            best = int(np.argmax(share[side] - share[1 - side]))
            chosen = numbers[reach[:, best]]
            count = int((chosen < len(some[0])).sum()), int((chosen >= len(some[0])).sum())
            first = next(row for key, row in at.items() if key[1:3] == (service, name))
            yield _Counted(
                "attribute", service, name, form.format(levels[best]), count, _of(some),
                _sum_of(chosen.tolist(), some), first, len(levels),
            )  # fmt: skip


def _attributes(store: Store, id_row: int) -> Iterator[tuple[_Key, int]]:
    seen: set[tuple[int, int]] = set()
    for trace in store.correlation.rows[id_row].traces:
        rows = store.traces.rows(trace)
        for row in range(rows.start, rows.stop):
            step = int(store.spans.service[row]), int(store.spans.name[row])
            if step in seen:
                continue
            seen.add(step)
            if len(seen) > SPANS_OF_ID:
                return
            for name, value in span_detail(store, row).attributes:
                text = str(value)[:_VALUE]
                if not is_incidental(name, text):
                    yield ("attribute", store.service(row), name, text), row


def _templates(store: Store, id_row: int) -> Iterator[tuple[_Key, int]]:
    for row in store.correlation.logs_of(id_row)[:LOGS_OF_ID].tolist():
        words = template(log_detail(store, row).message[:400])
        if words:
            level = severity_word(int(store.logs.severity[row]))
            service = store.services[int(store.logs.service[row])]
            yield ("log", service, level, words), int(store.logs.span[row])


def _services(store: Store, sides: tuple[Longs, Longs]) -> Iterator[ServiceTime]:
    """Own time of each service in the ids of both sides, the largest difference first."""
    spans = store.spans
    if not len(spans):
        return
    of_span = _places(store, sides)[store.correlation.of_trace[spans.trace]]
    rows = np.flatnonzero(of_span >= 0)
    width = len(sides[0]) + len(sides[1])
    key = spans.service[rows].astype(np.int64) * width + of_span[rows]
    seen, inverse = np.unique(key, return_inverse=True)
    own = np.bincount(inverse, weights=self_times(spans)[rows], minlength=len(seen))
    calls = np.bincount(inverse, minlength=len(seen))
    found = []
    service, place = np.divmod(seen, width)
    for code in np.unique(service).tolist():
        here = service == code
        parts = [here & (place < len(sides[0])), here & (place >= len(sides[0]))]
        times = [int(np.median(own[part])) if part.any() else 0 for part in parts]
        means = [
            float(calls[part].sum()) / max(len(side), 1) for part, side in zip(parts, sides, strict=True)
        ]
        found.append(ServiceTime(store.services[code], (times[0], times[1]), (means[0], means[1])))
    yield from sorted(found, key=lambda one: -abs(one.self_ns[0] - one.self_ns[1]))
