"""The gallery can be made: one of its scenes in both themes, and the sheets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.gallery.pictures import make_pictures
from tests.gallery.scenes import scenes


def test_a_scene_and_the_sheets(tmp_path: Path, qtbot: QtBot) -> None:
    made = list(make_pictures(tmp_path, tmp_path / "scratch", ["hostile"]))
    assert made == [
        "hostile-names-dark.png", "sheet-dark.png", "hostile-names-light.png", "sheet-light.png",
    ]  # fmt: skip
    picture = QImage(str(tmp_path / "hostile-names-light.png"))
    assert (picture.width(), picture.height()) == (1720, 1060)


def test_scenes_have_names_of_their_own(tmp_path: Path) -> None:
    names = [scene.name for scene in scenes(tmp_path)]
    assert len(set(names)) == len(names)
    assert len(names) > 30
