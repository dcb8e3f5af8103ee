"""Accuracy at ranks, with the expected rank of what is not ranked: ties are broken at random, never shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.rca_report.run import Result

_DEEPEST = 5


@dataclass(frozen=True)
class Scores:
    """Means over cases.

    Attributes:
        first, third: AC@1, AC@3. ``average``: Avg@5. ``reciprocal``: MRR. ``chance``: AC@1 of a random order.
        surely_wrong: share of cases whose first cause has high confidence and names another service.
        seconds: of reading and analysing one case.
    """

    cases: int
    first: float
    third: float
    average: float
    reciprocal: float
    chance: float
    surely_wrong: float
    seconds: float


def of(results: Sequence[Result]) -> Scores:
    """The means over results."""
    count = max(len(results), 1)
    at = [[hit_at(result, depth) for result in results] for depth in range(1, _DEEPEST + 1)]
    means = [sum(hits) / count for hits in at]
    return Scores(
        len(results), means[0], means[2], sum(means) / _DEEPEST,
        sum(reciprocal(result) for result in results) / count,
        sum(1 / max(result.services, 1) for result in results) / count,
        sum(result.surely_wrong for result in results) / count,
        sum(result.seconds for result in results) / count,
    )  # fmt: skip


def hit_at(result: Result, depth: int) -> float:
    """Chance that the true service is among the first ``depth``, services not named following in random order."""
    if result.case.service in result.ranked:
        return float(result.ranked.index(result.case.service) < depth)
    rest = result.services - len(result.ranked)
    return min(1.0, max(0, depth - len(result.ranked)) / rest) if rest > 0 else 0.0


def reciprocal(result: Result) -> float:
    """Expected reciprocal rank of the true service."""
    if result.case.service in result.ranked:
        return 1 / (result.ranked.index(result.case.service) + 1)
    begin, end = len(result.ranked) + 1, result.services
    return sum(1 / rank for rank in range(begin, end + 1)) / (end - begin + 1) if end >= begin else 0.0
