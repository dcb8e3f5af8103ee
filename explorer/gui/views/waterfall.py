"""The span waterfall of the selected id: minimap, ruler and rows, with everything the keys do to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from explorer.analysis.clocks import clock_shift
from explorer.analysis.timing import critical_path
from explorer.gui.painting.ink import Ink
from explorer.gui.state import AppState
from explorer.gui.text import label
from explorer.gui.views.findbar import FindBar
from explorer.gui.views.rowmenu import fill_menu
from explorer.gui.views.rows import RowsArea
from explorer.gui.views.timebar import MinimapBar, Ruler
from explorer.layout import numbers
from explorer.layout.finding import find_rows
from explorer.layout.folding import Folding, fold, folded_at_depth, unfolded_to
from explorer.layout.minimap import minimap
from explorer.layout.waterfall import Scene, make_scene, nothing

LARGE = 20_000
"""Spans above which a trace opens folded to its upper levels, with the failure path open."""
OPEN_LEVELS = 6


class WaterfallView(QWidget):
    """Follows the state's id, trace, root, selection, viewport and options."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Span waterfall")
        self._state = state
        self._scene: Scene | None = None
        self._revealed = -1
        self.map, self.ruler, self.rows = MinimapBar(self), Ruler(self), RowsArea(self)
        self.find_bar = FindBar(self)
        self._arrange()
        self._connect()
        self._rebuild()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = QWidget(self.map)
        row = QHBoxLayout(title)
        row.setContentsMargins(16, 0, 4, 0)
        row.addWidget(label("Span waterfall", "small", title))
        title.setProperty("look", "muted")
        self._title = title
        self.find_bar.hide()
        for widget in (self.map, self.ruler, self.find_bar, self.rows):
            column.addWidget(widget)

    def _connect(self) -> None:
        state = self._state
        for signal in (state.opened, state.analysed, state.id_changed, state.root_changed):
            signal.connect(self._rebuild)
        state.span_changed.connect(self._follow_selection)
        state.viewport_changed.connect(self._follow_viewport)
        state.options_changed.connect(self._follow_options)
        state.theme_changed.connect(self._follow_theme)
        self.rows.picked.connect(self.select_row)
        self.rows.entered.connect(self._enter)
        self.rows.toggled.connect(self._toggle)
        self.rows.zoomed.connect(self.zoom)
        self.rows.panned.connect(self.pan)
        self.rows.divided.connect(self._divide)
        self.rows.resized.connect(self._resized)
        self.map.chosen.connect(self._choose_of_all)
        self.ruler.chosen.connect(self._choose_of_visible)
        self.ruler.fitted.connect(self.fit)
        self.find_bar.changed.connect(lambda _: self.find_next(0))
        self.find_bar.stepped.connect(self.find_next)

    # -- following the state -----------------------------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    def _rebuild(self) -> None:
        state = self._state
        store, trace = state.store, state.trace_row
        if store is None or trace < 0:
            self._scene = None
            self.rows.nothing = nothing(store, state.id_row)
        else:
            root = store.row(state.place.root) if state.place.root else -1
            first = root if root >= 0 else store.traces.rows(trace).start
            self._scene = make_scene(
                store, trace, state.verdict, root=root,
                shift=clock_shift(store) if state.corrected else None,
                critical=critical_path(store, first) if state.critical_on else (),
            )  # fmt: skip
        ink = self._ink()
        self.rows.path_on = state.path_on
        self.rows.show_scene(self._scene, ink)
        self.map.ink = self.ruler.ink = ink
        if self._scene and self._scene.last - self._scene.first > LARGE:
            self._open_upper_levels(self._scene)
        self._draw_map()
        self._follow_viewport()
        self._follow_selection()

    def _open_upper_levels(self, scene: Scene) -> None:
        spans = scene.store.spans
        folded = folded_at_depth(scene.first, scene.last, spans.depth, spans.size, OPEN_LEVELS)
        self._set_folding(fold(scene.first, scene.last, folded.tolist(), spans.size))
        for row in scene.path:
            self._bring_to_sight(row)

    def _ink(self) -> Ink:
        return Ink(self._state.theme, self._state.colours)

    def _draw_map(self) -> None:
        scene = self._scene
        self._place_geometry()
        self.map.map = None
        if scene is not None:
            rows, spans = slice(scene.first, scene.last), scene.store.spans
            move: NDArray[np.int64] | int = (
                scene.shift[spans.resource[rows]] if scene.shift is not None else 0
            )
            self.map.map = minimap(
                spans.start[rows] + move, spans.end[rows] + move, spans.failed[rows], spans.service[rows],
                scene.extent(), max(int(self.map.frame().width()), 1),
            )  # fmt: skip
            self.map.services = tuple(scene.store.services)
        self.map.update()

    def _follow_viewport(self) -> None:
        scene = self._scene
        if scene is None:
            self.ruler.ticks = ()
            self.rows.viewport().update()
            self.ruler.update()
            return
        begin, end = scene.extent()
        view = self._view()
        left, right = self.rows.geometry_of.bars
        ticks = numbers.ticks(view[0] - begin, view[1] - begin, max(int((right - left) / 90), 2))
        moved = tuple((at + begin, text) for at, text in ticks)
        for target in (self.rows, self.ruler):
            target.view, target.ticks = view, moved
        self.map.part = ((view[0] - begin) / (end - begin), (view[1] - begin) / (end - begin))
        self.rows.viewport().update()
        self.ruler.update()
        self.map.update()

    def _view(self) -> tuple[int, int]:
        begin, end = self._scene.extent() if self._scene else (0, 1)
        chosen = self._state.viewport
        return chosen if chosen[1] > chosen[0] else (begin, end)

    def _follow_selection(self) -> None:
        row = self._state.span_row
        inside = self._scene is not None and self._scene.first <= row < self._scene.last
        self.rows.selected = row if inside else -1
        if inside:
            self._bring_to_sight(row)
            self._reveal(row)
        self.rows.viewport().update()

    def _reveal(self, row: int) -> None:
        self.rows.reveal(row)
        self._revealed = self.rows.verticalScrollBar().value()

    def _follow_options(self) -> None:
        scroll, folding = self.rows.verticalScrollBar().value(), self.rows.folding
        self._rebuild()
        if folding is not None and self._scene is not None:
            self._set_folding(folding)
            self.rows.verticalScrollBar().setValue(scroll)

    def _follow_theme(self) -> None:
        ink = self._ink()
        self.rows.ink = self.map.ink = self.ruler.ink = ink
        for widget in (self.rows.viewport(), self.map, self.ruler):
            widget.update()

    def _resized(self) -> None:
        """Bars have other ends, the minimap another width; the selected row stays in sight.

        Unless the user has scrolled, the trace stays at its top as far as that row allows.
        """
        self._draw_map()
        self._follow_viewport()
        if self.rows.selected >= 0:
            bar = self.rows.verticalScrollBar()
            if bar.value() in (self._revealed, bar.maximum()):
                bar.setValue(0)
            self._reveal(self.rows.selected)

    def _place_geometry(self) -> None:
        geometry = self.rows.geometry_of
        self.map.geometry_of = self.ruler.geometry_of = geometry
        self._title.setGeometry(0, 0, int(geometry.names), self.map.height())

    def _divide(self, share: float) -> None:
        self.rows.share = min(max(share, 0.1), 0.8)
        self._draw_map()
        self._follow_viewport()

    def sizeHint(self) -> QSize:
        """Room for a dozen rows."""
        return QSize(900, 400)

    # -- what the keys do --------------------------------------------------------------------------------

    def select_row(self, row: int) -> None:
        """Select a span by its row."""
        if self._scene is not None and row >= 0:
            self._state.select_span(self._scene.store.key(row))

    def move_row(self, by: int) -> None:
        """Select the row that many visible rows further."""
        folding = self.rows.folding
        if not folding or not len(folding):
            return
        at = folding.position(self.rows.selected) + by if self.rows.selected >= 0 else 0
        self.select_row(folding.row(min(max(at, 0), len(folding) - 1)))

    def fold(self) -> None:
        """Fold the selected row; a leaf or folded row selects its parent."""
        row, folding = self.rows.selected, self.rows.folding
        if row < 0 or not folding or not self._scene:
            return
        spans = self._scene.store.spans
        if spans.size[row] > 1 and row not in folding.folded:
            self._toggle(row)
        elif spans.parent[row] >= self._scene.first:
            self.select_row(int(spans.parent[row]))

    def unfold(self) -> None:
        """Unfold the selected row; an open one selects its first child."""
        row, folding = self.rows.selected, self.rows.folding
        if row < 0 or not folding or not self._scene:
            return
        if row in folding.folded:
            self._toggle(row)
        elif self._scene.store.spans.size[row] > 1:
            self.select_row(row + 1)

    def fold_all(self, by: int) -> None:
        """Fold (-1) or unfold (+1) one level everywhere."""
        folding, scene = self.rows.folding, self._scene
        if not folding or not scene or scene.first >= scene.last:
            return
        spans = scene.store.spans
        base = int(spans.depth[scene.first])
        shown = folding.outer
        deepest = int(spans.depth[scene.first : scene.last].max()) - base
        level = (int(spans.depth[shown].max()) - base if len(shown) else deepest) + by
        rows = folded_at_depth(scene.first, scene.last, spans.depth, spans.size, max(level, 0))
        self._set_folding(fold(scene.first, scene.last, rows.tolist(), spans.size))

    def next_error(self, by: int = 1) -> None:
        """Select the next failed span, unfolding to it; wraps around."""
        if self._scene:
            rows = slice(self._scene.first, self._scene.last)
            self._step_through(np.flatnonzero(self._scene.store.spans.failed[rows]) + rows.start, by)

    def to_origin(self) -> None:
        """Select where the failure began."""
        verdict = self._state.verdict
        for step in verdict.path if verdict else ():
            if step.row >= 0:
                self._go_to(step.row)
                return

    def fit(self) -> None:
        """Show the whole time."""
        self._state.set_viewport((0, 0))

    def zoom_to_selection(self) -> None:
        """Show the time of the selected span, with a tenth of room on either side."""
        if self.rows.selected >= 0:
            self._enter(self.rows.selected)

    def zoom(self, factor: float, at: float = 0.5) -> None:
        """Zoom in (factor above 1) or out, keeping the time at that fraction where it is."""
        if not self._scene:
            return
        begin, end = self._view()
        length = max(int((end - begin) / factor), 20)
        left = begin + int((end - begin - length) * at)
        self._set_view(left, left + length)

    def pan(self, fraction: float) -> None:
        """Move the visible time by a fraction of itself."""
        begin, end = self._view()
        by = int((end - begin) * fraction)
        self._set_view(begin + by, end + by)

    def open_find(self) -> None:
        """Open the find bar."""
        self.find_bar.open()

    def find_next(self, by: int = 1) -> None:
        """Select the next match of the find bar; 0 stays on the current one if it matches."""
        if not self._scene:
            return
        found = find_rows(self._scene.store, self._scene.first, self._scene.last, self.find_bar.text())
        self._step_through(found, by)
        here = int(np.searchsorted(found, self.rows.selected)) if self.rows.selected in found else -1
        self.find_bar.tell(here + 1, len(found))

    def close_find(self) -> bool:
        """Close the find bar; whether it was open."""
        was_open = self.find_bar.isVisible()
        self.find_bar.hide()
        return was_open

    def _step_through(self, rows: NDArray[np.int64], by: int) -> None:
        if not len(rows):
            return
        row = self.rows.selected
        if by == 0 and row in rows:
            return
        at = int(np.searchsorted(rows, row, "left" if by < 0 else "right")) + min(0, by)
        self._go_to(int(rows[at % len(rows)]))

    def _go_to(self, row: int) -> None:
        scene = self._scene
        if scene is None:
            return
        if not scene.first <= row < scene.last:
            trace = int(scene.store.spans.trace[row])
            if self._state.place.root is not None:
                self._state.set_root(None)
            self._state.select_id(self._state.place.id, scene.store.traces.number[trace])
        self.select_row(row)

    # -- folding and time --------------------------------------------------------------------------------

    def _toggle(self, row: int) -> None:
        folding, scene = self.rows.folding, self._scene
        if folding is not None and scene is not None:
            self._set_folding(fold(scene.first, scene.last, folding.folded ^ {row}, scene.store.spans.size))

    def _set_folding(self, folding: Folding) -> None:
        self.rows.set_folding(folding)

    def _bring_to_sight(self, row: int) -> None:
        folding, scene = self.rows.folding, self._scene
        if folding is not None and scene is not None:
            opened = unfolded_to(folding, row, scene.store.spans.parent, scene.store.spans.size)
            if opened is not folding:
                self._set_folding(opened)

    def _enter(self, row: int) -> None:
        if self._scene:
            begin, end = self._scene.start(row), self._scene.end(row)
            room = max((end - begin) // 10, 10)
            self._set_view(begin - room, end + room)

    def _set_view(self, begin: int, end: int) -> None:
        if not self._scene:
            return
        first, last = self._scene.extent()
        length = min(end - begin, last - first)
        begin = min(max(begin, first), last - length)
        self._state.set_viewport((0, 0) if length >= last - first else (begin, begin + length))

    def _choose_of_all(self, begin: float, end: float) -> None:
        if self._scene:
            first, last = self._scene.extent()
            self._set_view(first + int(begin * (last - first)), first + max(int(end * (last - first)), 20))

    def _choose_of_visible(self, begin: float, end: float) -> None:
        first, last = self._view()
        self._set_view(first + int(begin * (last - first)), first + int(end * (last - first)))

    # -- context menu ------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy, zoom, fold, re-root."""
        if self.rows.selected >= 0 and self._scene is not None:
            menu = self.context_menu(self.rows.selected)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def context_menu(self, row: int) -> QMenu:
        """The menu of a row."""
        menu = QMenu(self)
        if self._scene is not None:
            fill_menu(menu, self._state, self._scene, row, zoom=self._enter, fold=self._toggle)
        return menu
