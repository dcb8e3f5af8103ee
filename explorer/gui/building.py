"""What of a window is there when.

* First its frame (:mod:`explorer.gui.window`): menus with all keys, the empty page, the status line, and what says
  that a bundle is being opened. It is painted before anything else is imported.
* Then :func:`steps`, in this order: what opens bundles, the views, the commands, what screen readers read. Modules are
  imported by a thread, and each step is one turn of the event loop, so that the window answers all the while.

This is the one place where modules of the window are imported late.
"""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow

from explorer.gui import jobs
from explorer.gui.look import fonts
from explorer.gui.window import MainWindow

UNSEEN_MS: Final = 1000
"""A window that is not painted by then, minimised or on another desktop, is completed all the same."""

OPENING: Final = "explorer.gui.opening.work"
VIEWS: Final = "explorer.gui.shell.board"
COMMANDS: Final = "explorer.gui.commands.slots"
READABLE: Final = "explorer.gui.accessible.canvases"


def steps(window: MainWindow) -> Generator[str | None, None, None]:
    """Build what is behind the frame. Each value is the module that the next step needs, None for none."""
    yield OPENING
    from explorer.gui.opening import work

    window.opener.use(work.opening)
    yield VIEWS
    from explorer.gui.actions.enabling import follow_state
    from explorer.gui.actions.menus import keys_near
    from explorer.gui.shell.board import Board, make_views
    from explorer.gui.shell.bundlebar import BundleBar
    from explorer.gui.state.appstate import AppState
    from explorer.layout.readsaid import read_words

    fonts.load()
    state = AppState(window)
    state.opened.connect(lambda: window.status.show_read(read_words(state.store) if state.store else ""))
    bar = BundleBar(state, window.actions_)
    yield None
    board = Board(state, (yield from make_views(state)))
    yield None
    window.near_keys = keys_near(board.waterfall, window.actions_)
    follow_state(state, window.actions_)
    window.opener.query = lambda: state.place.query
    window.add_views(state, bar, board)
    yield None
    yield None  # what was read meanwhile is shown and painted first
    yield COMMANDS
    from explorer.gui.commands.filters import FilterMenu
    from explorer.gui.commands.slots import slots_of

    FilterMenu(window)
    yield READABLE
    from explorer.gui.accessible.canvases import make_window_readable

    make_window_readable(window)
    yield None
    window.add_commands(slots_of(window))


def build(window: MainWindow) -> None:
    """Build all at once, before the window is shown."""
    for module in steps(window):
        if module:
            import_module(module)


class Builder(QObject):
    """Builds what is behind the frame of a window once that is on screen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._steps = steps(window)
        self._begun = False
        self._surface: QWindow | None = window.windowHandle()
        if self._surface is not None:
            self._surface.installEventFilter(self)
        window.closed.connect(self._end)
        QTimer.singleShot(UNSEEN_MS, self, self._begin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Expose and not self._begun:
            QTimer.singleShot(0, self, self._begin)  # the window is painted while it handles this event
        return False

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        self._go_on()

    def _go_on(self) -> None:
        try:
            wanted = next(self._steps)
        except StopIteration:
            self._end()
            return
        if wanted is None:
            QTimer.singleShot(0, self, self._go_on)
        else:  # one at a time: what is imported ahead would keep what is built waiting
            job = jobs.start(lambda _progress, _cancelled: import_module(wanted))
            job.done.connect(self._go_on)

    def _end(self) -> None:
        """Build no more; what is half built goes before the window that it was for."""
        self._begun = True
        self._steps.close()
        if self._surface is not None:
            self._surface.removeEventFilter(self)
            self._surface = None
        self.deleteLater()
