"""How sure a cause is, and why, in three levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from explorer.analysis.failure.faults import FIRM
from explorer.analysis.results import Evidence
from explorer.analysis.traits import Trait, of_text
from explorer.analysis.weighing.grouping import Group, is_inferred
from explorer.model.schema import SpanFlag

Level = Literal["high", "medium", "low"]
LESS_SURE: dict[Level, Level] = {"high": "medium", "medium": "low", "low": "low"}
"""Of what is not shown to be new: it is as sure to fail so, but not that this is what anybody would look for."""
_SPOKEN = {
    (True, False): "the origin says what is wrong", (False, False): "the origin does not say clearly what is wrong",
    (True, True): "the origin left no span, but its callers and their proxies agree",
}  # fmt: skip


_FROM_OUTSIDE = frozenset({"dependency-down", "dependency-failed", "breaker-open"})


def confidence_of(group: Group, evidence: Sequence[Evidence]) -> tuple[Level, tuple[str, ...]]:
    """High: the origin says what is wrong and something independent agrees, on a whole path."""
    first = group.first
    verdict = group.fault.verdict
    reasons: list[str] = []
    said = verdict.strength >= FIRM and verdict.category != "unknown" and not verdict.symptom
    # Where the origin left no span, a proxy is a second witness beside the caller.
    witnessed = any(one.kind == "mesh" for one in evidence)
    said = said or (witnessed and is_inferred(group))
    by_proxy = witnessed and is_inferred(group)
    spoken = _SPOKEN[said, by_proxy]
    if group.fault.hypothesis in _FROM_OUTSIDE and not by_proxy:
        spoken = spoken.replace("the origin says", "its callers say").replace(
            "the origin does", "its callers do"
        )
    reasons.append(spoken)
    others = {one.kind for one in evidence} - {"span"}
    if first.carried:
        others.add("span")
    if others:
        reasons.append(f"backed by {', '.join(sorted(others))}")
    doubts = doubts_of(group, witnessed=witnessed)
    if _was_handed(group) and "change" not in others:
        doubts.append("it says that data was bad, not who made it so")
    reasons.extend(doubts)
    if said and others and not doubts:
        return "high", tuple(reasons)
    return ("medium" if said or len(others) > 1 else "low"), tuple(reasons)


def doubts_of(group: Group, *, witnessed: bool = False) -> list[str]:
    """What speaks against the path being the whole truth; ``witnessed``: by a proxy on the way to the origin."""
    first = group.first
    scene = first.explained.scene
    flags = scene.facts.store.spans.flags
    doubts: list[str] = []
    if is_inferred(group) and not witnessed:
        doubts.append(f"{group.service} left no span: it is inferred from its caller")
    if any(int(flags[row]) & SpanFlag.ORPHAN for step in first.path for row in step.rows):
        doubts.append("a span between origin and entry is missing")
    if scene.entry >= 0 and int(flags[scene.entry]) & SpanFlag.ORPHAN:
        doubts.append("the request's first span is missing")
    if first.path[0].row in scene.guessed:
        doubts.append("its logs were joined by service and time only")
    if _of_whom_it_called(group):
        doubts.append("it says that a connection to another failed, not to whom")
    if group.fault.hypothesis == "refuses-alone":
        doubts.append("what is different there it does not say")
    if not scene.traces:
        doubts.append("only logs are known")
    return doubts


def _of_whom_it_called(group: Group) -> bool:
    """Whether the error is of the way to somebody else, or of that one's certificate, and nothing tells to whom."""
    first, fault = group.first.explained, group.fault
    if fault.hypothesis != "code-fault" or not first.scene.traces:
        return False
    return first.scene.has(first.blame.via, Trait.REFUSED) or bool(of_text(fault.message) & Trait.REFUSED)


def _was_handed(group: Group) -> bool:
    """Whether a service choked on data in a request that others had worked on: it may be theirs.

    Who made bad data does not choke on it: that a service threw tells only where it was noticed.
    """
    first, fault = group.first, group.fault
    noticed = fault.hypothesis == "code-fault" and fault.verdict.category == "data" and not first.carried
    return noticed and any(step.service != group.service for step in first.path)
