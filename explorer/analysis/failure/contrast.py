"""Versions that only the failing spans have: a model or a build that no longer fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.failure.propagation import Explained
from explorer.analysis.reading import Reading
from explorer.model.fields import Role, role

_HEALTHY = 12
_FEWEST = 2
_AROUND = 8


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version all failing samples have and no healthy span: the attribute, what healthy ones have, and it."""

    attribute: str
    old: str
    new: str


def new_model_version(reading: Reading, samples: Sequence[Explained]) -> NewVersion | None:
    """The model version that only the failing have, None where there is no such contrast."""
    facts = samples[0].scene.facts
    rows: list[int] = []
    for sample in samples:
        row = stating(reading, facts, sample.blame.row) if sample.blame.row >= 0 else -1
        if row >= 0:
            rows.append(row)
            if not model_versions(reading, row):
                return None  # it must be all of them: opening the others costs most of the analysis
    return new_version(reading, facts, rows)


def new_version(reading: Reading, facts: Facts, rows: Sequence[int]) -> NewVersion | None:
    """The model version that all of ``rows`` state and no healthy span like the first of them; None for none."""
    if not rows:
        return None
    failing = Counter(pair for row in rows for pair in model_versions(reading, row))
    healthy = Counter(pair for row in healthy_like(facts, rows[0]) for pair in model_versions(reading, row))
    for (name, value), count in failing.items():
        others = [(other, seen) for (key, other), seen in healthy.items() if key == name]
        if (
            count == len(rows)
            and sum(seen for _, seen in others) >= _FEWEST
            and value not in {o for o, _ in others}
        ):
            return NewVersion(name, max(others, key=lambda pair: pair[1])[0], value)
    return None


def upstream_version(
    reading: Reading, samples: Sequence[Explained], before: Callable[[Explained], Sequence[int]]
) -> tuple[NewVersion, list[int]] | None:
    """The new model version in spans that ended before the failing ones, and one such span for each sample.

    Args:
        before: gives the rows that ended before a sample, the likeliest first.
    """
    facts = samples[0].scene.facts
    spans = facts.store.spans
    first = next((row for row in before(samples[0]) if model_versions(reading, row)), -1)
    if first < 0 or len(samples) < _FEWEST:
        return None
    kind = spans.service[first], spans.name[first]
    alike = [
        next((row for row in before(one) if (spans.service[row], spans.name[row]) == kind), -1)
        for one in samples
    ]
    found = new_version(reading, facts, alike) if min(alike) >= 0 else None
    return (found, alike) if found is not None else None


def model_versions(reading: Reading, row: int) -> list[tuple[str, str]]:
    """The attributes of a span that hold a model's version."""
    return [
        (name, str(value)) for name, value in reading.span(row).attributes if role(name) is Role.MODEL_VERSION
    ]


def stating(reading: Reading, facts: Facts, row: int) -> int:
    """The span itself or the nearest one around it, in the same service, that states a model's version; else itself."""
    spans = facts.store.spans
    around = row
    for _ in range(_AROUND):
        if model_versions(reading, around):
            return around
        above = int(spans.parent[around])
        if above < 0 or spans.service[above] != spans.service[row]:
            break
        around = above
    return row


def healthy_like(facts: Facts, row: int) -> list[int]:
    """Some healthy spans of the same service and operation."""
    spans = facts.store.spans
    same = (spans.service == spans.service[row]) & (spans.name == spans.name[row])
    rows = np.flatnonzero(same & facts.healthy_trace[spans.trace])
    some: list[int] = rows[:: max(1, len(rows) // _HEALTHY)][:_HEALTHY].tolist()
    return some
