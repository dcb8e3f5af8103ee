"""Dresses the application as the settings say, and follows the desktop from light to dark and back."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer.gui import style
from explorer.gui.window import MainWindow
from explorer.layout.palette import THEMES


class Dresser(QObject):
    """Belongs to a window and goes with it, so that the desktop's signal finds nobody after that."""

    def __init__(self, app: QApplication, window: MainWindow) -> None:
        super().__init__(window)
        self._app = app
        self._window = window
        self._scale = 100
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._system_changed)
        window.settings_changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """Theme and text size as the window's settings have them now."""
        settings, state = self._window.settings, self._window.state
        style.demand_scheme(settings.theme)
        name = style.system_theme() if settings.theme == "system" else settings.theme
        resized = settings.scale != self._scale
        if resized:
            self._scale = settings.scale
            style.rescale(self._app, settings.scale)
        style.apply(self._app, THEMES[name])  # polishes all widgets, also with another font
        if resized and name == state.theme.name:
            state.theme_changed.emit()
        state.set_theme(name)

    def _system_changed(self) -> None:
        if self._window.settings.theme == "system":
            self.dress()
