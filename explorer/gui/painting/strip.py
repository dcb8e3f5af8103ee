"""Paints the overview strip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from explorer.analysis.results import Anomaly
from explorer.gui.look.text import cut, line
from explorer.gui.painting.ink import Ink, colour, elided, font, metrics, put, text_width
from explorer.layout import numbers
from explorer.layout.strip import Lane, Strip
from explorer.layout.values import measured
from explorer.model.records import Finding, Mark

LABELS = 168.0
RIGHT = 64.0
CLEAR = 5.0
"""Between a break and the time written beside it, px."""
ONSET = 8.0
"""Size of the mark of an anomaly, px."""
FAILING = frozenset({"errors", "alert"})
"""Kinds of anomalies drawn in the colour of errors."""
TOP, MARKS, REQUESTS, LANE, AXIS = 6.0, 14.0, 32.0, 26.0, 18.0


def strip_height(strip: Strip | None) -> int:
    """Height that a strip wants, px."""
    return int(first_lane(strip) + LANE * (len(strip.lanes) if strip else 0) + AXIS + 4)


def head(strip: Strip | None) -> float:
    """Room above the requests: marks are named on a line of their own, where there are any."""
    return TOP + (MARKS if strip and (strip.marks or strip.findings) else 0.0)


def first_lane(strip: Strip | None) -> float:
    """Where the metric lanes begin: below the requests, where there are any."""
    return head(strip) + (REQUESTS if strip is None or strip.bars.of else 0.0)


def plot_range(rect: QRectF) -> tuple[float, float]:
    """Left and right end of the time axis."""
    return rect.left() + LABELS, max(rect.right() - RIGHT, rect.left() + LABELS + 10)


def paint_strip(
    painter: QPainter, rect: QRectF, strip: Strip, ink: Ink, *, utc: bool, chosen: tuple[int, int] | None
) -> None:
    """Everything, top to bottom; the chosen time as a veil."""
    theme = ink.theme
    left, right = plot_range(rect)
    if chosen is not None:
        x0, x1 = (_x(strip, at, left, right) for at in chosen)
        painter.fillRect(
            QRectF(x0, rect.top(), max(x1 - x0, 2), rect.height() - AXIS), colour(theme.accent, 0.16)
        )
    y = rect.top() + head(strip)
    _label(painter, strip.bars.title(), "", QRectF(rect.left() + 16, y + 4, LABELS - 24, 20), ink)
    _requests(painter, QRectF(left, y, right - left, REQUESTS - 4), strip, ink)
    y = rect.top() + first_lane(strip)
    shown = {lane.series for lane in strip.lanes}
    _onsets(painter, left, right, rect.top() + head(strip), strip,
            [one for one in strip.anomalies if one.series not in shown], ink)  # fmt: skip
    for lane in strip.lanes:
        _label(painter, lane.name, lane.title, QRectF(rect.left() + 16, y + 3, LABELS - 24, 20), ink)
        _lane(painter, QRectF(left, y + 2, right - left, LANE - 6), lane, ink, right)
        _onsets(painter, left, right, y + 1, strip,
                [one for one in strip.anomalies if one.series == lane.series], ink)  # fmt: skip
        y += LANE
    _breaks(painter, QRectF(left, rect.top(), right - left, y + AXIS - rect.top()), strip, ink)
    _marks(painter, QRectF(left, rect.top(), right - left, y - rect.top()), strip, ink)
    _axis(painter, QRectF(left, y, right - left, AXIS), strip, ink, utc=utc)


def _breaks(painter: QPainter, room: QRectF, strip: Strip, ink: Ink) -> None:
    """Where time is left out, as in the waterfall."""
    for first, last, _ in strip.axis.breaks():
        x0, x1 = (round(room.left() + place * room.width()) + 0.5 for place in (first, last))
        painter.fillRect(QRectF(x0, room.top(), x1 - x0, room.height()), colour(ink.theme.raised))
        painter.setPen(ink.pen(ink.theme.faint, 1.0, Qt.PenStyle.DotLine))
        for x in (x0, x1):
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))


def _x(strip: Strip, at: int, left: float, right: float) -> float:
    return left + strip.axis.place(at) * (right - left)


def _label(painter: QPainter, name: str, title: str, room: QRectF, ink: Ink) -> None:
    """The whole title where it fits, else the name; its tool tip has the rest."""
    painter.setFont(font("ui", "small"))
    painter.setPen(colour(ink.theme.muted))
    measure = metrics("ui", "small")
    text = title if title and measure.horizontalAdvance(line(title)) <= room.width() else name
    shown = cut(line(text), measure, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _requests(painter: QPainter, room: QRectF, strip: Strip, ink: Ink) -> None:
    total, failing = strip.bars.total, strip.bars.failing
    if not len(total):
        return
    most, step = max(int(total.max()), 1), room.width() / len(total)
    bar = max(step - 1.0, 1.0)
    ok, bad = [], []
    for number in np.flatnonzero(total).tolist():
        x = room.left() + number * step
        height = max(room.height() * total[number] / most, 1.5)
        red = room.height() * failing[number] / most
        ok.append(QRectF(x, room.bottom() - height, bar, height))
        if failing[number]:
            bad.append(QRectF(x, room.bottom() - max(red, 1.5), bar, max(red, 1.5)))
    painter.setPen(Qt.PenStyle.NoPen)
    for rects, name in ((ok, ink.theme.faint), (bad, ink.theme.error)):
        painter.setBrush(colour(name))
        if rects:
            painter.drawRects(rects)


def _lane(painter: QPainter, room: QRectF, lane: Lane, ink: Ink, right: float) -> None:
    theme = ink.theme
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(ink.pen(theme.grid))
    painter.drawLine(QPointF(room.left(), room.bottom()), QPointF(room.right(), room.bottom()))
    painter.setPen(ink.pen(theme.warning, 1.6))
    good = np.isfinite(lane.y) & np.isfinite(lane.x)
    apart = np.union1d(np.flatnonzero(~good), lane.runs)
    for run in np.split(np.arange(len(good)), apart):
        rows = run[good[run]]
        across = room.left() + lane.x[rows] * room.width()
        up = room.bottom() - lane.y[rows] * room.height()
        points = [QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)]
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
        elif points:
            painter.drawEllipse(points[0], 1.2, 1.2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setFont(font("mono", "small"))
    painter.setPen(colour(theme.muted))
    painter.drawText(
        QRectF(right + 4, room.top() - 4, RIGHT - 4, 14), Qt.AlignmentFlag.AlignVCenter,
        elided(measured(lane.high, lane.unit), int(RIGHT - 8), "mono", "small"),
    )  # fmt: skip


def _onsets(
    painter: QPainter, left: float, right: float, top: float, strip: Strip, found: Sequence[Anomaly], ink: Ink
) -> None:
    """A small triangle where each anomaly sets in; those too near one another to be told apart share one."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    places: list[tuple[float, bool]] = []
    for one in sorted(found, key=lambda one: one.time_ns):
        x, failing = _x(strip, one.time_ns, left, right), one.kind in FAILING
        if places and x - places[-1][0] < ONSET:
            places[-1] = places[-1][0], places[-1][1] or failing
        else:
            places.append((x, failing))
    half = ONSET / 2
    for x, failing in places:
        painter.setPen(ink.pen(ink.theme.ground, 1.0))
        painter.setBrush(colour(ink.theme.error if failing else ink.theme.warning))
        painter.drawPolygon(
            QPolygonF([QPointF(x - half, top), QPointF(x + half, top), QPointF(x, top + ONSET)])
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _marks(painter: QPainter, room: QRectF, strip: Strip, ink: Ink) -> None:
    """Deploys, alerts, restarts, failed checks: a dotted line each, named above the bars where there is room."""
    reach = room.left() - 1
    signs = [
        *((mark.time_ns, mark.end_ns, mark_words(mark), _tone(mark, ink)) for mark in strip.marks),
        *((one.time_ns, -1, finding_words(one), ink.theme.categories["data"]) for one in strip.findings),
    ]
    painter.setFont(font("ui", "small"))
    for begin, end, words, name in sorted(signs, key=lambda sign: sign[0]):
        x = _x(strip, begin, room.left(), room.right())
        painter.setPen(ink.pen(name, 1.2, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, room.top() + 6), QPointF(x, room.bottom()))
        if end > begin:  # how long it lasted
            until = _x(strip, end, room.left(), room.right())
            painter.fillRect(
                QRectF(x, room.top() + TOP + MARKS - 2, max(until - x, 2), 2), colour(name, 0.45)
            )
        width = metrics("ui", "small").horizontalAdvance(words)
        at = x + 5 if x + 5 + width <= room.right() + RIGHT - 8 else x - 5 - width
        if at <= reach:
            continue
        painter.setPen(colour(name))
        painter.drawText(QRectF(at, room.top() + 4, width + 4, MARKS), Qt.AlignmentFlag.AlignVCenter, words)
        reach = at + width + 8


def _tone(mark: Mark, ink: Ink) -> str:
    return ink.theme.error if mark.kind == "alert" else ink.theme.warning


def finding_words(finding: Finding) -> str:
    """A failed check in a few words; its text says the rest."""
    return line(f"{finding.tool}: {finding.subject}", 60)


def paint_readout(
    painter: QPainter, rect: QRectF, strip: Strip, ink: Ink, *, at: int, utc: bool, values: Sequence[str]
) -> None:  # fmt: skip
    """At the cursor: a line, the time on the axis, and the value of each lane in place of its highest."""
    left, right = plot_range(rect)
    x = round(_x(strip, at, left, right)) + 0.5
    painter.setPen(ink.pen(ink.theme.muted, 1.0, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
    y = rect.top() + first_lane(strip)
    for text in values:
        _tag(painter, text, QRectF(right + 2, y - 3, RIGHT - 2, 16), ink)
        y += LANE
    words = numbers.clock(at, utc=utc)
    wide = text_width(words, "mono", "small") + 10
    _tag(painter, words, QRectF(min(max(x - wide / 2, left), right - wide), y + 1, wide, AXIS - 2), ink)


def _tag(painter: QPainter, text: str, room: QRectF, ink: Ink) -> None:
    painter.fillRect(room, colour(ink.theme.raised))
    shown = elided(text, int(room.width() - 4), "mono", "small")
    put(painter, shown, room.left() + 3, room.top(), room.height(), "mono", "small", colour(ink.theme.text))


def mark_words(mark: Mark) -> str:
    """A mark in a few words."""
    text = line(mark.text, 60)
    return text if mark.kind in text.lower() else f"{mark.kind} {text}"


def _axis(painter: QPainter, room: QRectF, strip: Strip, ink: Ink, *, utc: bool) -> None:
    """Times under their places, none reaching into a break."""
    painter.setFont(font("mono", "small"))
    measure, reach, tone = metrics("mono", "small"), room.left() - 40, colour(ink.theme.muted)
    ticks = strip.axis.ticks(max(int(room.width() / 120), 2), utc=utc)
    whose = strip.axis.numbers(np.array([at for at, _ in ticks], np.int64)).tolist()
    several = len(strip.axis.stretches) > 1
    painter.setPen(tone)
    for (at, words), number in zip(ticks, whose, strict=True):
        width = measure.horizontalAdvance(words)
        x = _x(strip, at, room.left(), room.right()) - width / 2
        last = room.right() + RIGHT
        if several:
            one = strip.axis.stretches[number]
            x = max(x, room.left() + one.left * room.width() + CLEAR)
            last = room.left() + one.right * room.width()
        if x > reach and x + width < last:
            painter.drawText(
                QRectF(x, room.top(), width + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, words
            )
            reach = x + width + 8
    painter.drawText(QRectF(room.left() - LABELS + 16, room.top(), LABELS - 24, room.height()),
                     Qt.AlignmentFlag.AlignVCenter, numbers.zone(strip.axis.begin, utc=utc))  # fmt: skip
