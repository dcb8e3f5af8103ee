"""The one door for text into Qt: always plain, clipped, with nothing invisible in it.

Text of a bundle is written by strangers. Qt guesses whether a text is HTML, draws right-to-left marks and
swallows control characters; here each is made visible as ``⟨U+202E⟩``, and HTML is never rendered.
"""

from __future__ import annotations

import html

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QToolTip, QWidget

from explorer.gui import fonts
from explorer.layout.visible import visible, visible_line

plain, line = visible, visible_line


def elided(
    text: str, metrics: QFontMetrics, width: int, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> str:
    """One line of at most ``width`` pixels."""
    return metrics.elidedText(line(text), mode, width)


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


def _escaped(text: str, limit: int) -> str:
    """Text for a place where Qt guesses: HTML that says the same, so that there is nothing to guess."""
    return f'<p style="white-space:pre-wrap">{html.escape(plain(text, limit))}</p>' if text else ""


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
