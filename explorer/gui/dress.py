"""Dresses the application as the settings say, and follows the desktop from light to dark and back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer.gui.look import style
from explorer.gui.window import MainWindow
from explorer.layout.palette import THEMES
from explorer.session.settings import Settings


class Dresser(QObject):
    """Belongs to the windows it dresses and goes with them, so that the desktop's signal finds nobody after that.

    Args:
        windows: looked at each time, so that it may grow and shrink.
    """

    def __init__(
        self, app: QApplication, windows: Sequence[MainWindow], settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._windows = windows
        self._settings = settings
        self._worn = ""
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._system_changed)

    def dress(self, settings: Settings) -> None:
        """The theme of all windows as those settings have them now."""
        self._settings = settings
        style.demand_scheme(settings.theme)
        name = style.system_theme() if settings.theme == "system" else settings.theme
        if name != self._worn:
            self._worn = name
            style.apply(self._app, THEMES[name])
        for window in self._windows:
            window.use_theme(name)

    def _system_changed(self) -> None:
        if self._settings.theme == "system":
            self.dress(self._settings)
