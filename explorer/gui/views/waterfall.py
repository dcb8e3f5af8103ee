"""The span waterfall of the selected id, with everything that keys and mouse do to it."""

from __future__ import annotations

import contextlib
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu, QWidget

from explorer.analysis.scanning import watched
from explorer.errors import QueryError
from explorer.gui.actions.menus import pop_up
from explorer.gui.jobs import Latest
from explorer.gui.state.appstate import AppState
from explorer.gui.views.rowmenu import fill_menu
from explorer.gui.views.traceview import TraceView
from explorer.layout.finding import find_rows
from explorer.layout.folding import closed_group, fold, folded_at_depth, holds, toggled
from explorer.layout.lens import Lens
from explorer.model.store import Store
from explorer.query import first_word, parse

_Sought = tuple[Store, int, int, str]
"""The spans in which words are looked for, from a row up to another, and the words."""


class WaterfallView(TraceView):
    """Selects, folds, finds and zooms in what :class:`TraceView` shows."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(state, parent)
        self.rows.picked.connect(self.select_row)
        self.rows.entered.connect(self.time.enter)
        self.rows.toggled.connect(self._toggle)
        self.rows.zoomed.connect(self.zoom)
        self.rows.panned.connect(self.pan)
        self.map.chosen.connect(self.time.choose_of_all)
        self.ruler.chosen.connect(self.time.choose_of_visible)
        self.ruler.fitted.connect(self.fit)
        self.critical_bar.picked.connect(self.go_to)
        self._finding = Latest(self)
        self._found: tuple[_Sought, NDArray[np.int64]] | None = None
        self.find_bar.changed.connect(self._find_changed)
        self.find_bar.stepped.connect(self.find_next)

    def select_row(self, row: int) -> None:
        """Select a span by its row."""
        if self._scene is not None and row >= 0:
            self._state.select_span(self._scene.store.key(row))

    def move_row(self, by: int) -> None:
        """Select the row that many visible rows further."""
        shown = self.rows.shown
        if not shown or not len(shown):
            return
        at = shown.position(self.rows.selected) + by if self.rows.selected >= 0 else 0
        self.select_row(shown.row(min(max(at, 0), len(shown) - 1)))

    def fold(self) -> None:
        """Fold the selected row; a leaf or folded row closes its group of siblings, else selects its parent."""
        row, folding = self.rows.selected, self.folding
        if row < 0 or not folding or not self._scene:
            return
        spans, limited = self._scene.store.spans, isinstance(self.rows.shown, Lens)
        if not limited and spans.size[row] > 1 and not folding.is_folded(row) and not folding.group(row)[1]:
            self._toggle(row)
            return
        closed, head = (folding, -1) if limited else closed_group(folding, row, spans.size)
        if head >= 0 and spans.parent[head] == spans.parent[row]:
            self._set_folding(closed)
            self.select_row(head)
        elif spans.parent[row] >= self._scene.first:
            self.select_row(int(spans.parent[row]))

    def unfold(self) -> None:
        """Unfold the selected row or group; an open one selects its first child."""
        row, shown = self.rows.selected, self.rows.shown
        if row < 0 or not shown or not self._scene:
            return
        if shown.is_folded(row) or shown.group(row)[1]:
            self._toggle(row)
        elif self._scene.store.spans.size[row] > 1 and shown.position(row) + 1 < len(shown):
            self.select_row(shown.row(shown.position(row) + 1))

    def fold_all(self, by: int) -> None:
        """Fold (-1) or unfold (+1) one level everywhere."""
        folding, scene = self.folding, self._scene
        if not folding or not scene or scene.first >= scene.last:
            return
        spans = scene.store.spans
        base = int(spans.depth[scene.first])
        shown = folding.outer[holds(folding.folded, folding.outer)]
        deepest = int(spans.depth[scene.first : scene.last].max()) - base
        level = (int(spans.depth[shown].max()) - base if len(shown) else deepest) + by
        rows = folded_at_depth(scene.first, scene.last, spans.depth, spans.size, max(level, 0))
        self._set_folding(fold(scene.first, scene.last, rows, spans.size, folding.groups, folding.opened))

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
                self.go_to(step.row)
                return

    def fit(self) -> None:
        """Show the whole time."""
        self._state.set_viewport((0, 0))

    def zoom_to_selection(self) -> None:
        """Show the time of the selected span, with a tenth of room on either side."""
        if self.rows.selected >= 0:
            self.time.enter(self.rows.selected)

    def zoom(self, factor: float, at: float = 0.5) -> None:
        """Zoom in (factor above 1) or out, keeping the time at that fraction where it is."""
        self.time.zoom(factor, at)

    def pan(self, fraction: float) -> None:
        """Move the visible time by a fraction of itself."""
        self.time.pan(fraction)

    def open_find(self) -> None:
        """Open the find bar; the first time with the word that the whole bundle was searched for."""
        if not self.find_bar.text():
            with contextlib.suppress(QueryError):
                self.find_bar.field.setText(first_word(parse(self._state.place.query)))
        self.find_bar.open()

    def _find_changed(self) -> None:
        self.find_next(0)
        if "matches" in self._state.only:
            self._look()

    def find_next(self, by: int = 1) -> None:
        """Select the next match of the find bar; 0 stays on the current one if it matches."""
        scene, words = self._scene, self.find_bar.text()
        if scene is None:
            return
        sought = scene.store, scene.first, scene.last, words
        if self._found is not None and self._found[0] == sought:
            self._show_found(sought, by, self._found[1])
            return
        self.find_bar.tell_nothing()
        self._finding.start(
            lambda progress, cancelled: find_rows(*sought, watched(cancelled, progress)),
            partial(self._show_found, sought, by),
        ).progress.connect(self.find_bar.follow)

    def _show_found(self, sought: _Sought, by: int, found: NDArray[np.int64]) -> None:
        self._found = sought, found
        self._step_through(found, by)
        here = int(np.searchsorted(found, self.rows.selected)) if self.rows.selected in found else -1
        self.find_bar.tell(here + 1, len(found))

    def close_find(self) -> bool:
        """Close the find bar; whether it was open."""
        was_open = self.find_bar.isVisible()
        self._finding.cancel()
        self.find_bar.close_bar()
        return was_open

    def follow_link(self) -> None:
        """Select the span that the selected one links to, else the one that links to it."""
        if self._scene is not None and self.rows.selected >= 0:
            linked = [
                *self._scene.links.out_of(self.rows.selected),
                *self._scene.links.into(self.rows.selected),
            ]
            known = [int(row) for row in linked if row >= 0]
            if known:
                self._state.show_row(known[0])

    def _step_through(self, rows: NDArray[np.int64], by: int) -> None:
        if not len(rows):
            return
        row = self.rows.selected
        if by == 0 and row in rows:
            return
        at = int(np.searchsorted(rows, row, "left" if by < 0 else "right")) + min(0, by)
        self.go_to(int(rows[at % len(rows)]))

    def go_to(self, row: int) -> None:
        """Select a span of this id wherever it is, and have it stand for itself alone."""
        scene = self._scene
        if scene is None:
            return
        if not scene.first <= row < scene.last:
            trace = int(scene.store.spans.trace[row])
            if self._state.place.root is not None:
                self._state.set_root(None)
            self._state.select_id(self._state.place.id, scene.store.traces.number[trace])
        self._bring_to_sight(row, itself=True)
        self.select_row(row)
        self._reveal(row)

    def _toggle(self, row: int) -> None:
        if self.folding is not None and self._scene is not None and not isinstance(self.rows.shown, Lens):
            self._set_folding(toggled(self.folding, row, self._scene.store.spans.size))

    # -- context menu ------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy, zoom, fold, re-root."""
        if self.rows.selected >= 0 and self._scene is not None:
            menu = self.context_menu(self.rows.selected)
            pop_up(menu, event.globalPos())

    def context_menu(self, row: int) -> QMenu:
        """The menu of a row."""
        menu = QMenu(self)
        if self._scene is not None:
            fill_menu(
                menu, self._state, self._scene, row, zoom=self.time.enter, fold=self._toggle, go=self.go_to
            )
        return menu
