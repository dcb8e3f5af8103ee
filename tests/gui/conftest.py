"""A real window, offscreen, on a small drawn bundle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.gui.app import application, end
from explorer.gui.opening.work import Opened
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.model.asking import Asking
from explorer.session.settings import Settings
from tests.gui.bundles import drawn_answers, drawn_bundle, drawn_store, show


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application is ours, dressed as when the program runs."""
    return QApplication


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window on nothing."""
    gc.freeze()  # its end looks for garbage, and what other tests have made by now is much
    made = Windows(application(), Settings(theme="dark")).new()
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


@pytest.fixture
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is opened is the drawing, without a process that reads."""

    def open_bundle(
        paths: tuple[Path, ...], _settings: Settings, _progress: object, _cancelled: object, asking: Asking,
        *, afresh: bool, query: str,
    ) -> Opened:  # fmt: skip
        return Opened(
            paths,
            drawn_store(),
            drawn_answers(),
            (),
            before=not afresh,
            seconds=0.1,
            asking=asking,
            wanted=replace(asking, query=asking.query or query),
        )

    monkeypatch.setattr("explorer.gui.opening.work.open_bundle", open_bundle)
