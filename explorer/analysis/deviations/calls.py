"""Calls as caller and callee span, also where an export has no span kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.model.schema import Kind

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Calls:
    """Calls of which both sides are recorded, one row each.

    Attributes:
        caller, callee: int64 (c,), span rows. ``gap``: float64 (c,) ms that the caller waited beyond the callee's time.
    """

    caller: Ints
    callee: Ints
    gap: NDArray[np.float64]


def calls_of(facts: Facts) -> Calls:
    """Calls between services: of a client span, or one of unknown kind, that stands for just this call."""
    spans = facts.store.spans
    parent = spans.parent
    has = parent >= 0
    kids = np.bincount(parent[has], minlength=len(spans))
    above = np.maximum(parent, 0)
    plain = (spans.kind == Kind.UNSPECIFIED)[above] | (spans.kind == Kind.CLIENT)[above]
    own = has & plain & (kids[above] == 1) & (spans.service != spans.service[above])
    callee = np.flatnonzero(own & (spans.kind != Kind.CONSUMER))
    caller = parent[callee].astype(np.int64)
    gap = np.maximum(spans.duration[caller] - spans.duration[callee], 0) / 1e6
    return Calls(caller, callee, gap)
