"""Writing a note on a span or an id."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import text
from explorer.gui.look.fonts import ui
from explorer.gui.look.style import look
from explorer.gui.state.appstate import AppState
from explorer.session.notes import LONGEST, Target


class NoteDialog(Dialog):
    """The text of a note; Ctrl+Enter keeps it, an empty one takes the note away."""

    def __init__(self, state: AppState, target: Target, parent: QWidget | None = None) -> None:
        super().__init__("Note", parent, 520, 320)
        self._state, self._target = state, target
        note = state.notebook.note(target)
        on = text.label(text.line(note.title or target.id, 160), "body", self)
        look(on, "muted")
        self.field = _Field(self)
        self.field.setPlainText(note.text)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self.body.addWidget(on)
        self.body.addWidget(self.field, 1)
        if note.text:
            self.add_button("Remove", lambda: self._keep(""), left=True)
        self.add_button("Cancel", self.close)
        self.add_button("Keep", lambda: self._keep(self.field.toPlainText()), "primary")
        self.field.entered.connect(lambda: self._keep(self.field.toPlainText()))
        self.field.setFocus()

    def _keep(self, written: str) -> None:
        notebook = self._state.notebook
        note = notebook.note(self._target)  # as it is now: another window may have pinned it meanwhile
        words = "remove note" if not written.strip() else "change of note" if note.text else "note"
        self.close()
        notebook.put(words, replace(note, text=written.strip()[:LONGEST]))


class _Field(QPlainTextEdit):
    """Plain text; Tab goes on to the buttons, Ctrl+Enter ends the writing."""

    entered = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Text of the note")
        self.setFont(ui("body"))
        self.setPlaceholderText("What did you see here? Ctrl+Enter keeps it.")
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


def edit_note(state: AppState, parent: QWidget, target: Target | None = None) -> NoteDialog | None:
    """Open the dialog for a target, or for what is selected; None where nothing is."""
    wanted = target or state.note_target
    if wanted is None:
        return None
    dialog = NoteDialog(state, wanted, parent)
    dialog.open()
    return dialog
