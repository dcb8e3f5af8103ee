"""The main window: holds the state, the bar, the board of views and the status line, and wires them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget

from explorer.analysis.lookup import find_id
from explorer.errors import ExplorerError, UsageError
from explorer.gui import jobs
from explorer.gui.actions.enabling import follow_state
from explorer.gui.actions.menus import keys_near, make_actions, make_menus
from explorer.gui.dialogs.ask import AskDialog
from explorer.gui.dialogs.error import show_error
from explorer.gui.look import text
from explorer.gui.opening.opener import Opener
from explorer.gui.opening.overlay import LoadingOverlay
from explorer.gui.opening.work import Opened
from explorer.gui.shell.bar import TopBar
from explorer.gui.shell.board import Board
from explorer.gui.shell.empty import EmptyView
from explorer.gui.shell.status import StatusLine
from explorer.gui.state.appstate import AppState
from explorer.model.builder import Asking
from explorer.model.issue import Issue
from explorer.model.moments import parse_moment
from explorer.session.place import Place, Visit
from explorer.session.remembered import Recent, Remembered, change_remembered, load_remembered
from explorer.session.settings import Settings, save_settings

TITLE = "Trace Explorer"
_DRAWN = QSize(1720, 1060)
_SMALLEST = QSize(960, 560)


class MainWindow(QMainWindow):
    """One window on one bundle.

    Attributes:
        settings: in force. ``kept`` are those on disk, without what was given for this run only.
        remembered: what the program remembers by itself; changed by :meth:`remember`.
        entry: key of what is open among what is kept of bundles read before, "" for none.
        owner: who made it, held for as long as the window lives.

    Signals:
        settings_changed: theme or text size may be others now; the application is dressed anew.
        remembered_changed: another window may show recent bundles, too.
        window_wanted: (paths, id, what of data lakes is asked for) to be opened in a window of their own.
        resume_wanted: (self) to go on where the last run ended.
        clear_wanted: what is kept of bundles read before is to be removed.
        quit_wanted: all windows are to be closed.
        closed: it was closed.
    """

    settings_changed = Signal()
    remembered_changed = Signal()
    window_wanted = Signal(object, str, object)
    resume_wanted = Signal(object)
    clear_wanted = Signal()
    quit_wanted = Signal()
    closed = Signal()

    def __init__(self, settings: Settings, kept: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.kept = kept or settings
        self.remembered: Remembered = load_remembered()
        self.faults: tuple[Issue, ...] = ()
        self.entry = ""
        self.wanted_id = ""
        self.owner: QObject | None = None
        self._wanted: Visit | None = None
        self._asked = Asking()
        self._first_place: Place | None = None  # shown first of a first part
        self._arranged = self._leaving = False
        self.state = AppState(self)
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.setAcceptDrops(True)
        self.setMinimumSize(_SMALLEST.boundedTo(self.screen().availableSize()))
        self._build()
        self._wire()
        self.use_settings(settings)
        self.show_remembered(self.remembered)
        self._place()

    def _build(self) -> None:
        self.actions_ = make_actions(self)
        self.menu_bar, self.menus = make_menus(self.actions_, self)
        self.bar = TopBar(self.state, self.menu_bar, self.actions_)
        self.setMenuWidget(self.bar)
        self.empty, self.board = EmptyView(), Board(self.state)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.board)
        self.setCentralWidget(self.pages)
        self.status = StatusLine(self.state)
        self.setStatusBar(self.status)
        self.overlay = LoadingOverlay(self.state, self.pages)
        self.opener = Opener(self.overlay, self)
        for panel in self.board.panels.values():
            self.menus["View/Panels"].addAction(panel.toggleViewAction())
        self.recent_menu = QMenu("Opened before", self)
        self.menus["File"].insertMenu(self.actions_["reload"], self.recent_menu)

    def _wire(self) -> None:
        self._near = keys_near(self.board.waterfall, self.actions_)
        follow_state(self.state, self.actions_)
        self.opener.opened.connect(self.show_opened)
        self.opener.elsewhere.connect(lambda paths: self.window_wanted.emit(paths, "", Asking()))
        self.state.notebook.told.connect(lambda said: self.status.showMessage(text.line(said, 400), 20_000))
        self.state.notebook.lost.connect(
            lambda error, notes: show_error("The notes are not kept", error, notes, self)
        )
        self.status.issues_wanted.connect(self.actions_["issues"].trigger)
        self.empty.open_files.connect(self.actions_["open"].trigger)
        self.empty.open_folder.connect(self.actions_["open-folder"].trigger)
        self.empty.open_demo.connect(self.actions_["demo"].trigger)
        self.empty.open_recent.connect(self.open_recent)
        self.empty.resume.connect(lambda: self.resume_wanted.emit(self))

    # -- opening ---------------------------------------------------------------------------------------

    def open_paths(self, paths: Sequence[Path], id_text: str = "", asking: Asking = Asking()) -> None:
        """Open a bundle, and show that id of it once it is there, and those that are asked for."""
        self.wanted_id, self._wanted, self._asked = id_text, None, asking
        if asking.query:
            self.state.set_query(asking.query)
        self.opener.open(paths, asking)

    def open_recent(self, recent: Recent) -> None:
        """Open a bundle again."""
        self.open_paths([Path(path) for path in recent.paths])

    def visit(self) -> Visit | None:
        """What is open and where in it the user is, None where nothing is open."""
        store = self.state.store
        if store is None:
            return self._wanted
        return replace(
            self.state.visit(), paths=tuple(str(path) for path in self.opener.paths), name=store.name,
            asking=self.opener.asking, tab=self.board.bottom.tabs.currentIndex(),
        )  # fmt: skip

    def resume(self, visit: Visit) -> None:
        """Open what was open and go on where that visit ended."""
        if visit.paths:
            self.open_paths([Path(path) for path in visit.paths], asking=visit.asking)
            self._wanted = visit

    def offer_session(self, visits: Sequence[Visit]) -> None:
        """Offer on the empty page to go on where the last run ended."""
        self.empty.show_session(visits, first_run=not self.remembered.met)
        if not self.remembered.met:
            self.remember(lambda known: replace(known, met=True))

    def show_opened(self, found: Opened) -> None:
        """Show what was opened; place and zoom stay where it is the same bundle read again."""
        viewport = self.state.viewport
        here = self.state.place.id
        self.faults, self.entry = found.faults, found.key
        untouched = self._first_place is not None and self._first_place == self.state.place
        wanted, self.wanted_id = self.wanted_id, self.wanted_id if found.first_part else ""
        if found.first_part and wanted not in found.store.correlation.row_by_id:
            wanted = ""
        self.state.open(found.store, found.analysis, _first_id(found), anew=untouched)
        self._first_place = self.state.place if found.first_part and not wanted else None
        self.state.notebook.open(found.paths, found.store)
        if here and self.state.place.id == here:
            self.state.set_viewport(viewport)
        self.pages.setCurrentWidget(self.board)
        if not self._arranged:
            self.board.setUpdatesEnabled(False)  # or it is painted once before it has its proportions
            QTimer.singleShot(0, self, self._arrange)  # once the board has its size
        self.setWindowTitle(text.line(f"{found.store.name} – {TITLE}", 200))
        self.status.show_time(found.seconds, before=found.before, first_part=found.first_part)
        if not found.first_part:
            self._remember_soon(lambda known: known.opened(found.paths, found.store.name))
        self._show_range()
        if wanted:
            self._show_id(wanted)
        elif self._wanted is not None and not found.first_part:
            self.state.resume(self._wanted)
            self.board.bottom.tabs.setCurrentIndex(self._wanted.tab)
        if not found.first_part:
            self._wanted, self._asked = None, Asking()
        self.board.waterfall.setFocus()

    def close_bundle(self) -> None:
        """Close what is open and show the empty page."""
        self.opener.close()
        self.faults, self.entry, self._wanted = (), "", None
        self.state.open(None)
        self.state.notebook.open((), None)
        self.pages.setCurrentWidget(self.empty)
        self.setWindowTitle(TITLE)

    def _show_range(self) -> None:
        """Show the time range that was asked for."""
        store, asked = self.state.store, self._asked
        if store is None or not (asked.begin or asked.end):
            return
        first, last = store.bounds()
        try:
            begin = parse_moment(asked.begin, first) if asked.begin else first
            end = parse_moment(asked.end, first) if asked.end else last
        except UsageError as error:
            show_error("The time range is not used", str(error), parent=self)
        else:
            self.state.set_range((begin, max(begin, end)))

    def _show_id(self, wanted: str) -> None:
        """Show the id that was asked for, in any spelling."""
        store = self.state.store
        if store is not None:
            try:
                self.state.select_id(store.correlation.rows[find_id(store, wanted)].id)
            except UsageError as error:
                show_error("The id was not found", str(error), parent=self)

    # -- settings --------------------------------------------------------------------------------------

    def use_settings(self, settings: Settings) -> None:
        """Have other settings count from now on."""
        self.settings = settings
        self.opener.settings = settings
        self.state.set_options(utc=settings.utc)
        for choice in ("system", "dark", "light"):
            self.actions_[f"theme-{choice}"].setChecked(choice == settings.theme)
        self.settings_changed.emit()

    def change_settings(self, settings: Settings) -> None:
        """Use other settings, and keep what was changed; what was given for this run only is not kept."""
        changed = {
            field.name: getattr(settings, field.name) for field in fields(settings)
            if getattr(settings, field.name) != getattr(self.settings, field.name)
        }  # fmt: skip
        self.use_settings(settings)
        self.kept = replace(self.kept, **changed)
        try:
            save_settings(self.kept)
        except (ExplorerError, OSError) as error:
            show_error("Settings were not kept", str(error), parent=self)

    def remember(self, change: Callable[[Remembered], Remembered]) -> None:
        """Change what is remembered, by all windows; failing to keep it is no reason to bother anybody."""
        self._take_remembered(_changed(change))

    def _remember_soon(self, change: Callable[[Remembered], Remembered]) -> None:
        """The same off this thread: a disk may take its time, and there is enough to do when a bundle is shown."""
        jobs.start(lambda _progress, _cancelled: _changed(change)).done.connect(self._take_remembered)

    def _take_remembered(self, remembered: Remembered | None) -> None:
        if remembered is None:
            self.status.showMessage("Recent bundles cannot be remembered", 10_000)
            return
        self.show_remembered(remembered)
        self.remembered_changed.emit()

    def show_remembered(self, remembered: Remembered) -> None:
        """Show the recent bundles, newest first; those that are gone cannot be chosen."""
        self.remembered = remembered
        recent = remembered.recent
        self.empty.show_recent(recent)
        self.recent_menu.clear()
        self.recent_menu.setEnabled(bool(recent))
        for one in recent:
            named = text.line(f"{one.name}    {one.paths[0]}", 120).replace("&", "&&")
            action = self.recent_menu.addAction(f"{named}    (gone)" if one.missing else named)
            action.setEnabled(not one.missing)
            action.triggered.connect(lambda _=False, one=one: self.open_recent(one))
        if recent:
            self.recent_menu.addSeparator()
            gone = self.recent_menu.addAction("Forget those that are gone")
            gone.setEnabled(any(one.missing for one in recent))
            gone.triggered.connect(lambda: self.remember(lambda known: known.without_missing()))
            forget = self.recent_menu.addAction("Forget all of these")
            forget.triggered.connect(lambda: self.remember(lambda known: replace(known, recent=())))

    # -- the window itself -----------------------------------------------------------------------------

    def _place(self) -> None:
        """Where it was; else as large as drawn, or as the screen allows."""
        saved = QByteArray.fromBase64(self.remembered.geometry.encode("ascii", "replace"))
        if saved.isEmpty() or not self.restoreGeometry(saved):
            self.resize(_DRAWN.boundedTo(self.screen().availableSize()))

    def _arrange(self) -> None:
        """Put the panels where they were; else give them their shares of the room there is now."""
        self._arranged = True
        if not self.remembered.layout or not self.board.restore(self.remembered.layout):
            self.board.proportion()
        QTimer.singleShot(0, self.board, lambda: self.board.setUpdatesEnabled(True))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.state.notebook.refresh()  # another window may have changed them

    def _ask_to_leave(self, error: str) -> None:
        """The notes cannot be kept: they are gone with the window."""
        ask = AskDialog(
            "Close this window", f"{error} They are lost when it is closed.", ("Close anyway",), self
        )
        ask.answered.connect(lambda _: self._leave())
        ask.open()

    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        error = self.state.notebook.flush()
        if error and not self._leaving:
            event.ignore()
            self._ask_to_leave(error)
            return
        self.opener.cancel()
        geometry = base64.b64encode(self.saveGeometry().data()).decode("ascii")
        layout = self.board.saved() if self._arranged else self.remembered.layout
        self.remember(lambda known: replace(known, geometry=geometry, layout=layout))
        super().closeEvent(event)
        self.closed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.BackButton:
            self.state.back()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self.state.forward()
        else:
            super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.empty.show_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.empty.show_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.empty.show_over(over=False)
        urls = event.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        event.acceptProposedAction()
        # The drag must end first: the program that it came from waits for it.
        if paths:
            QTimer.singleShot(0, self, lambda: self.opener.offer(paths))
        else:
            said = "Only files and folders of this computer can be opened; the program never connects to anything."
            QTimer.singleShot(0, self, lambda: show_error("This cannot be opened", said, parent=self))


def _changed(change: Callable[[Remembered], Remembered]) -> Remembered | None:
    """What is remembered from now on, None where it cannot be kept."""
    try:
        return change_remembered(change)
    except (ExplorerError, OSError):
        return None


def _first_id(found: Opened) -> str:
    """The id that stands first in the list: the worst of the first cause, else of all."""
    known, ids = found.store.correlation.rows, found.analysis.ids
    causes = found.analysis.causes
    rows = np.array(causes[0].ids if causes and causes[0].ids else range(len(known)), np.int64)
    if not len(rows):
        return ""
    outcome = -ids.outcome[rows].astype(np.int64)
    worst = np.lexsort((ids.start[rows], -ids.duration[rows], -ids.errors[rows], outcome))[0]
    return known[int(rows[worst])].id
