"""The views and where they are: panels around the waterfall, arranged as drawn until the user moves them.

Two main windows of Qt, one within the other: the outer holds what runs along the edges (overview, ids, root
cause, span), the inner what belongs to one id (call graph, waterfall, bottom tabs).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from explorer.gui.look.style import look
from explorer.gui.shell.docks import Panel
from explorer.gui.state.appstate import AppState
from explorer.gui.views.bottom import BottomTabs
from explorer.gui.views.graph import GraphView
from explorer.gui.views.header import IdHeader
from explorer.gui.views.ids import IdsView
from explorer.gui.views.overview import OverviewView
from explorer.gui.views.rca import RcaView
from explorer.gui.views.span import SpanView
from explorer.gui.views.waterfall import WaterfallView
from explorer.model.store import Store

VERSION: Final = 1
"""Of the arrangement; one saved by another version is not restored."""

_Area = Qt.DockWidgetArea
_DRAWN: Final = QSize(1720, 1060)
_NARROW: Final = 1200
"""Less width than that makes the sides narrower."""
_FEW_LINES: Final = 128
"""Height in which the bottom tabs show some lines of a log, not one."""
_SETTLED: Final = 150
"""ms after which a window that was being resized has its new size."""
_DIGITS: Final = 6
_ALIKE: Final = 0.85
"""Where the room and the one that panels were arranged for are less alike than that, they have their shares."""
_LANES: Final = ((760, 2), (560, 1), (0, 0))
"""From which height on the overview has so many metric lanes."""


@dataclass(frozen=True, slots=True)
class Views:
    """One of each."""

    ids: IdsView
    overview: OverviewView
    graph: GraphView
    header: IdHeader
    waterfall: WaterfallView
    bottom: BottomTabs
    rca: RcaView
    span: SpanView


def make_views(state: AppState) -> Generator[None, None, Views]:
    """Make all views, with a pause wherever making them has taken a while."""
    ids = IdsView(state)
    yield
    waterfall, overview, graph, header = (
        WaterfallView(state),
        OverviewView(state),
        GraphView(state),
        IdHeader(state),
    )
    yield
    bottom = BottomTabs(state)
    yield
    return Views(ids, overview, graph, header, waterfall, bottom, RcaView(state), SpanView(state))


class Board(QMainWindow):
    """All views. ``panels`` are those that can be hidden and moved, by object name."""

    def __init__(self, state: AppState, views: Views, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.ids, self.overview, self.graph = views.ids, views.overview, views.graph
        self.header, self.waterfall, self.bottom = views.header, views.waterfall, views.bottom
        self.rca, self.span = views.rca, views.span
        self._bound_views()
        self._inner = QMainWindow(self, Qt.WindowType.Widget)
        self._inner.setObjectName("one id")
        self._inner.setCentralWidget(self.waterfall)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._inner, 1)
        self.setCentralWidget(centre)
        for window in (self, self._inner):
            window.setDockOptions(
                QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks
            )
            window.setTabPosition(_Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.panels = self._make_panels()
        self.bottom.room_wanted.connect(self._give_room)
        self._state = state
        self._absent: frozenset[str] = frozenset()
        self._with_all: tuple[str, ...] = ()
        self._lent: tuple[int, int] | None = None  # height of the bottom panel before, and as it was given
        state.opened.connect(self._follow_bundle)
        self._made_for = ""
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED)
        self._settled.timeout.connect(self._share_anew)
        self.reset()

    def _bound_views(self) -> None:
        """Give views the least sizes with which a screen of 1280 by 720 still shows all, and their ground."""
        sizes: tuple[tuple[QWidget, int, int], ...] = (
            (self.overview, 400, 64), (self.ids, 300, 120), (self.rca, 240, 80), (self.span, 240, 64),
            (self.graph, 200, 80), (self.bottom, 320, 64), (self.waterfall, 320, 96), (self.header, 320, 36),
        )  # fmt: skip
        for view, width, height in sizes:
            view.setMinimumSize(width, height)
        grounded: tuple[QWidget, ...] = (
            self.ids, self.overview, self.header, self.bottom, self.rca, self.span
        )  # fmt: skip
        for view in grounded:
            view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            look(view, "panel")

    def _make_panels(self) -> dict[str, Panel]:
        outer = (("overview", "Overview", self.overview), ("ids", "Correlation ids", self.ids),
                 ("rca", "Root cause", self.rca), ("span", "Span", self.span))  # fmt: skip
        inner = (("graph", "Service call graph", self.graph), ("bottom", "Logs and details", self.bottom))
        made = {name: Panel(name, title, view, self) for name, title, view in outer}
        return made | {name: Panel(name, title, view, self._inner) for name, title, view in inner}

    def reset(self) -> None:
        """Put everything back as drawn, in proportion to the size of the window."""
        places = (
            (self, "overview", _Area.TopDockWidgetArea), (self, "ids", _Area.LeftDockWidgetArea),
            (self, "rca", _Area.RightDockWidgetArea), (self, "span", _Area.RightDockWidgetArea),
            (self._inner, "graph", _Area.TopDockWidgetArea), (self._inner, "bottom", _Area.BottomDockWidgetArea),
        )  # fmt: skip
        for panel in self.panels.values():
            panel.setFloating(False)
        for window, name, area in places:
            window.addDockWidget(area, self.panels[name])
            self.panels[name].show()
        self.splitDockWidget(self.panels["rca"], self.panels["span"], Qt.Orientation.Vertical)
        self.proportion()

    def proportion(self) -> None:
        """Give each panel its share of the window's size."""
        size = self.size() if self.isVisible() else _DRAWN
        width, height = size.width(), size.height()
        self._made_for = _words(size)
        least = (324, 240) if width < _NARROW else (320, 280)
        sides = [_within(least[0], width * 0.19, 380), _within(least[1], width * 0.228, 460)]
        self.resizeDocks(self._of("ids", "rca"), sides, Qt.Orientation.Horizontal)
        right = height - self.overview.height()
        self.resizeDocks(
            self._of("rca", "span"), [int(right * 0.64), int(right * 0.36)], Qt.Orientation.Vertical
        )
        # The inner window has its size only once the outer has been laid out.
        QTimer.singleShot(0, self, self._proportion_inner)

    def _follow_bundle(self) -> None:
        """Panels of what a bundle does not have are gone, until there is a bundle that has it."""
        store = self._state.store
        absent = frozenset() if store is None else _absent(store)
        if absent == self._absent:
            return
        if absent and not self._absent:
            self._with_all = self.saved() if self.isVisible() else ()
        before, self._absent = self._absent, absent
        for name in before ^ absent:
            self.panels[name].setVisible(name in before)
        self.waterfall.setVisible("graph" not in absent)
        if not absent and not (self._with_all and self.restore(self._with_all)):
            self.proportion()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.overview.allow(next(lanes for least, lanes in _LANES if event.size().height() >= least))
        self._settled.start()

    def _share_anew(self) -> None:
        """In far less or far more room than before the panels have their shares, as when they are restored."""
        if _far_other(self.size(), self._made_for):
            self.proportion()

    def _proportion_inner(self) -> None:
        height = self._inner.height()
        self._inner.resizeDocks(
            self._of("graph", "bottom"),
            [_within(180, height * 0.31, 420), _within(_FEW_LINES, height * 0.19, 320)],
            Qt.Orientation.Vertical,
        )  # fmt: skip
        self.bottom.ask_for_room()

    def _give_room(self, height: int) -> None:
        """Have the bottom panel be at least that high, as far as two fifths of what there is.

        0 gives back what was taken so, unless the panel has been moved since.
        """
        now, lent = self.bottom.height(), self._lent
        wanted = min(height, self._inner.height() * 2 // 5)
        if not self.isVisible():
            return
        if not height:
            self._lent = None
            if lent is not None and now == lent[1]:
                self._inner.resizeDocks(self._of("bottom"), [lent[0]], Qt.Orientation.Vertical)
        elif now < wanted:
            self._lent = now, wanted
            self._inner.resizeDocks(self._of("bottom"), [wanted], Qt.Orientation.Vertical)

    def _of(self, *names: str) -> list[QDockWidget]:
        return [self.panels[name] for name in names]

    def take_focus(self) -> None:
        """Begin in the waterfall; without spans in the list of ids, and without those in what else there is."""
        if "ids" in self._absent:
            self.bottom.tabs.currentWidget().setFocus()
        else:
            (self.ids.list if "graph" in self._absent else self.waterfall).setFocus()

    def arrange(self, *, on: bool) -> None:
        """Show or hide the title bars of all panels."""
        for panel in self.panels.values():
            panel.arrange(on=on)

    def saved(self) -> tuple[str, ...]:
        """The arrangement and the size it is for, as text; where panels are gone, those with all of them."""
        if self._absent:
            return self._with_all
        states = (_text(window.saveState(VERSION)) for window in (self, self._inner))
        return *states, _words(self.size())

    def restore(self, saved: tuple[str, ...]) -> bool:
        """Arrange as saved; False, and as drawn, where that cannot be made sense of.

        In far less or far more room than it was made for, the same panels have their shares of what there is.
        """
        if self._absent:
            self._with_all = saved
        windows = (self, self._inner)
        parts, size = [_bytes(part) for part in saved[: len(windows)]], "".join(saved[len(windows) :])
        if len(parts) == len(windows) and all(
            window.restoreState(part, VERSION) for window, part in zip(windows, parts, strict=True)
        ):
            for name in self._absent:  # what was arranged shows them
                self.panels[name].hide()
            self._made_for = size
            self._share_anew()
            return True
        self.reset()
        return False


def _within(least: int, wanted: float, most: int) -> int:
    return int(min(max(least, wanted), most))


def _absent(store: Store) -> frozenset[str]:
    """Panels for which a bundle has nothing."""
    spans, logs = bool(len(store.spans)), bool(len(store.logs))
    has = {"graph": spans, "span": spans or logs, "ids": bool(store.correlation.rows)}
    return frozenset(name for name, there in has.items() if not there)


def _words(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"


def _far_other(now: QSize, saved: str) -> bool:
    """Whether a size is far from one that was saved, as ``1720x980``."""
    known = [int(part) for part in saved.split("x") if part.isdecimal() and len(part) < _DIGITS]
    sides = zip((now.width(), now.height()), known, strict=False)
    return any(min(have, had) < _ALIKE * max(have, had) for have, had in sides)


def _text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode("ascii")


def _bytes(saved: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(saved, validate=True))
    except (binascii.Error, ValueError):
        return QByteArray()
