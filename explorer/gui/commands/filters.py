"""Saved filters in the window: kept in the settings, offered in the menu and while a query is typed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from explorer.gui.dialogs.filters import FiltersDialog, SaveFilterDialog
from explorer.gui.look import text
from explorer.gui.window import MainWindow
from explorer.session.filters import Filters, with_filter

MENU = "Edit/Saved filters"


class FilterMenu(QObject):
    """Keeps the menu, and what the query field offers, as the settings have it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[QAction] = []
        window.settings_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        window, menu = self._window, self._window.menus[MENU]
        filters = window.settings.filters
        window.bundle_bar.query.offers.filters = filters
        for action in self._shown:
            menu.removeAction(action)
            action.deleteLater()
        self._shown = [menu.addSeparator()] if filters else []
        for one in filters:
            action = menu.addAction(text.line(one.name, 80).replace("&", "&&"))
            action.setStatusTip(text.line(one.query, 400))
            action.triggered.connect(lambda _=False, query=one.query: window.state.set_query(query))
            self._shown.append(action)


def save_filter(window: MainWindow) -> None:
    """Ask for a name for the query that is applied."""
    query = window.state.place.query
    if query:
        dialog = SaveFilterDialog(query, window.settings.filters, window)
        dialog.saved.connect(lambda name: _keep(window, with_filter(window.settings.filters, name, query)))
        dialog.open()


def show_filters(window: MainWindow) -> None:
    """List the saved filters."""
    dialog = FiltersDialog(window.settings.filters, window)
    dialog.changed.connect(partial(_keep, window))
    dialog.used.connect(window.state.set_query)
    dialog.open()


def _keep(window: MainWindow, filters: Filters) -> None:
    window.change_settings(replace(window.settings, filters=filters))
