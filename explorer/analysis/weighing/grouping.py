"""Ids with one cause brought together: equal faults, and silent services whose fault shows elsewhere."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.analysis.envoy import callee_in_line
from explorer.analysis.failure.faults import FIRM, Fault
from explorer.analysis.failure.verdicts import Account
from explorer.analysis.peers import host_in, host_of
from explorer.analysis.results import Outcome, Step
from explorer.analysis.traits import REJECTED, Trait, of_text
from explorer.analysis.wording import templated

_BROAD = frozenset({"system", "infrastructure", "capacity", "security", "configuration"})
"""Categories in which service and subcategory name one fault, however it is worded."""
_SILENCING = frozenset({"system", "infrastructure", "capacity"})
_OF_ANOTHER = Trait.RELAYED | Trait.TIMEOUT | Trait.REFUSED | Trait.BROKEN
_REASON = 0.2
"""How many failures of another service, beside those of who blames it, may be the reason for these."""
_USUAL = 0.2
"""Share of a service's requests that may fail all along without its being about to break down."""
_FROM_OUTSIDE = frozenset({"dependency-down", "dependency-failed", "breaker-open"})
_CALL_FAILED = re.compile(
    r"\b(?:call(?:ing|s|ed)?|requests?|rpc|invo(?:ke|king|cation))\b.{0,80}\bfail"
    r"|\bfail\w* to (?:call|reach|invoke|fetch)",
    re.IGNORECASE,
)
_INFERRED = frozenset({"dependency-down", "breaker-open"})


@dataclass(frozen=True, eq=False)
class Group:
    """The accounts of one cause: those that show it themselves, and others that were merged in."""

    accounts: tuple[Account, ...]
    merged: tuple[Account, ...] = ()

    @cached_property
    def first(self) -> Account:
        """The account that speaks for the group: a failing id before a degraded one, then the one most at length."""
        return min(
            self.accounts,
            key=lambda one: (
                one.explained.outcome != Outcome.FAILING,
                one.path[0].row < 0,
                -len(one.path),
                one.explained.scene.id,
            ),
        )

    @property
    def fault(self) -> Fault:
        """The fault of the first account."""
        return self.first.fault

    @property
    def service(self) -> str:
        """Name of the service or peer at fault."""
        return self.first.path[0].service

    def all(self) -> tuple[Account, ...]:
        """Every account."""
        return self.accounts + self.merged

    def ids(self) -> set[int]:
        """Id rows."""
        return {account.explained.scene.id for account in self.all()}


def grouped(accounts: Sequence[Account]) -> list[Group]:
    """Groups of accounts with one cause, the largest first."""
    buckets: dict[Hashable, list[Account]] = defaultdict(list)
    for account in accounts:
        buckets[_key(account)].append(account)
    groups = [Group(tuple(members)) for members in buckets.values()]
    return sorted(
        merged(_handed_on(groups)), key=lambda group: (-len(group.ids()), group.first.explained.scene.id)
    )


def _key(account: Account) -> Hashable:
    fault, service = account.fault, account.path[0].service
    verdict = fault.verdict
    if fault.hypothesis in ("bad-data-carried", "model-fault"):
        return service, verdict.category, verdict.subcategory
    if verdict.category in _BROAD and verdict.subcategory and verdict.strength >= FIRM:
        return service, verdict.category, verdict.subcategory
    host = host_in(fault.message)
    if host and of_text(fault.message) & _OF_ANOTHER:
        return service, "calling", host
    kind = fault.error_type.rsplit(".", 1)[-1]
    return service, fault.hypothesis, verdict.category, verdict.subcategory, kind, templated(fault.message)


def merged(groups: Sequence[Group]) -> list[Group]:
    """Groups whose service merely did not answer, joined to the group that shows why.

    A circuit opens because of any fault on the calls it guards; a refused connection is explained only by a fault
    that ends or floods the process.
    """
    known = [group for group in groups if not is_inferred(group)]
    blaming = _blaming(known, _Homes(known))
    places = [at for at in range(len(known)) if at not in blaming]
    kept, homes = [known[at] for at in places], _Homes([known[at] for at in places])
    joins: dict[int, list[Account]] = defaultdict(list)
    for at, shown in blaming.items():
        joins[places.index(shown)].extend(known[at].accounts)
    loose = [group for group in groups if is_inferred(group)]
    # An outage first: it is what a circuit opened for.
    for group in sorted(loose, key=lambda one: one.fault.hypothesis == "breaker-open"):
        home = _home(kept, homes, group)
        if home >= 0:
            joins[home].extend(group.accounts)
        else:
            homes.add(len(kept), group)
            kept.append(group)
    return _by_service([Group(g.accounts, g.merged + tuple(joins.get(at, ()))) for at, g in enumerate(kept)])


def _home(kept: Sequence[Group], homes: _Homes, silent: Group) -> int:
    """Place of the group that shows why a service did not answer; -1 for none."""
    begins = homes.beginning(silent.service)
    if silent.fault.hypothesis == "breaker-open" or _merely_told(silent):
        # That nobody reached it, where callers say so, else what failed most often on the way to it.
        possible = sorted(
            {*begins, *homes.passing(silent.service)},
            key=lambda at: (not (at in begins and is_inferred(kept[at])), -len(kept[at].ids())),
        ) or [at for at in _below(homes, silent) if is_inferred(kept[at])]
    else:
        possible = [at for at in begins if kept[at].fault.verdict.category in _SILENCING]
    return next((at for at in possible if not _usual_before(kept[at], silent)), -1)


def _below(homes: _Homes, silent: Group) -> list[int]:
    """Groups that begin at what a service is known to call, where none tells of the service itself."""
    facts = silent.first.explained.scene.facts
    code = facts.peers.known(silent.service)
    called = sorted(facts.peers.name(callee) for caller, callee in facts.calling if caller == code)
    return [at for name in called for at in homes.beginning(name)]


def _usual_before(home: Group, silent: Group) -> bool:
    """Whether only some requests failed so, long before a service fell silent: that is not why it did."""
    facts = home.first.explained.scene.facts
    ids, spans = facts.ids, facts.store.spans
    started = ids.start[list(home.ids())]
    onset = int(ids.start[list(silent.ids())].min())
    code = facts.peers.known(home.service)
    there = np.zeros(len(ids.start), bool)
    there[facts.store.correlation.of_trace[spans.trace[spans.service == code]]] = True
    asked = ids.start[there & (ids.start > 0) & (ids.start < onset)]
    if not len(asked) or started.min() > (asked.min() + onset) // 2:
        return False
    return bool((started < onset).sum() < _USUAL * len(asked))


def _blaming(groups: Sequence[Group], homes: _Homes) -> dict[int, int]:
    """Groups that only say that another service failed them, and the group in which that ends: who blames no other.

    Of those that blame each other in a circle, none is told to be the others' doing.
    """
    told: dict[int, int] = {}
    for at, group in enumerate(groups):
        others = homes.beginning(blamed_service(group))
        if others and others[0] != at:
            told[at] = others[0]
    found: dict[int, int] = {}
    for at, end in told.items():
        passed = {at}
        while end in told and end not in passed:
            passed.add(end)
            end = told[end]  # noqa: PLW2901
        if end not in told:
            found[at] = end
    return found


def blamed_service(group: Group) -> str:
    """The other service that the words of a mere symptom name, ``""`` for none."""
    fault = group.fault
    first = group.first.explained
    says = of_text(fault.message) & _OF_ANOTHER
    # What only passes on another's failure is a symptom, whatever category its words may have.
    mere = fault.verdict.symptom or fault.verdict.category == "unknown" or says & Trait.RELAYED
    if not says or first.top >= 0 or not mere:
        return ""
    peers = first.scene.facts.peers
    found = peers.called(fault.message, peers.known(group.service))
    return peers.services[found] if found >= 0 else ""


def _handed_on(groups: Sequence[Group]) -> list[Group]:
    """Groups of ids known from logs alone that say only of another service that it failed them: of that one.

    Had it said anything in these ids before, they would begin at it.
    """
    begun: Counter[str] = Counter()
    for group in groups:
        begun[group.service] = max(begun[group.service], len(group.ids()))
    out: list[Group] = []
    handed: list[tuple[str, str, Group]] = []
    for group in groups:
        peer, hypothesis = _unheard(group)
        # Where it failed often enough to be the reason, the words say whose failure was passed on (see _blaming).
        passed_on = hypothesis == "dependency-failed" and of_text(group.fault.message) & _OF_ANOTHER
        if not peer or (passed_on and begun[peer] >= _REASON * len(group.ids())):
            out.append(group)
            continue
        moved = tuple(_begun_at(peer, hypothesis, account) for account in group.accounts)
        handed.append((peer, hypothesis, Group(moved, group.merged)))
    # What traces tell of the same fault is no second one.
    places = {_key(group.first): at for at, group in enumerate(out)}
    at_peer: dict[tuple[str, str], int] = {}
    for peer, hypothesis, group in handed:
        at = places.get(_key(group.first), at_peer.get((peer, hypothesis), len(out)))
        if at == len(out):
            at_peer[peer, hypothesis] = at
            out.append(group)
        else:
            out[at] = Group(out[at].accounts + group.accounts, out[at].merged + group.merged)
    return out


def _unheard(group: Group) -> tuple[str, str]:
    """Whom the words of a group known from logs say did not answer, ``""`` for nobody, and the hypothesis then."""
    message, first = group.fault.message, group.first.explained
    told, host = of_text(message), callee_in_line(message)
    if host and not first.scene.traces:
        code = first.scene.facts.peers.known(host)
        name = first.scene.facts.store.services[code] if code >= 0 else host_of(host)
        return ("", "") if name == group.service else (name, "dependency-down")
    if first.scene.traces or not (told & (_OF_ANOTHER | Trait.BREAKER) or _CALL_FAILED.search(message)):
        return "", ""
    peers = first.scene.facts.peers
    found = peers.called(message, peers.known(group.service))
    hypothesis = "dependency-down" if told & (Trait.REFUSED | Trait.BROKEN) else "dependency-failed"
    hypothesis = "breaker-open" if told & Trait.BREAKER else hypothesis
    # A stranger stays with who calls it: many call the same, and what they share may be at fault.
    return (peers.services[found] if found >= 0 else ""), hypothesis


def _begun_at(peer: str, hypothesis: str, account: Account) -> Account:
    """The account with a first step of a service that left no line."""
    first = account.path[0]
    begun = Step(-1, (), peer, "", "origin", None, "left no line that tells of it", first.time_ns)
    rest = [step._replace(role="passed") if step.role == "origin" else step for step in account.path]
    rest[0] = rest[0]._replace(role="raised" if len(rest) > 1 else "surfaced", relation="call")
    return replace(account, fault=replace(account.fault, hypothesis=hypothesis), path=(begun, *rest))


def is_inferred(group: Group) -> bool:
    """Whether the origin left no span and no statement of its own."""
    fault = group.fault
    if fault.verdict.category in ("system", "security"):
        return False
    return fault.hypothesis in _INFERRED and group.first.path[0].row < 0


class _Homes:
    """Which groups' paths begin at a service or lead over it, by the places of the groups."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._begins: dict[str, Counter[int]] = defaultdict(Counter)
        self._passes: dict[str, Counter[int]] = defaultdict(Counter)
        for at, group in enumerate(groups):
            self.add(at, group)

    def add(self, at: int, group: Group) -> None:
        """Take one more group into account."""
        if group.fault.hypothesis == "client":
            return
        for account in group.accounts:
            self._begins[account.path[0].service][at] += 1
            for service in {step.service for step in account.path[1:-1]} | {_called(account)}:
                self._passes[service][at] += 1

    def beginning(self, service: str) -> list[int]:
        """The groups whose paths begin at a service, the most frequent first; none for ``""``, which names nobody."""
        return [at for at, _ in self._begins.get(service, Counter()).most_common()] if service else []

    def passing(self, service: str) -> list[int]:
        """Those whose paths lead over it, or whose first call that failed was to it."""
        return [at for at, _ in self._passes.get(service, Counter()).most_common()] if service else []


def _merely_told(group: Group) -> bool:
    """Whether its callers only say that a service failed them, not that there was no connection to it."""
    first = group.first.explained
    return first.blame.via >= 0 and not first.scene.has(first.blame.via, REJECTED)


def _called(account: Account) -> str:
    """The service whose call failed first, where its span is there: the fault may be the caller's."""
    facts, via = account.explained.scene.facts, account.explained.blame.via
    callee = int(facts.hops.callee_of[via]) if via >= 0 else -1
    return facts.store.service(callee) if callee >= 0 else account.path[0].service


def _by_service(groups: Sequence[Group]) -> list[Group]:
    """Inferred groups of one service are one: an open circuit and a refused connection tell of the same outage."""
    out: list[Group] = []
    at_service: dict[str, int] = {}
    for group in sorted(groups, key=lambda g: g.fault.hypothesis == "breaker-open"):
        name = group.service.lower()
        known = at_service.get(name) if is_inferred(group) else None
        if known is not None:
            out[known] = Group(out[known].accounts, out[known].merged + group.all())
            continue
        if is_inferred(group):
            at_service[name] = len(out)
        out.append(group)
    return _with_reasons(out)


def _with_reasons(groups: Sequence[Group]) -> list[Group]:
    """Calls to a service of which nothing is said but that they failed, joined to calls to it that say why."""
    said: dict[str, int] = {}
    for at, group in enumerate(groups):
        if group.fault.hypothesis in _FROM_OUTSIDE and not _says_nothing(group):
            said.setdefault(group.service, at)
    joined: dict[int, list[Account]] = defaultdict(list)
    for group in groups:
        if _says_nothing(group) and group.service in said:
            joined[said[group.service]].extend(group.all())
    kept = [(at, one) for at, one in enumerate(groups) if not (_says_nothing(one) and one.service in said)]
    return [Group(one.accounts, one.merged + tuple(joined.get(at, ()))) for at, one in kept]


def _says_nothing(group: Group) -> bool:
    verdict = group.fault.verdict
    unsure = verdict.category == "unknown" or verdict.strength < FIRM
    return group.fault.hypothesis in _FROM_OUTSIDE and unsure
