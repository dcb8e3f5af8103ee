"""What the program ships arrives in a wheel, and its fonts serve."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QRawFont

from explorer.paths import resource
from tests.shared import ROOT

FONTS = {  # file: (family, weight, italic)
    "Inter-Regular.otf": ("Inter", QFont.Weight.Normal, False),
    "Inter-Medium.otf": ("Inter", QFont.Weight.Medium, False),
    "Inter-SemiBold.otf": ("Inter", QFont.Weight.DemiBold, False),
    "Inter-Bold.otf": ("Inter", QFont.Weight.Bold, False),
    "Inter-Italic.otf": ("Inter", QFont.Weight.Normal, True),
    "JetBrainsMono-Regular.ttf": ("JetBrains Mono", QFont.Weight.Normal, False),
    "JetBrainsMono-Bold.ttf": ("JetBrains Mono", QFont.Weight.Bold, False),
}


def shipped(folder: Path) -> set[str]:
    """The files below the folder, without what Python leaves there."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in files}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the project, built of a copy so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    for name in ("explorer", "resources"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    code = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
    subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, check=True)
    (built,) = copy.glob("*.whl")
    return built


def test_a_wheel_holds_every_module_and_resource(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("explorer/")}
    resources = {f"explorer/_resources/{name}" for name in shipped(ROOT / "resources")}
    modules = {f"explorer/{name}" for name in shipped(ROOT / "explorer") if name.endswith(".py")}
    wanted = {name for name in resources | modules if not name.endswith(".md")}
    unlisted = {name.rpartition("/")[0].replace("/", ".") for name in wanted - names}
    assert unlisted == set(), "to be listed in pyproject.toml under [tool.setuptools]"
    assert names - wanted == set()


def test_a_wheel_finds_its_own_resources(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "from explorer.paths import resource; print(resource('fonts'))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(run.stdout.strip()) == tmp_path / "explorer" / "_resources" / "fonts"


def test_each_font_comes_with_its_licence() -> None:
    assert shipped(resource("fonts")) == set(FONTS)
    for family in ("Inter", "JetBrainsMono"):
        licence = resource("licenses", f"{family}-OFL.txt").read_text("utf-8")
        assert "SIL Open Font License, Version 1.1" in licence
    assert "Apache License" in resource("licenses", "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("file", FONTS)
def test_qt_picks_the_shipped_face(qapp: QGuiApplication, file: str) -> None:
    for name in FONTS:
        assert QFontDatabase.addApplicationFontFromData(resource("fonts", name).read_bytes()) >= 0
    family, weight, italic = FONTS[file]
    asked = QFont(family, 12, weight, italic)
    asked.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    picked = QRawFont.fromFont(asked)
    face = QRawFont(resource("fonts", file).as_posix(), picked.pixelSize())
    assert picked.familyName() == face.familyName()
    assert picked.advancesForGlyphIndexes(picked.glyphIndexesForString("Waterfall 0123")) == (
        face.advancesForGlyphIndexes(face.glyphIndexesForString("Waterfall 0123"))
    )


def test_figures_of_the_mono_font_are_of_one_width(qapp: QGuiApplication) -> None:
    QFontDatabase.addApplicationFontFromData(resource("fonts", "JetBrainsMono-Regular.ttf").read_bytes())
    metrics = QFontMetricsF(QFont("JetBrains Mono", 12))
    assert {metrics.horizontalAdvance(character) for character in "0123456789abcdef-"} == {
        metrics.horizontalAdvance("0")
    }
