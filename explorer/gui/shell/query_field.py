"""The query field: what is wrong is said while typing, and where."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from explorer.errors import QueryError
from explorer.gui.look import fonts, text
from explorer.gui.look.style import look
from explorer.gui.shell.completion import Completer
from explorer.gui.state.appstate import AppState
from explorer.query import parse

PAUSE_MS: Final = 250
"""After the last key, a query that makes sense is applied."""
HINT: Final = "Filter, as status:error duration>200ms"


class QueryField(QLineEdit):
    """Follows and sets the query of the state; Enter applies at once and leaves, Esc goes back to what is applied."""

    def __init__(self, state: AppState, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shortcut = shortcut
        self._error: QueryError | None = None
        self._wrong: QueryError | None = None  # what of it is told
        self._bubble = _Bubble(self)
        self.offers = Completer(self, state)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._apply)
        self.setAccessibleName("Query")
        self.setFont(fonts.mono("body"))
        self.setPlaceholderText(HINT)
        self.setMaxLength(10_000)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextMargins(0, 0, 56, 0)
        look(self, "query")
        self.textEdited.connect(self._edited)
        self.returnPressed.connect(self._enter)
        state.query_changed.connect(self._follow)
        state.opened.connect(self._follow)

    @property
    def error(self) -> QueryError | None:
        """What is wrong with the text, None where it makes sense."""
        return self._error

    def enter(self) -> None:
        """Take the focus, all text selected."""
        self.setFocus()
        self.selectAll()
        if not self.text() and self.offers.filters:
            self.offers.offer()

    def sizeHint(self) -> QSize:
        return QSize(420, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the field's own, before it is the window's
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._state.place.query)
            self._check()
            self.clearFocus()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._bubble.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            theme = self._state.theme
            painter.setFont(fonts.ui("small"))
            painter.setPen(QColor(theme.muted))
            box = self.rect().adjusted(0, 0, -10, 0)
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._shortcut
            )
            if self._wrong is not None:
                painter.setPen(QPen(QColor(theme.error), 2))
                mark = self._mark(self._wrong.column)
                painter.drawLine(mark.bottomLeft(), mark.bottomRight())

    def _mark(self, column: int) -> QRectF:
        """Where the character at a column is drawn; all have one width."""
        width = QFontMetricsF(self.font()).horizontalAdvance("0")
        at = QRectF(self.cursorRect()).center().x() + (column - self.cursorPosition()) * width
        at = max(6.0, min(at, self.width() - 60.0))
        return QRectF(at, 0.0, width, self.height() - 5.0)

    def _edited(self) -> None:
        self.offers.offer()
        self._check()
        self._pause.start()

    def _check(self) -> None:
        """Parse, mark the mistake and say it below the field; but not of a word
        that is still being written, and in words only where nothing is offered to go on with.
        """
        self._error = None
        try:
            parse(self.text())
        except QueryError as error:
            self._error = error
        self._wrong = self._error
        if self._error is not None and self.offers.offering and self._error.column >= self.offers.begin:
            self._wrong = None
        look(self, "wrong", value="true" if self._wrong else "false")
        told = None if self.offers.offering else self._wrong
        self._bubble.say(told, self._mark(told.column).left() if told else 0.0)
        self.update()

    def _apply(self) -> None:
        self._pause.stop()
        self._check()
        if self._error is None:
            self._state.set_query(self.text().strip())

    def _enter(self) -> None:
        """Apply, and leave the field: the keys are the window's again."""
        self.offers.withdraw()
        self._apply()
        if self._error is None:
            self.clearFocus()

    def _follow(self) -> None:
        if self.text().strip() != self._state.place.query:
            self.setText(self._state.place.query)
            self._check()


class _Bubble(QFrame):
    """What is wrong, below the field; it takes no focus."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field, Qt.WindowType.ToolTip)
        self._field = field
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAccessibleName("What is wrong with the query")
        look(self, "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        self._text = text.label("", "body", self)
        look(self._text, "error")
        column.addWidget(self._text)

    def say(self, error: QueryError | None, x: float) -> None:
        """Show the mistake under the place where it is; hide where there is none."""
        if error is None or not self._field.hasFocus():
            self.hide()
            return
        text.set_label(self._text, f"Column {error.column + 1}: {error}")
        self.adjustSize()
        self.move(self._field.mapToGlobal(QPoint(max(0, int(x) - 12), self._field.height() + 4)))
        self.show()
