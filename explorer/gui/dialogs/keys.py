"""The key map: every command that has a key, by menu, from the one table of commands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.gui.actions.table import COMMANDS, Command, keys_in_words
from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import fonts, text
from explorer.gui.look.style import look

_COLUMNS = (("File", "Edit"), ("View",), ("Go", "Analyse", "Help"))


class KeysDialog(Dialog):
    """Three columns of commands and their keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Keys", parent, 1080, 720)
        page = QWidget()
        look(page, "page")
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(40)
        for menus in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(8)
            for menu in menus:
                column.addWidget(text.label(menu, "head"))
                column.addWidget(_section(menu))
                column.addSpacing(12)
            column.addStretch(1)
            row.addLayout(column, 1)
        area = QScrollArea(self)
        area.setAccessibleName("Key map")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        self.body.addWidget(area, 1)
        note = text.label(
            "Letters work everywhere but in text fields; arrows where the waterfall has the focus. In the overview "
            "arrows move the cursor, with Shift they select a time range."
        )
        note.setWordWrap(True)
        look(note, "muted")
        self.body.addWidget(note)
        self.add_button("Close", self.close, "primary")


def listed() -> tuple[Command, ...]:
    """The commands that the map shows."""
    return tuple(command for command in COMMANDS if command.keys or command.mouse)


def _section(menu: str) -> QFrame:
    frame = QFrame()
    grid = QGridLayout(frame)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    commands = [command for command in listed() if command.menu.partition("/")[0] == menu]
    for number, command in enumerate(commands):
        name = text.label(command.text.rstrip("…"))
        keys = text.label(" · ".join(part for part in (keys_in_words(command), command.mouse) if part))
        keys.setFont(fonts.mono("small"))
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        keys.setWordWrap(True)
        look(keys, "muted")
        text.tooltip(name, command.later or command.tip)
        grid.addWidget(name, number, 0)
        grid.addWidget(keys, number, 1)
    return frame
