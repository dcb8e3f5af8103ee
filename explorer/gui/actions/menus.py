"""The table of commands as Qt's actions and menus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from explorer.gui.actions.table import COMMANDS, MENUS, Command, keys_in_words

_ROLES: Final = {
    "quit": QAction.MenuRole.QuitRole, "about": QAction.MenuRole.AboutRole,
    "settings": QAction.MenuRole.PreferencesRole,
}  # fmt: skip
_THEMES: Final = ("theme-system", "theme-dark", "theme-light")


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """An action for each command, by id, with its keys; ``parent`` is the window in which they work."""
    actions = {command.id: _action(command, parent) for command in COMMANDS}
    themes = QActionGroup(parent)
    for id_ in _THEMES:
        themes.addAction(actions[id_])
    parent.addActions(list(actions.values()))
    return actions


def _action(command: Command, parent: QObject) -> QAction:
    action = QAction(command.text, parent)
    action.setObjectName(command.id)
    action.setCheckable(command.checkable)
    action.setShortcuts([QKeySequence(key) for key in command.keys])
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
    if not command.id.startswith(("zoom", "pan", "row", "error", "id", "find")):
        action.setAutoRepeat(False)
    keys = keys_in_words(command)
    action.setStatusTip(command.later or (f"{command.tip} ({keys})" if keys else command.tip))
    action.setEnabled(not command.needs and not command.later)
    return action


def make_menus(actions: Mapping[str, QAction], parent: QWidget) -> tuple[QMenuBar, dict[str, QMenu]]:
    """The menu bar, and each menu by its path: ``View/Theme``."""
    bar = QMenuBar(parent)
    bar.setAccessibleName("Menus")
    menus: dict[str, QMenu] = {}
    for name in MENUS:
        menus[name] = bar.addMenu(f"&{name}")
    for command in COMMANDS:
        menu = _menu(command.menu, menus)
        if command.gap:
            menu.addSeparator()
        menu.addAction(actions[command.id])
    return bar, menus


def _menu(path: str, menus: dict[str, QMenu]) -> QMenu:
    if path not in menus:
        parent, _, name = path.rpartition("/")
        menus[path] = _menu(parent, menus).addMenu(name)
    return menus[path]


def keys_near(widget: QWidget, actions: Mapping[str, QAction]) -> list[QShortcut]:
    """The keys that work only where the widget, or one in it, has the focus."""
    made = []
    for command in COMMANDS:
        for key in command.near:
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(actions[command.id].trigger)
            made.append(shortcut)
    return made


def pop_up(menu: QMenu, at: QPoint) -> None:
    """Show a menu made for this once, at a place of the screen: it is gone when it closes, not with its view."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
