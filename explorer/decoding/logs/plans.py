"""What the values of a skeleton are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from explorer.decoding.logs.objects import (
    BY_KEYS,
    FAULT_ROLES,
    FIELD_ROLES,
    FLAGS,
    RESOURCE_ROLES,
    STATUS,
    TELLING_ROLES,
    role_of,
)
from explorer.decoding.logs.skeleton import Skeleton, learn
from explorer.model.fields import Role, rank

EXAMPLES: Final = 48
"""Lines of a file that skeletons are learned from, at most."""
_OTHER_NAMES: Final = frozenset({STATUS, FLAGS, *(name for _, name, _ in BY_KEYS)})
_SHARED_ROLES: Final = frozenset({Role.SEVERITY, Role.HTTP_STATUS, *RESOURCE_ROLES})
_PRESENT_ROLES: Final = frozenset({Role.MESSAGE, *FAULT_ROLES})


Shared = tuple[bytes | bool, ...]
"""The values of a line that tell severity and resource, as written; of some only whether they are there."""


class Told(NamedTuple):
    """What lines of the same values tell."""

    is_log: bool
    severity: int
    service: int
    resource: int


@dataclass(slots=True)
class Plan:
    """A skeleton and what its values are for, as their indices.

    Attributes:
        shared: tell severity and resource; of ``present`` ones it counts only that they are not empty.
        times, traces, spans: the most telling first.
        nanoseconds: beside a time in seconds.
        fields: correlation fields.
        contexts: whether a header may name the trace.
        known: what lines tell by these values.
    """

    skeleton: Skeleton
    shared: tuple[int, ...]
    present: tuple[int, ...]
    times: tuple[int, ...]
    nanoseconds: tuple[int, ...]
    traces: tuple[int, ...]
    spans: tuple[int, ...]
    fields: tuple[int, ...]
    contexts: bool
    known: dict[Shared, Told] = field(default_factory=dict)

    @property
    def wanted(self) -> frozenset[int]:
        """All values that are for anything."""
        return frozenset(
            (
                *self.shared,
                *self.present,
                *self.times,
                *self.nanoseconds,
                *self.traces,
                *self.spans,
                *self.fields,
            )
        )

    @staticmethod
    def of(skeleton: Skeleton, is_id_field: Callable[[str], bool]) -> Plan:
        """The plan of a skeleton."""
        named = [
            (rank(value.name), value.name, i, role_of(value.name), value.is_text)
            for i, value in enumerate(skeleton.values)
            if value.name
        ]

        def chosen(choice: Callable[[str, Role | None, bool], bool]) -> tuple[int, ...]:
            return tuple(i for _, name, i, role, text in sorted(named) if choice(name, role, text))

        return Plan(
            skeleton,
            shared=chosen(lambda name, role, text: role in _SHARED_ROLES or name in _OTHER_NAMES
                          or (role in _PRESENT_ROLES and not text)),
            present=chosen(lambda _, role, text: role in _PRESENT_ROLES and text),
            times=chosen(lambda _, role, __: role is Role.TIME),
            nanoseconds=chosen(lambda _, role, __: role is Role.NANOSECOND),
            traces=chosen(lambda _, role, __: role is Role.TRACE_ID),
            spans=chosen(lambda _, role, __: role is Role.SPAN_ID),
            fields=chosen(lambda name, role, _: role in FIELD_ROLES or is_id_field(name)),
            contexts=bool(chosen(lambda _, role, __: role is Role.TRACE_CONTEXT)),
        )  # fmt: skip


@dataclass(slots=True)
class Plans:
    """The plans of one file.

    Attributes:
        examples: lines that skeletons were learned from.
        given_up: most lines are of none.
    """

    is_id_field: Callable[[str], bool]
    known: list[Plan] = field(default_factory=list)
    examples: int = 0
    given_up: bool = False

    @property
    def may_learn(self) -> bool:
        """Whether one more line may be learned from."""
        return self.examples < EXAMPLES

    def learn(self, line: bytes) -> Plan | None:
        """A plan for lines like this one; None where it is to be read with care."""
        self.examples += 1
        skeleton = learn(line, self._tells)
        if skeleton is None or any(plan.skeleton == skeleton for plan in self.known):
            return None
        plan = Plan.of(skeleton, self.is_id_field)
        self.known.append(plan)
        return plan

    def _tells(self, name: str) -> bool:
        return role_of(name) in TELLING_ROLES or name in _OTHER_NAMES or self.is_id_field(name)
