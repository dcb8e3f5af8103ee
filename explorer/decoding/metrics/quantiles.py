"""Quantiles of histograms, from their buckets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

QUANTILES: Final = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))

Bucket = tuple[float, float, float]
"""Lower bound, upper bound, count."""


def quantile(buckets: Sequence[Bucket], share: float) -> float | None:
    """The value below which ``share`` of the counts lie, linear within a bucket; None without counts."""
    total = sum(count for _, _, count in buckets)
    if not total:
        return None
    wanted = share * total
    for low, high, count in buckets:
        if count and wanted <= count:
            return low + (high - low) * wanted / count
        wanted -= count
    return max(high for _, high, count in buckets if count)
