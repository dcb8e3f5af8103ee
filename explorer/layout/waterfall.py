"""The waterfall as values: what each visible row says and where its bar lies. Knows no pixels' colours and no Qt.

A :class:`Scene` holds what is the same for all rows of one id's trace; :func:`rows_in_view` makes the few
:class:`RowView` that are on screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import Segment, Step, Verdict
from explorer.layout import numbers
from explorer.layout.folding import Folding
from explorer.model.schema import GRPC, Kind, SpanFlag, severity_word
from explorer.model.store import Store

ROW_HEIGHT = 22
SIBLINGS_LOOKED_AT = 64
"""Siblings compared to number retries; more of them are a loop, not a retry."""
NOTE_LIMIT = 60
UNFINISHED = int(SpanFlag.UNFINISHED)
TICKS = 200
"""Marks drawn on one bar."""


@dataclass(frozen=True)
class Scene:
    """One trace of an id, with what is drawn over it.

    Attributes:
        step_of: span row to its step of the failure path; ``path``: the rows that stand for the steps, in
            path order.
        shift: int64 ns to add to a span's times by resource (clock correction), None for raw clocks.
        critical: critical path by row.
        log_rows: log rows of the slice sorted by span; ``log_spans``: their spans.
    """

    store: Store
    first: int
    last: int
    verdict: Verdict | None = None
    step_of: Mapping[int, Step] = field(default_factory=dict)
    path: tuple[int, ...] = ()
    shift: NDArray[np.int64] | None = None
    critical: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    log_rows: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    log_spans: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def start(self, row: int) -> int:
        """Start of a span on the shown clock, ns."""
        return int(self.store.spans.start[row]) + self._shifted(row)

    def end(self, row: int) -> int:
        """End of a span on the shown clock, ns."""
        return int(self.store.spans.end[row]) + self._shifted(row)

    def _shifted(self, row: int) -> int:
        return int(self.shift[self.store.spans.resource[row]]) if self.shift is not None else 0

    def extent(self) -> tuple[int, int]:
        """First start and last end of the slice, ns; never empty."""
        rows = slice(self.first, self.last)
        spans = self.store.spans
        if self.first >= self.last:
            return 0, 1
        move = self.shift[spans.resource[rows]] if self.shift is not None else 0
        start, end = spans.start[rows] + move, spans.end[rows] + move
        timed = spans.start[rows] > 0
        begin = int(start[timed].min()) if timed.any() else int(start.min())
        return begin, max(int(end.max()), begin + 1)


@dataclass(frozen=True, slots=True)
class RowView:
    """One visible row.

    ``x0`` and ``x1`` are fractions of the visible time, beyond 0 and 1 where the bar leaves it. ``hidden`` and
    ``hidden_errors`` are what a folded row hides. ``dim`` rows are off the failure path while it is on.
    ``stands_for``: this row is drawn for so many folded tries.
    ``attempt`` numbers retries from 1; 0: not a retry. ``ticks`` are (fraction, severity) of logs and events,
    severity 0 for events.
    """

    row: int
    depth: int
    service: str
    operation: str
    names_service: bool
    foldable: bool
    folded: bool
    hidden: int
    hidden_errors: int
    failed: bool
    dim: bool
    step: Step | None
    attempt: int
    x0: float
    x1: float
    duration: str
    note: str
    note_is_error: bool
    ticks: tuple[tuple[float, int], ...]
    critical: tuple[tuple[float, float], ...]
    remark: str
    stands_for: int = 0


def make_scene(
    store: Store,
    trace: int,
    verdict: Verdict | None,
    *,
    root: int = -1,
    shift: NDArray[np.int64] | None = None,
    critical: Sequence[Segment] = (),
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
    parts: dict[int, list[tuple[int, int]]] = {}
    for segment in critical:
        parts.setdefault(segment.row, []).append((segment.start_ns, segment.end_ns))
    logs = np.flatnonzero((store.logs.span >= first) & (store.logs.span < last)).astype(np.int32)
    logs = logs[np.argsort(store.logs.span[logs], kind="stable")]
    return Scene(
        store, first, last, verdict, step_of, tuple(path), shift,
        {row: tuple(some) for row, some in parts.items()}, logs, store.logs.span[logs],
    )  # fmt: skip


def rows_in_view(
    scene: Scene, folding: Folding, position: int, count: int, view: tuple[int, int], *, path_on: bool,
    memo: dict[int, RowView] | None = None,
) -> list[RowView]:  # fmt: skip
    """The rows at visible positions ``[position, position + count)``; the first names its service in any case.

    Args:
        view: visible time (begin, end) in ns on the shown clock.
        path_on: whether rows off the failure path are dimmed.
        memo: rows made before for the same scene, folding, view and path_on; taken from and added to.
    """
    begin = max(position, 0)
    rows = folding.rows(begin, count)
    base = int(scene.store.spans.depth[scene.first]) if scene.last > scene.first else 0
    above = folding.rows(begin - 1, 1) if begin else rows[:0]
    services = scene.store.spans.service[np.concatenate((above, rows))].tolist()
    known = {} if memo is None else memo
    views = []
    for number, row in enumerate(rows.tolist(), len(above)):
        made = known.get(row)
        if made is None:
            named = number == 0 or services[number] != services[number - 1]
            made = row_view(scene, folding, row, view, base=base, names_service=named, path_on=path_on)
            known[row] = made
        views.append(made)
    if views and not views[0].names_service:
        views[0] = replace(views[0], names_service=True)
    return views


def row_view(
    scene: Scene, folding: Folding, row: int, view: tuple[int, int], *,
    base: int = 0, names_service: bool = True, path_on: bool = False,
) -> RowView:  # fmt: skip
    """One row; ``base`` is the depth drawn at the left edge."""
    store, spans = scene.store, scene.store.spans
    folded = row in folding.folded
    failed = bool(spans.failed[row])
    step = scene.step_of.get(row)
    span_of_view = max(view[1] - view[0], 1)
    note, is_error = _note(scene, row, step)
    return RowView(
        row=row, depth=int(spans.depth[row]) - base, service=store.service(row), operation=store.operation(row),
        names_service=names_service, foldable=int(spans.size[row]) > 1, folded=folded,
        hidden=int(spans.size[row]) - 1 if folded else 0,
        hidden_errors=spans.errors_in(row) - failed if folded else 0,
        failed=failed, dim=path_on and bool(scene.step_of) and step is None, step=step,
        attempt=attempt_number(store, row),
        x0=(scene.start(row) - view[0]) / span_of_view, x1=(scene.end(row) - view[0]) / span_of_view,
        duration="unfinished" if int(spans.flags[row]) & UNFINISHED else numbers.duration(int(spans.duration[row])),
        note=note, note_is_error=is_error, ticks=_ticks(scene, row, view),
        critical=tuple(((a - view[0]) / span_of_view, (b - view[0]) / span_of_view)
                       for a, b in scene.critical.get(row, ())),
        remark=_remark(int(spans.flags[row])),
    )  # fmt: skip


_REMARKS = (
    (SpanFlag.ORPHAN, "parent missing"), (SpanFlag.CYCLE, "cycle cut"), (SpanFlag.DUPLICATE_ID, "id used twice"),
    (SpanFlag.NEGATIVE, "ends before it starts"), (SpanFlag.NO_TIME, "no start time"),
)  # fmt: skip


def _remark(flags: int) -> str:
    """What was repaired, as short as it goes; the tool tip says it in full."""
    return ", ".join(words for flag, words in _REMARKS if flags & flag) if flags else ""


def _note(scene: Scene, row: int, step: Step | None) -> tuple[str, bool]:
    """The few words after the duration, and whether they speak of an error."""
    store = scene.store
    failed = bool(store.spans.failed[row])
    if step is not None and step.text and step.row == row and (failed or step.text != "ok"):
        return _clipped(step.text), step.role != "carried" or failed
    if failed:
        return _clipped(failure_words(store, row)), True
    return "", False


def _clipped(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= NOTE_LIMIT else line[: NOTE_LIMIT - 1] + "…"


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


def attempt_number(store: Store, row: int) -> int:
    """Which try this is, from 1, where siblings repeat a failed call one after another; 0 where none was repeated."""
    parent = int(store.spans.parent[row])
    return attempts(store, parent).get(row, 0) if parent >= 0 else 0


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


def _ticks(scene: Scene, row: int, view: tuple[int, int]) -> tuple[tuple[float, int], ...]:
    """Logs and events of a span as (fraction of the visible time, severity)."""
    store = scene.store
    width = max(view[1] - view[0], 1)
    logs = scene.log_rows[_run(scene.log_spans, row)][:TICKS]
    events = _run(store.events["span"], row)
    of_logs = [((int(store.logs.time[log]) - view[0]) / width, int(store.logs.severity[log])) for log in logs]
    of_events = [((int(time) - view[0]) / width, 0) for time in store.events["time"][events][:TICKS]]
    return (*of_logs, *of_events)


def _run(ascending: NDArray[np.int32], value: int) -> slice:
    """The positions of one value in a sorted column."""
    return slice(
        int(np.searchsorted(ascending, value, "left")), int(np.searchsorted(ascending, value, "right"))
    )


def tooltip_text(scene: Scene, row: int) -> str:
    """What the tool tip of a bar says: everything exact."""
    store, spans = scene.store, scene.store.spans
    begin, _ = scene.extent()
    lines = [
        f"{store.service(row)}  {store.operation(row)}",
        f"start +{numbers.duration(scene.start(row) - begin)} ({numbers.exact(scene.start(row) - begin)})",
        f"duration {numbers.duration(int(spans.duration[row]))} ({numbers.exact(int(spans.duration[row]))})",
    ]
    if spans.failed[row]:
        lines.append(failure_words(store, row))
    lines += store.remarks(row)
    rows = scene.log_rows[_run(scene.log_spans, row)]
    words = [severity_word(int(severity)) for severity in store.logs.severity[rows]]
    if words:
        lines.append(numbers.plural(len(words), "log record"))
    return "\n".join(lines)


def nothing(store: Store | None, id_row: int) -> str:
    """What to say where there are no rows."""
    if store is None:
        return ""
    if not len(store.spans):
        return "There are no spans in this bundle."
    return "This id left no spans; its logs are below." if id_row >= 0 else ""
