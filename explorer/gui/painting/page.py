"""Paints the composed root cause page: title, cause, call graph, failure path in time, evidence, logs, legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer import __version__
from explorer.gui.look import fonts
from explorer.gui.look.text import cut, plain
from explorer.gui.painting.graph import paint_graph
from explorer.gui.painting.ink import Ink, colour, hatch, mixed
from explorer.gui.painting.waterfall import Geometry, paint_rows, paint_ruler
from explorer.layout import numbers
from explorer.layout.callgraph import GraphPicture
from explorer.layout.pathrows import PathRows
from explorer.layout.waterfall import ROW_HEIGHT
from explorer.report.document import Document, Line, LogLine

WIDTH = 1168.0
MARGIN = 34.0
INNER = WIDTH - 2 * MARGIN
GAP = 26.0
MOST_GRAPH_HEIGHT = 420.0
MOST_NOTES, NOTE_LINES = 20, 12


@dataclass(frozen=True)
class PageContent:
    """Everything on the page, redacted already."""

    document: Document
    graph: GraphPicture | None
    path: PathRows | None
    view: tuple[int, int]


def _ui(size: float, *, bold: bool = False, italic: bool = False) -> QFont:
    font = QFont(fonts.ui("body"))
    font.setPixelSize(round(size))
    font.setItalic(italic)
    return fonts.strong(font) if bold else font


def _mono(size: float) -> QFont:
    font = QFont(fonts.mono("body"))
    font.setPixelSize(round(size))
    return font


class Page:
    """A cursor that goes down the page; what is painted above it is done."""

    def __init__(self, painter: QPainter, ink: Ink) -> None:
        self.painter, self.ink, self.y = painter, ink, MARGIN - 10

    def text(
        self,
        words: str,
        font: QFont,
        name: str | QColor,
        *,
        x: float = MARGIN,
        width: float = INNER,
        most: int = 4,
    ) -> float:
        """Paint wrapped text at the cursor, which is moved below; returns the height."""
        height = self.text_at(words, font, name, x, self.y, width, most)
        self.y += height
        return height

    def text_at(
        self, words: str, font: QFont, name: str | QColor, x: float, y: float, width: float, most: int = 4
    ) -> float:
        """Paint wrapped text, at most so many lines; returns the height."""
        measure = QFontMetricsF(font)
        self.painter.setFont(font)
        self.painter.setPen(colour(name) if isinstance(name, str) else name)
        lines = wrap(plain(words, 4096), measure, width, most)
        height = measure.lineSpacing()
        for number, words_of in enumerate(lines):
            self.painter.drawText(QPointF(x, y + number * height + measure.ascent()), words_of)
        return height * len(lines)

    def heading(self, words: str, *, right: str = "") -> None:
        """The name of a section, with a remark at the right."""
        theme = self.ink.theme
        if right:
            font = _ui(11)
            width = QFontMetricsF(font).horizontalAdvance(right)
            self.text_at(right, font, theme.muted, MARGIN + INNER - width, self.y + 1, width + 2, 1)
        self.text(words, _ui(12, bold=True), theme.muted, most=1)
        self.y += 10


def wrap(text: str, measure: QFontMetricsF, width: float, most: int) -> list[str]:
    """Lines no wider than ``width``, broken at blanks (long words anywhere); the last one elided beyond ``most``."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split(" "):
            longer = f"{current} {word}" if current else word
            if measure.horizontalAdvance(longer) <= width:
                current = longer
                continue
            if current:
                lines.append(current)
            current = word
            while measure.horizontalAdvance(current) > width and len(current) > 1:
                most_signs = max(1, int(len(current) * width / measure.horizontalAdvance(current)))
                lines.append(current[:most_signs])
                current = current[most_signs:]
        lines.append(current)
    if len(lines) > most:
        rest = cut(" ".join(lines[most - 1 :]), measure, width)
        lines = [*lines[: most - 1], rest]
    return lines


def paint_page(painter: QPainter, content: PageContent, ink: Ink) -> QSizeF:
    """Paint the whole page on its ground; returns its size, so that a first run can measure it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    page = Page(painter, ink)
    document, theme = content.document, ink.theme
    page.text(document.title, _ui(21, bold=True), theme.text, most=2)
    page.y += 6
    page.text(document.subtitle, _ui(12), theme.muted, most=2)
    if document.supposed:
        page.y += 6
        page.text(f"{document.supposed}.", _ui(12, bold=True), theme.warning, most=2)
    page.y += 14
    _cause(page, document)
    if content.graph is not None and content.graph.nodes:
        page.y += GAP
        _graph(page, content.graph)
    if content.path is not None and content.path.rows:
        page.y += GAP
        _path(page, content.path, content.view)
    page.y += GAP
    _columns(page, document)
    if document.notes:
        page.y += GAP
        _notes(page, document.notes)
    if document.logs:
        page.y += GAP
        _logs(page, document.logs)
    page.y += GAP
    _legend(page)
    _footer(page, document)
    return QSizeF(WIDTH, page.y + MARGIN - 10)


def _cause(page: Page, document: Document) -> None:
    """The card with category, confidence and the cause in a sentence."""
    painter, theme, top = page.painter, page.ink.theme, page.y
    sentence = _ui(15, bold=True)
    lines = len(wrap(document.sentence, QFontMetricsF(sentence), INNER - 40, 4))
    height = (38 if document.category else 16) + lines * QFontMetricsF(sentence).lineSpacing() + 14
    quiet = _ui(11.5)
    height += QFontMetricsF(quiet).lineSpacing() + 3 if document.detected else 0
    box = QRectF(MARGIN, top, INNER, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(theme.raised))
    painter.drawRoundedRect(box, 6, 6)
    tone = theme.categories.get(document.category, theme.faint)
    painter.setBrush(colour(tone))
    painter.drawRoundedRect(QRectF(MARGIN, top, 5, height), 2, 2)
    y = top + 14
    if document.category:
        sub = document.subcategory.replace("-", " ")
        words = (f"{document.category} · {sub}" if sub else document.category).upper()
        font = _ui(10.5, bold=True)
        width = QFontMetricsF(font).horizontalAdvance(words) + 26
        painter.setBrush(colour(theme.panel))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(MARGIN + 18, top + 10, width, 18), 9, 9)
        page.text_at(words, font, tone, MARGIN + 31, top + 12, width, 1)
        parts = (f"confidence {document.confidence}" if document.confidence else "", document.shared)
        about = " · ".join(part for part in parts if part)
        page.text_at(about, quiet, theme.muted, MARGIN + 30 + width, top + 12, INNER - width - 60, 1)
        y = top + 36
    y += page.text_at(document.sentence, sentence, theme.text, MARGIN + 18, y, INNER - 40, 4)
    if document.detected:
        page.text_at(document.detected, quiet, theme.muted, MARGIN + 18, y + 3, INNER - 40, 1)
    page.y = top + height


def _graph(page: Page, graph: GraphPicture) -> None:
    page.heading("How it spread between services",
                 right=f"{numbers.plural(graph.hidden, 'service')} not drawn" if graph.hidden else "")  # fmt: skip
    total = graph.placement.total
    scale = min(INNER / total.width, MOST_GRAPH_HEIGHT / total.height, 1.15)
    page.painter.save()
    page.painter.translate(MARGIN, page.y)
    page.painter.scale(scale, scale)
    paint_graph(page.painter, graph, page.ink, ground=page.ink.theme.page)
    page.painter.restore()
    page.y += total.height * scale


def paint_path(painter: QPainter, path: PathRows, view: tuple[int, int], ink: Ink) -> QSizeF:
    """Paint the failure path in time alone, with the legend under it; returns its size."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-MARGIN, 0)
    page = Page(painter, ink)
    page.y = 2
    _path(page, path, view)
    page.y += GAP / 2
    _legend(page)
    return QSizeF(INNER, page.y)


def _path(page: Page, path: PathRows, view: tuple[int, int]) -> None:
    errors = f" ({numbers.plural(path.folded_errors, 'error')} hidden outside the retries)"
    page.heading("Failure path in time", right=f"{numbers.plural(path.spans, 'span')} of the path shown, "
                 f"{numbers.plural(path.folded, 'other')} folded{errors if path.folded_errors else ''}")  # fmt: skip
    geometry = Geometry(INNER, INNER * 0.3)
    ticks = tuple((at + view[0], words) for at, words in numbers.ticks(0, view[1] - view[0], 6))
    page.painter.save()
    page.painter.translate(MARGIN, page.y)
    page.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_ruler(page.painter, QRectF(0, 0, INNER, 20), geometry, page.ink, ticks, view)
    paint_rows(page.painter, path.rows, 22, geometry, page.ink, ticks=ticks, view=view)
    page.painter.restore()
    page.y += 22 + len(path.rows) * ROW_HEIGHT


def _columns(page: Page, document: Document) -> None:
    """Evidence at the left; what was ruled out and what reproduces it at the right."""
    top, half = page.y, INNER / 2 + 30
    bottom = top
    if document.evidence:
        bottom = _lines(page, "Evidence", document.evidence, MARGIN, half - 70, mono=False)
    page.y = top
    x = MARGIN + half if document.evidence else MARGIN
    right = top
    if document.ruled_out:
        right = _lines(page, document.against, document.ruled_out, x, MARGIN + INNER - x, mono=False)
    if document.reproduce:
        page.y = right + (14 if right > top else 0)
        right = _lines(page, "Reproduce", document.reproduce, x, MARGIN + INNER - x, mono=True)
    page.y = max(bottom, right)


def _notes(page: Page, notes: Sequence[Line]) -> None:
    """What people wrote; of many the first."""
    more = len(notes) - MOST_NOTES
    shown = (
        notes
        if more <= 0
        else (*notes[:MOST_NOTES], Line("", f"{numbers.plural(more, 'more note')} not drawn"))
    )
    page.y = _lines(page, "Notes", shown, MARGIN, INNER, mono=False, most=NOTE_LINES)


def _lines(
    page: Page, title: str, lines: Sequence[Line], x: float, width: float, *, mono: bool, most: int = 3
) -> float:
    """Labelled lines under a heading at the cursor; returns where they end."""
    theme, y = page.ink.theme, page.y
    y += page.text_at(title, _ui(12, bold=True), theme.muted, x, y, width, 1) + 8
    label, tone = (_mono(11), theme.muted) if mono else (_ui(12, bold=True), theme.accent)
    indent = (116.0 if mono else 62.0) if any(one.label for one in lines) else 0.0
    small, room = _mono(10), width - indent
    for one in lines:
        page.text_at(one.label, label, tone, x, y, indent, 1)
        y += page.text_at(one.text, _mono(11) if mono else _ui(12), theme.text, x + indent, y, room, most)
        if one.source:
            place = cut(plain(one.source), QFontMetricsF(small), room, Qt.TextElideMode.ElideLeft)
            y += page.text_at(place, small, theme.muted, x + indent, y + 1, room, 1) + 1
        y += 4 if mono else 8
    return y


def _logs(page: Page, logs: Sequence[LogLine]) -> None:
    page.heading("Log lines on the path")
    theme, font = page.ink.theme, _mono(11)
    tones = {"ERROR": theme.error, "FATAL": theme.error, "WARN": theme.warning}
    for one in logs:
        cells = ((0.0, one.time, theme.muted, 96.0), (100.0, one.level, tones.get(one.level, theme.muted), 50.0),
                 (156.0, one.service, page.ink.service(one.service), 130.0),
                 (296.0, one.text, theme.text, INNER - 296))  # fmt: skip
        for x, words, tone, width in cells:
            page.text_at(words, font, tone, MARGIN + x, page.y, width, 1)
        page.y += 19


def _legend(page: Page) -> None:
    """What the marks mean."""
    painter, theme, ink = page.painter, page.ink.theme, page.ink
    painter.setPen(ink.pen(theme.line))
    painter.drawLine(QPointF(MARGIN, page.y), QPointF(MARGIN + INNER, page.y))
    y, x = page.y + 20, MARGIN
    font = _ui(11)
    for words in (
        "failed span",
        "origin",
        "failed call",
        "bad data carried, no error raised",
        "folded retries",
    ):
        _sample(painter, words, QRectF(x, y - 6, 22, 12), ink)
        x += 30
        page.text_at(words, font, theme.muted, x, y - 8, 240, 1)
        x += QFontMetricsF(font).horizontalAdvance(words) + 30
    page.y = y + 18


def _sample(painter: QPainter, words: str, box: QRectF, ink: Ink) -> None:
    theme, name = ink.theme, ink.theme.services[1]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if words == "failed span":
        painter.fillRect(box, mixed(name, theme.ground, 0.6))
        hatch(painter, box, ink.pen(theme.error, 1.4))
        painter.setPen(ink.pen(theme.error, 1.2))
        painter.drawRoundedRect(box, 3, 3)
    elif words == "origin":
        painter.setPen(ink.pen(theme.error, 2))
        painter.drawRoundedRect(box, 4, 4)
    elif words == "folded retries":
        painter.setPen(ink.pen(theme.error, 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(box, 3, 3)
    else:
        style = Qt.PenStyle.SolidLine if words == "failed call" else Qt.PenStyle.DotLine
        painter.setPen(ink.pen(theme.error, 2, style))
        middle = box.center().y()
        painter.drawLine(QPointF(box.left(), middle), QPointF(box.right() - 5, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(theme.error))
        tip = box.right()
        painter.drawPolygon(
            [QPointF(tip - 7, middle - 3.5), QPointF(tip - 7, middle + 3.5), QPointF(tip, middle)]
        )


def _footer(page: Page, document: Document) -> None:
    theme = page.ink.theme
    page.y += 12
    made = f"Trace Explorer {__version__} · made offline · times in UTC"
    font = _ui(11)
    width = QFontMetricsF(font).horizontalAdvance(made)
    page.text_at(made, font, theme.muted, MARGIN + INNER - width, page.y, width + 2, 1)
    page.text(f"{document.redaction} {document.clocks}", font, theme.muted, width=INNER - width - 30, most=2)
    page.y += 4
    page.text(document.provenance, _mono(10), theme.muted, most=2)
