"""The first paint comes before all else, and what is asked for meanwhile is done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.gui import building, jobs
from explorer.gui.app import application
from explorer.gui.dialogs.commands import CommandsDialog
from explorer.gui.opening import child
from explorer.gui.opening.work import Opened, open_bundle
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.session.remembered import Remembered
from explorer.session.settings import Settings
from tests.shared import ROOT

AT_THE_FIRST_PAINT = """
import sys
from explorer.cli.main import main
from explorer.gui import building

def begin(self):
    window = self.parent()
    self._begun = True
    print(window.isVisible(), window.empty.isVisible(), *sys.modules)
    window.close()

building.Builder._begin = begin
sys.exit(main(sys.argv[1:]))
"""
BEHIND = ("numpy", "networkx", "orjson", "msgspec", "explorer.model.store", "explorer.analysis",
          "explorer.query", "explorer.readers", "explorer.report", "explorer.gui.views", "explorer.gui.painting",
          "explorer.gui.accessible", "explorer.gui.dialogs.frame")  # fmt: skip
MOST_MODULES = 250


@pytest.fixture
def windows() -> Iterator[Windows]:
    """As in a run: windows are shown before they are whole."""
    made = Windows(application(), Settings(theme="dark"), swiftly=True)
    yield made
    jobs.shutdown()
    made.end()


def test_little_is_imported_before_the_first_paint() -> None:
    run = subprocess.run(
        [sys.executable, "-c", AT_THE_FIRST_PAINT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    visible, empty, *modules = run.stdout.split()
    assert (visible, empty) == ("True", "True")
    assert [name for name in modules if name.startswith(BEHIND)] == []
    assert len(modules) <= MOST_MODULES


def test_qt_leaves_the_import_alone() -> None:
    code = "import builtins; plain = __import__; import explorer.gui.unhooked; print(builtins.__import__ is plain)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True"


def test_a_key_pressed_before_the_window_is_whole_is_not_lost(windows: Windows, qtbot: QtBot) -> None:
    window = windows.open()
    qtbot.waitExposed(window)
    assert not window.whole
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(
        window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert window.findChild(CommandsDialog) is None
    qtbot.waitUntil(lambda: window.whole, timeout=20_000)
    qtbot.waitUntil(lambda: window.findChild(CommandsDialog) is not None)


@pytest.mark.usefixtures("read_at_once")
def test_what_is_asked_for_before_anything_can_read_is_opened(
    windows: Windows, qtbot: QtBot, bundle: Path
) -> None:
    window = windows.open([bundle])
    assert window.overlay.isVisible()
    assert window.opener.running
    qtbot.waitUntil(lambda: window.whole, timeout=20_000)
    qtbot.waitUntil(lambda: window.state.store is not None)
    assert window.pages.currentWidget() is window.board
    assert not window.opener.running


@pytest.mark.usefixtures("read_at_once")
def test_what_was_read_before_the_views_are_there_is_shown_with_them(
    windows: Windows, qtbot: QtBot, bundle: Path
) -> None:
    window = windows._frame()
    steps = building.steps(window)
    next(steps)
    assert next(steps) == building.VIEWS
    window.open_paths([bundle])
    qtbot.waitUntil(lambda: window.opener._unseen is not None)
    assert window.opener.running
    for _ in steps:
        pass
    assert window.state.store is not None
    assert not window.opener.running


def test_cancelling_before_anything_can_read_reads_nothing(
    windows: Windows, qtbot: QtBot, bundle: Path
) -> None:
    window = windows.open([bundle])
    qtbot.keyClick(window.overlay, Qt.Key.Key_Escape)
    assert not window.opener.running
    qtbot.waitUntil(lambda: window.whole, timeout=20_000)
    assert window.state.store is None


def test_a_window_closed_before_it_is_whole_is_gone(windows: Windows) -> None:
    window = windows.open()
    QApplication.processEvents()
    assert not window.whole
    window.close()
    assert windows.shown == []


class FirstPaint(QObject):
    """Where everything is when the empty page of a window is first painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.seen: dict[QWidget, QRect] = {}
        window.empty.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and not self.seen:
            self.seen = self.now()
        return False

    def now(self) -> dict[QWidget, QRect]:
        """Where everything is."""
        return {part: part.geometry() for part in self._window.findChildren(QWidget) if part.isVisible()}


def test_nothing_moves_after_the_first_paint(windows: Windows, qtbot: QtBot) -> None:
    window = windows._frame()
    first = FirstPaint(window)
    window.show()
    building.Builder(window)
    qtbot.waitUntil(lambda: bool(first.seen))
    enabled = {id_ for id_, action in window.actions_.items() if action.isEnabled()}
    qtbot.waitUntil(lambda: window.whole, timeout=20_000)
    QApplication.processEvents()
    assert first.now() == first.seen
    assert {id_ for id_, action in window.actions_.items() if action.isEnabled()} == enabled


def test_each_step_says_what_it_needs() -> None:
    windows = Windows(application(), Settings(theme="dark"))
    window = windows._frame()
    wanted = [module for module in building.steps(window) if module is not None]
    assert wanted == [building.OPENING, building.VIEWS, building.COMMANDS, building.READABLE]
    assert window.whole
    windows.end()


def read(bundle: Path) -> Opened:
    """Open the bundle, as a job would."""
    return open_bundle((bundle,), Settings(), lambda _: None, lambda: False)


def test_nothing_is_begun_for_a_bundle_that_was_opened_before(tmp_path: Path) -> None:
    known = Remembered().opened([tmp_path / "one", tmp_path / "two"], "both")
    assert known.knows([tmp_path / "one", tmp_path / "two"])
    assert not known.knows([tmp_path / "one"])


def test_the_process_begun_beforehand_is_the_one_that_reads(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.prepare()
    (ready,) = child._ready
    monkeypatch.setattr(child, "_begun", lambda: pytest.fail("another was begun"))
    assert not read(bundle).before
    assert child._ready == []
    with pytest.raises(ValueError, match="closed"):
        ready.process.is_alive()


def test_the_process_begun_in_vain_is_ended(bundle: Path) -> None:
    read(bundle)
    child.prepare()
    (ready,) = child._ready
    assert read(bundle).before
    assert child._ready == []
    with pytest.raises(ValueError, match="closed"):
        ready.process.is_alive()
