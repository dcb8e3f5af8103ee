"""From a judged fault to the verdict of each of its ids: bad data traced back to who first handed it on."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.analysis.categories.rules import Rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.verdict import Verdict
from explorer.analysis.facts import Facts
from explorer.analysis.failure.carriers import MOST_SPANS, Carrier, carriers, hop_entry, upstream
from explorer.analysis.failure.contrast import upstream_version
from explorer.analysis.failure.faults import FIRM, SAMPLES, Fault, decided, deciding
from explorer.analysis.failure.holders import holder_of, path_from, waits_for_lock
from explorer.analysis.failure.propagation import UNSAID_LOG, Explained
from explorer.analysis.failure.scene import Scene
from explorer.analysis.failure.spoken import with_log_texts
from explorer.analysis.patterns import WARN, Patterns
from explorer.analysis.quality import Complaint, is_about_data, of_attribute, of_line
from explorer.analysis.reading import Reading, log_words
from explorer.analysis.results import Relation, Role, Step
from explorer.analysis.wording import clip, without_ids

OWN_FAULTS = frozenset({"code-fault", "bad-request"})
"""Hypotheses under which the span may only be the one that noticed."""
MOST_READ = 500
"""Ids of a fault whose own figures are read."""

_MODEL = re.compile(
    r"output|logit|scor|predict|infer|forward|loss|gradient|weight|activation|tensor|softmax|generat|embed|model",
    re.IGNORECASE,
)
_LOOP = re.compile(
    r"recursion limit of|max(?:imum)?[ _](?:number of )?(?:agent )?(?:iterations|steps|turns)"
    r"|(?:step|iteration|turn)s? limit|graphrecursion|agent stopped due to",
    re.IGNORECASE,
)
_INPUT = re.compile(r"\binputs?\b|feature|\bkeys?\b|\brows?\b|column|record|\bfields?\b", re.IGNORECASE)
_SUBCATEGORY = {
    "null": "missing-values", "nulls": "missing-values", "missing": "missing-values", "nan": "missing-values",
    "empty": "missing-values", "imputed": "missing-values", "schema": "schema", "mismatch": "schema",
    "mismatched": "schema", "malformed": "malformed", "corrupt": "malformed", "stale": "stale", "drift": "drift",
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One id: its path, the fault it is of, and who handed bad data on, first first."""

    explained: Explained
    fault: Fault
    path: tuple[Step, ...]
    carried: tuple[Carrier, ...] = ()


def accounts_of(
    reading: Reading, rules: Rules, patterns: Patterns, fault: Fault, members: Sequence[Explained]
) -> list[Account]:
    """An account of each id of a fault; bad data is looked for in the first few, then found again in the others."""
    said = f"{fault.error_type} {fault.message}"
    if waits_for_lock(said) and members[0].blame.via >= 0:
        return [_held(reading, fault, member) for member in members]
    if fault.hypothesis not in OWN_FAULTS or members[0].blame.via < 0:
        return [plain_account(reading, fault, member) for member in members]
    looping = bool(_LOOP.search(said))
    about = looping or is_about_data(said) or fault.verdict.category in ("data", "model")
    found = _carried(reading, patterns, members[:SAMPLES], about_data=about, inside=looping)
    if not found:
        return _of_version(reading, fault, members) if about else [
            plain_account(reading, fault, member) for member in members
        ]  # fmt: skip
    facts = members[0].scene.facts
    moved = moved_fault(reading, rules, facts, fault, next(filter(None, found)), looping=looping)
    out: list[Account] = []
    for at, member in enumerate(members):
        mine = (
            found[at]
            if at < len(found)
            else found_again(member.scene, found, member.blame.via, inside=looping)
        )
        if len(found) <= at < MOST_READ:
            mine = tuple(said_again(reading, member.scene, carrier) for carrier in mine)
        out.append(with_carriers(moved, plain_account(reading, fault, member), mine))
    return out


def _held(reading: Reading, fault: Fault, member: Explained) -> Account:
    """The account of an id that waited for a lock: from who held it, if that can be told."""
    facts = member.scene.facts
    plain = plain_account(reading, fault, member)
    holder = holder_of(reading, facts, member.blame.via)
    if holder < 0:
        return plain
    moved = replace(fault, hypothesis="lock-held", verdict=replace(fault.verdict, symptom=False))
    return replace(plain, fault=moved, path=path_from(facts, holder, plain.path))


def _of_version(reading: Reading, fault: Fault, members: Sequence[Explained]) -> list[Account]:
    """Accounts of ids that choke on what a new version of a model put out; where there is none, of the plain fault."""
    samples = members[:SAMPLES]
    facts, spans = samples[0].scene.facts, reading.store.spans

    def before(one: Explained) -> list[int]:
        rows = upstream(one.scene, one.blame.via)[:MOST_SPANS].tolist()
        return sorted(rows, key=lambda row: (-int(spans.start[row]), row))

    found = upstream_version(reading, samples, before)
    if found is None:
        return [plain_account(reading, fault, member) for member in members]
    version, rows = found
    said = Complaint(f"{version.attribute} {version.old} → {version.new}", "version", math.nan, math.nan)
    entry = hop_entry(facts, rows[0])
    key = (
        reading.store.service(entry), reading.store.operation(entry), "model-fault", "", version.new, 0
    )  # fmt: skip
    verdict = replace(
        fault.verdict,
        category="model",
        subcategory="version",
        symptom=False,
        says="output that others cannot use",
    )
    moved = replace(fault, key=key, verdict=verdict, hypothesis="model-fault", version=version)
    carried = [(Carrier(row, said),) for row in rows]
    out: list[Account] = []
    for at, member in enumerate(members):
        mine = carried[at] if at < len(carried) else found_again(member.scene, carried, member.blame.via)
        mine = tuple(replace(one, complaint=said) for one in mine)
        out.append(with_carriers(moved, plain_account(reading, fault, member), mine))
    return out


def _carried(
    reading: Reading, patterns: Patterns, samples: Sequence[Explained], *, about_data: bool, inside: bool
) -> list[tuple[Carrier, ...]]:
    """The carriers of each sample; nothing where no more than half of them have any."""
    found: list[tuple[Carrier, ...]] = []
    for member in samples:
        via = member.blame.via
        found.append(carriers(member.scene, reading, patterns, via, about_data=about_data, inside=inside))
        if 2 * sum(not one for one in found) >= len(samples):
            return []
    return found


def moved_fault(
    reading: Reading, rules: Rules, facts: Facts, fault: Fault, found: Sequence[Carrier], *, looping: bool
) -> Fault:
    """The fault as one of whoever first handed the bad data on."""
    first = found[0]
    store = reading.store
    verdict = decided((Signal("log", first.complaint.text), Signal("quality", first.complaint.text)), rules)
    if looping:
        # What a tool answered left the planner no way on.
        verdict = replace(
            verdict, category="application", subcategory="tool-failure", strength=0.6, symptom=False
        )
        hypothesis = "swallowed-error"
    elif first.complaint.word == "error":
        hypothesis = "swallowed-error"
    else:
        if verdict.category not in ("data", "model") or verdict.strength < FIRM:
            verdict = by_words(store.operation(first.row), first, verdict)
        hypothesis = "model-fault" if verdict.category == "model" else "bad-data-carried"
    row = hop_entry(facts, first.row)
    key = (store.service(row), store.operation(row), hypothesis, "", first.complaint.word, 0)
    return replace(
        fault,
        key=key,
        verdict=verdict,
        hypothesis=hypothesis,
        error_type="",
        message=first.complaint.word,
        stack=None,
    )


def by_words(operation: str, first: Carrier, found: Verdict) -> Verdict:
    """Data or model, where no rule says so: NaN in what a model puts out is the model's, all else is data."""
    text = f"{operation} {first.complaint.text}"
    word = first.complaint.word.lower()
    made = (
        word in ("nan", "infinite", "not finite")
        and _MODEL.search(text)
        and not _INPUT.search(first.complaint.text)
    )
    category, subcategory = (
        ("model", "nan-output") if made else ("data", _SUBCATEGORY.get(word, "bad-values"))
    )
    says = f"{word} values" if not made else "NaN in the output"
    return replace(found, category=category, subcategory=subcategory, strength=0.6, symptom=False, says=says)


def found_again(
    scene: Scene, samples: Sequence[Sequence[Carrier]], via: int, *, inside: bool = False
) -> tuple[Carrier, ...]:
    """The carriers of the samples, found in another id by service and operation, without the samples' figures."""
    spans = scene.facts.store.spans
    model = next(filter(None, samples))
    first = int(scene.facts.store.traces.first[spans.trace[via]])
    before = np.arange(via + 1, via + int(spans.size[via])) if inside else np.arange(first, via)
    # The caller's side says when it ended, where the callee's clock is ahead.
    ended = np.minimum(spans.end[before], spans.end[np.maximum(spans.parent[before], first)])
    before = before[ended <= (spans.end if inside else spans.start)[via] + 1_000_000]
    out: list[Carrier] = []
    for carrier in model:
        same = before[spans.service[before] == spans.service[carrier.row]]
        same = same[spans.name[same] == spans.name[carrier.row]]
        if len(same):
            vague = Complaint(carrier.complaint.word, carrier.complaint.word, math.nan, math.nan)
            out.append(Carrier(int(same[-1]), vague, -1))
    return tuple(out)


def said_again(reading: Reading, scene: Scene, carrier: Carrier) -> Carrier:
    """A carrier found again, with what its span or a log line of it says in the same word."""
    attributes = reading.span(carrier.row).attributes
    said = [(of_attribute(name, value), -1) for name, value in attributes]
    logs = scene.facts.store.logs
    mine = scene.facts.store.correlation.logs_of(scene.id)
    mine = mine[(logs.span[mine] == carrier.row) & (logs.severity[mine] >= WARN)]
    said += [(of_line(reading.message(log), warned=True), log) for log in mine.tolist()]
    same = ((own, log) for own, log in said if own is not None and own.word == carrier.complaint.word)
    own, log = next(same, (carrier.complaint, -1))
    return Carrier(carrier.row, own, log)


def plain_account(reading: Reading, fault: Fault, member: Explained) -> Account:
    """The account of an id whose origin is where it was raised."""
    path = with_log_texts(reading, member.scene, member.path)
    if member.path[0].text == UNSAID_LOG and member.logs:
        said = without_ids(log_words(reading, deciding(reading, member.logs, fault.verdict)))
        path = (path[0]._replace(text=said or path[0].text), *path[1:])
    return Account(member, fault, path)


def with_carriers(moved: Fault, account: Account, found: Sequence[Carrier]) -> Account:
    """The account of an id whose bad data came from further up; as it was where none of the carriers is in it."""
    if not found:
        return account
    facts = account.explained.scene.facts
    steps = tuple(_carrier_step(facts, carrier, first=not at) for at, carrier in enumerate(found))
    raised = account.path[0]._replace(role="raised", relation="data")
    rest = (step._replace(role="passed") if step.role == "raised" else step for step in account.path[1:])
    if len(account.path) == 1:
        raised = raised._replace(role="surfaced")
    return Account(account.explained, moved, (*steps, raised, *rest), tuple(found))


def _carrier_step(facts: Facts, carrier: Carrier, *, first: bool) -> Step:
    store = facts.store
    row = carrier.row
    entry = hop_entry(facts, row)
    above = int(store.spans.parent[entry])
    rows = [row, entry]
    if above >= 0 and facts.hops.callee_of[above] == entry:
        rows.append(above)
    lone = entry == row and facts.hops.asks[row] and facts.hops.callee_of[row] < 0
    code = int(facts.peers.target[store.spans.peer[row]]) if lone and store.spans.peer[row] else -1
    service = store.service(row) if code < 0 else facts.peers.name(code)
    role: Role = "origin" if first else "carried"
    text = clip(carrier.complaint.text, 90)
    ended = int(store.spans.end[row])
    relation: Relation | None = None if first else "data"
    return Step(row, tuple(dict.fromkeys(rows)), service, store.operation(row), role, relation, text, ended)
