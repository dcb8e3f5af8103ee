"""Causes over the bundle: every failing id explained, equal causes brought together and ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np

from explorer.analysis.anomalies import find_anomalies
from explorer.analysis.categories.rules import Rules
from explorer.analysis.deviations.beside import with_deviations
from explorer.analysis.facts import Facts, facts_of
from explorer.analysis.failure.faults import Key, judge, key_of
from explorer.analysis.failure.propagation import Explained, explain
from explorer.analysis.failure.second import second_causes
from explorer.analysis.failure.shapes import shapes, shifted
from explorer.analysis.failure.verdicts import Account, accounts_of
from explorer.analysis.ids import with_verdicts
from explorer.analysis.patterns import Patterns, mine
from explorer.analysis.reading import Reading
from explorer.analysis.results import Analysis, Cause, Outcome, Verdict
from explorer.analysis.training.found_causes import training_causes, with_training
from explorer.analysis.weighing.candidates import candidates_of
from explorer.analysis.weighing.confidence import LESS_SURE, confidence_of
from explorer.analysis.weighing.detection import detected_of
from explorer.analysis.weighing.entity import entity_of
from explorer.analysis.weighing.evidence import baseline_evidence, evidence_of, own_evidence
from explorer.analysis.weighing.grouping import Group, grouped
from explorer.analysis.weighing.newness import SURELY, is_old, too_few
from explorer.analysis.weighing.onset import onset_of
from explorer.analysis.weighing.period import period_of
from explorer.analysis.weighing.ranking import USUAL_SHARE, Ranked, ranked
from explorer.analysis.weighing.ruled_out import ruled_out
from explorer.analysis.weighing.support import supported
from explorer.analysis.weighing.titles import title_of, typical_share
from explorer.analysis.weighing.typed import category_of
from explorer.errors import Cancelled
from explorer.model.garbage import uncollected
from explorer.model.store import Store

Progress = Callable[[float], None]
Asked = Callable[[], bool]
_EVERY = 64


@uncollected()
def analyse(
    store: Store,
    rules: Rules,
    *,
    incident_ns: int | None = None,
    window_ns: int = 0,
    progress: Progress = lambda _: None,
    cancelled: Asked = lambda: False,
) -> Analysis:
    """All answers about a store.

    Args:
        rules: of the categories.
        incident_ns: when the incident began, where that is known; else it is looked for.
        window_ns: how far from it to compare, 0 for the whole bundle.
        progress: called with the share done, 0 to 1.
        cancelled: asked now and then.

    Raises:
        Cancelled: ``cancelled()`` said so.
    """
    facts = facts_of(store)
    training = training_causes(facts, rules)
    walked = explained(facts, progress, cancelled, {row for _, mine in training for row in mine})
    reading = facts.reading
    patterns = mine(facts, reading)
    accounts = _accounts(reading, rules, patterns, walked, cancelled)
    beside = _accounts(reading, rules, patterns, second_causes(walked), cancelled)
    period = period_of(facts.ids.start, incident_ns, window_ns)
    chosen = ranked(facts, grouped(accounts), grouped(beside), period)
    causes: list[Cause] = []
    for rank, one in enumerate(chosen, 1):
        _ask(cancelled)
        causes.append(_cause(facts, reading, patterns, one, rank))
    verdicts = _verdicts(causes, chosen, accounts)
    _ask(cancelled)
    fresh = [one.p for one in chosen]
    found, told = with_deviations(facts, rules, causes, fresh, verdicts, period)
    reading.forget()
    anomalies = find_anomalies(store, facts.hops.enters)
    found, told = with_training(training, supported(facts, found, anomalies), told)
    progress(1.0)
    return Analysis(with_verdicts(facts.ids, told), found, told, anomalies)


def _ask(cancelled: Asked) -> None:
    if cancelled():
        raise Cancelled("The analysis was cancelled.")


def explained(
    facts: Facts,
    progress: Progress = lambda _: None,
    cancelled: Asked = lambda: False,
    known_already: AbstractSet[int] = frozenset(),
) -> list[Explained]:
    """Every failing id, and every degraded one in which a span failed, explained by structure.

    Args:
        known_already: ids of which is known why they failed.

    Raises:
        Cancelled: ``cancelled()`` said so.
    """
    ids = facts.ids
    rows = np.flatnonzero(
        (ids.outcome == Outcome.FAILING) | ((ids.outcome == Outcome.DEGRADED) & (ids.errors > 0))
    )
    rows = rows[~np.isin(rows, list(known_already))]
    found: list[Explained] = []
    seen: dict[int, Explained | None] = {}
    for done, (id_row, shape) in enumerate(
        zip(rows.tolist(), shapes(facts, rows.tolist()).tolist(), strict=True)
    ):
        if done % _EVERY == 0:
            _ask(cancelled)
            progress(0.7 * done / len(rows))
        known = seen.get(shape) if shape else None
        one = shifted(known, id_row) if known is not None else explain(facts, id_row)
        seen.setdefault(shape, one)
        if one is not None:
            found.append(one)
    return found


def _accounts(
    reading: Reading, rules: Rules, patterns: Patterns, walked: Sequence[Explained], cancelled: Asked
) -> list[Account]:
    buckets: dict[Key, list[Explained]] = defaultdict(list)
    for one in walked:
        logs = patterns.telling(reading, one.logs)
        told = one if len(logs) == len(one.logs) else replace(one, logs=logs)
        buckets[key_of(reading, told)].append(told)
    accounts: list[Account] = []
    for key, members in buckets.items():
        _ask(cancelled)
        members.sort(key=lambda member: member.outcome != Outcome.FAILING)
        accounts.extend(accounts_of(reading, rules, patterns, judge(reading, rules, key, members), members))
    return accounts


def _cause(facts: Facts, reading: Reading, patterns: Patterns, one: Ranked, rank: int) -> Cause:
    group = one.group
    first = group.first
    onset = onset_of(facts, group.ids())
    ids = sorted(
        group.ids(), key=lambda row: (-int(facts.ids.outcome[row]), -int(facts.ids.errors[row]), row)
    )
    entity = entity_of(facts, group)
    evidence = evidence_of(facts, reading, patterns, group, onset, entity)
    level, reasons = confidence_of(group, evidence)
    evidence = (*evidence, *baseline_evidence(facts, set(ids)))
    guessed = first.explained.top >= 0 and bool(facts.mute[facts.store.spans.service[first.explained.top]])
    if is_old(one.p) and onset.steady and (guessed or onset.after < USUAL_SHARE):
        reasons = (*reasons, "not new: it fails at the same rate all along")
        level = LESS_SURE[level]
    elif not one.p <= SURELY and (exception := too_few(facts, group)):
        level, reasons = LESS_SURE[level], (*reasons, exception)
    pod = entity.name if entity.kind == "pod" else ""
    title = title_of(first, pod, typical_share(group.accounts))
    service = None if group.fault.hypothesis == "client" else group.service
    return Cause(
        rank, title, *category_of(one), service, first.path[0].operation, entity,
        group.fault.hypothesis, level, one.score, group.fault.fingerprint(group.service),
        tuple(ids), evidence, ruled_out(facts, group, onset), reasons, detected_of(first, group.service),
    )  # fmt: skip


def _verdicts(
    causes: Sequence[Cause], chosen: Sequence[Ranked], accounts: Sequence[Account]
) -> dict[int, Verdict]:
    """Of every failing id, and of the degraded ones that a cause explains."""
    verdicts: dict[int, Verdict] = {}
    pairs = enumerate(zip(causes, chosen, strict=True))
    for at, (cause, one) in sorted(pairs, key=lambda pair: pair[1][1].beside):
        for account in one.group.all():
            verdicts.setdefault(account.explained.scene.id, _verdict(account, one.group, cause, at))
    for account in accounts:
        row = account.explained.scene.id
        if account.explained.outcome == Outcome.FAILING and row not in verdicts:
            verdicts[row] = _verdict(account, Group((account,)), None, -1)
    return dict(sorted(verdicts.items()))


def _verdict(account: Account, group: Group, cause: Cause | None, at: int) -> Verdict:
    judged = group.fault.verdict
    category = cause.category if cause is not None else judged.category
    subcategory = cause.subcategory if cause is not None else judged.subcategory
    title = cause.title if cause is not None else title_of(account)
    by_words = category == judged.category  # else it follows from how it came about
    own = (own_evidence(account),)
    print_ = cause.fingerprint if cause is not None else account.fault.fingerprint(account.path[0].service)
    return Verdict(
        account.explained.scene.id, account.explained.outcome, category, subcategory, title,
        judged.rule if by_words else "", account.path, candidates_of(account, group), own, print_, at,
        detected_of(account, group.service),
        rule_words=judged.evidence if by_words else (),
    )  # fmt: skip
