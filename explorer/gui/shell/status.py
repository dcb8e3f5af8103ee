"""The status line: what was read of what was found, what was left out, how long it took."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QStatusBar, QWidget

from explorer.gui.look import fonts, text
from explorer.gui.look.style import look
from explorer.gui.state.appstate import AppState
from explorer.layout.numbers import bytes_, count, duration, plural
from explorer.model.issue import lost
from explorer.model.store import Store

_EVERY_MS = 5000
_FORMATS = 4


class StatusLine(QStatusBar):
    """What was read (a button: the list of issues) at the left, the cost at the right."""

    issues_wanted = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._opened_in = ""
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
        self.addWidget(self._read)
        self.addPermanentWidget(self._cost)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._show_cost)
        self._timer.start()
        state.opened.connect(self._follow)
        self._follow()

    def show_time(self, seconds: float, *, before: bool, first_part: bool = False) -> None:
        """How long opening took, whether it was found among what was opened before, or is not all there yet."""
        what = "first part" if first_part else "opened"
        self._opened_in = f"{what} in {duration(int(seconds * 1e9))}" + (" (read before)" if before else "")
        self._show_cost()

    def _follow(self) -> None:
        store = self._state.store
        self._read.setVisible(store is not None)
        if store is None:
            self._opened_in = ""
        else:
            self._read.setText(text.line(reading(store)).replace("&", "&&"))
            text.tooltip(self._read, "Click for everything that was skipped or repaired, and why")
        self._show_cost()

    def _show_cost(self) -> None:
        memory = resident_bytes()
        parts = (self._opened_in, bytes_(memory) if memory else "", "offline")
        text.set_label(self._cost, " · ".join(part for part in parts if part))


def reading(store: Store) -> str:
    """``Read 7 of 7 files: otlp-json, envoy-log · 214 records skipped``."""
    understood = [one for one in store.counts if one.format != "unknown"]
    formats = sorted({one.format for one in understood})
    more = f" and {len(formats) - _FORMATS} more" if len(formats) > _FORMATS else ""
    named = ": " + ", ".join(formats[:_FORMATS]) + more if formats else ""
    skipped = lost(store.issues)
    issues = f"{plural(skipped, 'record')} skipped" if skipped else "nothing skipped"
    files = "file" if len(store.counts) == 1 else "files"
    return f"Read {count(len(understood))} of {count(len(store.counts))} {files}{named} · {issues}"


def resident_bytes() -> int:
    """Memory this process holds, 0 where the system does not say it as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
