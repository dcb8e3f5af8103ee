"""A comparison as rows of a table: two ids as one merged tree, or a failing set against a healthy one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.analysis.compare import CallDifference, Comparison
from explorer.analysis.over_represented import Excess, SetComparison
from explorer.layout import numbers

Tone = Literal["plain", "muted", "bad", "missing"]
Cells = tuple[str, str, str, str]
Tones = tuple[Tone, Tone, Tone, Tone]

PAIR_HEAD: Cells = ("What", "This id", "The other", "Difference")
SETS_HEAD: Cells = ("What", "Failing", "Healthy", "Difference")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A row: what, on one side, on the other, the difference.

    Attributes:
        tones: of each cell; ``bad`` where that side failed, ``missing`` where it has nothing.
        change: -1 to 1, how large the difference is among those of its part; 0 for no bar.
        head: it names the part that follows.
        row: a span to go to, -1 for none.
        tip: more words, ``""`` for none.
    """

    cells: Cells
    tones: Tones = ("plain", "plain", "plain", "plain")
    change: float = 0.0
    head: bool = False
    row: int = -1
    tip: str = ""


def pair_lines(found: Comparison) -> tuple[Line, ...]:
    """What differs between two ids: the calls as one tree, time by service, order, attributes, logs."""
    order = [
        Line((f"below {' '.join(one.path[-1])}", ", ".join(one.order[0]), ", ".join(one.order[1]), ""))
        for one in found.order
    ]
    attributes = [
        Line((f"{one.service} {one.operation} · {one.name}", _or_none(one.value[0]), _or_none(one.value[1]), ""),
             ("plain", _there(one.value[0] is not None), _there(one.value[1] is not None), "plain"))
        for one in found.attributes
    ]  # fmt: skip
    logs = [
        Line((f"{one.service} {one.level} · {one.words}", _times(one.count[0]), _times(one.count[1]), ""),
             ("plain", _loud(one.level, one.count[0]), _loud(one.level, one.count[1]), "plain"))
        for one in found.logs
    ]  # fmt: skip
    times = [
        (one.service, one.self_ns, (f"{one.spans[0]}×", f"{one.spans[1]}×"))
        for one in found.services
        if one.self_ns[0] != one.self_ns[1]
    ]
    return _parts(
        ("Calls", _tree(found.calls)), ("Own time by service", _services(times)),
        ("Called in another order", order), ("Attributes", attributes), ("Log lines", logs),
    )  # fmt: skip


def set_lines(found: SetComparison) -> tuple[Line, ...]:
    """What the failing have and lack, the surest first, and their time by service."""
    times = [
        (one.service, one.self_ns, (f"{one.spans[0]:.1f}×", f"{one.spans[1]:.1f}×")) for one in found.services
    ]
    return _parts(
        ("What the failing have", [_excess(one) for one in found.more]),
        ("What the failing lack", [_excess(one) for one in found.less]),
        ("Own time by service, median", _services(times)),
    )


def _parts(*parts: tuple[str, Sequence[Line]]) -> tuple[Line, ...]:
    return tuple(
        row
        for title, rows in parts
        if rows
        for row in (Line((title, "", "", ""), ("muted",) * 4, head=True), *rows)
    )


# -- two ids -----------------------------------------------------------------------------------------------


def _tree(calls: Sequence[CallDifference]) -> list[Line]:
    """The calls that differ, below those that lead to them, in the order of the tree."""
    wanted: set[tuple[tuple[str, str], ...]] = set()
    for call in calls:
        if call.differs:
            wanted.update(call.path[:depth] for depth in range(1, len(call.path) + 1))
    shown = sorted((call for call in calls if call.path in wanted), key=_order(calls))
    most = max((abs(_change(call)) for call in shown if call.differs), default=0)
    return [_call(call, most) for call in shown]


def _order(calls: Sequence[CallDifference]) -> _Place:
    place: dict[tuple[tuple[str, str], ...], int] = {}
    for number, call in enumerate(calls):
        for depth in range(1, len(call.path) + 1):
            place.setdefault(call.path[:depth], number)
    return _Place(place)


@dataclass(frozen=True, slots=True)
class _Place:
    """Sorts calls so that each follows the call above it, whichever id it is of."""

    first: dict[tuple[tuple[str, str], ...], int]

    def __call__(self, call: CallDifference) -> tuple[int, ...]:
        return tuple(self.first[call.path[:depth]] for depth in range(1, len(call.path) + 1))


def _change(call: CallDifference) -> int:
    return call.total_ns[0] - call.total_ns[1]


def _call(call: CallDifference, most: int) -> Line:
    cells: list[str] = []
    tones: list[Tone] = []
    for count, total, errors in zip(call.count, call.total_ns, call.errors, strict=True):
        failed = f", {errors} failed" if errors else ""
        cells.append(f"{count}× {numbers.duration(total)}{failed}" if count else "not called")
        tones.append("bad" if errors else "muted" if not call.differs else _there(count > 0))
    name = "  " * min(len(call.path) - 1, _DEEPEST) + f"{call.service} {call.operation}"
    change = _change(call) if call.differs else 0
    row = call.row[0] if call.row[0] >= 0 else call.row[1]
    return Line(
        (name, cells[0], cells[1], _signed(change) if call.differs else ""),
        ("plain" if call.differs else "muted", tones[0], tones[1], "plain"),
        change / most if most else 0.0, row=row, tip=" › ".join(" ".join(step) for step in call.path),
    )  # fmt: skip


def _services(times: Iterable[tuple[str, tuple[int, int], tuple[str, str]]]) -> list[Line]:
    known = list(times)
    most = max((abs(own[0] - own[1]) for _, own, _ in known), default=0)
    return [
        Line(
            (service, f"{numbers.duration(own[0])} in {counts[0]}", f"{numbers.duration(own[1])} in {counts[1]}",
             _signed(own[0] - own[1])),
            change=(own[0] - own[1]) / most if most else 0.0,
        )
        for service, own, counts in known
    ]  # fmt: skip


def _signed(ns: int) -> str:
    return f"{'+' if ns >= 0 else ''}{numbers.duration(ns)}"


def _there(present: bool) -> Tone:
    return "plain" if present else "missing"


def _loud(level: str, count: int) -> Tone:
    return "muted" if not count else "bad" if level in ("ERROR", "FATAL") else "plain"


def _or_none(value: str | None) -> str:
    return "–" if value is None else value


def _times(count: int) -> str:
    return f"{count}×" if count else "–"


# -- two sets ----------------------------------------------------------------------------------------------


def _excess(one: Excess) -> Line:
    parts = (one.kind, one.service, one.name, one.value)
    alike = f"  (+{one.alike} alike)" if one.alike else ""
    shares = [
        f"{numbers.share(share)} · {count} of {of}"
        for share, count, of in zip(one.coverage, one.count, one.of, strict=True)
    ]
    difference = one.coverage[0] - one.coverage[1]
    times = f"{one.times:.1f}×" if min(one.count) else "only here" if difference > 0 else "never here"
    tip = f"chance to see this split by luck: {one.p:.1e}"
    if one.alike:
        tip += f"; {numbers.plural(one.alike, 'more trait')} of the very same ids"
    return Line(
        (" ".join(part for part in parts if part) + alike, shares[0], shares[1], times),
        ("plain", _there(one.count[0] > 0), _there(one.count[1] > 0), "plain"),
        difference, row=one.row, tip=tip,
    )  # fmt: skip
