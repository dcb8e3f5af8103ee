"""Contributing factors: what let the failure grow or stay unseen, as far as the bundle tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.analysis.graph import call_graph
from explorer.analysis.results import Analysis, Cause, Outcome, Verdict
from explorer.layout import numbers
from explorer.layout.strip import shown_marks
from explorer.model.store import Store

MOST_CAUSES: Final = 3


def factors(
    store: Store, analysis: Analysis, id_row: int, cause: Cause | None, verdict: Verdict | None
) -> tuple[str, ...]:
    """Sentences about the path, fallbacks, what changed, when it was noticed, and what else failed; not redacted."""
    if verdict is None:
        return ()
    return (
        *_on_the_path(verdict),
        *_not_taken(store, id_row, verdict),
        *_in_time(store, analysis, cause),
        *_beside(analysis, verdict, cause),
    )


def _on_the_path(verdict: Verdict) -> Iterator[str]:
    for step in verdict.path:
        if step.role == "carried":
            yield f"{step.service} passed it on without an error of its own: {step.text}."
        elif step.role == "swallowed":
            yield f"{step.service} caught the error and went on, so that nobody outside saw it: {step.text}."
        elif step.relation == "retry":
            yield f"{step.service} tried again, and each try failed: {step.text}."
        elif step.relation in {"timeout", "cancelled"}:
            yield f"{step.service} did not wait for the answer ({step.relation}): {step.text}."


def _not_taken(store: Store, id_row: int, verdict: Verdict) -> Iterator[str]:
    graph = call_graph(store, [id_row], verdict)
    for edge in graph.edges:
        if edge.label == "fallback not taken":
            source, target = graph.nodes[edge.source].name, graph.nodes[edge.target].name
            yield f"{source} did not call {target}, which it falls back to when other requests like this one fail."


def _in_time(store: Store, analysis: Analysis, cause: Cause | None) -> Iterator[str]:
    """How long after the change it began, and how long after that an alert fired."""
    starts = [int(analysis.ids.start[row]) for row in cause.ids] if cause else []
    first = min((start for start in starts if start > 0), default=0)
    if not first or cause is None:
        return
    for one in cause.evidence:
        if one.kind == "change" and 0 < one.time_ns <= first:
            yield f"A change came {numbers.duration(first - one.time_ns)} before the first failure: {one.text}."
    alerts = [mark for mark in shown_marks(store, analysis, *store.bounds()) if mark.kind == "alert"]
    later = [mark for mark in alerts if mark.time_ns >= first]
    if later:
        late = numbers.duration(later[0].time_ns - first)
        yield f"The first alert after it, {later[0].text}, came {late} after the first failure."
    elif alerts:
        yield "No alert fired after the first failure."


def _beside(analysis: Analysis, verdict: Verdict, cause: Cause | None) -> Iterator[str]:
    others = [one for one in analysis.causes if one is not cause]
    if others and verdict.cause >= 0:
        told = "; ".join(one.title for one in others[:MOST_CAUSES])
        more = f" and {len(others) - MOST_CAUSES} more" if len(others) > MOST_CAUSES else ""
        ids = {row for one in others for row in one.ids if analysis.ids.outcome[row] == Outcome.FAILING}
        if ids:
            yield f"Other causes failed {numbers.plural(len(ids), 'id')} in the same bundle: {told}{more}."
