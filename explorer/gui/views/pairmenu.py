"""What can be done with a name and its value: shown whole, copied, asked for."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from explorer.gui.dialogs.frame import copy
from explorer.gui.dialogs.value import ValueDialog
from explorer.gui.state.appstate import AppState
from explorer.query.spelling import unparse
from explorer.query.syntax import Compare

MOST_ASKED: Final = 200
"""Characters of a value that can be asked for."""


def pair_menu(owner: QWidget, state: AppState, name: str, value: str, *, attribute: bool) -> QMenu:
    """The menu of a pair; only attributes of spans can be asked for."""
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    show = menu.addAction("Show whole value", partial(show_value, owner, state, name, value))
    show.setEnabled(bool(value))
    menu.addAction("Copy value", partial(copy, value))
    menu.addAction("Copy name and value", partial(copy, f"{name}\t{value}"))
    if attribute and len(value) <= MOST_ASKED:
        menu.addSeparator()
        condition = Compare(name, "=", value, quoted=True, attribute=True)
        menu.addAction("Only ids with this value", lambda: state.set_query(unparse(condition)))
    return menu


def show_value(owner: QWidget, state: AppState, name: str, value: str) -> None:
    """Open the value in a dialog; a heading has none."""
    if value:
        ValueDialog(name, value, state.theme, owner.window()).open()
