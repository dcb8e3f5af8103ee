"""Feature flags and experiments that only the failing requests ran under."""

from __future__ import annotations

import re
from collections.abc import Iterable

from explorer.analysis.facts import Facts
from explorer.analysis.failure.contrast import healthy_like
from explorer.analysis.places import span_place
from explorer.analysis.reading import Reading
from explorer.analysis.results import Evidence
from explorer.analysis.weighing.grouping import Group
from explorer.analysis.wording import clip
from explorer.model.records import Attributes

_FLAG = re.compile(
    r"(?:^|[._-])(?:(?:feature[._-]?)?(?:flag|toggle)s?|experiments?|rollout|canary)(?:$|[._-])",
    re.IGNORECASE,
)
_KEY = "feature_flag.key"
_VARIANT = ("feature_flag.result.variant", "feature_flag.variant", "feature_flag.result.value")
_SAMPLES = 3
_FEWEST = 2


def flag_evidence(facts: Facts, reading: Reading, group: Group) -> list[Evidence]:
    """Flags that all failing samples have one way and no healthy span like theirs, at the origin or the entry."""
    for place in (0, -1):
        rows = [account.path[place].row for account in group.accounts[:_SAMPLES]]
        if not rows or min(rows) < 0:
            continue
        same = set(flags_of(reading, rows[0]).items())
        for row in rows[1:]:  # reading a span again costs most of it: of most the first has no flag
            same = same and same.intersection(flags_of(reading, row).items())
        healthy = [flags_of(reading, row) for row in healthy_like(facts, rows[0])] if same else []
        found = [(name, new, _old(healthy, name, new)) for name, new in sorted(same)]
        told = [(name, new, old) for name, new, old in found if old]
        if told:
            where = span_place(facts.store, rows[0])
            said = [
                f"{name} {new} in all failing spans, {old} in healthy ones" for name, new, old in told[:2]
            ]
            return [Evidence("change", clip(text), *where, span=rows[0]) for text in said]
    return []


def flags_of(reading: Reading, row: int) -> dict[str, str]:
    """Flags and their values that a span states, in its attributes or its events."""
    detail = reading.span(row)
    found: dict[str, str] = {}
    for attributes in (detail.attributes, *(event.attributes for event in detail.events)):
        found |= _flags(attributes)
    return found


def _flags(attributes: Attributes) -> dict[str, str]:
    known = dict(attributes)
    found = {
        name: str(value)
        for name, value in known.items()
        if isinstance(value, str | bool | int) and _FLAG.search(name) and not name.startswith("feature_flag.")
    }
    variant = next((known[name] for name in _VARIANT if name in known), None)
    if variant is not None:
        found[f"flag {known.get(_KEY, '')}".strip()] = str(variant)
    return found


def _old(healthy: Iterable[dict[str, str]], name: str, new: str) -> str:
    """The other value that healthy spans have; "" where any has the failing one, or too few have one."""
    values = [one[name] for one in healthy if name in one]
    return max(values, key=values.count) if len(values) >= _FEWEST and new not in values else ""
