"""What the span waterfall shows: minimap, ruler and rows of the selected id, following the state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.gui.jobs import Latest
from explorer.gui.look.text import label
from explorer.gui.painting.ink import Ink
from explorer.gui.state.appstate import AppState
from explorer.gui.views.criticalbar import CriticalBar
from explorer.gui.views.findbar import FindBar
from explorer.gui.views.lensbar import LensBar
from explorer.gui.views.rows import RowsArea
from explorer.gui.views.timebar import MinimapBar, Ruler
from explorer.gui.views.timezoom import TimeZoom
from explorer.layout.firstlook import LARGE, first_look, map_of
from explorer.layout.folding import Folding, unfolded_to
from explorer.layout.lens import Lens, lens
from explorer.layout.looking import Looked, Wanted, look
from explorer.layout.waterfall import Scene, looked_at, nothing


class TraceView(QWidget):
    """Follows the state's id, trace, root, selection, viewport and options.

    ``folding`` is what the reader folded; under a lens (``state.only``) it waits until all rows are shown again.
    """

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Span waterfall")
        self._state = state
        self._scene: Scene | None = None
        self.folding: Folding | None = None
        self._looked = Looked()
        self._work, self._making, self._mapping = Latest(self), Latest(self), Latest(self)
        self._revealed = -1
        self._anew = False  # another trace is being made ready
        self.map, self.ruler, self.rows = MinimapBar(self), Ruler(self), RowsArea(self)
        self.time = TimeZoom(state, lambda: self._scene)
        self.lens_bar = LensBar(state, self.ruler)
        self.critical_bar = CriticalBar(self)
        self.find_bar = FindBar(state, self)
        self._options: tuple[object, ...] = ()
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
        self.critical_bar.hide()
        for widget in (self.map, self.ruler, self.critical_bar, self.find_bar, self.rows):
            column.addWidget(widget)

    def _connect(self) -> None:
        state = self._state
        for signal in (state.opened, state.id_changed, state.root_changed):
            signal.connect(self._rebuild)
        state.span_changed.connect(self._follow_selection)
        state.viewport_changed.connect(self._follow_viewport)
        state.options_changed.connect(self._follow_options)
        state.theme_changed.connect(self._follow_theme)
        state.cursor_changed.connect(self._follow_cursor)
        state.notebook.changed.connect(lambda: self.rows.show_notes(state.notebook.marks()))
        self.rows.pointed.connect(state.set_cursor)
        self.rows.divided.connect(self._divide)
        self.rows.resized.connect(self._resized)

    # -- following the state -----------------------------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    def _rebuild(self) -> None:
        """Another trace, or the same anew: nothing folded but what is too much at once."""
        self._looked = Looked()
        self._work.cancel()
        self._options = self._scene_options()
        self.rows.path_on = self._state.path_on
        self._anew = True
        self._make(self._show_made)

    def _make(self, show: Callable[[tuple[Scene, Folding] | None], None]) -> None:
        """Have the scene of the state made and shown: at once, or off this thread where that takes a while."""
        state = self._state
        store, trace = state.store, state.trace_row
        self._making.cancel()
        if store is None or trace < 0:
            self.rows.nothing = nothing(store, state.id_row)
            show(None)
            return
        root = store.row(state.place.root) if state.place.root else -1
        rows = store.traces.rows(trace)
        look_at = partial(
            first_look, store, trace, state.verdict, root,
            corrected=state.corrected, squeezed=state.squeezed, grouped=state.grouped,
        )  # fmt: skip
        if (int(store.spans.size[root]) if root >= 0 else rows.stop - rows.start) <= LARGE:
            show(look_at())
            return
        if self._scene is not None and self._scene.store is not store:
            self.rows.nothing = ""
            show(None)  # nothing of another bundle is left to be touched meanwhile
            self._anew = True
        self._making.start(lambda _, __: look_at(), show)

    def _show_made(self, found: tuple[Scene, Folding] | None) -> None:
        self._anew = False
        scene, self.folding = found if found is not None else (None, None)
        self.rows.show_scene(scene, self.folding, self._ink())
        self._take_scene(scene)
        self._look()
        self._follow_selection()

    def _take_scene(self, scene: Scene | None) -> None:
        """The scene is another, the rows shown are set already."""
        self._scene = self.rows.scene = scene
        self.rows.ink = self.map.ink = self.ruler.ink = self.critical_bar.ink = self._ink()
        self.lens_bar.show_scene(scene)
        self._draw_map()
        self._follow_viewport()

    def _ink(self) -> Ink:
        return Ink(self._state.theme, self._state.colours)

    def _draw_map(self) -> None:
        scene = self._scene
        self._place_geometry()
        self._mapping.cancel()
        if scene is None:
            self.map.show_map(None)
            return
        width = max(int(self.map.frame().width()), 1)
        services = tuple(scene.store.services)
        if scene.last - scene.first <= LARGE:
            self.map.show_map(map_of(scene, width), services)
            return
        if services != self.map.services:
            self.map.show_map(None)
        self._mapping.start(
            lambda _, __: map_of(scene, width), lambda made: self.map.show_map(made, services)
        )

    def _follow_viewport(self) -> None:
        scene = self._scene
        if scene is None:
            self.ruler.ticks = ()
            self.rows.viewport().update()
            self.ruler.update()
            return
        view, axis = self.time.view(), scene.axis
        left, right = self.rows.geometry_of.bars
        ticks = axis.ticks(view, max(int((right - left) / 90), 2))
        for target in (self.rows, self.ruler):
            target.view, target.ticks = view, ticks
        self.ruler.axis = axis
        self.map.part = self.time.part()
        self.rows.viewport().update()
        self.ruler.update()
        self.map.update()

    def _follow_selection(self) -> None:
        row = self._state.span_row
        inside = self._scene is not None and self._scene.first <= row < self._scene.last
        self.rows.selected = row if inside else -1
        if inside:
            self._bring_to_sight(row)
            self._reveal(row)
        self.rows.viewport().update()

    def _follow_cursor(self) -> None:
        if self.rows.pointer != self._state.cursor:
            self.rows.pointer = self._state.cursor
            self.rows.viewport().update()

    def _reveal(self, row: int) -> None:
        self.rows.reveal(row)
        self._revealed = self.rows.verticalScrollBar().value()

    def _scene_options(self) -> tuple[object, ...]:
        state = self._state
        return state.corrected, state.squeezed, state.grouped, state.critical_on, state.only, state.utc

    def _follow_options(self) -> None:
        """Make anew what depends on what was switched; the failure path is only painted."""
        self.rows.path_on = self._state.path_on
        before, self._options = self._options, self._scene_options()
        if before[:3] != self._options[:3] and self._anew:
            self._rebuild()
        elif before[:3] != self._options[:3] and self._scene is not None:
            self._make(lambda found: self._show_made_again(found, folded=before[2] == self._options[2]))
        elif before[3:5] != self._options[3:5]:
            self._look()
        self.rows.viewport().update()

    def _show_made_again(self, found: tuple[Scene, Folding] | None, *, folded: bool) -> None:
        """The same rows on another axis or clock, or grouped otherwise; what is folded, and where it is, stays."""
        if found is None:
            return
        scroll = self.rows.verticalScrollBar().value()
        self._take_scene(found[0])
        if not folded:
            self._set_folding(found[1])
        self.rows.verticalScrollBar().setValue(scroll)
        self._look()

    def _look(self) -> None:
        """What takes time: the critical path, links, and which rows a lens leaves."""
        scene, state = self._scene, self._state
        words = self.find_bar.text() if "matches" in state.only else ""
        wanted = Wanted(state.critical_on, state.only - {"matches"}, words)
        if scene is None or (not len(scene.store.links["span"]) and wanted == Wanted()):
            self._work.cancel()
            self._show_looked(Looked())
        else:
            self._work.start(lambda _, __: look(scene, wanted), self._show_looked)

    def _show_looked(self, looked: Looked) -> None:
        scene = self._scene
        if scene is None:
            self.critical_bar.show_path((), ())
            return
        self._looked = looked
        self._scene = looked_at(scene, looked.critical, looked.links)
        self.critical_bar.show_path(looked.shares, looked.longest)
        self._show_rows()

    def _show_rows(self) -> None:
        """The rows that a lens leaves, or those not folded."""
        scene, found = self._scene, self._looked.rows
        if scene is None or self.folding is None:
            return
        spans = scene.store.spans
        shown = self.folding if found is None else lens(scene.first, scene.last, found, spans.size)
        self.rows.nothing_found = found is not None and not len(found)
        self.rows.set_shown(scene, shown)

    def _follow_theme(self) -> None:
        ink = self._ink()
        self.rows.ink = self.map.ink = self.ruler.ink = self.critical_bar.ink = ink
        for widget in (self.rows.viewport(), self.map, self.ruler, self.critical_bar):
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
        self.lens_bar.setGeometry(0, 0, int(geometry.names), self.ruler.height() - 1)
        self.critical_bar.place(geometry)

    def _divide(self, share: float) -> None:
        self.rows.share = min(max(share, 0.1), 0.8)
        self._draw_map()
        self._follow_viewport()

    def sizeHint(self) -> QSize:
        """Room for a dozen rows."""
        return QSize(900, 400)

    # -- folding -----------------------------------------------------------------------------------------

    def _set_folding(self, folding: Folding) -> None:
        self.folding = folding
        self._show_rows()

    def _bring_to_sight(self, row: int, *, itself: bool = False) -> None:
        folding, scene, shown = self.folding, self._scene, self.rows.shown
        if isinstance(shown, Lens):
            if not shown.is_visible(row):
                self._state.set_options(only=frozenset())
        elif folding is not None and scene is not None:
            opened = unfolded_to(folding, (row,), scene.store.spans.size, itself=itself)
            if opened is not folding:
                self._set_folding(opened)
