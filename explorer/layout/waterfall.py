"""The waterfall as values: what is the same for all rows of one trace, and what rows say in words. Knows no Qt.

A :class:`Scene` holds what is drawn; :func:`explorer.layout.rowviews.rows_in_view` makes the few rows on screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import Segment, Step, Verdict
from explorer.analysis.timing import self_time
from explorer.layout import numbers
from explorer.layout.timeaxis import TimeAxis, idle_gaps
from explorer.model.schema import GRPC, Kind, severity_word
from explorer.model.store import Store

ROW_HEIGHT = 22
SIBLINGS_LOOKED_AT = 64
"""Siblings compared to number retries; more of them are a loop, not a retry."""
NOTE_LIMIT = 60
PARTS = 400

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Stretches:
    """The critical path as columns, by row: int64 (n,) each; ``begin`` and ``end`` in ns on the shown clock."""

    row: Rows
    begin: Rows
    end: Rows

    def within(self, first: int, last: int) -> tuple[Rows, Rows]:
        """Begin and end of what lies in rows ``[first, last)``, overlapping stretches joined, by time."""
        part = slice(int(np.searchsorted(self.row, first)), int(np.searchsorted(self.row, last)))
        begin, end = self.begin[part], self.end[part]
        if len(begin) < 2:
            return begin, end
        order = np.argsort(begin, kind="stable")
        begin, reach = begin[order], np.maximum.accumulate(end[order])
        opens = np.concatenate(([True], begin[1:] > reach[:-1]))
        return begin[opens], reach[np.concatenate((np.flatnonzero(opens)[1:] - 1, [len(begin) - 1]))]


_NO_ROWS = np.empty(0, np.int64)
NO_STRETCHES = Stretches(_NO_ROWS, _NO_ROWS, _NO_ROWS)


@dataclass(frozen=True)
class Links:
    """Links between spans: from the row ``source`` to the row ``target`` (-1: not in the bundle); int32 (n,) each.

    ``source`` ascends; ``back`` sorts by ``target``.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    back: Rows

    @cached_property
    def target_sorted(self) -> NDArray[np.int32]:
        """``target`` in the order of ``back``."""
        return self.target[self.back]

    def out_of(self, row: int) -> NDArray[np.int32]:
        """Rows that a span links to, -1 for those not in the bundle."""
        return self.target[_run(self.source, row)]

    def into(self, row: int) -> NDArray[np.int32]:
        """Rows that link to a span."""
        return self.source[self.back[_run(self.target_sorted, row)]]


def links(source: NDArray[np.int32], target: NDArray[np.int32]) -> Links:
    """Links by their columns."""
    return Links(source, target, np.argsort(target, kind="stable"))


NO_LINKS = links(np.empty(0, np.int32), np.empty(0, np.int32))


@dataclass(frozen=True)
class Scene:
    """One trace of an id, with what is drawn over it.

    Attributes:
        step_of: span row to its step of the failure path; ``path``: the rows that stand for the steps, in
            path order.
        shift: int64 ns to add to a span's times by resource (clock correction), None for raw clocks.
        squeezed: idle stretches are drawn as breaks.
        critical: the critical path.
        links: of the whole store.
        log_rows: log rows of the slice sorted by span; ``log_spans``: their spans.
    """

    store: Store
    first: int
    last: int
    verdict: Verdict | None = None
    step_of: Mapping[int, Step] = field(default_factory=dict)
    path: tuple[int, ...] = ()
    shift: NDArray[np.int64] | None = None
    squeezed: bool = False
    critical: Stretches = NO_STRETCHES
    links: Links = NO_LINKS
    log_rows: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    log_spans: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def start(self, row: int) -> int:
        """Start of a span on the shown clock, ns."""
        return int(self.store.spans.start[row]) + self.shifted(row)

    def end(self, row: int) -> int:
        """End of a span on the shown clock, ns."""
        return int(self.store.spans.end[row]) + self.shifted(row)

    def shifted(self, row: int) -> int:
        """What the clock of a span was corrected by, ns."""
        return int(self.shift[self.store.spans.resource[row]]) if self.shift is not None else 0

    def times(self, rows: slice | Rows) -> tuple[Rows, Rows]:
        """Starts and ends of spans on the shown clock, ns."""
        spans = self.store.spans
        start, end = spans.start[rows], spans.end[rows]
        if self.shift is None:
            return start, end
        move = self.shift[spans.resource[rows]]
        return start + move, end + move

    def extent(self) -> tuple[int, int]:
        """First start and last end of the slice, ns; never empty."""
        return self._extent

    @cached_property
    def _extent(self) -> tuple[int, int]:
        if self.first >= self.last:
            return 0, 1
        rows = slice(self.first, self.last)
        start, end = self.times(rows)
        timed = self.store.spans.start[rows] > 0
        begin = int(start[timed].min()) if timed.any() else int(start.min())
        return begin, max(int(end.max()), begin + 1)

    @cached_property
    def idle(self) -> tuple[tuple[int, int], ...]:
        """Stretches in which nothing worked, as far as was recorded: begin and end, ns."""
        rows = slice(self.first, self.last)
        if self.last - self.first < 2:
            return ()
        return idle_gaps(*self.times(rows), self.store.spans.size[rows] == 1, self.extent())

    @cached_property
    def idle_share(self) -> float:
        """Their share of the whole time."""
        begin, end = self.extent()
        return sum(b - a for a, b in self.idle) / (end - begin)

    @cached_property
    def axis(self) -> TimeAxis:
        """Where times lie."""
        return TimeAxis(*self.extent(), self.idle if self.squeezed else ())


def make_scene(
    store: Store,
    trace: int,
    verdict: Verdict | None,
    *,
    root: int = -1,
    shift: NDArray[np.int64] | None = None,
    squeezed: bool = False,
) -> Scene:
    """The scene of one trace, or of the subtree of ``root``."""
    rows = store.traces.rows(trace)
    first, last = (root, root + int(store.spans.size[root])) if root >= 0 else (rows.start, rows.stop)
    step_of: dict[int, Step] = {}
    path: list[int] = []
    for step in verdict.path if verdict else ():
        for row in step.rows:
            step_of.setdefault(row, step)
        if first <= step.row < last:
            path.append(step.row)
    logs = np.flatnonzero((store.logs.span >= first) & (store.logs.span < last)).astype(np.int32)
    logs = logs[np.argsort(store.logs.span[logs], kind="stable")]
    return Scene(
        store, first, last, verdict, step_of, tuple(path), shift, squeezed,
        log_rows=logs, log_spans=store.logs.span[logs],
    )  # fmt: skip


def looked_at(scene: Scene, critical: Stretches, links: Links) -> Scene:
    """The same scene with its critical path and links; what was worked out of its times stays."""
    made = replace(scene, critical=critical, links=links)
    vars(made).update({name: value for name, value in vars(scene).items() if name in _OF_TIMES})
    return made


_OF_TIMES = frozenset({"_extent", "idle", "idle_share", "axis"})


def stretches(scene: Scene, critical: Sequence[Segment]) -> Stretches:
    """The critical path of a scene on its clock."""
    row, begin, end = (
        np.fromiter((getattr(one, name) for one in critical), np.int64, len(critical))
        for name in ("row", "start_ns", "end_ns")
    )
    order = np.argsort(row, kind="stable")
    row, begin, end = row[order], begin[order], end[order]
    move = scene.shift[scene.store.spans.resource[row]] if scene.shift is not None else 0
    return Stretches(row, begin + move, end + move)


def failure_words(store: Store, row: int) -> str:
    """Why a span failed, as short as it goes: exception class, status code, or the message."""
    code = int(store.spans.code[row])
    for at in store.failure_rows(row):
        name = store.texts[int(store.failures["type"][at])]
        if name:
            return name.rsplit(".", 1)[-1] if " " not in name else name
        message = store.texts[int(store.failures["message"][at])]
        if message:
            return message
    if code >= GRPC:
        return f"gRPC {code - GRPC}"
    return str(code) if code else "error"


@lru_cache(maxsize=1024)
def attempts(store: Store, parent: int) -> Mapping[int, int]:
    """Tries among the children of a span: row to number, of groups in which all but the last failed."""
    spans = store.spans
    if not spans.errors_in(parent):
        return {}
    groups: dict[tuple[int, int, int], list[int]] = {}
    for row in spans.children_of(parent)[:SIBLINGS_LOOKED_AT].tolist():
        if spans.kind[row] != Kind.SERVER:
            groups.setdefault(
                (int(spans.service[row]), int(spans.name[row]), int(spans.peer[row])), []
            ).append(row)
    found: dict[int, int] = {}
    for rows in groups.values():
        one_by_one = all(spans.end[a] <= spans.start[b] for a, b in pairwise(rows))
        if len(rows) > 1 and one_by_one and spans.failed[rows[:-1]].all():
            found.update({row: number for number, row in enumerate(rows, 1)})
    return found


def _run(ascending: NDArray[np.int32], value: int) -> slice:
    """The positions of one value in a sorted column."""
    wanted = np.int32(value)  # of the column's type, or that would be copied
    return slice(
        int(np.searchsorted(ascending, wanted, "left")), int(np.searchsorted(ascending, wanted, "right"))
    )


def own_work(scene: Scene, row: int) -> list[tuple[int, int]]:
    """When a span worked itself, not waiting for what it called: begin and end, ns; at most :data:`PARTS`."""
    begin, end = scene.start(row), scene.end(row)
    starts, ends = scene.times(scene.store.spans.children_of(row).astype(np.int64))
    order = np.argsort(starts, kind="stable")
    starts = np.clip(starts[order], begin, end)
    reach = np.maximum.accumulate(np.concatenate(([begin], np.clip(ends[order], begin, end))))
    nexts = np.concatenate((starts, [end]))
    free = np.flatnonzero(nexts > reach)
    free = np.sort(free[np.argsort(reach[free] - nexts[free], kind="stable")[:PARTS]])
    return list(zip(reach[free].tolist(), nexts[free].tolist(), strict=True))


def tooltip_text(scene: Scene, row: int, group: int = 0) -> str:
    """What the tool tip of a bar says: everything exact; ``group``: it stands for so many alike siblings."""
    store, spans = scene.store, scene.store.spans
    if group:
        return (
            f"{store.service(row)}  {store.operation(row)}\n"
            f"{numbers.plural(group, 'call')} of this operation in a row, drawn as one; unfold to see each"
        )
    begin, _ = scene.extent()
    took, own = int(spans.duration[row]), self_time(spans, row)
    lines = [
        f"{store.service(row)}  {store.operation(row)}",
        f"start +{numbers.duration(scene.start(row) - begin)} ({numbers.exact(scene.start(row) - begin)})",
        f"duration {numbers.duration(took)} ({numbers.exact(took)})",
        f"own work {numbers.duration(own)}" + (f", {numbers.share(own / took)} of it" if took > 0 else ""),
    ]
    if spans.failed[row]:
        lines.append(failure_words(store, row))
    lines += store.remarks(row)
    if moved := scene.shifted(row):
        way = "earlier" if moved < 0 else "later"
        lines.append(f"its clock is off: shown {numbers.duration(abs(moved))} {way} than recorded")
    begins, ends = scene.critical.within(row, row + 1)
    if len(begins):
        lines.append(f"{numbers.duration(int((ends - begins).sum()))} of the critical path")
    lines += _link_words(scene, row)
    rows = scene.log_rows[_run(scene.log_spans, row)]
    words = [severity_word(int(severity)) for severity in store.logs.severity[rows]]
    if words:
        lines.append(numbers.plural(len(words), "log record"))
    return "\n".join(lines)


def _link_words(scene: Scene, row: int) -> list[str]:
    into, out = scene.links.into(row), scene.links.out_of(row)
    return [
        words
        for count, words in (
            (len(out), f"links to {numbers.plural(len(out), 'span')}"),
            (len(into), f"linked from {numbers.plural(len(into), 'span')}"),
        )
        if count
    ]


def nothing(store: Store | None, id_row: int) -> str:
    """What to say where there are no rows."""
    if store is None:
        return ""
    if not len(store.spans):
        return "There are no spans in this bundle."
    return "This id left no spans; its logs are below." if id_row >= 0 else ""
