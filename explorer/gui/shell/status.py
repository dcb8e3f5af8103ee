"""The status line: what was read of what was found, what was left out, how long it took."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QStatusBar, QWidget

from explorer.gui.look import fonts, text
from explorer.gui.look.style import look
from explorer.layout.numbers import bytes_, duration

_EVERY_MS = 5000


class StatusLine(QStatusBar):
    """What was read (a button: the list of issues) at the left, the cost at the right."""

    issues_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened_in, self._words, self._partly = "", "", False
        self.setAccessibleName("Status")
        self.setSizeGripEnabled(False)
        self._read = QPushButton(self)
        self._read.setAccessibleName("What was read and what was not")
        self._read.setFont(fonts.ui("small"))
        look(self._read, "status")
        self._read.clicked.connect(self.issues_wanted)
        self._cost = text.label("", "small", self)
        look(self._cost, "muted")
        self.setContentsMargins(8, 0, 16, 0)
        for part in (self, self._read, self._cost):
            part.ensurePolished()  # the bar asks for heights now, and again only when it has been painted
        self.addWidget(self._read)
        self.addPermanentWidget(self._cost)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._show_cost)
        self._timer.start()
        text.tooltip(self._read, "Click for everything that was skipped or repaired, and why")
        self.messageChanged.connect(self._make_room)
        self.show_read("")

    def show_time(self, seconds: float, *, before: bool, first_part: bool = False) -> None:
        """How long opening took, whether it was found among what was opened before, or is not all there yet."""
        what = "first part" if first_part else "opened"
        self._opened_in = f"{what} in {duration(int(seconds * 1e9))}" + (" (read before)" if before else "")
        self._partly = first_part
        if first_part:
            self._say("The first part; the rest is being read")
        self._show_cost()

    def show_stopped(self) -> None:
        """Reading was stopped: of what is shown there may be more."""
        if self._partly:
            self._say("Only the first part was read; Read again (F5) reads all")

    def show_read(self, words: str) -> None:
        """What was read, "" where nothing is open."""
        self._partly = False
        self._say(words)
        if not words:
            self._opened_in = ""
        self._show_cost()

    def _say(self, words: str) -> None:
        self._words = words
        self._make_room(self.currentMessage())
        self._read.setText(text.line(words).replace("&", "&&"))

    def _make_room(self, message: str) -> None:
        """A message that passes is written where the button stands."""
        self._read.setVisible(bool(self._words) and not message)

    def _show_cost(self) -> None:
        memory = resident_bytes()
        parts = (self._opened_in, bytes_(memory) if memory else "", "offline")
        text.set_label(self._cost, " · ".join(part for part in parts if part))


def resident_bytes() -> int:
    """Memory this process holds, 0 where the system does not say it as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
