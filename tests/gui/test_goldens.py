"""What painters make today against what was found good; the tolerance lets pass other smoothing, no other drawing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.gui.golden import FOLDER, MOST, PAGE_MOST, PICTURES, difference, graph, page, rows

THEMES = ("dark", "light")
AGAIN = "look at {made}; if it is as it should be, run: python -m tests.gui.golden"


def check(name: str, made: QImage, folder: Path, most: float = MOST) -> None:
    """Hold a picture against the golden one of its name."""
    golden = QImage(str(FOLDER / f"{name}.png"))
    assert not golden.isNull(), f"there is no golden picture {name}"
    path = folder / f"{name}.png"
    made.save(str(path))
    assert difference(made, golden) <= most, AGAIN.format(made=path)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PICTURES)
def test_paints_as_before(name: str, theme: str, qapp: QApplication, tmp_path: Path) -> None:
    check(f"{name}-{theme}", PICTURES[name](theme), tmp_path)


@pytest.mark.parametrize("theme", THEMES)
def test_the_exported_page_is_as_before(theme: str, qapp: QApplication, tmp_path: Path) -> None:
    check(f"page-{theme}", page(theme, tmp_path), tmp_path, PAGE_MOST)


def test_other_drawings_are_told_apart(qapp: QApplication) -> None:
    assert difference(rows("dark"), rows("light")) > 0.5
    assert difference(rows("dark"), rows("dark", path_on=False)) > 0.015
    assert difference(graph("dark"), graph("dark", path_on=False)) > 0.0025


def test_a_missing_bar_is_seen_and_smoothing_is_not(qapp: QApplication) -> None:
    whole = rows("dark")
    without, smoothed = QImage(whole), QImage(whole)
    with QPainter(without) as painter:
        painter.fillRect(256, 22, 380, 22, QColor("#15171c"))
    assert difference(whole, without) > 0.05
    with QPainter(smoothed) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.5)
        painter.translate(0.4, 0.3)
        painter.drawImage(0, 0, whole)
    assert difference(whole, smoothed) <= MOST
