"""Pens, brushes and fonts of a theme, made once and handed to every painter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QStaticText

from explorer.gui.look import fonts
from explorer.gui.look.text import cut, laid_out
from explorer.layout.palette import Theme


@cache
def colour(name: str, alpha: float = 1.0) -> QColor:
    """A colour by ``#rrggbb``."""
    made = QColor(name)
    made.setAlphaF(alpha)
    return made


@cache
def mixed(name: str, ground: str, share: float) -> QColor:
    """``share`` of one colour over another, opaque."""
    over, under = QColor(name), QColor(ground)
    return QColor(
        round(over.red() * share + under.red() * (1 - share)),
        round(over.green() * share + under.green() * (1 - share)),
        round(over.blue() * share + under.blue() * (1 - share)),
    )


def luminance(of: QColor) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (of.redF(), of.greenF(), of.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def text_on(name: str) -> QColor:
    """Near-black or white, whichever has more contrast on that colour."""
    ground = luminance(QColor(name))
    return QColor("#0e1116") if (ground + 0.05) / 0.055 >= 1.05 / (ground + 0.05) else QColor("#ffffff")


@dataclass(frozen=True)
class Ink:
    """A theme with the colour of every service."""

    theme: Theme
    colours: Mapping[str, int]

    def service(self, name: str) -> str:
        """Colour of a service."""
        return self.theme.services[self.colours.get(name, 8)]

    def pen(self, name: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A flat pen."""
        pen = QPen(colour(name), width, style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


@cache
def metrics(kind: str, role: fonts.Role, strong: bool = False) -> QFontMetricsF:
    """Metrics of one of our fonts; ``kind`` is ``ui`` or ``mono``."""
    return QFontMetricsF(font(kind, role, strong))


@cache
def font(kind: str, role: fonts.Role, strong: bool = False) -> QFont:
    """One of our fonts.

    All are there first: what is measured and kept in a weight that came later would be of another drawing.
    """
    fonts.load()
    made = fonts.mono(role) if kind == "mono" else fonts.ui(role)
    return fonts.strong(made) if strong else made


@lru_cache(maxsize=1 << 14)
def text_width(text: str, kind: str, role: fonts.Role, strong: bool = False) -> float:
    """Width of a text in one of our fonts; measuring costs more than painting, and the same texts come again."""
    return metrics(kind, role, strong).horizontalAdvance(text)


@lru_cache(maxsize=1 << 14)
def elided(text: str, room: int, kind: str, role: fonts.Role, strong: bool = False) -> str:
    """The text, cut at the right to fit ``room`` pixels."""
    if text_width(text, kind, role, strong) <= room:
        return text
    return cut(text, metrics(kind, role, strong), room)


@lru_cache(maxsize=1 << 13)
def _laid_out(text: str, kind: str, role: fonts.Role, strong: bool) -> tuple[QStaticText, float]:
    """A text with its glyphs in place, and its height: laying it out costs more than painting it."""
    made = laid_out(text, font(kind, role, strong))
    return made, metrics(kind, role, strong).height()


def put(
    painter: QPainter, text: str, x: float, y: float, height: float, kind: str, role: fonts.Role,
    tone: QColor, *, strong: bool = False,
) -> None:  # fmt: skip
    """One line of text from ``x`` on, in the middle of a row from ``y`` down; for texts painted again and again."""
    laid_out, high = _laid_out(text, kind, role, strong)
    painter.setFont(font(kind, role, strong))
    painter.setPen(tone)
    painter.drawStaticText(QPointF(x, y + (height - high) / 2), laid_out)


def triangle(painter: QPainter, centre: QPointF, size: float, *, down: bool) -> None:
    """A fold mark, filled with the current brush."""
    x, y, half = centre.x(), centre.y(), size / 2
    points = (
        [QPointF(x - half, y - half / 2), QPointF(x + half, y - half / 2), QPointF(x, y + half / 1.5)]
        if down
        else [QPointF(x - half / 2, y - half), QPointF(x - half / 2, y + half), QPointF(x + half / 1.5, y)]
    )
    painter.drawPolygon(QPolygonF(points))


def hatch(painter: QPainter, rect: QRectF, pen: QPen, step: float = 7.0) -> None:
    """Diagonal lines within a rectangle: the second sign of an error beside its colour.

    Cut here and not by a clip, which Qt does not write to SVG.
    """
    painter.setPen(pen)
    height, foot = rect.height(), rect.left() - rect.height()
    while foot < rect.right():
        begin, end = max(foot, rect.left()), min(foot + height, rect.right())
        painter.drawLine(
            QPointF(begin, rect.bottom() - (begin - foot)), QPointF(end, rect.bottom() - (end - foot))
        )
        foot += step
