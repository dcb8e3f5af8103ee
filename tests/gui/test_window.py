"""The real window: opened, dropped on, cancelled, closed, dressed, arranged."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.gui import jobs
from explorer.gui.dialogs.ask import AskDialog
from explorer.gui.dialogs.error import ErrorDialog
from explorer.gui.dialogs.keep import KeepDialog
from explorer.gui.window import TITLE, MainWindow
from explorer.model.asking import Asking
from explorer.session.incidents import keep_incidents, load_incidents
from explorer.session.remembered import Recent, load_remembered
from explorer.session.settings import load_settings
from tests.gui.bundles import IDS, show

LONGEST_GAP = 0.05
OPENING_MS = 20_000


def drop(window: MainWindow, *urls: QUrl) -> None:
    """Drop files, as the desktop does."""
    data = QMimeData()
    data.setUrls(list(urls))
    window.dropEvent(
        QDropEvent(
            QPointF(9, 9),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def shown_button(dialog: QWidget, words: str) -> QPushButton:
    """The button of a dialog with that text."""
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == words)


def test_opens_a_bundle_and_stays_alive_meanwhile(window: MainWindow, bundle: Path, qtbot: QtBot) -> None:
    beats: list[float] = []
    heart = QTimer(interval=5)
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start()
    window.open_paths([bundle], "rq-worse")
    assert window.opener.running
    qtbot.waitUntil(lambda: len(beats) > 20)
    with qtbot.waitSignal(window.opener.opened, timeout=OPENING_MS):
        pass
    heart.stop()
    reading = beats[1:-1]
    gaps = sorted(after - before for before, after in itertools.pairwise(reading))
    assert gaps[int(len(gaps) * 0.95)] < LONGEST_GAP
    assert gaps[-1] < 4 * LONGEST_GAP  # other tests share the machine
    store = window.state.store
    assert store is not None
    assert {row.id for row in store.correlation.rows} == IDS
    assert window.state.place.id == "rq-worse"
    assert window.windowTitle() == f"bundle – {TITLE}"
    assert window.pages.currentWidget() is window.board
    qtbot.waitUntil(jobs.idle, timeout=OPENING_MS)
    assert load_remembered().recent[0].paths == (str(bundle),)


def test_what_is_asked_for_stands_in_the_query_field_and_the_time_range(
    window: MainWindow, bundle: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.opener.opened, timeout=OPENING_MS):
        window.open_paths([bundle], asking=Asking(query="id:rq-worse or status:error", begin="1790000000"))
    store = window.state.store
    assert store is not None
    assert window.bundle_bar.query.text() == "id:rq-worse or status:error"
    assert window.state.place.range == (1_790_000_000 * 10**9, store.bounds()[1])
    window.state.set_range(None)
    with qtbot.waitSignal(window.opener.opened, timeout=OPENING_MS):
        window.opener.reload()
    assert window.state.place.range is None  # asked for once


def test_another_bundle_is_first_seen_within_the_query_that_stands(
    window: MainWindow, bundle: Path, qtbot: QtBot
) -> None:
    window.state.set_query("id:rq-good")
    shown: list[str] = []
    window.state.opened.connect(lambda: shown.append(window.state.place.id))
    with qtbot.waitSignal(window.opener.opened, timeout=OPENING_MS):
        window.opener.offer([bundle])
    assert shown == ["rq-good"], "not the worst, which the list leaves out"


def test_cancel_keeps_what_is_open(opened: MainWindow, bundle: Path, qtbot: QtBot) -> None:
    before = opened.state.store
    opened.open_paths([bundle])
    qtbot.wait(300)
    begun = time.thread_time()  # of this thread: others may have the processor
    qtbot.mouseClick(opened.overlay.cancel_button, Qt.MouseButton.LeftButton)
    assert time.thread_time() - begun < 0.2
    assert not opened.opener.running
    qtbot.wait(300)
    assert opened.state.store is before


def test_escape_cancels_too(window: MainWindow, bundle: Path, qtbot: QtBot) -> None:
    window.open_paths([bundle])
    qtbot.keyClick(window.overlay, Qt.Key.Key_Escape)
    assert not window.opener.running


def test_broken_input_says_so_and_the_bundle_before_stays(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    before = opened.state.store
    opened.open_paths([tmp_path / "empty.json"])
    qtbot.waitUntil(lambda: opened.findChild(ErrorDialog) is not None, timeout=OPENING_MS)
    assert opened.state.store is before
    assert not opened.opener.running


def test_drop_opens(window: MainWindow, bundle: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.opener.opened, timeout=OPENING_MS):
        drop(window, QUrl.fromLocalFile(str(bundle)))
    assert window.opener.paths == (bundle,)


@pytest.mark.parametrize(("words", "count"), [("Replace", 1), ("Add to this bundle", 2)])
def test_drop_on_something_open_asks(
    opened: MainWindow, bundle: Path, qtbot: QtBot, words: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(opened.opener, "open", lambda paths, _asking: asked.append(len(paths)))
    drop(opened, QUrl.fromLocalFile(str(bundle)))
    qtbot.waitUntil(lambda: opened.findChild(AskDialog) is not None)
    qtbot.mouseClick(shown_button(opened.findChild(AskDialog), words), Qt.MouseButton.LeftButton)  # type: ignore[arg-type]
    assert asked == [count]


def test_a_drop_from_the_network_is_refused(window: MainWindow, qtbot: QtBot) -> None:
    drop(window, QUrl("https://example.org/trace.json"))
    qtbot.waitUntil(lambda: window.findChild(ErrorDialog) is not None)
    assert not window.opener.running


@pytest.mark.parametrize(("command", "count"), [("open", 1), ("open-folder", 1), ("add", 2)])
def test_what_is_chosen_in_the_dialog_is_opened(
    opened: MainWindow, bundle: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, command: str, count: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(opened.opener, "open", lambda paths, _asking: asked.append(len(paths)))
    opened.actions_[command].trigger()
    dialog = opened.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(bundle)])
    dialog.done(1)
    qtbot.waitUntil(lambda: asked == [count])


def test_recent_bundles_are_offered_and_gone_ones_are_not(
    window: MainWindow, bundle: Path, tmp_path: Path
) -> None:
    window.remember(lambda known: known.opened([tmp_path / "gone"], "gone").opened([bundle], "bundle"))
    assert [action.isEnabled() for action in window.recent_menu.actions()[:2]] == [True, False]
    buttons = {button.accessibleName(): button for button in window.empty.findChildren(QPushButton)}
    assert buttons["Open bundle again"].isEnabled()
    assert not buttons["Open gone again"].isEnabled()
    window.recent_menu.actions()[-1].trigger()
    assert window.remembered.recent == ()


def test_closing_the_bundle_shows_the_empty_page(opened: MainWindow) -> None:
    opened.actions_["close"].trigger()
    assert opened.state.store is None
    assert opened.pages.currentWidget() is opened.empty
    assert not opened.actions_["reload"].isEnabled()


def test_reading_again_keeps_place_and_zoom(opened: MainWindow) -> None:
    state = opened.state
    state.select_id("rq-bad")
    assert state.store is not None
    key = state.store.key(state.store.traces.rows(state.trace_row).start)
    state.select_span(key)
    state.set_viewport((5, 9))
    show(opened)
    assert (state.place.id, state.place.span, state.viewport) == ("rq-bad", key, (5, 9))


def test_the_worst_id_and_its_origin_are_shown_first(opened: MainWindow) -> None:
    state = opened.state
    assert state.place.id == "rq-bad"  # of one cause, with more errors than the other
    assert state.store is not None
    assert state.store.operation(state.span_row) == "charge"
    assert state.can_go == (False, False)


def test_an_id_that_is_not_there_is_told(window: MainWindow, qtbot: QtBot) -> None:
    window.wanted_id = "nowhere"
    show(window)
    qtbot.waitUntil(lambda: isinstance(window.findChild(ErrorDialog), ErrorDialog))
    assert window.state.place.id in IDS


def test_an_id_in_another_spelling_is_looked_for_and_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.wanted_id = "RQ-B"
    show(window)
    qtbot.waitUntil(lambda: window.state.place.id == "rq-bad")


def test_commands_need_what_they_need(opened: MainWindow) -> None:
    actions, state = opened.actions_, opened.state
    state.select_id("rq-bad")
    state.select_span(None)
    assert actions["fit"].isEnabled()
    assert not actions["zoom-selection"].isEnabled()
    assert not actions["query-clear"].isEnabled()
    state.set_query("status:error")
    assert actions["query-clear"].isEnabled()


def test_keys_reach_the_views(opened: MainWindow, qtbot: QtBot) -> None:
    state = opened.state
    opened.activateWindow()
    opened.board.waterfall.setFocus()
    state.select_id("rq-bad")
    qtbot.keyClick(opened, Qt.Key.Key_O)
    assert state.span_row >= 0
    qtbot.keyClick(opened, Qt.Key.Key_F)
    assert not state.path_on
    qtbot.keyClick(opened, Qt.Key.Key_G)
    assert state.place.scope == "bundle"
    qtbot.keyClick(opened, Qt.Key.Key_Period)
    assert state.place.id in IDS - {"rq-bad"}


def test_letters_in_a_text_field_are_letters(opened: MainWindow, qtbot: QtBot) -> None:
    opened.bundle_bar.query.enter()
    qtbot.keyClicks(opened.bundle_bar.query, "gef")
    assert opened.bundle_bar.query.text() == "gef"
    assert opened.state.place.scope == "id"


def test_copy_takes_what_has_the_focus(opened: MainWindow, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    opened.activateWindow()
    opened.board.waterfall.setFocus()
    opened.actions_["copy"].trigger()
    assert "service\tpay\noperation\tcharge" in clipboard.text()
    opened.actions_["copy-json"].trigger()
    assert json.loads(clipboard.text())["operation"] == "charge"
    opened.actions_["copy-markdown"].trigger()
    assert "| operation | charge |" in clipboard.text()
    opened.actions_["copy-curl"].trigger()
    assert "| operation | charge |" in clipboard.text()
    assert opened.status.currentMessage() == "This span names no URL to ask again."
    opened.board.ids.list.setFocus()
    opened.actions_["copy"].trigger()
    assert clipboard.text() == "rq-bad"


def test_escape_peels_one_layer_after_the_other(opened: MainWindow) -> None:
    state = opened.state
    state.select_id("rq-bad")
    assert state.store is not None
    key = state.store.key(state.store.traces.rows(state.trace_row).start)
    state.select_span(key)
    state.set_query("status:error")
    state.set_range((1, 2))
    state.choose_candidate(2)
    state.set_root(key)
    opened.actions_["peel"].trigger()
    assert (state.place.candidate, state.place.root) == (0, None)
    state.select_span(key)
    state.set_root(key)
    seen = []
    for _ in range(5):
        opened.actions_["peel"].trigger()
        place = state.place
        seen.append((place.root is None, place.range is None, place.query == "", place.span is None))
    assert [sum(layers) for layers in seen] == [1, 2, 3, 4, 4]


def test_theme_switches_and_is_kept(opened: MainWindow) -> None:
    opened.actions_["theme-light"].trigger()
    assert opened.state.theme.name == "light"
    assert load_settings()[0].theme == "light"
    assert opened.palette().window().color().name() == opened.state.theme.ground
    opened.actions_["theme-dark"].trigger()
    assert opened.state.theme.name == "dark"


def test_another_size_of_text_is_another_start(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_["text-larger"].trigger()
    assert load_settings()[0].scale == 110
    dialog = opened.findChild(AskDialog)
    assert isinstance(dialog, AskDialog)
    qtbot.mouseClick(shown_button(dialog, "Later"), Qt.MouseButton.LeftButton)
    opened.actions_["text-normal"].trigger()
    assert load_settings()[0].scale == 100


def test_panels_are_hidden_arranged_and_reset(opened: MainWindow, qtbot: QtBot) -> None:
    panels = opened.board.panels
    assert panels.keys() == {"overview", "ids", "rca", "span", "graph", "bottom"}
    panels["ids"].toggleViewAction().trigger()
    panels["rca"].setFloating(True)
    saved = opened.board.saved()
    opened.actions_["reset-layout"].trigger()
    assert not panels["ids"].isHidden()
    assert not panels["rca"].isFloating()
    assert opened.board.restore(saved)
    assert panels["ids"].isHidden()
    opened.actions_["arrange"].trigger()
    assert panels["graph"].titleBarWidget().height() > 0
    opened.actions_["arrange"].trigger()
    assert panels["graph"].titleBarWidget().height() == 0


@pytest.mark.parametrize("saved", [(), ("",), ("AAAA", "AAAA"), ("not base64!", "é")])
def test_an_arrangement_that_makes_no_sense_is_reset(opened: MainWindow, saved: tuple[str, ...]) -> None:
    opened.board.panels["ids"].hide()
    assert not opened.board.restore(saved)
    assert not opened.board.panels["ids"].isHidden()


def test_the_arrangement_is_remembered(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: opened.board.panels["ids"].width() > 0)
    qtbot.wait(50)
    opened.board.panels["overview"].hide()
    opened.close()
    remembered = load_remembered()
    assert remembered.layout == opened.board.saved()
    assert remembered.geometry


def test_everything_that_takes_the_focus_has_a_name(opened: MainWindow) -> None:
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractScrollArea)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in opened.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisibleTo(opened)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def test_a_kept_incident_is_known_again(opened: MainWindow, qtbot: QtBot) -> None:
    rca = opened.board.rca
    opened.actions_["keep-incident"].trigger()
    dialog = opened.findChild(KeepDialog)
    assert dialog is not None
    dialog.field.setText("the store was full")
    shown_button(dialog, "Keep").click()
    past = load_incidents()[0].incidents
    assert [one.note for one in past] == ["the store was full"]
    qtbot.wait(10)
    assert said(rca, "Seen on") == [], "the incident itself is no past one"
    keep_incidents([replace(past[0], time_ns=1_700_000_000_000_000_000)])
    rca.read_incidents()
    told = ["Seen on 14 Nov 2023, cause then: the store was full"]
    qtbot.waitUntil(lambda: said(rca, "Seen on") == told)


def said(parent: QWidget, begins: str) -> list[str]:
    """Texts of labels in it that begin so."""
    return [one.text() for one in parent.findChildren(QLabel) if one.text().startswith(begins)]


@pytest.mark.parametrize(("opened", "welcomed"), [((), True), ((Recent(("a.jsonl",), "a.jsonl"),), False)])
def test_who_has_opened_something_is_not_welcomed(
    window: MainWindow, opened: tuple[Recent, ...], *, welcomed: bool
) -> None:
    window.show_remembered(replace(window.remembered, met=False, recent=opened))
    window.offer_session(())
    shown = [one.text() for one in window.empty.findChildren(QLabel) if not one.isHidden()]
    assert any("Welcome" in words for words in shown) == welcomed
