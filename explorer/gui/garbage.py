"""Garbage in circles: looked for in the GUI thread alone, to which Qt's objects belong, while no work is under way.

Left to itself the collector would run in the midst of any thread, and a look through all that a large bundle
holds stops every thread for a few hundred milliseconds.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

from explorer.gui import jobs

EVERY_MS: Final = 1000


class Collector(QObject):
    """Takes the collector over for as long as it lives: what is young is looked through now and then."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def look_at_all(self) -> None:
        """Look through everything: a window was closed, and it holds itself."""
        gc.collect()

    def spare(self) -> None:
        """All that is there now stays: it is not looked at again before the end."""
        gc.freeze()

    def end(self) -> None:
        """Leave the collector to itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _look(self) -> None:
        young, middle, _ = gc.get_count()
        most_young, most_middle, _ = gc.get_threshold()
        if young >= most_young and jobs.idle():
            gc.collect(1 if middle >= most_middle else 0)
