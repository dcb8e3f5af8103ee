"""One table of commands: menus, keys, key map and palette all come from it."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.gui.actions.table import BY_ID, COMMANDS, MENUS, Command, key_table, keys_in_words
from explorer.gui.commands.slots import slots_of
from explorer.gui.dialogs.keys import KeysDialog, listed
from explorer.gui.window import MainWindow

KEYS_OF_THE_DESIGN = {
    "Up", "Down", "J", "K", "Left", "Right", "H", "L", "[", "]", "W", "S", "A", "D", "0", "Z", "F", "C", "G", "X",
    "1", "2", "3", "4", "5", "Alt+Left", "Alt+Right", "E", "Shift+E", "O", ".", ",", "/", "Ctrl+F", "Ctrl+K",
    "Ctrl+Shift+P", "Ctrl+O", "Ctrl+E", "Ctrl+C", "M", "N", "?", "Esc",
}  # fmt: skip


def test_no_two_commands_share_a_key() -> None:
    keys = [key for command in COMMANDS for key in (*command.keys, *command.near)]
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


def test_every_key_of_the_design_does_something() -> None:
    keys = {key for command in COMMANDS for key in (*command.keys, *command.near)}
    assert keys >= KEYS_OF_THE_DESIGN


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_keys_are_keys_that_qt_knows(command: Command) -> None:
    for key in (*command.keys, *command.near):
        assert QKeySequence(key).toString() == key


def test_texts_are_for_people() -> None:
    for command in COMMANDS:
        assert command.text[0].isupper(), command.id
        assert command.tip, command.id
        assert command.menu.partition("/")[0] in MENUS, command.id


def test_every_command_stands_in_a_menu(window: MainWindow) -> None:
    bar = window.menu_bar.actions()
    tops = [menu for menu in window.menus.values() if menu.menuAction() in bar]
    shown = {action for menu in tops for action in menu.actions()}
    for menu in window.menus.values():
        if menu.menuAction() in shown:
            shown |= set(menu.actions())
    assert len(tops) == len(MENUS)
    assert [id_ for id_, action in window.actions_.items() if action not in shown] == []
    assert window.actions_.keys() == BY_ID.keys()


def test_every_command_does_something_or_says_why_not(window: MainWindow) -> None:
    slots = slots_of(window)
    assert slots.keys() == {command.id for command in COMMANDS if not command.later}
    for command in COMMANDS:
        if command.later:
            assert not window.actions_[command.id].isEnabled()
            assert window.actions_[command.id].statusTip() == command.later


def test_the_key_map_lists_every_command_with_a_key(window: MainWindow, qtbot: QtBot) -> None:
    dialog = KeysDialog(window)
    qtbot.addWidget(dialog)
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for command in COMMANDS:
        if command.keys or command.near:
            assert command in listed()
            assert command.text.rstrip("…") in shown
            assert any(keys_in_words(command) in one for one in shown)


def test_keys_are_spelled_as_on_the_keyboard() -> None:
    assert keys_in_words(BY_ID["row-down"]) == "j or ↓"
    assert keys_in_words(BY_ID["error-previous"]) == "Shift+E"
    assert keys_in_words(BY_ID["text-larger"]) == "Ctrl++ or Ctrl+="


def test_the_table_for_the_readme_has_a_line_for_every_key() -> None:
    lines = list(key_table())
    assert len(lines) == 2 + sum(bool(command.keys) for command in COMMANDS)
    assert len({line.count(" | ") for line in lines[2:]}) == 1
