"""The exported picture: the page of :mod:`explorer.gui.painting.page`, or one view alone, as PNG or SVG."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from explorer.analysis.graph import call_graph
from explorer.analysis.results import Analysis, CallGraph
from explorer.errors import InputError
from explorer.gui import fonts
from explorer.gui.painting.graph import paint_graph
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.page import PageContent, page_ground, paint_page
from explorer.gui.painting.waterfall import Geometry, paint_rows, paint_ruler
from explorer.layout import numbers
from explorer.layout.callgraph import GraphPicture, picture
from explorer.layout.folding import fold
from explorer.layout.palette import THEMES, service_colours
from explorer.layout.pathrows import PathRows, path_rows
from explorer.layout.rowviews import RowView, rows_in_view
from explorer.layout.waterfall import ROW_HEIGHT, make_scene
from explorer.model.store import Store
from explorer.report.document import Document
from explorer.report.export import Export, View
from explorer.report.redact import Redactor

Paint = Callable[[QPainter, Ink], QSizeF]
MOST_ROWS = 400
"""Rows of a whole waterfall that a picture holds; the rest is said in words."""
LARGEST_SIDE = 30_000


def draw(
    store: Store, analysis: Analysis, id_row: int, document: Document, redactor: Redactor, wanted: Export
) -> bytes:
    """The picture of one id as SVG where the ending says so, else as PNG.

    Raises:
        InputError: the picture would be too large.
    """
    _alive = ensure_application()  # Qt draws while somebody holds it
    fonts.load()
    ink = Ink(
        THEMES[wanted.theme], {redactor.text(name): n for name, n in service_colours(store.services).items()}
    )
    paint = _paint(store, analysis, id_row, document, redactor, wanted.view)
    size = _measure(paint, ink)
    if wanted.ending == ".svg":
        return svg_bytes(paint, ink, size, document.title)
    return png_bytes(paint, ink, size, wanted.scale)


def ensure_application() -> QApplication:
    """The running application, or one without a window system, so that no display is needed."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication([])


def _paint(
    store: Store, analysis: Analysis, id_row: int, document: Document, redactor: Redactor, view: View
) -> Paint:
    verdict = analysis.verdicts.get(id_row)
    graph = _redacted_graph(call_graph(store, [id_row], verdict), redactor)
    placed = picture(graph)
    if view == "graph":
        return lambda painter, ink: _paint_graph(painter, ink, placed)
    traces = store.correlation.rows[id_row].traces
    origin = next((step.row for step in verdict.path if step.row >= 0), -1) if verdict else -1
    trace = int(store.spans.trace[origin]) if origin >= 0 else traces[0] if traces else -1
    scene = make_scene(store, trace, verdict) if trace >= 0 else None
    if view == "waterfall" and scene is not None:
        folding = fold(scene.first, scene.last, (), store.spans.size)
        rows = rows_in_view(scene, folding, 0, MOST_ROWS, scene.extent(), path_on=verdict is not None)
        shown = tuple(_redacted_row(row, redactor) for row in rows)
        more = len(folding) - len(shown)
        return lambda painter, ink: _paint_rows(painter, ink, shown, scene.extent(), document.title, more)
    path = path_rows(scene) if scene is not None and verdict else None
    if path is not None:
        path = PathRows(tuple(_redacted_row(row, redactor) for row in path.rows), path.spans, path.folded,
                        path.folded_errors)  # fmt: skip
    summary = redactor.summary()
    said = replace(document, redaction=f"Redacted: {summary}." if summary else "Nothing was redacted.")
    content = PageContent(said, placed, path, scene.extent() if scene is not None else (0, 1))
    return lambda painter, ink: paint_page(painter, content, ink)


def _redacted_graph(graph: CallGraph, redactor: Redactor) -> CallGraph:
    clean = redactor.text
    return CallGraph(
        tuple(replace(node, name=clean(node.name), result=clean(node.result)) for node in graph.nodes),
        tuple(replace(edge, label=clean(edge.label)) for edge in graph.edges),
        graph.carried,
    )


def _redacted_row(row: RowView, redactor: Redactor) -> RowView:
    clean = redactor.text
    return replace(row, service=clean(row.service), operation=clean(row.operation), note=clean(row.note))


def _paint_graph(painter: QPainter, ink: Ink, placed: GraphPicture) -> QSizeF:
    paint_graph(painter, placed, ink, ground=page_ground(ink.theme))
    return QSizeF(placed.placement.total.width, placed.placement.total.height)


def _paint_rows(
    painter: QPainter, ink: Ink, rows: tuple[RowView, ...], view: tuple[int, int], title: str, more: int
) -> QSizeF:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    geometry = Geometry(1168, 1168 * 0.32)
    ticks = tuple((at + view[0], words) for at, words in numbers.ticks(0, view[1] - view[0], 6))
    painter.setFont(fonts.ui("head"))
    painter.setPen(colour(ink.theme.text))
    words = f"{title} · {numbers.count(more)} more spans not drawn" if more > 0 else title
    painter.drawText(QRectF(16, 8, 1136, 20), Qt.AlignmentFlag.AlignVCenter, words)
    paint_ruler(painter, QRectF(0, 32, geometry.width, 22), geometry, ink, ticks, view)
    paint_rows(painter, rows, 56, geometry, ink, ticks=ticks, view=view)
    return QSizeF(geometry.width, 56 + len(rows) * ROW_HEIGHT + 16)


def _measure(paint: Paint, ink: Ink) -> QSizeF:
    """Paint once onto nothing to learn the size."""
    image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    try:
        return paint(painter, ink)
    finally:
        painter.end()


def png_bytes(paint: Paint, ink: Ink, size: QSizeF, scale: float) -> bytes:
    """The picture as PNG, ``scale`` pixels a point.

    Raises:
        InputError: it would have a side above :data:`LARGEST_SIDE` pixels.
    """
    width, height = round(size.width() * scale), round(size.height() * scale)
    if not 0 < max(width, height) <= LARGEST_SIDE:
        raise InputError(f"A picture of {width} × {height} pixels is too large; use a smaller --scale.")
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour(page_ground(ink.theme)))
    painter = QPainter(image)
    try:
        painter.scale(scale, scale)
        paint(painter, ink)
    finally:
        painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def svg_bytes(paint: Paint, ink: Ink, size: QSizeF, title: str) -> bytes:
    """The picture as SVG with real text."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    whole = QSize(round(size.width()), round(size.height()))
    generator.setSize(whole)
    generator.setViewBox(QRect(0, 0, whole.width(), whole.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    try:
        painter.fillRect(QRect(0, 0, whole.width(), whole.height()), colour(page_ground(ink.theme)))
        paint(painter, ink)
    finally:
        painter.end()
    return bytes(data.data())
