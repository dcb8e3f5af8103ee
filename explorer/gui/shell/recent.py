"""The menu of bundles opened before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from explorer.gui.look import text
from explorer.session.remembered import Recent


class RecentMenu(QMenu):
    """Newest first; those that are gone cannot be chosen, but forgotten."""

    chosen = Signal(object)
    forget_missing = Signal()
    forget_all = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Opened before", parent)

    def show_recent(self, recent: Sequence[Recent]) -> None:
        """Offer these."""
        self.clear()
        self.setEnabled(bool(recent))
        for one in recent:
            named = text.line(f"{one.name}    {one.paths[0]}", 120).replace("&", "&&")
            action = self.addAction(f"{named}    (gone)" if one.missing else named)
            action.setEnabled(not one.missing)
            action.triggered.connect(lambda _=False, one=one: self.chosen.emit(one))
        if recent:
            self.addSeparator()
            gone = self.addAction("Forget those that are gone", self.forget_missing.emit)
            gone.setEnabled(any(one.missing for one in recent))
            self.addAction("Forget all of these", self.forget_all.emit)
