"""Golden pictures: what painters made when somebody looked and found it good.

``python -m tests.gui.golden`` makes them anew; look at them before they are committed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.analysis.flame import flame
from explorer.analysis.graph import call_graph
from explorer.analysis.statistics import spans_of
from explorer.gui.exporting.files import export
from explorer.gui.exporting.picture import ensure_application
from explorer.gui.painting.flame import ROW, paint_flame
from explorer.gui.painting.graph import paint_graph
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.notemark import paint_note_mark
from explorer.gui.painting.strip import paint_strip, strip_height
from explorer.gui.painting.waterfall import Geometry, paint_cursor, paint_own_work, paint_rows, paint_ruler
from explorer.gui.views.timebar import paint_minimap
from explorer.layout import numbers
from explorer.layout.callgraph import picture
from explorer.layout.flame import boxes, matching, place
from explorer.layout.folding import fold
from explorer.layout.looking import Wanted, look
from explorer.layout.minimap import minimap
from explorer.layout.palette import THEMES, service_colours
from explorer.layout.rownotes import NoteMark
from explorer.layout.rowviews import rows_in_view
from explorer.layout.siblings import alike_siblings
from explorer.layout.strip import overview
from explorer.layout.waterfall import ROW_HEIGHT, Scene, make_scene
from explorer.report.export import Export
from tests.bench.graphs import services
from tests.drawn_store import store_of
from tests.gallery.drawings import SIBLINGS
from tests.gui.bundles import drawn_answers, drawn_store

FOLDER: Final = Path(__file__).with_name("goldens")
CELL: Final = 4
"""Pixels whose mean is compared: where an edge is smoothed differs from platform to platform."""
APART: Final = 24
"""Of 255, in any channel: cells further apart count as different."""
MOST: Final = 0.0025 if sys.platform == "linux" else 0.03
"""Share of cells that may differ. The pictures were made on Linux; elsewhere the same fonts are drawn otherwise."""
PAGE_MOST: Final = 0.03
"""The same of the page, which also has sentences that change with the analysis."""
_ID: Final = "rq-bad"

Paint = Callable[[QPainter, Ink], None]
Pixels = NDArray[np.uint8]


def drawn(width: int, height: int, theme: str, paint: Paint) -> QImage:
    """What a painter makes of a theme's ground."""
    ink = Ink(THEMES[theme], service_colours(drawn_store().services))
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour(ink.theme.ground))
    with QPainter(image) as painter:
        paint(painter, ink)
    return image


def scene() -> Scene:
    """The trace of the id that fails."""
    store, row = drawn_store(), id_row()
    return make_scene(store, store.correlation.rows[row].traces[0], drawn_answers().verdicts[row])


def id_row() -> int:
    """Row of the id that is drawn."""
    return drawn_store().correlation.row_by_id[_ID]


def rows(theme: str, *, path_on: bool = True) -> QImage:
    """Waterfall rows, one of them selected."""
    one = scene()
    shown = rows_in_view(
        one, fold(one.first, one.last, (), one.store.spans.size), 0, 9, one.extent(), path_on=path_on
    )
    begin, end = one.extent()
    ticks = tuple((at + begin, words) for at, words in numbers.ticks(0, end - begin, 4))

    def paint(painter: QPainter, ink: Ink) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        geometry = Geometry(640, 240)
        paint_rows(painter, shown, 0, geometry, ink, selected=one.first + 1, ticks=ticks, view=one.extent())

    return drawn(640, len(shown) * ROW_HEIGHT, theme, paint)


def folds(theme: str) -> QImage:
    """What rows say of what they hide: a group of siblings, a folded row, a break, the critical path, links."""
    store = store_of(SIBLINGS, "list.jsonl")
    plain = make_scene(store, 0, None, squeezed=True)
    found = look(plain, Wanted(critical=True))
    one = replace(plain, critical=found.critical, links=found.links)
    spans = store.spans
    folded = np.flatnonzero(store.spans.name == store.operations.index("load again"))
    shown = fold(one.first, one.last, folded, spans.size, alike_siblings(spans, one.first, one.last))
    views, view = rows_in_view(one, shown, 0, 9, one.extent(), path_on=False), one.extent()

    def paint(painter: QPainter, ink: Ink) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        geometry, ticks = Geometry(760, 260), one.axis.ticks(view, 5)
        paint_ruler(painter, QRectF(0, 0, 760, 22), geometry, ink, ticks, view, one.axis)
        paint_rows(painter, views, 22, geometry, ink, ticks=ticks, view=view, axis=one.axis)
        paint_own_work(painter, [(300.0, 340.0)], 22, geometry, ink)
        paint_cursor(painter, 600.0, 220, geometry, ink)

    return drawn(760, 22 + len(views) * ROW_HEIGHT, theme, paint)


def large_graph(theme: str) -> QImage:
    """A large call graph: services in a box, the calls of the one pointed at."""
    placed = picture(services(90, seed=5))
    total = placed.placement.total

    def paint(painter: QPainter, ink: Ink) -> None:
        painter.scale(0.5, 0.5)
        paint_graph(painter, placed, ink, hovered=3)

    return drawn(round(total.width / 2), round(total.height / 2), theme, paint)


def graph(theme: str, *, path_on: bool = True) -> QImage:
    """The call graph of the id."""
    placed = picture(call_graph(drawn_store(), [id_row()], drawn_answers().verdicts[id_row()]))
    total = placed.placement.total
    return drawn(round(total.width), round(total.height), theme,
                 lambda painter, ink: paint_graph(painter, placed, ink, path_on=path_on))  # fmt: skip


def small_map(theme: str) -> QImage:
    """The minimap of the trace."""
    one, store = scene(), drawn_store()
    spans, part = store.spans, slice(one.first, one.last)
    made = minimap(
        spans.start[part], spans.end[part], spans.failed[part], spans.service[part], one.extent(), 400
    )
    services = tuple(store.services)
    return drawn(
        400,
        24,
        theme,
        lambda painter, ink: paint_minimap(painter, QRectF(0, 0, 400, 24), made, services, ink),
    )


def strip(theme: str) -> QImage:
    """The overview."""
    made = overview(drawn_store(), drawn_answers(), 60)
    height = strip_height(made)
    return drawn(
        640, height, theme,
        lambda painter, ink: paint_strip(painter, QRectF(0, 0, 640, height), made, ink, utc=True, chosen=None),
    )  # fmt: skip


def icicles(theme: str) -> QImage:
    """The flame graph of the bundle, one path selected, others found."""
    store = drawn_store()
    made = place(flame(store, spans_of(store, None)), "time")
    shown = boxes(made, -1, 640, 0, 10)
    found = matching(made.flame, store, "pay")
    return drawn(
        640, int(ROW) * 4, theme,
        lambda painter, ink: paint_flame(
            painter, shown, made, store, ink, width=640, first=0, selected=shown[1].node, matched=found
        ),
    )  # fmt: skip


def note_marks(theme: str) -> QImage:
    """The marks of pins and notes, large enough to be told apart."""

    def paint(painter: QPainter, ink: Ink) -> None:
        painter.scale(4, 4)
        for number, mark in enumerate(get_args(NoteMark)[1:]):
            paint_note_mark(painter, QPointF(10 + 18 * number, 10), mark, ink)

    return drawn(304, 80, theme, paint)


def page(theme: str, folder: Path) -> QImage:
    """The exported page, small."""
    path = folder / "page.png"
    export(drawn_store(), drawn_answers(), id_row(), Export(path, "rca", theme, scale=0.6))
    return QImage(str(path))


PICTURES: Final[dict[str, Callable[[str], QImage]]] = {
    "rows": rows, "folds": folds, "graph": graph, "large-graph": large_graph,
    "minimap": small_map, "overview": strip, "flame": icicles, "marks": note_marks,
}  # fmt: skip


def difference(one: QImage, other: QImage) -> float:
    """Share of cells that differ; 1 where the sizes do by more than a cell."""
    a, b = _cells(one), _cells(other)
    if max(abs(a.shape[0] - b.shape[0]), abs(a.shape[1] - b.shape[1])) > 1:
        return 1.0
    high, wide = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    apart = np.abs(a[:high, :wide] - b[:high, :wide]).max(axis=2)
    return float((apart > APART).mean())


def _cells(image: QImage) -> NDArray[np.float64]:
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    high, wide = plain.height() // CELL * CELL, plain.width() // CELL * CELL
    data: Pixels = np.frombuffer(plain.constBits(), np.uint8)
    pixels = data.reshape(plain.height(), plain.bytesPerLine() // 4, 4)[:high, :wide, :3]
    means: NDArray[np.float64] = pixels.reshape(high // CELL, CELL, wide // CELL, CELL, 3).mean(axis=(1, 3))
    return means


def main() -> None:
    """Make all of them anew."""
    os.environ |= {"QT_QPA_PLATFORM": "offscreen", "TZ": "UTC"}
    application = ensure_application()
    for theme in THEMES:
        for name, make in PICTURES.items():
            make(theme).save(str(FOLDER / f"{name}-{theme}.png"))
        page(theme, FOLDER).save(str(FOLDER / f"page-{theme}.png"))
    (FOLDER / "page.png").unlink()
    del application


if __name__ == "__main__":
    main()
