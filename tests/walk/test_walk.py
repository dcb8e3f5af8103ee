"""A new user's way through the demo incident: open, see, follow the path, check the log, compare, note, export."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.gui.app import end
from tests.walk.steps import STOPS, Walk


@pytest.mark.qt_log_ignore("^This plugin does not support")
def test_the_walk(qtbot: QtBot, tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    try:
        for stop in STOPS:
            stop.play(walk)
    finally:
        end(walk.window)
