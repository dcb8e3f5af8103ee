"""From what the user saw down to the deepest failure that explains it, one failed span at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.failure.scene import Scene
from explorer.analysis.traits import Trait
from explorer.model.schema import FailureKind, Kind

Longs = NDArray[np.int64]

_WEIGHT_SAME_ERROR = 8.0
_WEIGHT_REAL = 4.0
_WEIGHT_NOT_SAVED = 2.0
_WEIGHT_UNVEILED = 2.0
_WEIGHT_SAID = 1.0
_NEVER_AGAIN = (int(Kind.INTERNAL), int(Kind.CONSUMER))
MOST_KIDS = 64
"""Failed siblings that are weighed."""


class Attempts(NamedTuple):
    """Sibling calls of one operation at one target, one after the other, the first of which failed.

    Attributes:
        rows: all attempts by start.
        failed: those that failed.
        saved: whether the last one went well.
    """

    rows: tuple[int, ...]
    failed: tuple[int, ...]
    saved: bool


@dataclass(frozen=True, slots=True)
class Descent:
    """The way down.

    Attributes:
        chosen: failed rows from the top to the leaf, each the explanation of the one before.
        attempts: groups of attempts met, by the row chosen of each.
        others: failed siblings not chosen, best first: second causes.
    """

    chosen: tuple[int, ...]
    attempts: dict[int, Attempts]
    others: tuple[int, ...]


def descend(scene: Scene, top: int) -> Descent:
    """Walk down from a failed span (or one whose failure stands in its logs) to the leaf that explains it."""
    chosen, others = [top], list[int]()
    attempts: dict[int, Attempts] = {}
    row = top
    while True:
        kids = explaining(scene, row)
        if not kids:
            return Descent(tuple(chosen), attempts, tuple(others))
        row, rest = kids[0], kids[1:]
        group = attempts_of(scene, row)
        if len(group.rows) > 1:
            row = _first_real(scene, group, row)
            attempts[row] = group
            rest = [kid for kid in rest if kid not in group.rows]
        chosen.append(row)
        others.extend(rest)


def explaining(scene: Scene, row: int) -> list[int]:
    """Failed rows right under ``row`` that may explain its failure, best first.

    A cancelled child explains nothing but a cancelled parent: it is an effect of what ended first.
    """
    kids = list(scene.below.get(row, ()))
    if row not in scene.cancelled:
        kids = [kid for kid in kids if kid not in scene.cancelled]
    if len(kids) < 2:
        return kids
    spans = scene.facts.store.spans
    if len(kids) > MOST_KIDS:  # the first and the last to fail
        kids.sort(key=lambda kid: int(spans.end[kid]))
        kids = kids[: MOST_KIDS // 2] + kids[-MOST_KIDS // 2 :]
    weights = {kid: _weight(scene, row, kid) for kid in kids}
    # Of equals, the one before which the others had ended stopped the parent; of parallel ones, the first to fail.
    last_start = max(int(spans.start[kid]) for kid in kids)
    ended = {kid: int(spans.end[kid]) for kid in kids}
    parallel = any(ended[kid] > last_start and spans.start[kid] != last_start for kid in kids)
    sign = 1 if parallel else -1
    return sorted(kids, key=lambda kid: (-weights[kid], sign * ended[kid], kid))


def _weight(scene: Scene, row: int, kid: int) -> float:
    weight = _WEIGHT_SAME_ERROR if same_error(scene, row, kid) else 0.0
    if not scene.has(kid, Trait.CANCELLED | Trait.ABSENT):
        weight += _WEIGHT_REAL
    if kid not in scene.veiled:
        weight += _WEIGHT_UNVEILED
    if not attempts_of(scene, kid).saved:
        weight += _WEIGHT_NOT_SAVED
    if scene.facts.hard[kid]:
        weight += _WEIGHT_SAID
    return weight


def error_texts(scene: Scene, row: int) -> tuple[set[str], set[str]]:
    """Exception classes and messages of a span."""
    table, texts = scene.facts.store.failures, scene.facts.store.texts
    types, messages = set(), set()
    for at in scene.facts.store.failure_rows(row):
        if int(table["kind"][at]) <= FailureKind.ERROR_TYPE:
            types.add(texts[table["type"][at]])
            messages.add(texts[table["message"][at]])
    return types - {""}, messages - {""}


def same_error(scene: Scene, row: int, kid: int) -> bool:
    """Whether the parent states the child's error: the same class, or the child's message within its own."""
    types, messages = error_texts(scene, row)
    kid_types, kid_messages = error_texts(scene, kid)
    for below in scene.below.get(kid, ()):
        more_types, more_messages = error_texts(scene, below)
        kid_types, kid_messages = kid_types | more_types, kid_messages | more_messages
    if {kind for kind in types & kid_types if not kind.isdigit()}:
        return True
    return any(len(kid) > 5 and kid in message for kid in kid_messages for message in messages)


def attempts_of(scene: Scene, row: int) -> Attempts:
    """The attempts that ``row`` is one of: siblings with its operation and target that do not overlap in time."""
    spans = scene.facts.store.spans
    if not scene.facts.again[row] or spans.kind[row] in _NEVER_AGAIN:
        return Attempts((row,), (row,), saved=False)
    parent = int(spans.parent[row])
    kin = spans.children_of(parent)
    kin = kin[(spans.name[kin] == spans.name[row]) & (spans.service[kin] == spans.service[row])]
    kin = kin[spans.peer[kin] == spans.peer[row]]
    if len(kin) < 2 or not _follow_each_other(spans.start[kin], spans.end[kin]):
        return Attempts((row,), (row,), saved=False)
    rows = kin.tolist()
    failed = [one for one in rows if one in scene.failing]
    begin = rows.index(failed[0]) if failed else 0
    rows = rows[begin:]
    return Attempts(tuple(rows), tuple(failed), bool(failed) and failed[-1] != rows[-1])


def _follow_each_other(start: Longs, end: Longs) -> bool:
    return bool(np.all(start[1:] >= end[:-1] - 1_000_000))  # clocks in whole ms


def _first_real(scene: Scene, group: Attempts, chosen: int) -> int:
    """The first attempt that failed by itself: later ones may fail only because the first did."""
    weak = Trait.CANCELLED | Trait.BREAKER | Trait.TIMEOUT
    real = [row for row in group.failed if not scene.has(row, weak)]
    return real[0] if real else group.failed[0] if group.failed else chosen
