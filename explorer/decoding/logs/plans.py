"""What the values of JSON lines are for, by which of those that tell something a line has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from explorer.decoding.logs.grammar import Grammar, State
from explorer.decoding.logs.objects import (
    BY_KEYS,
    FAULT_ROLES,
    FIELD_ROLES,
    FLAGS,
    LISTED,
    RESOURCE_ROLES,
    STATUS,
    TELLING_ROLES,
    role_of,
)
from explorer.model.fields import Role, rank

EXAMPLES: Final = 64
"""Lines of a file that its grammar is learned from, at most."""
_OTHER_NAMES: Final = frozenset({STATUS, FLAGS, *(name for _, name, _ in BY_KEYS)}) - {LISTED}
_BESIDE_LIST: Final = tuple(keys - {LISTED} for keys, name, _ in BY_KEYS if name == LISTED)
"""Keys beside which a list may tell something, so that lines with them are read with care."""
_PROCESS_NAMES: Final = frozenset(name for _, name, role in BY_KEYS if role in RESOURCE_ROLES)
_SHARED_ROLES: Final = frozenset({Role.SEVERITY, Role.HTTP_STATUS})
_PRESENT_ROLES: Final = frozenset({Role.MESSAGE, *FAULT_ROLES})
_ALONE_ROLES: Final = frozenset(
    {Role.TIME, Role.NANOSECOND, Role.TRACE_ID, Role.SPAN_ID, Role.TRACE_CONTEXT, *FIELD_ROLES}
)
"""Roles of values that have no say in severity and resource."""

Shared = tuple[bytes | bool, ...]
"""The values of a line that tell severity and resource, as written; of some only whether they are there."""


class Content(NamedTuple):
    """What lines of the same values tell of what happened."""

    is_log: bool
    severity: int


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """Values that tell severity and resource, as indices of states.

    Attributes:
        shared: they tell the severity by what they are; of ``present`` ones it counts only that they are not empty.
        process: they tell the resource.
        contents: what lines tell by the first two; ``processes``: service and resource, by the third.
    """

    shared: tuple[int, ...]
    present: tuple[int, ...]
    process: tuple[int, ...]
    contents: dict[Shared, Content] = field(default_factory=dict)
    processes: dict[Shared, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the values are for of lines that have the same ones, as indices of states.

    Attributes:
        times, traces, spans: the most telling first.
        nanoseconds: beside a time in seconds.
        fields: correlation fields.
        is_trace_enough, is_span_enough: nothing else may name it where the most telling value does not.
    """

    sharing: Sharing
    times: tuple[int, ...]
    nanoseconds: tuple[int, ...]
    traces: tuple[int, ...]
    spans: tuple[int, ...]
    fields: tuple[int, ...]
    is_trace_enough: bool
    is_span_enough: bool


@dataclass(slots=True)
class Plans:
    """The grammar of one file and what its values are for.

    Attributes:
        examples: lines that were learned from.
        given_up: most lines go other ways.
    """

    is_id_field: Callable[[str], bool]
    grammar: Grammar = field(init=False)
    examples: int = 0
    given_up: bool = False
    _known: dict[int, Plan | None] = field(default_factory=dict)
    _sharings: dict[tuple[int, ...], Sharing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.grammar = Grammar(self._tells, self._is_long)

    @property
    def may_learn(self) -> bool:
        """Whether one more line may be learned from."""
        return self.examples < EXAMPLES

    def learn(self, lines: Sequence[bytes]) -> bool:
        """Take lines into account; False where that changed nothing."""
        self.examples += len(lines)
        return self.grammar.learn(lines)

    def of(self, seen: int) -> Plan | None:
        """The plan of lines that have the values with these bits; None where they are to be read with care."""
        if seen not in self._known:
            self._known[seen] = self._made(self.grammar.named(seen))
        return self._known[seen]

    def _made(self, states: Sequence[tuple[int, State]]) -> Plan | None:
        if len({state.name for _, state in states}) < len(states):
            return None
        if any(keys <= {state.place[0] for _, state in states} for keys in _BESIDE_LIST):
            return None
        ranked = sorted((rank(state.name), state.name, i, role_of(state.name)) for i, state in states)

        def chosen(role: Role) -> tuple[int, ...]:
            return tuple(i for _, _, i, known in ranked if known is role)

        traces, spans, contexts = chosen(Role.TRACE_ID), chosen(Role.SPAN_ID), chosen(Role.TRACE_CONTEXT)
        return Plan(
            self._sharing([(i, self.grammar.states[i]) for _, _, i, _ in ranked]),
            times=chosen(Role.TIME),
            nanoseconds=chosen(Role.NANOSECOND),
            traces=traces,
            spans=spans,
            fields=tuple(i for _, name, i, role in ranked if role in FIELD_ROLES or self.is_id_field(name)),
            is_trace_enough=len(traces) < 2 and not contexts,
            is_span_enough=len(spans) < 2 and not contexts,
        )

    def _sharing(self, states: Sequence[tuple[int, State]]) -> Sharing:
        """What tells severity and resource; keys that together tell a writer are of it by being there."""
        speaking = [(i, state) for i, state in states if role_of(state.name) not in _ALONE_ROLES]
        key = tuple(i for i, _ in speaking)
        keys = {state.place[0] for _, state in states}
        key = (*key, *(-number for number, (needed, _, _) in enumerate(BY_KEYS, 1) if keys >= needed))
        if key not in self._sharings:
            shared = (i for i, state in speaking
                      if role_of(state.name) in _SHARED_ROLES or state.name in _OTHER_NAMES
                      or (role_of(state.name) in _PRESENT_ROLES and not state.is_text))  # fmt: skip
            present = (i for i, state in speaking if state.is_text and role_of(state.name) in _PRESENT_ROLES)
            process = (i for i, state in speaking
                       if role_of(state.name) in RESOURCE_ROLES or state.name in _PROCESS_NAMES)  # fmt: skip
            self._sharings[key] = Sharing(tuple(shared), tuple(present), tuple(process))
        return self._sharings[key]

    def _tells(self, name: str) -> bool:
        return role_of(name) in TELLING_ROLES or name in _OTHER_NAMES or self.is_id_field(name)

    def _is_long(self, name: str) -> bool:
        return role_of(name) in _PRESENT_ROLES and not self.is_id_field(name)
