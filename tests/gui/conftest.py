"""A real window, offscreen, on a small drawn bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.gui.app import application, end, make_window
from explorer.gui.window import MainWindow
from explorer.session.settings import Settings
from tests.gui.bundles import drawn_bundle, show


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application is ours, dressed as when the program runs."""
    return QApplication


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window on nothing."""
    made = make_window(application(), Settings(theme="dark"))
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    yield made
    end(made)


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window on the drawn bundle, without a process that reads it."""
    show(window)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.board)
    return window


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder with the drawn bundle as OTLP lines, and a file that no reader knows."""
    return drawn_bundle(tmp_path / "bundle")
