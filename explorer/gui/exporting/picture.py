"""The exported picture: the page of :mod:`explorer.gui.painting.page`, or one view alone."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from explorer.analysis.graph import call_graph
from explorer.analysis.results import Analysis, CallGraph
from explorer.errors import UsageError
from explorer.gui.exporting.rendering import Paint, rendered
from explorer.gui.look import fonts
from explorer.gui.painting.graph import paint_graph
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.page import PageContent, paint_page, paint_path
from explorer.gui.painting.waterfall import Geometry, paint_rows, paint_ruler
from explorer.layout import numbers
from explorer.layout.callgraph import GraphPicture, picture
from explorer.layout.folding import fold
from explorer.layout.palette import THEMES, service_colours
from explorer.layout.pathrows import path_rows
from explorer.layout.rowviews import RowView, rows_in_view
from explorer.layout.waterfall import ROW_HEIGHT, make_scene
from explorer.model.store import Store
from explorer.report.document import Document
from explorer.report.export import Export, View
from explorer.report.redact import Redactor

MOST_ROWS = 400
"""Rows of a whole waterfall that a picture holds; the rest is said in words."""


def draw(
    store: Store, analysis: Analysis, id_row: int, document: Document, redactor: Redactor, wanted: Export
) -> bytes:
    """The picture of one id, in the format that the ending says.

    Raises:
        InputError: the picture would be too large.
        UsageError: there is nothing to draw of what is wanted.
    """
    _alive = ensure_application()  # Qt draws while somebody holds it
    fonts.load()
    ink = Ink(
        THEMES[wanted.theme or "light"],
        {redactor.text(name): n for name, n in service_colours(store.services).items()},
    )
    paint = _paint(store, analysis, id_row, document, redactor, wanted.view)
    return rendered(wanted.ending, paint, ink, document.title, wanted.scale)


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
    placed = _placed_graph(store, analysis, id_row, redactor) if view in ("graph", "rca") else None
    if view == "graph" and placed is not None:
        return lambda painter, ink: _paint_graph(painter, ink, placed, document.supposed)
    traces = store.correlation.rows[id_row].traces
    origin = next((step.row for step in verdict.path if step.row >= 0), -1) if verdict else -1
    trace = int(store.spans.trace[origin]) if origin >= 0 else traces[0] if traces else -1
    if trace < 0 and view != "rca":
        raise UsageError(f"{document.title}: it has no spans, so there is no waterfall of it.")
    scene = make_scene(store, trace, verdict) if trace >= 0 else None
    extent = scene.extent() if scene is not None else (0, 1)
    if view == "waterfall" and scene is not None:
        folding = fold(scene.first, scene.last, (), store.spans.size)
        rows = rows_in_view(scene, folding, 0, MOST_ROWS, extent, path_on=verdict is not None)
        shown = tuple(_redacted_row(row, redactor) for row in rows)
        more = len(folding) - len(shown)
        title = " · ".join(part for part in (document.title, document.supposed) if part)
        return lambda painter, ink: _paint_rows(painter, ink, shown, extent, title, more)
    path = path_rows(scene) if scene is not None and verdict else None
    if path is not None:
        path = replace(path, rows=tuple(_redacted_row(row, redactor) for row in path.rows))
        if view == "path":
            return lambda painter, ink: paint_path(painter, path, extent, ink)
    content = PageContent(replace(document, redaction=redactor.sentence()), placed, path, extent)
    return lambda painter, ink: paint_page(painter, content, ink)


@lru_cache(maxsize=1)
def _placed_graph(store: Store, analysis: Analysis, id_row: int, redactor: Redactor) -> GraphPicture:
    """The call graph of an id, laid out: kept, for a report holds it light and dark."""
    return picture(_redacted_graph(call_graph(store, [id_row], analysis.verdicts.get(id_row)), redactor))


def _redacted_graph(graph: CallGraph, redactor: Redactor) -> CallGraph:
    clean = redactor.text
    return CallGraph(
        tuple(replace(node, name=clean(node.name), result=clean(node.result)) for node in graph.nodes),
        tuple(replace(edge, label=clean(edge.label)) for edge in graph.edges),
        graph.carried,
    )


def _redacted_row(row: RowView, redactor: Redactor) -> RowView:
    clean = redactor.text
    return replace(row, service=clean(row.service), operation=clean(row.operation), note=clean(row.note),
                   remark=clean(row.remark))  # fmt: skip


def _paint_graph(painter: QPainter, ink: Ink, placed: GraphPicture, supposed: str) -> QSizeF:
    """The graph; above it, where another candidate than the first is drawn, that it is."""
    total, above = placed.placement.total, 30.0 if supposed else 0.0
    wide = max(total.width, 360.0) if supposed else total.width
    painter.setFont(fonts.ui("body"))
    painter.setPen(colour(ink.theme.warning))
    painter.drawText(QRectF(16, 8, wide - 16, 18), Qt.AlignmentFlag.AlignVCenter, supposed)
    painter.translate(0, above)
    paint_graph(painter, placed, ink, ground=ink.theme.page)
    return QSizeF(wide, total.height + above)


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
