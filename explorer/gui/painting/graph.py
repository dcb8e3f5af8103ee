"""Paints a placed call graph."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from explorer.analysis.results import GraphEdge, GraphNode
from explorer.gui.look.fonts import Role
from explorer.gui.look.text import cut, line
from explorer.gui.painting.ink import Ink, colour, font, metrics, mixed
from explorer.layout.callgraph import CROWDED, GraphPicture
from explorer.layout.layered import FloatArray

CORNER = 6.0
CATEGORY_BAR = 4.0
ARROW = 7.0
LINES = 30.0
"""Height of the two lines of words in a box."""


def paint_graph(
    painter: QPainter, graph: GraphPicture, ink: Ink, *, path_on: bool = True, selected: str | None = None,
    hovered: int = -1, ground: str = "",
) -> None:  # fmt: skip
    """All of a graph in its own coordinates.

    Args:
        ground: colour behind the drawing, for the gaps that labels cut into lines.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    behind = ground or ink.theme.ground
    crowded = len(graph.edges) > CROWDED
    order = sorted(range(len(graph.edges)), key=lambda i: graph.edges[i].on_path)
    for i in order:
        _edge(painter, graph.edges[i], graph.placement.routes[i], ink, path_on=path_on, faint=crowded)
    chosen = graph.named(selected)
    pointed = hovered if hovered >= 0 else chosen if graph.quiet else -1
    for edge, route in graph.quiet_of(pointed) if pointed >= 0 else ():
        _curve(
            painter,
            route,
            ink.theme.error if edge.failed else ink.theme.accent,
            1.2,
            ink,
            Qt.PenStyle.SolidLine,
        )
    if path_on:
        for curve in graph.carried:
            _curve(painter, curve, ink.theme.error, 1.6, ink, Qt.PenStyle.DotLine)
    for i, node in enumerate(graph.nodes):
        if i in graph.members:
            _stack(painter, QRectF(*graph.box(i)), ink)
        _node(painter, node, QRectF(*graph.box(i)), ink, selected=i == chosen, hovered=i == hovered)
    for i in order:
        if not crowded or (graph.edges[i].on_path and path_on):
            _edge_label(painter, graph, i, ink, behind, path_on=path_on)
    if path_on and graph.carried:
        _carried_label(painter, graph, ink, behind)


def _stack(painter: QPainter, box: QRectF, ink: Ink) -> None:
    """Behind a box that stands for several services: two more of its kind."""
    painter.setPen(ink.pen(ink.theme.line, 1.2))
    painter.setBrush(colour(ink.theme.panel))
    for by in (6, 3):
        painter.drawRoundedRect(box.translated(by, -by), CORNER, CORNER)


def _edge(
    painter: QPainter, edge: GraphEdge, route: FloatArray, ink: Ink, *, path_on: bool, faint: bool
) -> None:
    absent = edge.calls == 0
    failing = edge.on_path and path_on
    name = (
        ink.theme.error
        if failing
        else mixed(ink.theme.muted, ink.theme.ground, 0.25 if faint else 0.7).name()
    )
    style = Qt.PenStyle.DashLine if absent or edge.kind == "link" else Qt.PenStyle.SolidLine
    _curve(painter, route, name, 2.2 if failing else 1.2, ink, style)


def _curve(
    painter: QPainter, route: FloatArray, name: str, width: float, ink: Ink, style: Qt.PenStyle
) -> None:
    points = route.tolist()  # reading numpy's numbers one by one would be a fifth of all this
    path = QPainterPath(QPointF(*points[0]))
    for at in range(1, len(points) - 2, 3):
        path.cubicTo(*(QPointF(*points[at + k]) for k in range(3)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(ink.pen(name, width, style))
    painter.drawPath(path)
    (x0, y0), (x1, y1) = points[-2], points[-1]
    angle = math.atan2(y1 - y0, x1 - x0)
    wing = [
        QPointF(x1 - ARROW * math.cos(angle + turn), y1 - ARROW * math.sin(angle + turn))
        for turn in (0.42, -0.42)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(name))
    painter.drawPolygon(QPolygonF([QPointF(x1, y1), *wing]))


def _node(
    painter: QPainter, node: GraphNode, box: QRectF, ink: Ink, *, selected: bool, hovered: bool
) -> None:
    theme = ink.theme
    failing = node.failed > 0 and not node.absent
    on_path = node.role is not None and node.role != "carried"
    red = failing or on_path
    edge = theme.error if red else theme.accent if hovered else theme.line
    if node.role == "origin":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(theme.error, 1.4, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), CORNER + 3, CORNER + 3)
    dashed = node.silent or node.absent
    painter.setBrush(colour(theme.error_ground if red else theme.panel))
    width = 2.0 if node.role == "origin" else 1.2
    painter.setPen(ink.pen(edge, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
    painter.drawRoundedRect(box, CORNER, CORNER)
    if selected and node.role != "origin":  # whose ring is seen first, selected or not
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(theme.accent, 2))
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), CORNER + 1, CORNER + 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ink.service(node.name)))
    painter.drawRoundedRect(QRectF(box.left(), box.top() + 3, CATEGORY_BAR, box.height() - 6), 2, 2)
    aside = (box.height() - LINES) / 2
    room = box.adjusted(12, aside, -8, -aside)
    _words(painter, room, line(node.name) or "unknown", "ui", theme.text, top=True)
    tone = theme.error if red else theme.muted
    _words(painter, room, line(node.result), "mono", tone, top=False)


def _words(painter: QPainter, room: QRectF, text: str, kind: str, name: str, *, top: bool) -> None:
    role: Role = "body" if kind == "ui" else "small"
    measure = metrics(kind, role, top)
    painter.setFont(font(kind, role, top))
    painter.setPen(colour(name))
    shown = cut(text, measure, room.width())
    side = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignBottom
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | side, shown)


def _edge_label(
    painter: QPainter, graph: GraphPicture, i: int, ink: Ink, behind: str, *, path_on: bool
) -> None:
    edge, place = graph.edges[i], graph.placement
    failing = edge.on_path and path_on
    name = ink.theme.error if failing or edge.failed else ink.theme.muted
    _label(painter, edge.label, float(place.label_x[i]), float(place.label_y[i]), name, behind)


def _carried_label(painter: QPainter, graph: GraphPicture, ink: Ink, behind: str) -> None:
    """Words beside the first dotted curve, outside of it."""
    x, y = (graph.carried[0][1] + graph.carried[0][2]) / 2
    text = "bad data carried"
    half = metrics("mono", "small").horizontalAdvance(text) / 2
    _label(painter, text, float(x) + half + 10, float(y), ink.theme.error, behind)


def _label(painter: QPainter, text: str, x: float, y: float, name: str, behind: str) -> None:
    if not text:
        return
    measure = metrics("mono", "small")
    width, height = measure.horizontalAdvance(text) + 6, measure.height()
    box = QRectF(x - width / 2, y - height / 2, width, height)
    painter.fillRect(box, colour(behind))
    painter.setFont(font("mono", "small"))
    painter.setPen(colour(name))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
