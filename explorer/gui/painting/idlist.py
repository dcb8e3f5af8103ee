"""Paints the entries of the list of ids."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.gui.look.fonts import Role
from explorer.gui.look.text import cut, line
from explorer.gui.painting.ink import Ink, colour, elided, metrics, put, text_width
from explorer.gui.painting.notemark import paint_note_mark
from explorer.layout.idlist import Group

MARGIN = 16.0
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class IdEntry:
    """What a row of the list says. ``share`` is its duration against the longest shown; ``noted``: it bears notes."""

    id: str
    duration: str
    entry: str
    facts: str
    failing: bool
    degraded: bool
    share: float
    noted: bool = False


def paint_group(painter: QPainter, rect: QRectF, group: Group, ink: Ink, *, folded: bool) -> None:
    """A heading with the colour of its category at the edge."""
    theme = ink.theme
    painter.fillRect(rect, colour(theme.raised))
    painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()),
                     colour(theme.categories.get(group.category, theme.faint)))  # fmt: skip
    inner = rect.adjusted(MARGIN, 6, -MARGIN, -5)
    used = _put(painter, inner, f"{group.count:,}", "mono", "body", theme.text, RIGHT, strong=True)
    title = ("▸ " if folded else "") + line(group.title)
    _put(painter, inner.adjusted(0, 0, -used - 10, 0), title, "ui", "body", theme.text, LEFT, strong=True)
    _put(painter, inner, line(group.subtitle), "ui", "small", theme.muted, LEFT, foot=True)


def paint_rest(painter: QPainter, rect: QRectF, count: int, ink: Ink, *, hovered: bool) -> None:
    """What stands for the ids of a group that are not shown yet."""
    theme = ink.theme
    if hovered:
        painter.fillRect(rect, colour(theme.raised))
    _put(painter, rect.adjusted(MARGIN, 5, -MARGIN, -5), f"{count:,} more", "ui", "small", theme.accent, LEFT)


def paint_id(
    painter: QPainter, rect: QRectF, entry: IdEntry, ink: Ink, *, selected: bool, hovered: bool
) -> None:
    """An id: itself and its duration, what it called and how it went, and a line as long as it took."""
    theme = ink.theme
    if selected or hovered:
        painter.fillRect(rect, colour(theme.accent_ground if selected else theme.raised))
    if selected:
        painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), colour(theme.accent))
    inner = rect.adjusted(MARGIN, 5, -MARGIN, -9)
    used = _put(painter, inner, entry.duration, "mono", "body", theme.text, RIGHT)
    room = inner.adjusted(0, 0, -used - 10, 0)
    shown = cut(line(entry.id), metrics("mono", "body"), room.width(), Qt.TextElideMode.ElideMiddle)
    _put(painter, room, shown, "mono", "body", theme.text, LEFT)
    facts = line(entry.facts)
    taken = text_width(facts, "ui", "small") + text_width(line(entry.entry), "ui", "small")
    if taken + 10 > inner.width():
        facts = _whole_seconds(facts)
    used = _put(painter, inner, facts, "ui", "small", theme.muted, RIGHT, foot=True)
    _put(
        painter,
        inner.adjusted(0, 0, -used - 10, 0),
        line(entry.entry),
        "ui",
        "small",
        theme.muted,
        LEFT,
        foot=True,
    )
    if entry.noted:
        paint_note_mark(painter, QPointF(rect.left() + MARGIN / 2 + 1.5, inner.top() + 8), "note", ink)
    track = QRectF(inner.left(), rect.bottom() - 5, inner.width(), 2)
    painter.fillRect(track, colour(theme.line))
    name = theme.error if entry.failing else theme.warning if entry.degraded else theme.muted
    painter.fillRect(QRectF(track.left(), track.top(), max(track.width() * entry.share, 2), 2), colour(name))


def _whole_seconds(facts: str) -> str:
    """Without the milliseconds of the time at the end: what was called says more than they do."""
    whole, point, rest = facts.rpartition(".")
    return whole if point and rest.isdigit() else facts


def _put(
    painter: QPainter, rect: QRectF, text: str, kind: str, role: Role, name: str, side: Qt.AlignmentFlag, *,
    strong: bool = False, foot: bool = False,
) -> float:  # fmt: skip
    """One elided line at the head or foot of a rectangle; returns its width."""
    shown = elided(text, int(max(rect.width(), 0)), kind, role, strong)
    width, high = text_width(shown, kind, role, strong), metrics(kind, role, strong).height()
    left = rect.left() if side == LEFT else rect.right() - width
    top = rect.bottom() - high if foot else rect.top()
    put(painter, shown, left, top, high, kind, role, colour(name), strong=strong)
    return width
