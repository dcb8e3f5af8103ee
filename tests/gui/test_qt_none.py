"""The fault of PySide6 6.12.0 on Python 3.11, for which the versions are capped.

There each call of a Qt method that returns nothing lost a reference to ``None``; after some
thousands of calls, that is, after a few seconds of painting, the process aborted with
"Fatal Python error: none_dealloc".
"""

from __future__ import annotations

import gc
import sys

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on (PEP 683)")
def test_calls_that_return_nothing_keep_their_reference_to_none(qapp: QGuiApplication) -> None:
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    colour = QColor("red")
    rectangle = QRectF(0, 0, 4, 4)
    with QPainter(image) as painter:
        gc.collect()  # or what it frees on the way would look like the fault
        before = sys.getrefcount(None)
        # Some hundreds first, so that the fault shows as a failing test and not as a dead process.
        for calls in (200, 9_800):
            for _ in range(calls):
                painter.fillRect(rectangle, colour)
                rectangle.moveTo(0, 0)
            assert before - sys.getrefcount(None) < calls // 2
