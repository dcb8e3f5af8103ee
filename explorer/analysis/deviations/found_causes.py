"""Causes and verdicts from deviations: what is slow or has changed although no span says that it failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.fingerprint import fingerprint
from explorer.analysis.categories.rules import Rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.one_pod import runs_the_same, slow_pod
from explorer.analysis.facts import Facts
from explorer.analysis.failure.faults import FIRM, decided
from explorer.analysis.patterns import WARN
from explorer.analysis.places import log_place, span_place
from explorer.analysis.results import Candidate, Cause, Entity, Evidence, Outcome, Role, Step, Verdict
from explorer.analysis.weighing.changes import failed_checks, marks_of_service, version_change
from explorer.analysis.weighing.shifts import metric_evidence
from explorer.analysis.weighing.titles import clause
from explorer.analysis.wording import clip, code_word, number_word, share_word, time_word
from explorer.model.schema import Kind

_HYPOTHESES = {
    "gap": ("pod-network", "infrastructure", "network"), "standing": ("pod-network", "infrastructure", "network"),
    "resource": ("host-resource", "system", "cpu"), "starved": ("host-resource", "system", "cpu"),
    "self": ("slow-self", "application", "slow-code"), "lines": ("code-fault", "application", "changed-behaviour"),
    "cut": ("code-fault", "application", "changed-behaviour"),
    "chatty": ("chatty-caller", "application", "too-many-calls"),
    "host": ("host-resource", "system", "host"), "figure": ("bad-data-carried", "data", "stale"),
    "load": ("overload", "capacity", "load"), "queue": ("overload", "capacity", "queue"),
    "silent": ("silent-service", "unknown", ""), "refused": ("client", "client", "misuse"),
}  # fmt: skip
_SAID_OF = {"data": "bad-data-carried", "model": "model-fault"}
_PLAIN = 1e-6
"""A chance below which a deviation of latency stands beyond doubt."""
_LIKELY = 1e-3
_NEVER_SURE = frozenset({"standing", "refused"})
"""Nothing before to compare with; whether what is asked for has changed, or what is accepted, nobody can see."""
MOST_PATHS = 2000
_MOST_NAMED = 3
_EARLY = 0.03
"""Share of the traces before which one may be slow by itself."""


def cause_of(facts: Facts, rules: Rules, one: Deviation, rank: int, score: float) -> Cause:
    """The cause that a deviation is."""
    store = facts.store
    hypothesis, category, subcategory = _typed(facts, rules, one)
    service, external = at_fault(facts, one)
    if external:
        hypothesis, category, subcategory = "dependency-slow", "infrastructure", "slow-dependency"
    entity = _entity(facts, one, service, external=external)
    evidence = _evidence(facts, one, service, entity)
    by_place = entity.kind == "pod" and one.kind == "self" and runs_the_same(facts, one.service, entity.name)
    if by_place:
        hypothesis, category, subcategory = "host-resource", "system", "pod"
    sure = (
        one.kind not in _NEVER_SURE
        and not one.beside
        and one.p < _PLAIN
        and (len(evidence) > 1 or not (by_place or one.kind in ("lines", "cut")))
    )
    reasons = [by_chance(one.p)]
    if entity.kind == "pod":
        same = ", of the same code," if by_place else ""
        reasons.append(f"the other pods of {service}{same} are as they were")
    if len(evidence) > 1:
        reasons.append(f"backed by {_kinds(evidence[1:])}")
    if one.beside:
        reasons.append(
            f"{_listed(one.beside)} slow or at the limit beside it: what they run on may be at fault"
        )
    evidence.append(_baseline(facts, one))
    operation = one.operation or (store.operation(one.row) if one.row >= 0 else "")
    print_ = fingerprint(category, one.host or service, hypothesis, None, operation)
    level: Literal["high", "medium", "low"] = "high" if sure else "medium" if one.p < _LIKELY else "low"
    who = f"{service} in pod {entity.name}" if entity.kind == "pod" else service
    title = clip(title_of(facts, one, who), 140)
    named = None if one.host or one.kind == "refused" else service
    return Cause(
        rank, title, category, subcategory, named, operation, entity, hypothesis, level, score,
        print_, _ids(facts, one), tuple(evidence), (), tuple(reasons),
    )  # fmt: skip


def _typed(facts: Facts, rules: Rules, one: Deviation) -> tuple[str, str, str]:
    """Hypothesis, category and subcategory: of its kind, but of the words where warnings came that say them firmly."""
    if one.kind == "lines" and one.after > one.before and facts.store.logs.severity[one.log] >= WARN:
        said = decided((Signal("log", facts.reading.message(one.log)),), rules)
        if not said.symptom and said.strength >= FIRM:
            return _SAID_OF.get(said.category, "code-fault"), said.category, said.subcategory
    return _HYPOTHESES[one.kind]


def _entity(facts: Facts, one: Deviation, service: str, *, external: bool) -> Entity:
    if one.host:
        return Entity("host", one.host)
    if one.kind == "refused":
        return Entity("client", "client")
    pod = "" if external else slow_pod(facts, one)
    return Entity("pod", pod) if pod else Entity("external" if external else "service", service)


def _evidence(facts: Facts, one: Deviation, service: str, entity: Entity) -> list[Evidence]:
    """The deviation itself, then the metrics and changes that came with it."""
    store = facts.store
    if one.log >= 0:
        place = log_place(store, one.log)
        evidence = [Evidence("log", one.text, *place, int(store.logs.time[one.log]), log=one.log)]
    elif one.series >= 0 and one.kind == "resource":
        evidence = [Evidence("metric", one.text, time_ns=one.time_ns, series=one.series)]
    else:
        file, offset = span_place(store, one.row) if one.row >= 0 else ("", -1)
        evidence = [Evidence("span", one.text, file, offset, one.time_ns, span=one.row)]
    began = _began(facts, one)
    metrics = metric_evidence(facts, service, entity, began)
    evidence += [more for more in metrics if more.series != evidence[0].series]
    if one.kind == "figure":
        evidence += failed_checks(facts, service)
    return evidence + (marks_of_service(facts, service, began) or version_change(facts, service, began))


def _began(facts: Facts, one: Deviation) -> int:
    """When it began (ns): with the first traces that it is told of, for moments lie far from each other."""
    start = np.sort(facts.store.traces.start[one.traces])
    return int(start[int(_EARLY * len(start))]) if len(start) else one.time_ns


def _baseline(facts: Facts, one: Deviation) -> Evidence:
    """What it was compared with."""
    start = facts.store.traces.start
    before = int(((start > 0) & (start < one.time_ns)).sum())
    text = f"compared with {before:,} traces that began before" if before else "compared with other ways"
    if one.end_ns:
        later = int((start >= one.end_ns).sum())
        text += f", and {later:,} after it was over, {time_word(one.end_ns - one.time_ns)} later"
    return Evidence("spread", text, time_ns=one.time_ns)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _kinds(evidence: Sequence[Evidence]) -> str:
    return ", ".join(sorted({one.kind for one in evidence}))


def _ids(facts: Facts, one: Deviation) -> tuple[int, ...]:
    return tuple(dict.fromkeys(facts.store.correlation.of_trace[one.traces].tolist()))


def at_fault(facts: Facts, one: Deviation) -> tuple[str, bool]:
    """Name of what is at fault, and whether it left no span: the peer, where only calls to it are slow."""
    store, spans = facts.store, facts.store.spans
    row = one.row
    if one.kind == "self" and one.operation and spans.peer[row] and facts.hops.asks[row]:
        return facts.peers.name(int(facts.peers.target[spans.peer[row]])), True
    return store.services[one.service], False


def by_chance(p: float) -> str:
    """How seldom a difference so large comes about by itself."""
    times = number_word(1 / p) if p > 1e-9 else "a billion"
    return f"chance alone makes such a difference once in {times} times"


def title_of(facts: Facts, one: Deviation, service: str) -> str:
    """One sentence with the figures before and after."""
    if one.kind == "lines":
        text = facts.reading.message(one.log)
        share = f"{share_word(one.after)} of its traces, {share_word(one.before)} before"
        return f"{service} behaves differently: “{clause(text)}” in {share}"
    if one.kind in ("cut", "chatty", "figure", "silent", "refused"):
        return one.text
    if one.kind == "queue":
        return one.text[:1].upper() + one.text[1:]
    if one.kind == "host":
        return f"{one.host} is saturated: {one.text}"
    if one.kind == "resource":
        return _full_title(facts, one, service)
    if one.kind == "load":
        rates = f"{number_word(one.after)} a second came, {number_word(one.before)} before"
        return f"Too many requests for {service}: {rates}"
    took, usual = time_word(round(one.after * 1e6)), time_word(round(one.before * 1e6))
    if one.kind == "standing":
        return f"Calls to {service} wait {took} on the way, those to others {usual}"
    if one.kind == "gap":
        return f"Calls to {service} wait {took} on the way, usually {usual}"
    if one.kind == "starved":
        return f"{service} is slow in all it does: calls wait {took}, usually {usual}"
    where = f"{one.operation} takes" if one.operation else "its own work takes"
    return f"{service} is slow: {where} {took}, usually {usual}"


def _full_title(facts: Facts, one: Deviation, service: str) -> str:
    series = facts.store.series[one.series]
    what = "memory" if "mem" in series.name.lower() else "CPU"
    figures = (
        f"{series.name} {number_word(one.after)}{series.unit}, usually {number_word(one.before)}{series.unit}"
    )
    return f"{service} has no {what} left: {figures}"


def verdicts_of(facts: Facts, one: Deviation, cause: Cause, at: int) -> dict[int, Verdict]:
    """Why each of its ids is slow, or otherwise than before: from the service up to the entry."""
    out: dict[int, Verdict] = {}
    for trace in one.traces[:MOST_PATHS].tolist():
        id_row = int(facts.store.correlation.of_trace[trace])
        path = _path(facts, one, trace, cause.service or one.host)
        if id_row in out or not path:
            continue
        origin = path[0]
        candidate = Candidate(
            origin.row, origin.service, origin.operation, cause.category, cause.subcategory, 0.6
        )
        own = Evidence("span", f"{origin.service} {origin.operation}: {origin.text}", span=origin.row)
        out[id_row] = Verdict(
            id_row, Outcome(int(facts.ids.outcome[id_row])), cause.category, cause.subcategory, cause.title, "",
            path, (candidate,), (own,), cause.fingerprint, at,
        )  # fmt: skip
    return out


def _path(facts: Facts, one: Deviation, trace: int, service: str) -> tuple[Step, ...]:
    """The span of the service that shows it best, and the first span of each service above."""
    store, spans = facts.store, facts.store.spans
    rows = np.arange(store.traces.first[trace], store.traces.first[trace + 1])
    if one.kind == "refused":
        return _from_client(facts, int(facts.entries[trace]))
    mine = rows[spans.service[rows] == one.service]
    if one.kind == "silent":
        sent = rows[(spans.kind[rows] == Kind.PRODUCER) & (spans.name[rows] == spans.name[one.row])]
        return _not_taken(facts, int(sent[0]), service) if len(sent) else ()
    if one.host:
        names = np.array([resource.host for resource in store.resources])
        mine = rows[names[spans.resource[rows]] == one.host]
    if not len(mine):
        return ()
    measure: NDArray[np.int64] = facts.self_ns[mine] if one.kind == "self" else spans.duration[mine]
    at = int(mine[np.argmax(measure)])
    chain = _upwards(facts, at)
    own = spans.service[chain] == one.service
    if one.host or service == store.services[one.service]:
        tops = [at, *(row for row, is_own in zip(chain[1:], own[1:], strict=True) if not is_own)]
    else:  # who is at fault left no span, so that its caller is a step of its own
        tops = [at, *chain[1 if own[1:].any() else 0 :]]
    return tuple(_step(facts, row, place, len(tops), service) for place, row in enumerate(tops))


def _upwards(facts: Facts, at: int) -> list[int]:
    """A span, then the first span of each service above it up to the top."""
    spans = facts.store.spans
    chain, row = [at], at
    while spans.parent[row] >= 0:
        above = int(spans.parent[row])
        if spans.service[above] != spans.service[row] and row not in chain:
            chain.append(row)
        row = above
    return chain if row == chain[-1] else [*chain, row]


def _from_client(facts: Facts, entry: int) -> tuple[Step, ...]:
    """The path of a request that was refused where it came in."""
    store = facts.store
    at_ns = int(store.spans.start[entry])
    said = code_word(int(store.spans.code[entry]))
    return (
        Step(-1, (), "client", "", "origin", None, "asked for what is refused", at_ns),
        Step(
            entry, (entry,), store.service(entry), store.operation(entry), "surfaced", "rejected", said, at_ns
        ),
    )


def _not_taken(facts: Facts, sent: int, service: str) -> tuple[Step, ...]:
    """The path of a message that nobody took, from who should have to where it was asked for."""
    store = facts.store
    spans = store.spans
    rows = [sent, *(row for row in _upwards(facts, sent) if spans.service[row] != spans.service[sent])]
    ended = int(store.spans.end[sent])
    origin = Step(-1, (sent,), service, store.operation(sent), "origin", None, "took no message", ended)
    rest = [
        _step(facts, row, 1 + at, 1 + len(rows), service)._replace(text="ok") for at, row in enumerate(rows)
    ]
    return origin, rest[0]._replace(relation="link"), *rest[1:]


def _step(facts: Facts, row: int, place: int, steps: int, service: str) -> Step:
    store, spans = facts.store, facts.store.spans
    role: Role = "origin" if not place else "surfaced" if place == steps - 1 else "passed"
    text = f"took {time_word(max(int(spans.duration[row]), 0))}"
    name = store.service(row) if place else service
    return Step(
        row, (row,), name, store.operation(row), role, "call" if place else None, text, int(spans.start[row])
    )
