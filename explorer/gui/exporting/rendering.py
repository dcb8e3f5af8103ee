"""A painted picture as the bytes of a file: PNG in pixels, SVG and PDF as lines and real text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QHashSeed, QIODevice, QMarginsF, QRect, QSize, QSizeF, QUuid
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from explorer.errors import InputError
from explorer.gui.painting.ink import Ink, colour
from explorer.layout.visible import visible_line

Paint = Callable[[QPainter, Ink], QSizeF]
"""Paints a picture at the origin and returns how large it is."""

PNG_SCALE: Final = 2.0
"""Pixels a point of a PNG unless the user wants others: sharp on the screens that people have."""
LARGEST_SIDE: Final = 30_000
LARGEST_AREA: Final = 400_000_000
"""Pixels; Qt needs four bytes for each."""
_PDF_SIDE: Final = 14_400.0
"""Points: the largest page of PDF 1.4 (reference, appendix C)."""
_DPI: Final = 96
_FAMILIES: Final = {
    "Inter": "Inter,system-ui,sans-serif",
    "JetBrains Mono": "'JetBrains Mono',ui-monospace,monospace",
}


def rendered(ending: str, paint: Paint, ink: Ink, title: str, scale: float | None) -> bytes:
    """The picture in the format of an ending: ``.svg``, ``.pdf``, else PNG.

    Args:
        scale: pixels a point of a PNG; how many times its size a drawing is shown.

    Raises:
        InputError: the picture would be too large.
    """
    size = _measure(paint, ink)
    if ending == ".svg":
        return svg_bytes(paint, ink, size, title, scale or 1.0)
    if ending == ".pdf":
        return pdf_bytes(paint, ink, size, title, scale or 1.0)
    return png_bytes(paint, ink, size, scale or PNG_SCALE)


def _measure(paint: Paint, ink: Ink) -> QSizeF:
    """Paint once onto nothing to learn the size."""
    image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    with QPainter(image) as painter:
        return paint(painter, ink)


def _paint_whole(painter: QPainter, paint: Paint, ink: Ink, size: QSizeF) -> None:
    painter.fillRect(QRect(0, 0, round(size.width()), round(size.height())), colour(ink.theme.page))
    paint(painter, ink)


def png_bytes(paint: Paint, ink: Ink, size: QSizeF, scale: float) -> bytes:
    """The picture as PNG, ``scale`` pixels a point. Raises as :func:`rendered`."""
    width, height = round(size.width() * scale), round(size.height() * scale)
    fits = 0 < max(width, height) <= LARGEST_SIDE and width * height <= LARGEST_AREA
    image = QImage(width, height, QImage.Format.Format_RGB32) if fits else QImage()
    if image.isNull():
        raise InputError(f"A picture of {width} × {height} pixels is too large; use a smaller --scale.")
    image.fill(colour(ink.theme.page))
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        paint(painter, ink)
    data = QByteArray()
    buffer = _opened(data)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(data.data())


def svg_bytes(paint: Paint, ink: Ink, size: QSizeF, title: str, scale: float) -> bytes:
    """The picture as SVG with real text, of as much room as it has here on machines without its fonts."""
    data = QByteArray()
    buffer = _opened(data)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    whole = QSize(round(size.width()), round(size.height()))
    generator.setSize(whole)
    generator.setViewBox(QRect(0, 0, whole.width(), whole.height()))
    with QPainter(generator) as painter:
        _paint_whole(painter, paint, ink, size)
    buffer.close()
    body = bytes(data.data()).decode("utf-8", "replace")
    body = _TEXT.sub(_fitted, _NO_MATRIX.sub("", _GROUP_FONT.sub(" ", body[body.index("<g") :])))
    body = _EMPTY_GROUP.sub("", body)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{whole.width() * scale:g}" '
        f'height="{whole.height() * scale:g}" viewBox="0 0 {whole.width()} {whole.height()}">'
    )
    named = html.escape(visible_line(title), quote=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n<title>{named}</title>\n{body}'.encode()


# What QSvgGenerator writes: a group for each change of the pen, each with the font and where it is painted.
_GROUP_FONT: Final = re.compile(
    r'\s*\nfont-family="[^"]*" font-size="[^"]*" font-weight="[^"]*" font-style="[^"]*"\s*'
)
_NO_MATRIX: Final = re.compile(
    r' transform="matrix\(1,0,0,1,0,0\)"| vector-effect="none"|(?:fill|stroke)-opacity="1" '
)
_EMPTY_GROUP: Final = re.compile(r"<g [^>]*>\s*</g>\s*")
_TEXT: Final = re.compile(r"<text ([^>]*?)\s*>([^<]*)</text>")
_ATTRIBUTE: Final = re.compile(r'([\w:-]+)="([^"]*)"')


def _fitted(found: re.Match[str]) -> str:
    """A text with families to fall back on, and its width: another font is squeezed into it."""
    given = dict(_ATTRIBUTE.findall(found[1]))
    family, size, weight = given["font-family"], given["font-size"], given["font-weight"]
    font = QFont(family)
    font.setPixelSize(round(float(size)))
    font.setWeight(QFont.Weight(int(weight)))
    font.setItalic(given["font-style"] != "normal")
    width = QFontMetricsF(font).horizontalAdvance(html.unescape(found[2]))
    given["font-family"] = _FAMILIES.get(family, family)
    given["textLength"], given["lengthAdjust"] = f"{width:.1f}", "spacingAndGlyphs"
    dull = {("stroke", "none"), ("fill-opacity", "1"), ("font-style", "normal")}
    written = " ".join(f'{name}="{value}"' for name, value in given.items() if (name, value) not in dull)
    return f'<text stroke="none" {written}>{found[2]}</text>'


def pdf_bytes(paint: Paint, ink: Ink, size: QSizeF, title: str, scale: float) -> bytes:
    """The picture as one page of PDF, with its fonts within. The same picture gives the same bytes: no date in it."""
    data = QByteArray()
    buffer = _opened(data)
    shown = min(scale * 72 / _DPI, _PDF_SIDE / max(size.width(), size.height()))
    QHashSeed.setDeterministicGlobalSeed()  # Qt writes the fonts in the order of a hash table
    try:
        writer = QPdfWriter(buffer)
        writer.setTitle(visible_line(title))
        writer.setCreator("Trace Explorer")
        writer.setDocumentId(QUuid("{00000000-0000-0000-0000-000000000000}"))
        writer.setDocumentXmpMetadata(_XMP.format(html.escape(visible_line(title))).encode())
        page = QSizeF(size.width() * shown, size.height() * shown)
        writer.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        writer.setResolution(_DPI)
        with QPainter(writer) as painter:
            painter.scale(shown * _DPI / 72, shown * _DPI / 72)
            _paint_whole(painter, paint, ink, size)
    finally:
        QHashSeed.resetRandomGlobalSeed()
    buffer.close()
    return _DATES.sub(lambda found: b" " * len(found[0]), bytes(data.data()), count=2)


_DATES: Final = re.compile(rb"/(?:Creation|Mod)Date \(D:[^)]{14,24}\)")
_XMP: Final = """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end='r'?>"""


def _opened(data: QByteArray) -> QBuffer:
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
