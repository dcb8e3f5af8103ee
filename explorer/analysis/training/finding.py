"""What was found out about a training job, before it is told as a cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.analysis.results import Evidence


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause in a training job.

    Attributes:
        ranks: at fault; empty where all are, or where nobody can tell which.
        title: one sentence; ``short``: the same in a few words, for the first step of the path.
        log, span: what shows it best, -1 for none. ``time_ns``: when it set in.
        effect: what it did to the others, ``""`` for nothing; ``effect_ns`` when.
        key: what makes it the same fault in another bundle.
        step: of the training, -1 where it is not known; ``host``: whose kernel says it, where no rank is known.
    """

    ranks: tuple[int, ...]
    hypothesis: str
    category: str
    subcategory: str
    confidence: Literal["high", "medium", "low"]
    title: str
    short: str
    time_ns: int
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    ruled_out: tuple[str, ...] = ()
    log: int = -1
    span: int = -1
    effect: str = ""
    effect_ns: int = 0
    key: str = ""
    step: int = -1
    host: str = ""
