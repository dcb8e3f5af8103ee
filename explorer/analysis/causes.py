"""Causes over the bundle: every failing id explained, equal causes grouped and ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from explorer.analysis.categories.fingerprint import fingerprint, template
from explorer.analysis.categories.rules import Rules, categorize
from explorer.analysis.facts import Facts, facts_of
from explorer.analysis.judging import column_signals, log_signals
from explorer.analysis.propagation import Explained, explain
from explorer.analysis.results import Analysis, Candidate, Cause, Entity, Evidence, Outcome, Verdict
from explorer.analysis.wording import error_of, error_text
from explorer.errors import Cancelled
from explorer.model.store import Store


def analyse(
    store: Store,
    rules: Rules,
    *,
    progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Analysis:
    """All answers about a store.

    Args:
        progress: called with the share done, 0 to 1.
        cancelled: asked now and then.

    Raises:
        Cancelled: ``cancelled()`` said so.
    """
    facts = facts_of(store)
    rows = np.flatnonzero(facts.ids.outcome == Outcome.FAILING).tolist()
    verdicts: dict[int, Verdict] = {}
    for done, id_row in enumerate(rows):
        if done % 64 == 0:
            if cancelled():
                raise Cancelled("The analysis was cancelled.")
            progress(done / len(rows))
        explained = explain(facts, id_row)
        if explained is not None:
            verdicts[id_row] = _verdict(facts, explained, rules)
    causes, numbered = _grouped(verdicts)
    progress(1.0)
    return Analysis(facts.ids, causes, numbered)


def _verdict(facts: Facts, explained: Explained, rules: Rules) -> Verdict:
    store = facts.store
    blame = explained.blame
    signals = column_signals(store, blame.via)
    if blame.row >= 0 and blame.row != blame.via:
        signals += column_signals(store, blame.row)
    for row in {blame.row, blame.via} - {-1}:
        signals += log_signals(store, explained.scene.logs.get(row, ()))
    judged = categorize(signals, rules)
    kind, message = error_of(store, blame.via)
    origin = explained.path[0]
    title = f"{error_text(store, blame.via)} in {blame.service}"
    candidate = Candidate(
        origin.row, origin.service, origin.operation, judged.category, judged.subcategory, judged.strength
    )
    print_ = fingerprint(judged.category, blame.service, kind, None, template(message))
    said = f"{origin.service} {origin.operation}: {origin.text}"
    evidence = (Evidence("span", said, span=max(blame.row, blame.via)),)
    return Verdict(
        explained.scene.id, explained.outcome, judged.category, judged.subcategory, title, judged.rule,
        explained.path, (candidate,), evidence, print_,
    )  # fmt: skip


def _grouped(verdicts: dict[int, Verdict]) -> tuple[tuple[Cause, ...], dict[int, Verdict]]:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts.values():
        groups[verdict.fingerprint].append(verdict)
    causes: list[Cause] = []
    numbered: dict[int, Verdict] = {}
    for rank, members in enumerate(sorted(groups.values(), key=lambda group: -len(group)), 1):
        first = members[0]
        origin = first.path[0]
        causes.append(
            Cause(
                rank, first.title, first.category, first.subcategory, origin.service, origin.operation,
                Entity("service", origin.service), "code-fault", "medium", len(members) / len(verdicts),
                first.fingerprint, tuple(verdict.id for verdict in members), first.evidence,
            )
        )
        numbered.update((verdict.id, replace(verdict, cause=rank - 1)) for verdict in members)
    return tuple(causes), numbered
