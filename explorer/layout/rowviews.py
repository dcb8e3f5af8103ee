"""The rows on screen as values: what each says, where its bar lies, what it hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import Step
from explorer.layout import numbers
from explorer.layout.folding import fold
from explorer.layout.lens import Lens, Shown
from explorer.layout.timeaxis import TimeAxis
from explorer.layout.waterfall import NOTE_LIMIT, Scene, attempts, failure_words
from explorer.model.schema import SpanFlag
from explorer.model.store import Store

UNFINISHED = int(SpanFlag.UNFINISHED)
TICKS = 200
"""Marks drawn on one bar."""
PIECES = 400
"""Parts of a time axis apart enough to be drawn one by one."""
Fractions = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """One visible row.

    ``x0`` and ``x1`` are fractions of the visible time, beyond 0 and 1 where the bar leaves it. ``hidden`` and
    ``hidden_errors`` are what a folded row or a group hides. ``dim`` rows are off the failure path while it is on, or
    only above what a lens shows.
    ``stands_for``: this row is drawn for so many folded tries. ``group``: for so many alike siblings, whose times are
    ``pieces``.
    ``attempt`` numbers retries from 1; 0: not a retry. ``ticks`` are (fraction, severity) of logs and events,
    severity 0 for events. ``links`` counts links out of the span and into it.
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
    critical: Fractions
    remark: str
    links: tuple[int, int] = (0, 0)
    stands_for: int = 0
    group: int = 0
    pieces: Fractions = ()


def rows_in_view(
    scene: Scene, shown: Shown, position: int, count: int, view: tuple[int, int], *, path_on: bool,
    memo: dict[int, RowView] | None = None,
) -> list[RowView]:  # fmt: skip
    """The rows at visible positions ``[position, position + count)``; the first names its service in any case.

    Args:
        view: visible time (begin, end) in ns on the shown clock.
        path_on: whether rows off the failure path are dimmed.
        memo: rows made before for the same scene, shown rows, view and path_on; taken from and added to.
    """
    begin = max(position, 0)
    rows = shown.rows(begin, count)
    above = shown.rows(begin - 1, 1) if begin else rows[:0]
    services = scene.store.spans.service[np.concatenate((above, rows))].tolist()
    known = {} if memo is None else memo
    missing = [(number, row) for number, row in enumerate(rows.tolist(), len(above)) if row not in known]
    if missing:
        names = [number == 0 or services[number] != services[number - 1] for number, _ in missing]
        maker = _Maker(scene, shown, view, path_on=path_on)
        wanted = np.array([row for _, row in missing], np.int64)
        known.update(zip(wanted.tolist(), maker.views(wanted, names), strict=True))
    views = [known[row] for row in rows.tolist()]
    if views and not views[0].names_service:
        views[0] = replace(views[0], names_service=True)
    return views


def row_view(scene: Scene, row: int, view: tuple[int, int]) -> RowView:
    """One row with its service named, nothing folded and nothing dimmed."""
    shown = fold(scene.first, scene.last, (), scene.store.spans.size)
    return _Maker(scene, shown, view, path_on=False).views(np.array([row], np.int64), [True])[0]


@dataclass(frozen=True)
class _Times:
    """The visible part of a time axis."""

    axis: TimeAxis
    begin: int
    length: int

    def fraction(self, time: int) -> float:
        return (self.axis.place(time) - self.begin) / self.length

    def fractions(self, times: NDArray[np.int64]) -> list[float]:
        found: list[float] = ((self.axis.places(times) - self.begin) / self.length).tolist()
        return found


class _Maker:
    """Makes rows of one scene, many at a time: columns are gathered once for all of them."""

    def __init__(self, scene: Scene, shown: Shown, view: tuple[int, int], *, path_on: bool) -> None:
        axis = scene.axis
        begin = axis.place(view[0])
        self._scene, self._shown = scene, shown
        self._times = _Times(axis, begin, max(axis.place(view[1]) - begin, 1))
        self._path_on = path_on and bool(scene.step_of)
        self._base = int(scene.store.spans.depth[scene.first]) if scene.last > scene.first else 0

    def views(self, rows: NDArray[np.int64], names: Sequence[bool]) -> list[RowView]:
        """One view a row; ``names``: whether its service is named."""
        scene, spans = self._scene, self._scene.store.spans
        start, end = scene.times(rows)
        errors = (spans.errors_before[rows + spans.size[rows]] - spans.errors_before[rows]).tolist()
        logs, events, out, into = self._runs(rows)
        columns = (
            rows, spans.size[rows], spans.failed[rows], spans.depth[rows] - self._base, spans.service[rows],
            spans.name[rows], spans.duration[rows], spans.flags[rows], spans.parent[rows],
        )  # fmt: skip
        x0, x1 = self._times.fractions(start), self._times.fractions(end)
        table = zip(
            *(c.tolist() for c in columns), errors, x0, x1, names, logs, events, out, into, strict=True
        )
        return [self._view(*one) for one in table]

    def _runs(self, rows: NDArray[np.int64]) -> list[list[tuple[int, int]]]:
        """Of each row where its logs, events and links begin and end in their tables."""
        wanted, scene = rows.astype(np.int32), self._scene  # of the columns' type, or those would be copied
        columns = (
            scene.log_spans, scene.store.events["span"], scene.links.source, scene.links.target_sorted,
        )  # fmt: skip
        none = [(0, 0)] * len(rows)
        return [
            list(zip(np.searchsorted(column, wanted, "left").tolist(),
                     np.searchsorted(column, wanted, "right").tolist(), strict=True)) if len(column) else none
            for column in columns
        ]  # fmt: skip

    def _view(
        self, row: int, size: int, failed: bool, depth: int, service: int, name: int, duration: int, flags: int,
        parent: int, errors: int, x0: float, x1: float, names: bool, logs: tuple[int, int], events: tuple[int, int],
        out: tuple[int, int], into: tuple[int, int],
    ) -> RowView:  # fmt: skip
        scene, store = self._scene, self._scene.store
        group_end, members = self._shown.group(row)
        if members:
            return self._group(row, group_end, members, depth, names=names)
        folded = size > 1 and self._shown.is_folded(row)
        step = scene.step_of.get(row)
        note, is_error = _note(store, row, step, failed=failed)
        dim = (
            not self._shown.is_match(row) if isinstance(self._shown, Lens) else self._path_on and step is None
        )
        return RowView(
            row, depth, store.services[service], store.operations[name], names, size > 1, folded,
            size - 1 if folded else 0, errors - failed if folded else 0, failed, dim, step,
            attempts(store, parent).get(row, 0) if parent >= 0 else 0, x0, x1,
            _took(duration, flags), note, is_error,
            self._ticks(logs, events), self._critical(row, row + size if folded else row + 1),
            self._remark(row, flags, parent), (out[1] - out[0], into[1] - into[0]),
        )  # fmt: skip

    def _group(self, row: int, end: int, members: int, depth: int, *, names: bool) -> RowView:
        """A run of alike siblings as one row."""
        scene, store, spans = self._scene, self._scene.store, self._scene.store.spans
        rows = np.arange(row, end)
        rows = rows[spans.depth[row:end] == spans.depth[row]]
        start, stop = scene.times(rows)
        errors = int(spans.errors_before[end] - spans.errors_before[row])
        took = np.sort(spans.duration[rows])
        usual, most = numbers.duration(int(took[len(took) // 2])), numbers.duration(int(took[-1]))
        return RowView(
            row, depth, store.service(row), store.operation(row), names, foldable=True, folded=True,
            hidden=end - row - members, hidden_errors=errors, failed=False,
            dim=self._path_on, step=None, attempt=0,
            x0=self._times.fraction(int(start.min())), x1=self._times.fraction(int(stop.max())),
            duration=f"{members:,} × {usual}", note=f"up to {most}" if most != usual else "", note_is_error=False,
            ticks=(), critical=self._critical(row, end), remark="", group=members,
            pieces=self._joined(start, stop),
        )  # fmt: skip

    def _joined(self, start: NDArray[np.int64], stop: NDArray[np.int64]) -> Fractions:
        """Times as fractions, those too near to be told apart joined."""
        begin = np.array(self._times.fractions(start))
        end = np.array(self._times.fractions(stop))
        order = np.argsort(begin, kind="stable")
        begin, reach = begin[order], np.maximum.accumulate(end[order])
        apart = np.concatenate(([True], begin[1:] > reach[:-1] + 1 / PIECES))
        last = np.concatenate((np.flatnonzero(apart)[1:] - 1, [len(begin) - 1]))
        pairs = zip(begin[apart].tolist(), reach[last].tolist(), strict=True)
        return tuple((a, b) for a, b in pairs if b >= 0 and a <= 1)

    def _critical(self, first: int, last: int) -> Fractions:
        """The critical path through rows: of a folded row, all of it that is hidden."""
        if not len(self._scene.critical.row):
            return ()
        begin, end = self._scene.critical.within(first, last)
        if not len(begin):
            return ()
        return self._joined(begin, end) if len(begin) > PIECES else tuple(
            zip(self._times.fractions(begin), self._times.fractions(end), strict=True)
        )  # fmt: skip

    def _ticks(self, logs: tuple[int, int], events: tuple[int, int]) -> tuple[tuple[float, int], ...]:
        """Logs and events of a span as (fraction of the visible time, severity)."""
        if logs[0] == logs[1] and events[0] == events[1]:
            return ()
        store = self._scene.store
        rows = self._scene.log_rows[logs[0] : min(logs[1], logs[0] + TICKS)]
        of_logs = zip(
            self._times.fractions(store.logs.time[rows]), store.logs.severity[rows].tolist(), strict=True
        )
        times = store.events["time"][events[0] : min(events[1], events[0] + TICKS)]
        return (*of_logs, *((at, 0) for at in self._times.fractions(times)))

    def _remark(self, row: int, flags: int, parent: int) -> str:
        """What was repaired, as short as it goes; the tool tip says it in full."""
        words = [text for flag, text in _REMARKS if flags & flag] if flags else []
        scene = self._scene
        if scene.shift is not None:
            moved = scene.shifted(row)
            if moved and (parent < scene.first or scene.shifted(parent) != moved):
                words.append(f"clock {'+' if moved > 0 else ''}{numbers.duration(moved)}")
        return ", ".join(words)


_REMARKS = (
    (SpanFlag.ORPHAN, "parent missing"), (SpanFlag.CYCLE, "cycle cut"), (SpanFlag.DUPLICATE_ID, "id used twice"),
    (SpanFlag.NO_TIME, "no start time"),
)  # fmt: skip


def _took(duration: int, flags: int) -> str:
    """How long it took, or in words why nobody knows."""
    if flags & UNFINISHED:
        return "unfinished"
    return "ends before it starts" if flags & SpanFlag.NEGATIVE else numbers.duration(duration)


def _note(store: Store, row: int, step: Step | None, *, failed: bool) -> tuple[str, bool]:
    """The few words after the duration, and whether they speak of an error."""
    if step is not None and step.text and step.row == row and (failed or step.text != "ok"):
        return _clipped(step.text), step.role != "carried" or failed
    return (_clipped(failure_words(store, row)), True) if failed else ("", False)


def _clipped(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= NOTE_LIMIT else line[: NOTE_LIMIT - 1] + "…"
