"""Something could not be done: one sentence, what to know more, a copy of it all."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.gui.dialogs.frame import Dialog, copy
from explorer.gui.look import text


class ErrorDialog(Dialog):
    """Says what happened. Details are there for who asks; Copy takes title, sentence and details."""

    def __init__(self, title: str, sentence: str, details: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._whole = "\n\n".join(part for part in (title, sentence, details) if part)
        said = text.label(sentence, "body", self)
        said.setWordWrap(True)
        said.setTextInteractionFlags(said.textInteractionFlags().TextSelectableByMouse)
        said.setAccessibleName("What happened")
        self.body.addWidget(said)
        self._details = text.reading(details, self)
        self._details.setAccessibleName("Details")
        self._details.setMinimumHeight(200)
        self._details.hide()
        self.body.addWidget(self._details, 1)
        self.details_button = self.add_button("Details", self._toggle, left=True)
        self.details_button.setVisible(bool(details))
        self.add_button("Copy", lambda: copy(self._whole), left=True)
        self.add_button("Close", self.close, "primary").setFocus()

    def _toggle(self) -> None:
        self._details.setVisible(self._details.isHidden())
        if not self._details.isHidden():
            self.resize(max(self.width(), 680), max(self.height(), 420))
        else:
            self.adjustSize()
