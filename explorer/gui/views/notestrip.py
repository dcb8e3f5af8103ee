"""The note on what is selected, and the two buttons that change it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from explorer.gui.dialogs.note import edit_note
from explorer.gui.look.style import look
from explorer.gui.look.text import set_label
from explorer.gui.painting.ink import Ink
from explorer.gui.painting.notemark import paint_note_mark
from explorer.gui.state.appstate import AppState
from explorer.gui.state.notebook import mark_of
from explorer.gui.views.parts import wrapped
from explorer.layout.rownotes import NoteMark

_MOST, _LINES = 240, 4
"""Characters and lines shown here; the list of notes and the dialog have all."""


class NoteStrip(QWidget):
    """Mark and text of the note on the selected span, else on the id; hidden where there is none.

    ``buttons`` (Pin, Note…) are for whoever holds the strip to place.
    """

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Note on the selection")
        self._state = state
        self._text: QLabel = wrapped("", "body", self)
        self._mark = _Mark(state, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 16, 2)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self.buttons = QWidget(parent)
        self.pin_button, self.note_button = (
            QPushButton("Pin", self.buttons),
            QPushButton("Note…", self.buttons),
        )
        beside = QHBoxLayout(self.buttons)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        self.buttons.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        for button in (self.pin_button, self.note_button):
            look(button, "link")
            beside.addWidget(button)
        self.pin_button.clicked.connect(lambda _=False: self._pin())
        self.note_button.clicked.connect(lambda _=False: edit_note(state, self))
        for signal in (state.opened, state.id_changed, state.span_changed, state.notebook.changed):
            signal.connect(self._follow)
        state.theme_changed.connect(self._mark.update)
        self._follow()

    def _pin(self) -> None:
        if (target := self._state.note_target) is not None:
            self._state.notebook.toggle_pin(target)

    def _follow(self) -> None:
        target = self._state.note_target
        self.buttons.setVisible(target is not None)
        note = self._state.notebook.note(target) if target is not None else None
        self.setVisible(note is not None and not note.empty)
        if note is None:
            return
        self.pin_button.setText("Unpin" if note.pinned else "Pin")
        self.pin_button.setAccessibleName(self.pin_button.text())
        self.note_button.setText("Edit note…" if note.text else "Note…")
        self.note_button.setAccessibleName(self.note_button.text().rstrip("…"))
        shown = "\n".join(note.text.split("\n", _LINES)[:_LINES])[:_MOST]
        set_label(self._text, shown + (" …" if len(shown) < len(note.text) else "") or "Pinned")
        self._mark.note = mark_of(note)
        self._mark.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit it."""
        edit_note(self._state, self)


class _Mark(QWidget):
    """The same mark as in the waterfall."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.note: NoteMark = ""
        self.setFixedSize(12, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        with QPainter(self) as painter:
            centre = self.rect().toRectF().center()
            paint_note_mark(painter, centre, self.note, Ink(self._state.theme, self._state.colours))
