"""Several windows, and going on where the last run ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from explorer.gui import jobs
from explorer.gui.app import application
from explorer.gui.dialogs.ask import AskDialog
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.session.place import Visit, load_session, save_session
from explorer.session.settings import Settings
from tests.gui.bundles import drawn_store, show
from tests.shared import ROOT

OPENING_MS = 20_000
pytestmark = pytest.mark.usefixtures("read_at_once")


@pytest.fixture
def windows(qtbot: QtBot) -> Iterator[Windows]:
    """None yet."""
    made = Windows(application(), Settings(theme="dark"))
    yield made
    jobs.shutdown()
    made.end()


def at_a_span(window: MainWindow) -> Visit:
    """Have a window show the drawing, somewhere in it."""
    show(window, (Path("drawn.jsonl").absolute(),))
    state = window.state
    state.select_id("rq-worse")
    state.select_span(drawn_store().key(drawn_store().traces.rows(state.trace_row).start))
    state.set_query("status:error")
    state.set_viewport((drawn_store().bounds()[0], drawn_store().bounds()[0] + 1000))
    state.set_options(critical_on=True)
    window.board.bottom.show_tab(2)
    visit = window.visit()
    assert visit is not None
    return visit


def test_each_window_has_a_state_of_its_own_and_settings_are_shared(windows: Windows) -> None:
    one = windows.open()
    one.actions_["new-window"].trigger()
    assert len(windows.shown) == 2
    other = windows.shown[1]
    show(one)
    one.state.select_id("rq-worse")
    assert other.state.store is None
    one.actions_["theme-light"].trigger()
    assert (other.settings.theme, other.state.theme.name) == ("light", "light")


def test_a_start_at_another_size_goes_on_where_it_was(
    windows: Windows, bundle: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    monkeypatch.setattr("explorer.gui.windows.launch_again", lambda: started.append(len(load_session())))
    window = windows.open([bundle], "rq-worse")
    qtbot.waitUntil(lambda: window.state.store is not None, timeout=OPENING_MS)
    window.actions_["text-larger"].trigger()
    dialog = window.findChild(AskDialog)
    assert isinstance(dialog, AskDialog)
    qtbot.mouseClick(dialog.buttons[0], Qt.MouseButton.LeftButton)
    assert (started, windows.shown) == ([1], [])
    again = Windows(application(), Settings(restore="never"))
    new = again.start([], again=True)
    qtbot.waitUntil(lambda: new.state.store is not None, timeout=OPENING_MS)
    assert new.state.place.id == "rq-worse"
    jobs.shutdown()
    again.end()


SCALED = """
import sys
from PySide6.QtWidgets import QApplication
from explorer.gui.look.scale import scaled
with scaled(150):
    app = QApplication([])
    sys.stdout.write(str(app.primaryScreen().devicePixelRatio()))
"""


@pytest.mark.parametrize(("given", "ratio"), [("", "1.5"), ("2", "3.0"), ("wide", "1.5")])
def test_everything_is_scaled_besides_what_the_user_asked_of_qt(given: str, ratio: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_SCALE_FACTOR": given}
    ended = subprocess.run(
        [sys.executable, "-c", SCALED],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == ratio


def test_recent_bundles_are_those_of_all_windows(windows: Windows, tmp_path: Path) -> None:
    one, other = windows.open(), windows.open()
    one.remember(lambda known: known.opened([tmp_path], "first"))
    other.remember(lambda known: known.opened([tmp_path / "gone"], "second"))
    for window in (one, other):
        assert [recent.name for recent in window.remembered.recent] == ["second", "first"]
    actions = {action.text(): action for action in one.recent_menu.actions()}
    actions["Forget those that are gone"].trigger()
    assert [recent.name for recent in other.remembered.recent] == ["first"]


def test_an_id_is_opened_beside(windows: Windows, bundle: Path, qtbot: QtBot) -> None:
    one = windows.open([bundle])
    qtbot.waitUntil(lambda: one.state.store is not None, timeout=OPENING_MS)
    one.state.select_id("rq-worse")
    one.actions_["id-window"].trigger()
    other = windows.shown[1]
    qtbot.waitUntil(lambda: other.state.store is not None, timeout=OPENING_MS)
    assert (other.opener.paths, other.state.place.id) == ((bundle,), "rq-worse")


def test_files_are_opened_in_a_new_window(windows: Windows, bundle: Path, qtbot: QtBot) -> None:
    one = windows.open()
    show(one)
    one.actions_["open-window"].trigger()
    dialog = one.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(bundle)])
    dialog.done(1)
    qtbot.waitUntil(lambda: len(windows.shown) == 2)
    qtbot.waitUntil(lambda: windows.shown[1].state.store is not None, timeout=OPENING_MS)
    assert one.state.store is drawn_store()


def test_a_closed_window_goes_and_the_others_stay(windows: Windows, qtbot: QtBot) -> None:
    one, other = windows.open(), windows.open()
    show(one)
    show(other)
    other.actions_["close-window"].trigger()
    qtbot.waitUntil(lambda: not shiboken6.isValid(other), timeout=OPENING_MS)
    assert windows.shown == [one]
    assert one.isVisible()
    assert len(load_session()) == 0  # its only file is not there any more


def test_quitting_keeps_all_windows_for_the_next_start(windows: Windows, bundle: Path, qtbot: QtBot) -> None:
    for place in ("rq-bad", "rq-worse"):
        windows.open([bundle], place)
    qtbot.waitUntil(lambda: all(one.state.store for one in windows.shown), timeout=OPENING_MS)
    windows.shown[0].actions_["quit"].trigger()
    assert windows.shown == []
    assert [visit.place.id for visit in load_session()] == ["rq-bad", "rq-worse"]
    again = Windows(application(), Settings(restore="always"))
    again.start([])
    assert len(again.shown) == 2
    qtbot.waitUntil(lambda: all(one.state.store for one in again.shown), timeout=OPENING_MS)
    assert [one.state.place.id for one in again.shown] == ["rq-bad", "rq-worse"]
    jobs.shutdown()
    again.end()


def test_a_visit_is_gone_on_with(windows: Windows) -> None:
    window = windows.open()
    visit = at_a_span(window)
    assert visit.tab == 2
    window.close_bundle()
    assert window.visit() is None
    window._wanted = visit
    show(window, tuple(Path(path) for path in visit.paths))
    assert window.visit() == visit


def test_what_is_not_there_any_more_is_left_out(windows: Windows) -> None:
    window = windows.open()
    visit = at_a_span(window)
    window.state.resume(replace(visit, place=replace(visit.place, id="rq-gone")))
    assert window.state.place.id == "rq-worse"


def test_the_last_session_is_offered_and_taken(windows: Windows, bundle: Path, qtbot: QtBot) -> None:
    save_session([Visit((str(bundle),), "bundle"), Visit((str(bundle / "gone"),), "gone")])
    again = Windows(application(), Settings())
    window = again.start([])
    button = next(one for one in window.empty.findChildren(QPushButton) if one.text() == "Go on with bundle")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.state.store is not None, timeout=OPENING_MS)
    assert len(again.shown) == 1
    jobs.shutdown()
    again.end()


@pytest.mark.parametrize("restore", ["never", "offer"])
def test_nothing_is_opened_unasked(bundle: Path, restore: str, qtbot: QtBot) -> None:
    save_session([Visit((str(bundle),), "bundle")])
    again = Windows(application(), Settings(restore=restore))  # type: ignore[arg-type]
    window = again.start([])
    assert not window.opener.running
    offered = [one for one in window.empty.findChildren(QPushButton) if one.text().startswith("Go on")]
    assert any(one.isVisible() for one in offered) == (restore == "offer")
    jobs.shutdown()
    again.end()


def test_the_demo_is_put_forward_at_the_first_start_only(windows: Windows) -> None:
    looks = []
    for _ in range(2):
        window = windows.start([])
        demo = next(one for one in window.empty.findChildren(QPushButton) if one.text() == "Open the demo")
        looks.append(demo.property("look"))
    assert looks == ["primary", "plain"]


def test_a_place_off_the_screen_is_pulled_back(windows: Windows) -> None:
    window = windows.open()
    window.move(-9000, -9000)
    window.actions_["close-window"].trigger()
    room = application().primaryScreen().availableGeometry()
    assert room.intersects(QRect(windows.open().frameGeometry()))


def test_where_windows_are_is_written_down_while_they_are_used(
    windows: Windows, bundle: Path, qtbot: QtBot
) -> None:
    window = windows.open([bundle])
    qtbot.waitUntil(lambda: window.state.store is not None, timeout=OPENING_MS)
    windows._keeping.setInterval(10)
    window.state.select_id("rq-worse")
    qtbot.waitUntil(
        lambda: bool(load_session()) and load_session()[0].place.id == "rq-worse", timeout=OPENING_MS
    )
