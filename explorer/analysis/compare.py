"""Two correlation ids side by side: which calls, times, errors, attributes and log lines differ.

Calls are matched by their path of (service, operation) from the entry down, as in a merged call tree; what stands
in one id only is as telling as what took longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.results import Analysis, Outcome
from explorer.analysis.telling import is_incidental
from explorer.analysis.timing import self_time, self_times
from explorer.analysis.wording import clip
from explorer.model.raw import ChangedError
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail

MOST_SPANS = 50_000
"""Spans of one id that are matched, the first of each trace."""
MOST_DECODED = 300
LEAST_WORDS = 3
_CONSTANT = re.compile(r"(?<![\w<*=])[A-Za-z]{2,}(?![\w=])")
"""A word of a template that is no name of a field."""
"""Matched calls whose attributes are compared."""
NEAREST = 60
"""Healthy ids looked at for the one most alike."""
CallPath = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CallDifference:
    """A call path in both ids; counts and times are (of a, of b), 0 where it is missing. Times in ns."""

    path: CallPath
    count: tuple[int, int]
    total_ns: tuple[int, int]
    self_ns: tuple[int, int]
    errors: tuple[int, int]
    row: tuple[int, int]

    @property
    def service(self) -> str:
        """Service of the last call."""
        return self.path[-1][0]

    @property
    def operation(self) -> str:
        """Operation of the last call."""
        return self.path[-1][1]

    @property
    def differs(self) -> bool:
        """Whether it was called another number of times, failed in one only, or took another order of time."""
        fast, slow = sorted(self.total_ns)
        return (
            self.count[0] != self.count[1]
            or self.errors[0] != self.errors[1]
            or slow - fast > max(fast, 1_000_000)
        )


@dataclass(frozen=True, slots=True)
class AttributeDifference:
    """An attribute of a call that has another value in the other id; None where it is missing."""

    service: str
    operation: str
    name: str
    value: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class LogDifference:
    """A log template of a service and how often it stands in each id; ``example`` is the first such line."""

    service: str
    level: str
    template: str
    count: tuple[int, int]
    example: str

    @property
    def words(self) -> str:
        """The template, or where hardly a word of it is constant, the example."""
        return self.template if len(_CONSTANT.findall(self.template)) >= LEAST_WORDS else self.example


@dataclass(frozen=True, slots=True)
class OrderDifference:
    """Calls that both ids make below the same call, and in which order each begins them."""

    path: CallPath
    order: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ServiceDifference:
    """Own time (ns) and spans of a service in each id."""

    service: str
    self_ns: tuple[int, int]
    spans: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between ids ``a`` and ``b`` (id rows); services by how much their own time differs."""

    a: int
    b: int
    duration_ns: tuple[int, int]
    calls: tuple[CallDifference, ...]
    services: tuple[ServiceDifference, ...]
    order: tuple[OrderDifference, ...]
    attributes: tuple[AttributeDifference, ...]
    logs: tuple[LogDifference, ...]


def compare(store: Store, analysis: Analysis, a: int, b: int) -> Comparison:
    """Compare two ids; calls in order of the first id, then those of the second only."""
    first, second = _calls(store, a), _calls(store, b)
    paths = list(dict.fromkeys((*first, *second)))
    calls = tuple(_call(store, path, first.get(path, []), second.get(path, [])) for path in paths)
    ids = analysis.ids
    return Comparison(
        a, b, (int(ids.duration[a]), int(ids.duration[b])), calls,
        tuple(_services(store, a, b)), tuple(_orders(store, first, second)),
        tuple(_attributes(store, calls)), tuple(_logs(store, a, b)),
    )  # fmt: skip


def nearest_healthy(store: Store, analysis: Analysis, id_row: int) -> int:
    """The healthy id most like one: same entry operation, most services and operations in common, nearest in time.

    Returns -1 where no healthy id has that entry operation.
    """
    ids, spans = analysis.ids, store.spans
    entry = int(ids.entry[id_row])
    if entry < 0:
        return -1
    others = np.flatnonzero((ids.outcome == Outcome.OK) & (ids.entry >= 0))
    others = others[others != id_row]
    same = (spans.name[ids.entry[others]] == spans.name[entry]) & (
        spans.service[ids.entry[others]] == spans.service[entry]
    )
    others = others[same]
    if not len(others):
        return -1
    nearest = others[np.argsort(np.abs(ids.start[others] - ids.start[id_row]), kind="stable")][:NEAREST]
    wanted = set(_calls(store, id_row))
    likeness = [_likeness(wanted, set(_calls(store, int(other)))) for other in nearest]
    return int(nearest[int(np.argmax(likeness))])


def _likeness(one: set[CallPath], other: set[CallPath]) -> float:
    """Share of call paths in common (Jaccard index)."""
    return len(one & other) / max(len(one | other), 1)


def _calls(store: Store, id_row: int) -> dict[CallPath, list[int]]:
    """Rows by call path, in pre-order."""
    spans = store.spans
    found: dict[CallPath, list[int]] = {}
    for trace in store.correlation.rows[id_row].traces:
        rows = store.traces.rows(trace)
        above: list[CallPath] = []
        base = int(spans.depth[rows.start]) if rows.stop > rows.start else 0
        for row in range(rows.start, min(rows.stop, rows.start + MOST_SPANS)):
            del above[int(spans.depth[row]) - base :]
            path = (*(above[-1] if above else ()), (store.service(row), store.operation(row)))
            above.append(path[-24:])
            found.setdefault(path[-24:], []).append(row)
    return found


def _call(store: Store, path: CallPath, a: list[int], b: list[int]) -> CallDifference:
    spans = store.spans

    def both(count: Iterator[int]) -> tuple[int, int]:
        return next(count), next(count)

    def total(rows: Iterable[int]) -> int:
        return sum(max(int(spans.duration[row]), 0) for row in rows)

    def own(rows: list[int]) -> int:
        return sum(self_time(spans, row) for row in rows[:50])

    return CallDifference(
        path, (len(a), len(b)), both(total(rows) for rows in (a, b)), both(own(rows) for rows in (a, b)),
        both(sum(bool(spans.failed[row]) for row in rows) for rows in (a, b)),
        (a[0] if a else -1, b[0] if b else -1),
    )  # fmt: skip


def _services(store: Store, a: int, b: int) -> Iterator[ServiceDifference]:
    """Own time and spans by service, the largest difference first."""
    count, own = np.zeros((len(store.services), 2), np.int64), np.zeros((len(store.services), 2), np.int64)
    times = self_times(store.spans)
    for side, id_row in enumerate((a, b)):
        for trace in store.correlation.rows[id_row].traces:
            rows = store.traces.rows(trace)
            service = store.spans.service[rows.start : rows.stop]
            np.add.at(count[:, side], service, 1)
            np.add.at(own[:, side], service, times[rows.start : rows.stop])
    used = np.flatnonzero(count.any(axis=1))
    for code in used[np.argsort(-np.abs(own[used, 0] - own[used, 1]), kind="stable")].tolist():
        yield ServiceDifference(
            store.services[code],
            (int(own[code, 0]), int(own[code, 1])),
            (int(count[code, 0]), int(count[code, 1])),
        )


def _orders(
    store: Store, first: Mapping[CallPath, list[int]], second: Mapping[CallPath, list[int]]
) -> Iterator[OrderDifference]:
    """Where both ids make the same calls in another order, by the start of the first of each."""
    below: dict[CallPath, list[CallPath]] = {}
    for path in first:
        if path in second and len(path) > 1:
            below.setdefault(path[:-1], []).append(path)
    start = store.spans.start
    for above, paths in below.items():
        one, other = (
            tuple(" ".join(path[-1]) for path in sorted(paths, key=lambda path: int(start[side[path]].min())))
            for side in (first, second)
        )
        if one != other:
            yield OrderDifference(above, (one, other))


def _attributes(store: Store, calls: Iterable[CallDifference]) -> Iterator[AttributeDifference]:
    """Attributes of the first span of each matched call that differ, but for ids and times of day.

    What differs alike in several calls of a service (its pod) is told once.
    """
    matched = [call for call in calls if min(call.row) >= 0][:MOST_DECODED]
    told: set[tuple[str, str, tuple[str | None, str | None]]] = set()
    for call in matched:
        try:
            first, second = (dict(_telling(store, row)) for row in call.row)
        except ChangedError:
            return
        for name in dict.fromkeys((*first, *second)):
            values = first.get(name), second.get(name)
            if values[0] != values[1] and (call.service, name, values) not in told:
                told.add((call.service, name, values))
                yield AttributeDifference(call.service, call.operation, name, values)


def _telling(store: Store, row: int) -> Iterator[tuple[str, str]]:
    detail = span_detail(store, row)
    for name, value in (*detail.attributes, *detail.resource):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not is_incidental(name, text):
            yield name, text


def _logs(store: Store, a: int, b: int) -> Iterator[LogDifference]:
    """Log templates that stand another number of times; warnings and errors first."""
    counts: dict[tuple[str, int, str], list[int]] = {}
    examples: dict[tuple[str, int, str], str] = {}
    for side, id_row in enumerate((a, b)):
        for row in store.correlation.logs_of(id_row)[:2000].tolist():
            try:
                message = log_detail(store, row).message
            except ChangedError:
                continue
            service = store.services[int(store.logs.service[row])]
            key = (service, int(store.logs.severity[row]), template(message))
            counts.setdefault(key, [0, 0])[side] += 1
            examples.setdefault(key, clip(message))
    differing = [(key, n) for key, n in counts.items() if n[0] != n[1]]
    for key, (first, second) in sorted(differing, key=lambda pair: -pair[0][1]):
        service, severity, words = key
        yield LogDifference(service, severity_word(severity), words, (first, second), examples[key])
