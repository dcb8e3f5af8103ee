"""What slow work leads to: exhausted pools and passed deadlines of those who wait for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.facts import Facts
from explorer.analysis.results import Cause, Detected, Evidence, Role, Step, Verdict
from explorer.analysis.wording import time_word

_SLOW = frozenset({"gap", "standing", "self", "starved", "resource", "host", "chatty"})
_WAITED = frozenset({"pool-exhausted", "connection-pool", "thread-pool", "queue-full", "timeout", "deadline"})
_SLACK_NS = 10**9
_MOSTLY = 0.25


def leads_to(facts: Facts, one: Deviation, cause: Cause) -> bool:
    """Whether a cause is what follows from slow work: it came later, to who does that work or calls who does it.

    A quarter of its ids may have come before: some time runs out on any day.
    """
    if one.kind not in _SLOW or cause.subcategory not in _WAITED or not cause.ids:
        return False
    if float(np.quantile(facts.ids.start[list(cause.ids)], _MOSTLY)) < one.time_ns - _SLACK_NS:
        return False
    name = facts.store.services[one.service]
    if cause.service in (None, name):
        return cause.service == name
    source = facts.store.spans.service[np.maximum(facts.hops.caller, 0)]
    calls = {
        facts.store.services[code] for code in np.unique(source[facts.hops.target == one.service]).tolist()
    }
    return cause.service in calls


def with_effect(cause: Cause, effect: Cause) -> Cause:
    """The cause of slow work with what it led to."""
    more = Evidence(
        "spread", f"then: {effect.title}", span=next((e.span for e in effect.evidence if e.span >= 0), -1)
    )
    ids = tuple(dict.fromkeys((*effect.ids, *cause.ids)))
    noticed = effect.detected or Detected(effect.service or "", effect.operation, effect.category)
    score = max(cause.score, effect.score)
    return replace(cause, ids=ids, score=score, evidence=(*cause.evidence, more), detected=noticed)


def moved(verdict: Verdict, cause: Cause, one: Deviation) -> Verdict:
    """The verdict of an id that failed for slow work in others: the path begins there."""
    took = f"took {time_word(round(one.after * 1e6))}, usually {time_word(round(one.before * 1e6))}"
    text = one.text if one.kind == "chatty" else took
    origin = Step(-1, (), cause.service or one.host, cause.operation, "origin", None, text, one.time_ns)
    first, *rest = verdict.path
    role: Role = "raised" if rest else "surfaced"
    path = (origin, first._replace(role=role, relation="rejected"), *rest)
    return replace(
        verdict, category=cause.category, subcategory=cause.subcategory, title=cause.title, rule="", path=path,
        fingerprint=cause.fingerprint,
        detected=verdict.detected or Detected(first.service, first.operation, verdict.category),
    )  # fmt: skip
