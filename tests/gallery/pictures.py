"""The pictures of all scenes and exports, and the sheets on which they are seen at once."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from explorer.gui.app import end
from explorer.gui.exporting.files import export
from explorer.gui.look import fonts
from explorer.report.export import ENDINGS, Export, View
from tests.gallery import drawings
from tests.gallery.scenes import scenes
from tests.gallery.stage import Stage

THEMES: Final = ("dark", "light")
COLUMNS, WIDTH, HEIGHT, GAP = 4, 480, 300, 16


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture on a sheet."""

    name: str
    image: QImage


def make_pictures(out: Path, scratch: Path, words: Sequence[str]) -> Iterator[str]:
    """Write ``NAME-THEME.png`` for each scene and export and ``sheet-THEME.png``; yields their names."""
    stage = Stage()
    try:
        for theme in THEMES:
            thumbs = []
            for name, path in _scenes(stage, out, scratch, theme, words):
                thumbs.append(_thumb(name, path))
                yield path.name
            for name, path in _exports(out, theme, words):
                thumbs.append(_thumb(name, path))
                yield path.name
            _sheet(thumbs, theme).save(str(out / f"sheet-{theme}.png"))
            yield f"sheet-{theme}.png"
    finally:
        end(stage.window)


def _scenes(
    stage: Stage, out: Path, scratch: Path, theme: str, words: Sequence[str]
) -> Iterator[tuple[str, Path]]:
    for scene in scenes(scratch / theme):
        if _wanted(scene.name, words):
            stage.begin(theme, scene.size)
            scene.play(stage)
            path = out / f"{scene.name}-{theme}.png"
            stage.picture().save(str(path))
            stage.close_dialogs()
            stage.window.overlay.end()
            yield scene.name, path


def _exports(out: Path, theme: str, words: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for view in get_args(View):
        if _wanted(f"export-{view}", words):
            found = drawings.demo()
            path = out / f"export-{view}-{theme}.png"
            row = found.analysis.causes[0].ids[0]
            export(found.store, found.analysis, row, Export(path, view, theme, redact=False))
            yield f"export-{view}", path
    for ending in ENDINGS:
        name = f"export-report-{ending[1:]}"
        if ending != ".png" and _wanted(name, words):
            found = drawings.demo()
            path = out / f"{name}-{theme}{ending}"
            export(found.store, found.analysis, found.analysis.causes[0].ids[0], Export(path, "rca", theme))
            yield name, _shown(path)


def _shown(path: Path) -> Path:
    """A picture of an exported file beside it; of what Qt cannot show, where it is."""
    made = path.with_name(f"{path.stem}.png")
    if path.suffix == ".pdf" and (poppler := shutil.which("pdftoppm")):
        subprocess.run([poppler, "-png", "-singlefile", "-r", "110", path, path.with_suffix("")], check=True)
        return made
    image = QImage(1200, 1600, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        if path.suffix == ".svg":
            drawing = QSvgRenderer(str(path))
            drawing.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
            drawing.render(painter, QRectF(image.rect()))
        else:
            text = path.read_text("utf-8") if path.suffix == ".md" else f"Open {path.name} beside this sheet."
            painter.setFont(fonts.mono("head"))
            painter.drawText(image.rect().adjusted(24, 24, -24, -24), Qt.TextFlag.TextWordWrap, text)
    image.save(str(made))
    return made


def _wanted(name: str, words: Sequence[str]) -> bool:
    return not words or any(word in name for word in words)


def _thumb(name: str, path: Path) -> Thumb:
    image = QImage(str(path))
    fit, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return Thumb(name, image.scaled(WIDTH, HEIGHT, fit, smooth))


def _sheet(thumbs: Sequence[Thumb], theme: str) -> QImage:
    """All pictures in rows, each with its name."""
    rows = -(-len(thumbs) // COLUMNS)
    across, down = WIDTH + GAP, HEIGHT + GAP + 24
    image = QImage(GAP + COLUMNS * across, max(GAP + rows * down, 1), QImage.Format.Format_RGB32)
    image.fill(QColor("#3a3d44" if theme == "dark" else "#c8ccd4"))
    with QPainter(image) as painter:
        painter.setFont(fonts.ui("head"))
        painter.setPen(QColor("white" if theme == "dark" else "black"))
        for number, thumb in enumerate(thumbs):
            x, y = GAP + number % COLUMNS * across, GAP + number // COLUMNS * down
            painter.drawText(QRectF(x, y, WIDTH, 20), Qt.AlignmentFlag.AlignVCenter, thumb.name)
            painter.drawImage(x, y + 24, thumb.image)
    return image
