"""The focus by keys: a ring around what has no frame of its own, an order that follows the eye, and no trap for Tab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)

WIDTH: Final = 2
_FRAMED: Final = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
"""The style sheet shows their focus."""
_BY_KEYS: Final = frozenset({
    Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason,
})  # fmt: skip
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FOLLOWED: Final = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show})
_LEFT: Final = frozenset({QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.MouseButtonPress})


class FocusRing(QWidget):
    """A frame in the accent around the widget that was reached by keys; a click needs none."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._around: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Focus")
        self.hide()

    def watch(self, widgets: Iterable[QWidget]) -> None:
        """Be around these while they have the focus."""
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
            self._around = watched if event.reason() in _BY_KEYS else None
            self._follow()
        elif kind in _LEFT and watched is self._around:
            self._around = None
            self._follow()
        elif kind in _FOLLOWED and watched is self._around:
            self._follow()
        return False

    def _follow(self) -> None:
        around = self._around
        if around is None:
            self.hide()
            return
        if self.parentWidget() is not around.window():
            self.setParent(around.window())
        self.setGeometry(QRect(around.mapTo(around.window(), QPoint()), around.size()))
        inner = self.rect().adjusted(WIDTH, WIDTH, -WIDTH, -WIDTH)
        self.setMask(
            QRegion(self.rect()).subtracted(QRegion(inner))
        )  # so that nothing below is painted again
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QPen(self.palette().highlight().color(), 2 * WIDTH))
            painter.drawRect(self.rect())


class EnterPresses(QObject):
    """Has Enter press the button of a window that has the focus, as it does in dialogs; Qt knows only Space there."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _ENTER or event.isAutoRepeat():
            return False
        focused = self._window.focusWidget()
        if isinstance(focused, QToolButton) and focused.menu() is not None:
            focused.showMenu()
        elif isinstance(focused, QAbstractButton):
            focused.click()
        else:
            return False
        return True


def reached_by_tab(within: QWidget) -> Iterator[QWidget]:
    """All that take the focus from Tab, the widget itself and below, in the order in which they were made."""
    for widget in (within, *within.findChildren(QWidget)):
        own = not widget.objectName().startswith("qt_") and widget.focusProxy() is None
        if own and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget


def ease_focus(window: QWidget, regions: Iterable[QWidget] = ()) -> None:
    """Have Tab walk through a window in the order of its regions, never be held in a table, and be seen.

    Args:
        window: what is below it now; what comes later comes last.
        regions: in the order of reading.
    """
    for view in window.findChildren(QAbstractItemView):
        view.setTabKeyNavigation(False)
    ring = FocusRing(window)
    ring.watch(one for one in reached_by_tab(window) if not isinstance(one, _FRAMED))
    order = [widget for region in regions for widget in reached_by_tab(region)]
    for before, after in pairwise(order):
        QWidget.setTabOrder(before, after)
