"""The failure path as hops, from the origin to what the user saw."""

from __future__ import annotations

from typing import NamedTuple

from explorer.analysis.failure.blame import Blame
from explorer.analysis.failure.descent import Attempts, Descent
from explorer.analysis.failure.scene import Scene
from explorer.analysis.results import Relation, Role, Step
from explorer.analysis.wording import code_word, error_text, time_word, times_word


class _Hop(NamedTuple):
    """One service on the way up: its spans from the deepest to the one that was called, and its caller's half."""

    rows: tuple[int, ...]
    half: int
    """The caller's client span, -1 for none: what failed there failed in the caller."""
    relation: Relation
    """How the hop below reached this one."""
    attempts: Attempts | None
    """Attempts this hop made at the one below."""

    @property
    def all(self) -> tuple[int, ...]:
        """Its rows with the caller's half."""
        return self.rows if self.half < 0 else (*self.rows, self.half)


def path_of(scene: Scene, descent: Descent, blame: Blame, top: int) -> tuple[Step, ...]:
    """Steps from the origin to ``top``; one hop is one step, named after the callee."""
    hops = _hops(scene, blame, descent, top)
    steps: list[Step] = []
    surfaced = top in scene.failing
    raised = blame.row in scene.failing
    if blame.row < 0 or blame.apart or blame.service != scene.facts.store.service(blame.row):
        steps.append(_peer_step(scene, blame))
    for at, hop in enumerate(hops):
        failed = not scene.failing.isdisjoint(hop.rows)
        role = _role(bool(steps), at == len(hops) - 1, failed, raised, hop, surfaced)
        raised = raised or failed
        steps.append(_step(scene, hop, role, hop.relation if steps else None, blame))
    return tuple(steps)


def _role(begun: bool, last: bool, failed: bool, raised: bool, hop: _Hop, surfaced: bool) -> Role:
    if not begun:
        return "origin"
    if last:
        return "surfaced" if surfaced else "swallowed"
    if not failed:
        return "carried" if not raised else "passed"
    if not raised:
        return "raised"
    return "retried" if hop.attempts else "passed"


def _hops(scene: Scene, blame: Blame, descent: Descent, top: int) -> list[_Hop]:
    """The chain of spans from the origin up to ``top``, cut where one service called another."""
    facts = scene.facts
    hops: list[_Hop] = []
    rows: list[int] = []
    attempts: Attempts | None = None
    relation: Relation = "call"
    row = blame.row if blame.row >= 0 and not blame.apart else blame.via
    lone = bool(facts.hops.calls[row]) and blame.service != facts.store.service(row)
    if lone:  # the span belongs to the hop into the peer
        attempts, relation = descent.attempts.get(row), blame.relation
        row = scene.up(row) if row != top else -1
    elif blame.row < 0 or blame.apart:
        relation = blame.relation
    while row >= 0:
        rows.append(row)
        group = descent.attempts.get(row)
        half = row != top and facts.hops.enters[row]
        above = scene.up(row)
        if row == top or half:
            caller_half = above if half and above >= 0 and facts.hops.callee_of[above] == row else -1
            if caller_half >= 0:
                group = group or descent.attempts.get(caller_half)
            hops.append(_Hop(tuple(rows), caller_half, "retry" if attempts else relation, attempts))
            attempts, relation, rows = group, _relation(scene, blame, row), []
            if top in (row, caller_half):
                break
            above = scene.up(caller_half) if caller_half >= 0 else above
        elif group is not None:
            attempts = group
        row = above
    return hops


def _relation(scene: Scene, blame: Blame, row: int) -> Relation:
    """How the failure left the hop whose first span is ``row``."""
    joined = scene.joined.get(row)
    if joined is not None and joined[1] == "link":
        return "link"
    if row == blame.via or row in blame.trail[-1:] or (blame.row == row and blame.via != row):
        return blame.relation if blame.relation != "call" or not blame.trail else "timeout"
    return "call"


def _peer_step(scene: Scene, blame: Blame) -> Step:
    store = scene.facts.store
    said = blame.row < 0 or blame.apart or blame.row == blame.via
    text = _error(scene, blame.via) if said else _took(scene, blame.row)
    rows = (blame.via,) if blame.row < 0 else (blame.row,)
    named = blame.row if blame.row >= 0 else blame.via
    ended = int(store.spans.end[named])
    return Step(blame.row, rows, blame.service, store.operation(named), "origin", None, text, ended)


def _step(scene: Scene, hop: _Hop, role: Role, relation: Relation | None, blame: Blame) -> Step:
    store, row = scene.facts.store, hop.rows[0]
    if role == "raised":
        row = next((one for one in hop.rows if one in scene.failing), row)
    elif role != "origin":
        enters = scene.facts.hops.enters
        row = next((one for one in reversed(hop.rows) if enters[one]), hop.rows[-1])
    return Step(row, hop.all, store.service(row), store.operation(row), role, relation,
                _text(scene, hop, row, role, blame), int(store.spans.end[row]))  # fmt: skip


def _text(scene: Scene, hop: _Hop, row: int, role: Role, blame: Blame) -> str:
    store = scene.facts.store
    if row not in scene.failing and blame.hypothesis in ("bad-request", "refuses-alone") and role == "origin":
        text = _error(scene, blame.via)
    elif row not in scene.failing:
        slow = row == blame.row or row in blame.trail
        text = _took(scene, row) if slow else code_word(int(store.spans.code[row])) or _ended(role)
    elif role in ("origin", "raised"):
        text = _error(scene, row)
    else:
        text = code_word(int(store.spans.code[row])) or error_text(store, row)
    if hop.attempts is None:
        return text
    tries = len(hop.attempts.rows)
    if hop.attempts.saved:
        return f"{text}, saved by try {tries}"
    return f"{text} after {times_word(tries)}"


def _error(scene: Scene, row: int) -> str:
    """What the error of a span says, with what its caller says of it where that is a status alone."""
    store, teller = scene.facts.store, scene.teller(row)
    said = error_text(store, teller)
    status = code_word(int(store.spans.code[row])) if teller != row else ""
    return f"{status}: {said}" if status and status not in said else said


def _ended(role: Role) -> str:
    """What is said of a span that states neither code nor error."""
    return "ok" if role == "swallowed" else "no error recorded"


def _took(scene: Scene, row: int) -> str:
    count, middle, _ = scene.facts.usual_of(row)
    took = f"took {time_word(int(scene.facts.store.spans.duration[row]))}"
    return f"{took}, usually {time_word(middle)}" if count >= 3 else took
