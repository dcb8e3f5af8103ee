"""Dialogs that any part may need at any time. They are imported when the first is: the frame has them early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from explorer.gui.dialogs.ask import AskDialog
    from explorer.gui.dialogs.error import ErrorDialog


def show_error(title: str, sentence: str, details: str = "", parent: QWidget | None = None) -> ErrorDialog:
    """Open an error dialog; the window goes on."""
    from explorer.gui.dialogs.error import ErrorDialog

    dialog = ErrorDialog(title, sentence, details, parent)
    dialog.open()
    return dialog


def ask(
    title: str, sentence: str, answers: tuple[str, ...], parent: QWidget, *, no: str = "Cancel"
) -> AskDialog:
    """Open a question; listen to its ``answered``."""
    from explorer.gui.dialogs.ask import AskDialog

    dialog = AskDialog(title, sentence, answers, parent, no)
    dialog.open()
    return dialog
