"""Paints a flame graph: boxes in the colours of their services, the failing share as a red foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.gui.look.text import line
from explorer.gui.painting.ink import Ink, colour, elided, font, hatch, mixed, text_on, text_width
from explorer.layout.flame import Box, Icicles
from explorer.model.store import Store

ROW: Final = 20.0
_NAMED: Final = 26.0
"""Pixels from which on a box says its name."""
_DIMMED: Final = 0.3


def box_rect(box: Box, width: float, first: int) -> QRectF:
    """Where a box lies; ``first`` is the row at the top."""
    left, right = max(box.x0, 0.0) * width, min(box.x1, 1.0) * width
    gap = 1.0 if right - left > 3 else 0.0
    return QRectF(left, (box.row - first) * ROW, max(right - left - gap, 0.6), ROW - 1)


def paint_flame(
    painter: QPainter, shown: Sequence[Box], icicles: Icicles, store: Store, ink: Ink, *, width: float, first: int,
    selected: int = -1, hovered: int = -1, matched: NDArray[np.bool_] | None = None,
) -> None:  # fmt: skip
    """Paint the boxes on screen; those that do not match are dimmed where something is looked for."""
    for box in shown:
        rect = box_rect(box, width, first)
        faded = box.above or (matched is not None and not matched[box.node])
        _box(painter, box, rect, icicles, store, ink, faded=faded)
        if box.node in (selected, hovered):
            chosen = box.node == selected
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(ink.pen(ink.theme.accent if chosen else ink.theme.muted, 2.0 if chosen else 1.2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))


def _box(
    painter: QPainter, box: Box, rect: QRectF, icicles: Icicles, store: Store, ink: Ink, *, faded: bool
) -> None:
    flame, theme = icicles.flame, ink.theme
    service = store.services[flame.service[box.node]]
    tone = ink.service(service)
    ground = mixed(tone, theme.ground, _DIMMED) if faded else colour(tone)
    painter.fillRect(rect, ground)
    errors = int(flame.errors[box.node])
    if errors:
        share = errors / max(int(flame.count[box.node]), 1)
        foot = QRectF(rect.left(), rect.bottom() - 3, max(rect.width() * share, 1.0), 3)
        painter.fillRect(foot, colour(theme.error))
        if rect.width() > 8:
            hatch(painter, QRectF(rect.left(), rect.top(), foot.width(), rect.height() - 3),
                  ink.pen(theme.error, 1.0), 9.0)  # fmt: skip
    if rect.width() >= _NAMED:
        _name(painter, box, rect, icicles, store, ground.name())


def _name(painter: QPainter, box: Box, rect: QRectF, icicles: Icicles, store: Store, ground: str) -> None:
    """The operation, after its service where there is room and the path above is another service's."""
    flame = icicles.flame
    room = int(rect.width() - 8)
    operation = line(store.operations[flame.operation[box.node]])
    service = line(store.services[flame.service[box.node]]) or "unknown"
    above = int(flame.parent[box.node])
    words = operation or service
    if above < 0 or flame.service[above] != flame.service[box.node]:
        longer = f"{service} {operation}".strip()
        words = longer if text_width(longer, "ui", "small") <= room or not operation else words
    shown = elided(words, room, "ui", "small")
    painter.setFont(font("ui", "small"))
    painter.setPen(text_on(ground))
    if flame.errors[box.node]:  # nothing is read across a hatch
        wide = min(text_width(shown, "ui", "small") + 6, rect.width())
        painter.fillRect(QRectF(rect.left() + 1, rect.top() + 1, wide, rect.height() - 5), colour(ground))
    painter.drawText(
        QRectF(rect.left() + 4, rect.top(), room, rect.height() - 1), Qt.AlignmentFlag.AlignVCenter, shown
    )
