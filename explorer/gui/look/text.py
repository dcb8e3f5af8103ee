"""The one door for text into Qt: always plain, clipped, with nothing invisible in it.

Text of a bundle is written by strangers. Qt guesses whether a text is HTML, draws right-to-left marks and
swallows control characters; here each is made visible as ``⟨U+202E⟩``, and HTML is never rendered.
"""

from __future__ import annotations

import math
import re
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QStaticText,
    QTransform,
)
from PySide6.QtWidgets import QLabel, QMenu, QPlainTextEdit, QToolTip, QWidget

from explorer.gui.actions.menus import pop_up
from explorer.gui.look import fonts
from explorer.layout.visible import visible, visible_line

plain, line = visible, visible_line
_JOINER: Final = "\u200d"
BREAK: Final = "\u200b"
"""Where a long word may be broken; what is copied from a view must be freed of it."""
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""As ``html.escape``, whose module would be imported for its thousands of names."""
_LONG: Final = re.compile(r"\S{24,}")
_JOINT: Final = re.compile(r"(?<=[^\W_][./_:,;=&?@|)-])(?=\w)|(?<=[a-z])(?=[A-Z])")
_PART: Final = re.compile(rf"[^\s{BREAK}]{{16,}}?(?=\w)")  # not before an accent that belongs to the letter


def breakable(text: str) -> str:
    """Made visible, with places to break words that are longer than a narrow panel is wide: at their joints first."""
    return _LONG.sub(lambda word: _PART.sub(rf"\g<0>{BREAK}", _JOINT.sub(BREAK, word[0])), plain(text))


def elided(
    text: str, metrics: QFontMetrics, width: int, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> str:
    """One line of at most ``width`` pixels."""
    return cut(line(text), metrics, width, mode)


def cut(
    text: str,
    metrics: QFontMetrics | QFontMetricsF,
    width: float,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """Text that is clean already, of at most ``width`` pixels.

    Where Qt cuts within joined letters, as of Arabic, it adds a joiner: a sign that is not seen, and was in no bundle.
    """
    shown = metrics.elidedText(text, mode, math.ceil(width))
    return shown if shown == text else shown.replace(f"…{_JOINER}", "…").replace(f"{_JOINER}…", "…")


def label(text: str = "", role: fonts.Role = "body", parent: QWidget | None = None) -> QLabel:
    """A label in one of the four sizes that takes its text as it stands; set others by :func:`set_label`."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(fonts.ui(role))
    made.setText(plain(text))
    return made


def set_label(target: QLabel, text: str) -> None:
    """Another text for a label made here."""
    target.setText(plain(text))


def _html(text: str) -> str:
    return text.translate(_ESCAPES)


def _escaped(text: str, limit: int) -> str:
    """Text for a place where Qt guesses: HTML that says the same, so that there is nothing to guess."""
    return f'<p style="white-space:pre-wrap">{_html(plain(text, limit))}</p>' if text else ""


def tooltip(target: QWidget, text: str, limit: int = 1024) -> None:
    """The tool tip of a widget."""
    target.setToolTip(_escaped(text, limit))


def show_tooltip(
    position: QPoint, text: str, target: QWidget | None = None, area: QRect | None = None, limit: int = 1024
) -> None:
    """Show a tool tip now, at a global position, while the mouse stays in ``area`` of the widget."""
    QToolTip.showText(position, _escaped(text, limit), target, area or QRect())


def tip(text: str, limit: int = 1024) -> str:
    """What a model may answer for ``ToolTipRole``."""
    return _escaped(text, limit)


def reading(text: str = "", parent: QWidget | None = None, limit: int = 1_000_000) -> QPlainTextEdit:
    """A read-only field for longer text that can be selected and copied."""
    made = QPlainTextEdit(parent)
    made.setReadOnly(True)
    made.setUndoRedoEnabled(False)
    made.setFont(fonts.mono("body"))
    made.setPlainText(plain(text, limit))
    return made


def laid_out(text: str, font: QFont) -> QStaticText:
    """A line with its glyphs in place, to be painted again and again."""
    made = QStaticText(line(text))
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(QTransform(), font)
    return made


def breaking(text: str, role: fonts.Role = "body", parent: QWidget | None = None) -> QLabel:
    """A label of several lines that breaks also long words, and can be selected."""
    made = _Breaking(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(fonts.ui(role))
    made.setText(breakable(text))
    return made


class _Breaking(QLabel):
    """Breaks lines anywhere it must, keeps to the left, and copies its text as it came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        )
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)

    def copy(self) -> None:
        """Put what is selected on the clipboard."""
        QGuiApplication.clipboard().setText(self.selectedText().replace(BREAK, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies; nothing else is this label's business."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self.copy()
        else:
            event.ignore()

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Copy", self.copy).setEnabled(self.hasSelectedText())
        pop_up(menu, self.mapToGlobal(at))
