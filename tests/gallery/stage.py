"""A real window, brought into a state and grabbed."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from explorer.gui import jobs
from explorer.gui.app import application
from explorer.gui.opening.work import Opened
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.session.settings import Settings

QUIET_S: Final = 0.12
LONGEST_S: Final = 20.0


class Stage:
    """One window for all scenes: between two of them it is closed to the empty page."""

    def __init__(self) -> None:
        self.window: MainWindow = Windows(application(), Settings(theme="dark", utc=True)).new()
        self.window.show()

    def begin(self, theme: str, size: tuple[int, int]) -> None:
        """An empty window of that theme and size."""
        window = self.window
        self.close_dialogs()
        window.board.waterfall.close_find()
        window.close_bundle()
        window.empty.show_session([], first_run=False)
        window.use_settings(replace(window.settings, theme=theme))  # type: ignore[arg-type]
        window.state.set_options(
            path_on=True, critical_on=False, corrected=False, squeezed=False, only=frozenset()
        )
        window.state.set_cursor(-1)
        window.board.ids.filter.clear()
        window.board.ids.group_by("cause")
        window.board.ids.sort_by("worst")
        window.state.set_scope("id")
        window.state.set_query("")
        window.resize(*size)
        settle()

    def show(self, found: Opened) -> None:
        """Show a bundle, arranged as drawn."""
        self.window.show_opened(found)
        settle()
        self.window.board.reset()
        self.window.board.bottom.show_tab(0)
        settle()

    def picture(self) -> QPixmap:
        """The window, with the dialogs over it in their places."""
        settle()
        whole = self.window.grab()
        with QPainter(whole) as painter:
            for dialog in self.dialogs():
                painter.fillRect(whole.rect(), QColor(0, 0, 0, 90))
                drawn = dialog.grab()
                middle = QPoint((whole.width() - drawn.width()) // 2, (whole.height() - drawn.height()) // 2)
                painter.drawPixmap(middle, drawn)
        return whole

    def dialogs(self) -> list[QDialog]:
        """Those that are open."""
        every = QApplication.topLevelWidgets()
        return [one for one in every if isinstance(one, QDialog) and one.isVisible()]

    def close_dialogs(self) -> None:
        """Close them all."""
        for dialog in self.dialogs():
            dialog.close()
        settle()


def settle() -> None:
    """Run events until no work is under way and nothing is left to do."""
    end = time.monotonic() + LONGEST_S
    quiet = time.monotonic() + QUIET_S
    while time.monotonic() < min(end, quiet):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if jobs._running:
            quiet = time.monotonic() + QUIET_S
        time.sleep(0.002)
