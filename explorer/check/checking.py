"""Holds expectations against the answers about a store: which are broken, and by which ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.matching import matching_ids
from explorer.analysis.results import Analysis, Cause, Outcome
from explorer.check.expectation import Expectation
from explorer.errors import QueryError, UsageError
from explorer.layout import numbers
from explorer.model.store import Store

Rows = NDArray[np.int64]
_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Result:
    """How one expectation fared.

    Attributes:
        chosen: how many ids its query chose.
        broken: what is so instead, in words; "" where it holds.
        rows: the id rows that broke it, worst first.
    """

    expectation: Expectation
    chosen: int
    broken: str = ""
    rows: tuple[int, ...] = ()


def check(
    store: Store, analysis: Analysis, expected: Sequence[Expectation], among: NDArray[np.bool_]
) -> tuple[Result, ...]:
    """One result for each expectation, of the ids ``among`` (bool (ids,)) that its query chooses.

    Raises:
        UsageError: a regular expression of a query took too long.
    """
    known: dict[str, Rows] = {}
    for one in expected:
        if one.words not in known:
            known[one.words] = np.flatnonzero(_chosen(store, analysis, one) & among)
    results = []
    for one in expected:
        rows = known[one.words]
        broken, by = _CHECKS[one.key](analysis, rows, one.limit)
        results.append(Result(one, len(rows), broken, tuple(int(row) for row in by)))
    return tuple(results)


def _chosen(store: Store, analysis: Analysis, one: Expectation) -> NDArray[np.bool_]:
    if one.query is None:
        return np.ones(len(store.correlation.rows), bool)
    try:
        return matching_ids(store, analysis, one.query)
    except QueryError as error:
        raise UsageError(f"{one.place}: {error}") from error


def _failing(analysis: Analysis, rows: Rows) -> Rows:
    """Those that failed, the one with most errors first."""
    failing = rows[analysis.ids.outcome[rows] == Outcome.FAILING]
    order = np.argsort(-analysis.ids.errors[failing].astype(np.int64), kind="stable")
    return np.take(failing, order)


Broken = tuple[str, Sequence[int] | Rows]
_HOLDS: Final[Broken] = ("", ())


def _max_failing(analysis: Analysis, rows: Rows, limit: int) -> Broken:
    failing = _failing(analysis, rows)
    if len(failing) <= limit:
        return _HOLDS
    return f"{numbers.count(len(failing))} of {numbers.plural(len(rows), 'id')} failed", failing


def _max_error_rate(analysis: Analysis, rows: Rows, limit: float) -> Broken:
    failing = _failing(analysis, rows)
    if not len(rows) or len(failing) / len(rows) <= limit:
        return _HOLDS
    rate = f"{len(failing) / len(rows):.4g}"
    return (
        f"{numbers.count(len(failing))} of {numbers.plural(len(rows), 'id')} failed, a rate of {rate}",
        failing,
    )


def _p95_ms(analysis: Analysis, rows: Rows, limit: float) -> Broken:
    """By nearest rank: the time that 95 of 100 ids kept within is one that an id really took."""
    if not len(rows):
        return _HOLDS
    taken = analysis.ids.duration[rows]
    p95 = int(np.quantile(taken, 0.95, method="inverted_cdf"))
    if p95 <= limit * _MS:
        return _HOLDS
    longer = rows[taken > limit * _MS]
    order = np.argsort(-analysis.ids.duration[longer], kind="stable")
    return f"the 95th percentile of {numbers.plural(len(rows), 'id')} is {p95 / _MS:.6g} ms", longer[order]


def _max_spans(analysis: Analysis, rows: Rows, limit: int) -> Broken:
    more = rows[analysis.ids.spans[rows] > limit]
    if not len(more):
        return _HOLDS
    spans = analysis.ids.spans[more].astype(np.int64)
    have = "id has" if len(more) == 1 else "ids have"
    return (
        f"{numbers.count(len(more))} {have} more, up to {numbers.plural(int(spans.max()), 'span')}",
        more[np.argsort(-spans, kind="stable")],
    )


def _no_category(analysis: Analysis, rows: Rows, limit: Sequence[str]) -> Broken:
    by: dict[str, list[int]] = {}
    for row in rows.tolist():
        if analysis.ids.outcome[row] != Outcome.OK:
            verdict = analysis.verdicts.get(row)
            by.setdefault(verdict.category if verdict else "unknown", []).append(row)
    met = [name for name in limit if name in by]
    if not met:
        return _HOLDS
    told = ", ".join(f"{numbers.plural(len(by[name]), 'id')} of category {name}" for name in met)
    return told, [row for name in met for row in by[name]]


def _root_cause(analysis: Analysis, rows: Rows, limit: Mapping[str, str]) -> Broken:
    """The first cause, in the order of ``rca``, of those that explain a chosen id."""
    chosen = set(rows.tolist())
    first = next((cause for cause in analysis.causes if not chosen.isdisjoint(cause.ids)), None)
    if first is None:
        failing = _failing(analysis, rows)
        return (
            "no root cause was found" if len(failing) else "no id failed, so there is no root cause"
        ), failing
    if all(_is(first, key, wanted) for key, wanted in limit.items()):
        return _HOLDS
    where = first.service or f"{first.entity.kind} {first.entity.name}"
    told = f"the root cause is {where}, category {first.category}: {first.title}"
    return told, [row for row in first.ids if row in chosen]


def _is(cause: Cause, key: str, wanted: str) -> bool:
    if key == "category":
        return cause.category == wanted
    return wanted.casefold() in {
        (cause.service or cause.entity.name).casefold(),
        cause.entity.name.casefold(),
    }


_CHECKS: Final[Mapping[str, Callable[[Analysis, Rows, Any], Broken]]] = {
    "max_failing": _max_failing,
    "max_error_rate": _max_error_rate,
    "p95_ms": _p95_ms,
    "max_spans": _max_spans,
    "no_category": _no_category,
    "root_cause": _root_cause,
}
