"""A question with a few answers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import text


class AskDialog(Dialog):
    """Asks one sentence; ``answered`` carries the number of the answer. Closing it answers nothing."""

    answered = Signal(int)

    def __init__(
        self,
        title: str,
        sentence: str,
        answers: tuple[str, ...],
        parent: QWidget | None = None,
        no: str = "Cancel",
    ) -> None:
        super().__init__(title, parent)
        said = text.label(sentence, "body", self)
        said.setWordWrap(True)
        self.body.addWidget(said)
        self.add_button(no, self.close, left=True)
        self.buttons = [
            self.add_button(words, partial(self._answer, number), "primary" if not number else "plain")
            for number, words in enumerate(answers)
        ]
        self.buttons[0].setFocus()

    def _answer(self, number: int) -> None:
        self.close()
        self.answered.emit(number)
