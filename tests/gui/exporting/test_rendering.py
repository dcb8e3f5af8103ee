"""Drawings as SVG: well-formed whatever is drawn, with what is dimmed still dimmed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtWidgets import QApplication

from explorer.gui.exporting.files import export
from explorer.gui.opening.work import Opened
from explorer.report.export import Export, View
from tests.gallery import drawings
from tests.gui.bundles import drawn_answers, drawn_store

STRANGE = {"long": drawings.NAMES, "scripts": drawings.SCRIPTS, "hostile": drawings.HOSTILE}


@pytest.mark.parametrize("view", get_args(View))
@pytest.mark.parametrize("name", ["plain", *STRANGE])
def test_every_view_is_well_formed(qapp: QApplication, tmp_path: Path, view: View, name: str) -> None:
    found: Opened | None = drawings.drawn(STRANGE[name]) if name in STRANGE else None
    store, answers = (found.store, found.analysis) if found else (drawn_store(), drawn_answers())
    write = partial(export, store, answers, min(answers.verdicts))
    root = ET.parse(write(Export(tmp_path / "out.svg", view))).getroot()  # noqa: S314  our own file
    texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]
    assert texts
    assert not any(sign in text for text in texts for sign in "\u202e\u200b\x1b\x00")
    if view == "waterfall" and name == "plain":
        assert any(0 < float(node.get("opacity", "1")) < 1 for node in root.iter())
