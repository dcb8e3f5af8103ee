"""Ids with one cause brought together: equal faults, and silent services whose fault shows elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from explorer.analysis.faults import FIRM, Fault, templated
from explorer.analysis.results import Outcome
from explorer.analysis.verdicts import Account

_BROAD = frozenset({"system", "infrastructure", "capacity", "security", "configuration"})
"""Categories in which service and subcategory name one fault, however it is worded."""
_INFERRED = frozenset({"dependency-down", "breaker-open"})


@dataclass(frozen=True)
class Group:
    """The accounts of one cause: those that show it themselves, and others that were merged in."""

    accounts: tuple[Account, ...]
    merged: tuple[Account, ...] = ()

    @property
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
    return sorted(merged(groups), key=lambda group: (-len(group.ids()), group.first.explained.scene.id))


def _key(account: Account) -> Hashable:
    fault, service = account.fault, account.path[0].service
    verdict = fault.verdict
    if fault.hypothesis in ("bad-data-carried", "model-fault"):
        return service, verdict.category, verdict.subcategory
    if verdict.category in _BROAD and verdict.subcategory and verdict.strength >= FIRM:
        return service, verdict.category, verdict.subcategory
    kind = fault.error_type.rsplit(".", 1)[-1]
    return service, fault.hypothesis, verdict.category, verdict.subcategory, kind, templated(fault.message)


def merged(groups: Sequence[Group]) -> list[Group]:
    """Groups whose service merely did not answer, joined to the group that shows why.

    Why a service did not answer shows in its own faults, or in those of the services it calls, of other ids.
    """
    kept = [group for group in groups if not is_inferred(group)]
    loose = [group for group in groups if is_inferred(group)]
    through = _services_on_paths(kept)
    joins: dict[int, list[Account]] = defaultdict(list)
    for group in loose:
        home = through.get(group.service)
        if home is None:
            kept.append(group)
        else:
            joins[home].extend(group.accounts)
    return _by_service([Group(g.accounts, g.merged + tuple(joins.get(at, ()))) for at, g in enumerate(kept)])


def is_inferred(group: Group) -> bool:
    """Whether the origin left no span and no statement of its own."""
    fault = group.fault
    if fault.verdict.category in ("system", "security"):
        return False
    return fault.hypothesis in _INFERRED and group.first.path[0].row < 0


def _services_on_paths(groups: Sequence[Group]) -> Mapping[str, int]:
    """For each service: the group whose paths begin at it, else the one on whose paths it lies most often."""
    begins: dict[str, Counter[int]] = defaultdict(Counter)
    lies: dict[str, Counter[int]] = defaultdict(Counter)
    for at, group in enumerate(groups):
        if group.fault.hypothesis == "client":
            continue
        for account in group.accounts:
            begins[account.path[0].service][at] += 1
            for step in account.path[1:-1]:
                lies[step.service][at] += 1
    homes = {service: counts.most_common(1)[0][0] for service, counts in lies.items()}
    homes.update({service: counts.most_common(1)[0][0] for service, counts in begins.items()})
    return homes


def _by_service(groups: Sequence[Group]) -> list[Group]:
    """Inferred groups of one service are one: an open circuit and a refused connection tell of the same outage."""
    out: list[Group] = []
    at_service: dict[str, int] = {}
    for group in sorted(groups, key=lambda g: g.fault.hypothesis == "breaker-open"):
        known = at_service.get(group.service) if is_inferred(group) else None
        if known is not None:
            out[known] = Group(out[known].accounts, out[known].merged + group.all())
            continue
        if is_inferred(group):
            at_service[group.service] = len(out)
        out.append(group)
    return out
