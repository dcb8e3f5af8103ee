"""The main window: its frame, which is painted first, and how what comes behind it is used.

The state, the views and the commands come behind the first paint (:mod:`explorer.gui.building`), so nothing that they
need may be imported here. What the user asks for meanwhile is done when they are there.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from explorer.errors import ExplorerError, UsageError
from explorer.gui import jobs
from explorer.gui.actions.menus import make_actions, make_menus
from explorer.gui.dialogs.asked import ask, show_error
from explorer.gui.look import text
from explorer.gui.opening.opener import Opener
from explorer.gui.opening.overlay import LoadingOverlay
from explorer.gui.shell.bar import TopBar
from explorer.gui.shell.empty import EmptyView
from explorer.gui.shell.recent import RecentMenu
from explorer.gui.shell.status import StatusLine
from explorer.model.asking import Asking
from explorer.model.issue import Issue
from explorer.session.place import Place, Visit
from explorer.session.remembered import Recent, Remembered, change_remembered, load_remembered
from explorer.session.settings import Settings, save_settings

if TYPE_CHECKING:  # imported behind the first paint
    from PySide6.QtGui import QShortcut

    from explorer.gui.opening.work import Opened
    from explorer.gui.shell.board import Board
    from explorer.gui.shell.bundlebar import BundleBar
    from explorer.gui.state.appstate import AppState

Slot = Callable[[], object]

TITLE = "Trace Explorer"
_DRAWN = QSize(1720, 1060)
_SMALLEST, _FRAME = QSize(960, 560), QSize(4, 36)  # what a desktop puts around a window, about


class MainWindow(QMainWindow):
    """One window on one bundle.

    Attributes:
        settings: in force. ``kept`` are those on disk, without what was given for this run only.
        remembered: what the program remembers by itself; changed by :meth:`remember`.
        entry: key of what is open among what is kept of bundles read before, "" for none.
        owner: who made it, held for as long as the window lives.
        whole: whether all of it is there.
        state, board, bundle_bar, near_keys: behind the first paint.

    Signals:
        settings_changed: theme or text size may be others now; the application is dressed anew.
        remembered_changed: another window may show recent bundles, too.
        window_wanted: (paths, id, what of data lakes is asked for) to be opened in a window of their own.
        resume_wanted: (self) to go on where the last run ended.
        clear_wanted: what is kept of bundles read before is to be removed.
        quit_wanted: all windows are to be closed.
        completed: all of it is there now.
        closed: it was closed.
    """

    settings_changed = Signal()
    remembered_changed = Signal()
    window_wanted = Signal(object, str, object)
    resume_wanted = Signal(object)
    clear_wanted = Signal()
    quit_wanted = Signal()
    completed = Signal()
    closed = Signal()

    state: AppState
    board: Board
    bundle_bar: BundleBar
    near_keys: list[QShortcut]

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
        self._asking = Asking()
        self._first_place: Place | None = None  # shown first of a first part
        self._arranged = self._leaving = self._viewed = self.whole = False
        self._theme = "dark"
        self._slots: Mapping[str, Slot] = {}
        self._asked: list[str] = []  # commands, before they could be done
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
        self.bar = TopBar(self.menu_bar, self.actions_)
        self.setMenuWidget(self.bar)
        self.empty = EmptyView()
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.empty)
        self.setCentralWidget(self.pages)
        self.status = StatusLine()
        self.setStatusBar(self.status)
        self.overlay = LoadingOverlay(self.pages)
        self.opener = Opener(self.overlay, self)
        self.recent_menu = RecentMenu(self)
        self.menus["File"].insertMenu(self.actions_["reload"], self.recent_menu)

    def _wire(self) -> None:
        for id_, action in self.actions_.items():
            action.triggered.connect(lambda _checked=False, id_=id_: self._do(id_))
        self.opener.opened.connect(self.show_opened)
        self.overlay.cancelled.connect(self.status.show_stopped)
        self.opener.elsewhere.connect(lambda paths: self.window_wanted.emit(paths, "", Asking()))
        self.status.issues_wanted.connect(self.actions_["issues"].trigger)
        self.empty.open_files.connect(self.actions_["open"].trigger)
        self.empty.open_folder.connect(self.actions_["open-folder"].trigger)
        self.empty.open_demo.connect(self.actions_["demo"].trigger)
        self.empty.open_recent.connect(self.open_recent)
        self.recent_menu.chosen.connect(self.open_recent)
        self.recent_menu.forget_missing.connect(lambda: self.remember(Remembered.without_missing))
        self.recent_menu.forget_all.connect(lambda: self.remember(lambda known: replace(known, recent=())))
        self.empty.resume.connect(lambda: self.resume_wanted.emit(self))

    # -- what comes behind the first paint -------------------------------------------------------------

    def add_views(self, state: AppState, bundle_bar: BundleBar, board: Board) -> None:
        """Take what shows a bundle; from now on one can be shown."""
        self.state, self.bundle_bar, self.board = state, bundle_bar, board
        self.bar.add(bundle_bar)
        self.pages.addWidget(board)
        for panel in board.panels.values():
            self.menus["View/Panels"].addAction(panel.toggleViewAction())
        state.notebook.told.connect(lambda said: self.status.showMessage(text.line(said, 400), 20_000))
        state.notebook.lost.connect(
            lambda error, notes: show_error("The notes are not kept", error, notes, self)
        )
        state.set_options(utc=self.settings.utc)
        state.set_theme(self._theme)
        state.set_query(self._asking.query)
        self._viewed = True
        self.opener.show()

    def add_commands(self, slots: Mapping[str, Slot]) -> None:
        """Take what each command does: the window is whole; what was asked for meanwhile is done."""
        self._slots = slots
        self.whole = True
        self.completed.emit()
        for id_ in self._asked:
            QTimer.singleShot(0, self, partial(self._do, id_))
        self._asked.clear()

    def _do(self, id_: str) -> None:
        if not self.whole:
            self._asked.append(id_)
        elif id_ in self._slots:
            self._slots[id_]()

    # -- opening ---------------------------------------------------------------------------------------

    def open_paths(self, paths: Sequence[Path], id_text: str = "", asking: Asking = Asking()) -> None:
        """Open a bundle, and show that id of it once it is there, and those that are asked for."""
        self.wanted_id, self._wanted, self._asking = id_text, None, asking
        if asking.query and self._viewed:
            self.state.set_query(asking.query)
        self.opener.open(paths, asking)

    def open_recent(self, recent: Recent) -> None:
        """Open a bundle again."""
        self.open_paths([Path(path) for path in recent.paths])

    def visit(self) -> Visit | None:
        """What is open and where in it the user is, None where nothing is open."""
        store = self.state.store if self._viewed else None
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
        known = self.remembered
        self.empty.show_session(visits, first_run=not (known.met or known.recent))
        if not known.met:
            self.remember(lambda now: replace(now, met=True))

    def show_opened(self, found: Opened) -> None:
        """Show what was opened; place and zoom stay where it is the same bundle read again."""
        viewport = self.state.viewport
        here = self.state.place.id
        self.faults, self.entry = found.faults, found.key
        untouched = self._first_place is not None and self._first_place == self.state.place
        wanted, self.wanted_id = self.wanted_id, self.wanted_id if found.first_part else ""
        if found.first_part and wanted not in found.store.correlation.row_by_id:
            wanted = ""
        self.state.open(found.store, found.analysis, found.first_id, anew=untouched)
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
            self._wanted, self._asking = None, Asking()
        self.board.take_focus()

    def close_bundle(self) -> None:
        """Close what is open and show the empty page."""
        self.opener.close()
        self.faults, self.entry, self._wanted = (), "", None
        if self._viewed:
            self.state.open(None)
            self.state.notebook.open((), None)
        self.pages.setCurrentWidget(self.empty)
        self.setWindowTitle(TITLE)

    def _show_range(self) -> None:
        try:
            self.state.ask(self._asking)
        except UsageError as error:
            show_error("The time range is not used", str(error), parent=self)

    def _show_id(self, wanted: str) -> None:
        self.state.find_id(wanted, lambda why: show_error("The id was not found", str(why), parent=self))

    # -- settings --------------------------------------------------------------------------------------

    def use_settings(self, settings: Settings) -> None:
        """Have other settings count from now on."""
        self.settings = settings
        self.opener.settings = settings
        if self._viewed:
            self.state.set_options(utc=settings.utc)
        for choice in ("system", "dark", "light"):
            self.actions_[f"theme-{choice}"].setChecked(choice == settings.theme)
        self.settings_changed.emit()

    def use_theme(self, name: str) -> None:
        """Use the ``dark`` or the ``light`` theme in what is painted by the program."""
        self._theme = name
        if self._viewed:
            self.state.set_theme(name)

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
        job = jobs.start(lambda _progress, _cancelled: _changed(change))
        # What was remembered since, in this thread, must not be undone by what comes from the other.
        job.done.connect(lambda kept: self._take_remembered(kept and load_remembered()))

    def _take_remembered(self, remembered: Remembered | None) -> None:
        if remembered is None:
            self.status.showMessage("Recent bundles cannot be remembered", 10_000)
            return
        self.show_remembered(remembered)
        self.remembered_changed.emit()

    def show_remembered(self, remembered: Remembered) -> None:
        """Show the recent bundles, newest first; those that are gone cannot be chosen."""
        self.remembered = remembered
        self.empty.show_recent(remembered.recent)
        self.recent_menu.show_recent(remembered.recent)

    # -- the window itself -----------------------------------------------------------------------------

    def _place(self) -> None:
        """Where it was; else as large as drawn, or as the screen allows."""
        saved = QByteArray.fromBase64(self.remembered.geometry.encode("ascii", "replace"))
        if saved.isEmpty() or not self.restoreGeometry(saved):
            self.resize(_DRAWN.boundedTo(self.screen().availableSize() - _FRAME))

    def _arrange(self) -> None:
        """Put the panels where they were; else give them their shares of the room there is now."""
        self._arranged = True
        if not self.remembered.layout or not self.board.restore(self.remembered.layout):
            self.board.proportion()
        self.board.take_focus()  # what had it may have been hidden meanwhile
        QTimer.singleShot(0, self.board, lambda: self.board.setUpdatesEnabled(True))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self._viewed and self.isActiveWindow():
            self.state.notebook.refresh()  # another window may have changed them

    def _ask_to_leave(self, error: str) -> None:
        """The notes cannot be kept: they are gone with the window."""
        question = ask(
            "Close this window", f"{error} They are lost when it is closed.", ("Close anyway",), self
        )
        question.answered.connect(lambda _: self._leave())

    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        error = self.state.notebook.flush() if self._viewed else ""
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
            self.actions_["back"].trigger()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self.actions_["forward"].trigger()
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
