"""The parts of each painted widget: rows of the waterfall, services, ids, bars of the overview, log lines."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from explorer.gui.accessible.interface import Part, install, make_readable, tell_chosen
from explorer.gui.look.focus import EnterPresses, ease_focus
from explorer.gui.painting.strip import mark_words, plot_range
from explorer.gui.state.appstate import AppState
from explorer.gui.views.flame import FlameCanvas
from explorer.gui.views.graphcanvas import GraphCanvas
from explorer.gui.views.idrows import IdRows
from explorer.gui.views.loglines import LogLines
from explorer.gui.views.overview import OverviewView
from explorer.gui.views.rows import RowsArea
from explorer.gui.window import MainWindow
from explorer.layout import numbers
from explorer.layout.idlist import FEW
from explorer.layout.rownotes import note_marks
from explorer.layout.rowviews import rows_in_view
from explorer.layout.spoken import bucket_words, group_words, id_words, log_words, node_words, row_words
from explorer.layout.visible import visible_line
from explorer.layout.waterfall import ROW_HEIGHT

Role = QAccessible.Role
_NOWHERE: Final = QRect()


def _part(words: tuple[str, str], rect: QRect, *, opened: bool | None = None) -> Part:
    """A part; its words come out of a bundle, so that nothing in them stays invisible."""
    return Part(visible_line(words[0]), visible_line(words[1]), rect, opened)


class WaterfallParts:
    """Every row that is not folded away."""

    kind = Role.TreeItem

    def __init__(self, rows: RowsArea) -> None:
        self._rows = rows
        self.area: QWidget = rows.viewport()

    def __len__(self) -> int:
        return len(self._rows.shown) if self._rows.scene and self._rows.shown else 0

    def part(self, number: int) -> Part:
        """Name, state and place of one."""
        rows = self._rows
        if rows.scene is None or rows.shown is None:
            return Part("", "", _NOWHERE)
        view = rows_in_view(rows.scene, rows.shown, number, 1, rows.view, path_on=rows.path_on)[0]
        top = (number - rows.verticalScrollBar().value()) * ROW_HEIGHT
        rect = QRect(0, top, self.area.width(), ROW_HEIGHT)
        name, about = row_words(view, critical_on=bool(rows.scene.critical))
        noted = rows.notes[view.row].words if view.row in rows.notes else ""
        if note_marks([view], rows.notes) == ["below"]:
            noted = "hides notes"
        words = name, f"{about}, {noted}" if noted else about
        return _part(words, _seen(rect, self.area), opened=not view.folded if view.foldable else None)

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        rows = self._rows
        return rows.shown.position(rows.selected) if rows.shown is not None and rows.selected >= 0 else -1

    def at(self, point: QPoint) -> int:
        """Number of the one at a point, -1 for none."""
        number = point.y() // ROW_HEIGHT + self._rows.verticalScrollBar().value()
        return number if 0 <= number < len(self) else -1


class GraphParts:
    """The services drawn."""

    kind = Role.Button

    def __init__(self, canvas: GraphCanvas, state: AppState) -> None:
        self._canvas, self._state = canvas, state
        self.area: QWidget = canvas

    def __len__(self) -> int:
        return len(self._canvas.drawn.nodes) if self._canvas.drawn is not None else 0

    def part(self, number: int) -> Part:
        """Name, state and place of one."""
        drawn = self._canvas.drawn
        if drawn is None:
            return Part("", "", _NOWHERE)
        rect = self._canvas.transform.mapRect(QRectF(*drawn.box(number))).toAlignedRect()
        return _part(node_words(drawn, number), _seen(rect, self.area))

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        return self._canvas.chosen_node()

    def at(self, point: QPoint) -> int:
        """Number of the one at a point, -1 for none."""
        return self._canvas.node_at(QPointF(point))


class IdParts:
    """Headings and ids, in the order of the list."""

    kind = Role.ListItem

    def __init__(self, rows: IdRows, state: AppState) -> None:
        self._rows, self._state = rows, state
        self.area: QWidget = rows.viewport()

    def __len__(self) -> int:
        return len(self._rows.shown.entries)

    def part(self, number: int) -> Part:
        """Name, state and place of one."""
        shown, state = self._rows.shown, self._state
        entry, scroll = int(shown.entries[number]), self._rows.verticalScrollBar().value()
        top, bottom = int(shown.tops[number]) - scroll, int(shown.tops[number + 1]) - scroll
        rect = _seen(QRect(0, top, self.area.width(), bottom - top), self.area)
        rest = shown.rest_of(entry)
        if rest >= 0:
            group = shown.groups[rest]
            return _part(
                (f"{group.count - FEW:,} more of {group.title}", "opens the rest of the group"), rect
            )
        if entry < 0:
            group = shown.groups[-1 - entry]
            return _part(group_words(group), rect, opened=group.title not in self._rows.folded)
        if state.store is None or state.analysis is None:
            return Part("", "", _NOWHERE)
        name, about = id_words(state.store, state.analysis, entry, utc=state.utc)
        notes = state.notebook.ids.get(entry, 0)
        return _part((name, f"{about}, {numbers.plural(notes, 'note')}" if notes else about), rect)

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        return self._rows.shown.position(self._state.id_row)

    def at(self, point: QPoint) -> int:
        """Number of the one at a point, -1 for none."""
        return self._rows.shown.at(point.y() + self._rows.verticalScrollBar().value())


class OverviewParts:
    """What changed (deploys, alerts, restarts), then the bars of requests in the order of time."""

    kind = Role.Graphic

    def __init__(self, view: OverviewView, state: AppState) -> None:
        self._view, self._state = view, state
        self.area: QWidget = view

    def __len__(self) -> int:
        strip = self._view.strip
        return len(strip.marks) + len(strip.bars.total) if strip is not None else 0

    def part(self, number: int) -> Part:
        """Name, state and place of one."""
        strip = self._view.strip
        if strip is None:
            return Part("", "", _NOWHERE)
        marks, height, utc = len(strip.marks), self.area.height(), self._state.utc
        if number < marks:
            mark = strip.marks[number]
            x = self._x(strip.axis.place(mark.time_ns))
            return _part((mark_words(mark), numbers.clock(mark.time_ns, utc=utc)), QRect(x - 2, 0, 4, height))
        bucket, count = number - marks, len(strip.bars.total)
        left, right = (self._x(at / count) for at in (bucket, bucket + 1))
        return _part(bucket_words(strip, bucket, utc=utc), QRect(left, 0, max(right - left, 1), height))

    def _x(self, place: float) -> int:
        left, right = plot_range(QRectF(self.area.rect()))
        return int(left + place * (right - left))

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        return -1

    def at(self, point: QPoint) -> int:
        """Number of the one at a point, -1 for none."""
        strip = self._view.strip
        if strip is None:
            return -1
        count = len(strip.bars.total)
        return len(strip.marks) + min(int(self._view.place_at(point.x()) * count), count - 1)


class LogParts:
    """The records listed."""

    kind = Role.ListItem

    def __init__(self, lines: LogLines, state: AppState) -> None:
        self._lines, self._state = lines, state
        self.area: QWidget = lines.viewport()

    def __len__(self) -> int:
        return len(self._lines.rows)

    def part(self, number: int) -> Part:
        """Name, state and place of one."""
        store, row = self._lines.store, int(self._lines.rows[number])
        if store is None:
            return Part("", "", _NOWHERE)
        words = log_words(store, row, self._lines.message(row), utc=self._state.utc)
        return _part(words, _seen(self._lines.box(number), self.area))

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        return self._lines.place(self._state.log)

    def at(self, point: QPoint) -> int:
        """Number of the one at a point, -1 for none."""
        return self._lines.place(self._lines.row_at(QPointF(point)))


class FlameParts:
    """The boxes of the flame graph that are drawn now, row by row."""

    kind = Role.Graphic

    def __init__(self, canvas: FlameCanvas) -> None:
        self._canvas = canvas
        self.area: QWidget = canvas.viewport()

    def __len__(self) -> int:
        return len(self._canvas.shown())

    def part(self, number: int) -> Part:
        """Name, figures and place of one."""
        canvas, box = self._canvas, self._canvas.shown()[number]
        name, _, figures = canvas.words(box.node).partition("\n")
        return _part(
            (name, figures.replace("\n", ", ")), _seen(canvas.rect_of(box).toAlignedRect(), self.area)
        )

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        nodes = [box.node for box in self._canvas.shown()]
        return nodes.index(self._canvas.selected) if self._canvas.selected in nodes else -1

    def at(self, point: QPoint) -> int:
        """Number of the one at a point, -1 for none."""
        box = self._canvas.box_at(QPointF(point))
        return self._canvas.shown().index(box) if box is not None else -1


def _seen(rect: QRect, area: QWidget) -> QRect:
    """What of a place is in sight."""
    return rect.intersected(area.rect())


def make_window_readable(window: MainWindow) -> None:
    """Have the painted widgets of a window be read by parts, and what is selected in them be told."""
    state, board = window.state, window.board
    flame = board.bottom.flame.canvas
    rows, canvas, ids, lines = (
        board.waterfall.rows,
        board.graph.canvas,
        board.ids.list,
        board.bottom.logs.lines,
    )
    install()
    EnterPresses(window)
    ease_focus(window, (
        window.bar, window.empty, board.overview, board.ids, board.header, board.graph,
        board.waterfall, board.bottom, board.rca, board.span, window.status,
    ))  # fmt: skip
    make_readable(rows, WaterfallParts(rows), Role.Tree)
    make_readable(canvas, GraphParts(canvas, state), Role.Grouping)
    make_readable(ids, IdParts(ids, state), Role.List)
    make_readable(board.overview, OverviewParts(board.overview, state), Role.Chart)
    make_readable(lines, LogParts(lines, state), Role.List)
    make_readable(flame, FlameParts(flame), Role.Chart)
    flame.moved.connect(lambda: tell_chosen(flame))
    state.span_changed.connect(lambda: tell_chosen(rows))
    state.span_changed.connect(lambda: tell_chosen(canvas))
    state.id_changed.connect(lambda: tell_chosen(ids))
    state.log_changed.connect(lambda: tell_chosen(lines))
