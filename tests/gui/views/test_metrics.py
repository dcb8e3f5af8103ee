"""The metrics tab: lanes with units on one axis, the shared cursor, hostile names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.results import Anomaly
from explorer.gui.state.appstate import AppState
from explorer.gui.views.lanes import Lanes
from explorer.gui.views.metrics import MetricsView, _is_called, cut_of
from explorer.model.records import Series
from explorer.session.rules import known_rules
from tests.drawn import BASE_NS
from tests.drawn_store import store_of

DRAWING = """
trace one at=20
gate: GET /pay      | server 0+500 500 request=rq-one
mark deploy gate at=10 gate 1 -> 2
metric request_duration_seconds service=gate every=10: 0.1 0.1 0.4 0.5 0.5 0.5 0.5 0.5 0.5
metric <b>bold</b>_ratio service=gate every=10: 0 0 1 1 1 1 1 1 1
"""
SECOND = 10**9


@pytest.fixture
def view(qtbot: QtBot) -> MetricsView:
    state = AppState()
    store = store_of(DRAWING, "drawn.jsonl")
    state.open(store, analyse(store, known_rules()[0]))
    state.select_id("rq-one")
    made = MetricsView(state)
    qtbot.addWidget(made)
    made.resize(900, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_lane_each_with_its_unit(view: MetricsView) -> None:
    assert len(view.chosen()) == len(view.lanes.lanes) == 2
    assert {lane.words(-1) for lane in view.lanes.lanes} == {
        "request duration seconds · gate (s)", "<b>bold</b> ratio · gate (ratio)",
    }  # fmt: skip
    view.show_series(view.chosen()[0])
    assert len(view.lanes.lanes) == 1


def test_the_list_says_the_last_value(view: MetricsView) -> None:
    model = view._list.model()
    assert [[model.index(row, column).data() for column in (0, 1)] for row in range(model.rowCount())] == [
        ["request duration seconds · gate", "0.5"], ["<b>bold</b> ratio · gate", "1"],
    ]  # fmt: skip
    assert "9 values, the last 1 ratio" in model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_a_series_is_found_as_it_was_recorded_and_by_any_label(view: MetricsView) -> None:
    model = view._list.model()
    for words, found in (("request_duration", 1), ("Request gate", 1), ("gate", 2), ("elsewhere", 0)):
        view._find.setText(words)
        assert model.rowCount() == found, words
    pod = "0f5f2b1e-1d2c-4a7e-868e-f331c5fd7c74"
    series = Series("cache_hits", (("zone", "eu"), ("disk", "sda"), ("pod", pod)), "", "counter", "")
    assert _is_called(series, "cache hits eu sda", ["hits", pod])


@pytest.mark.parametrize(
    ("head", "tail", "shown", "cut"),
    [
        (5, 20, 24, Qt.TextElideMode.ElideMiddle),  # its beginning tells it, and the middle is the least loss
        (20, 5, 24, Qt.TextElideMode.ElideMiddle),
        (16, 15, 24, Qt.TextElideMode.ElideRight),  # what tells it stands in the middle
        (40, 16, 24, Qt.TextElideMode.ElideLeft),
        (40, 40, 24, Qt.TextElideMode.ElideMiddle),
    ],
)
def test_a_title_is_cut_where_others_are_alike(
    head: int, tail: int, shown: int, cut: Qt.TextElideMode
) -> None:
    assert cut_of(head, tail, shown) == cut


def test_another_bundle_is_drawn_at_once_where_metrics_are_seen(view: MetricsView) -> None:
    other = store_of(DRAWING.replace("request_duration", "queue"), "other.jsonl")
    view._state.open(other, analyse(other, known_rules()[0]), "rq-one")
    assert len(view.chosen()) == 2
    assert "queue seconds · gate (s)" in {lane.words(-1) for lane in view.lanes.lanes}


def test_what_is_chosen_first_is_drawn_once(view: MetricsView, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[int]] = []
    monkeypatch.setattr(Lanes, "draw", lambda _self, _store, numbers: drawn.append(numbers))
    view._list.clearSelection()
    view.hide()
    drawn.clear()
    view.show()
    assert drawn == [[0, 1]]


def test_the_cursor_is_shared(view: MetricsView, qtbot: QtBot) -> None:
    state, sheet = view._state, view.lanes.sheet
    state.set_cursor(BASE_NS + 31 * SECOND)
    says = {lane.words(state.cursor) for lane in view.lanes.lanes}
    assert says == {"request duration seconds · gate: 0.5 s", "<b>bold</b> ratio · gate: 1 ratio"}
    middle = sheet.boxes()[0].center().toPoint()
    qtbot.mouseMove(sheet, middle)
    assert state.cursor == pytest.approx(sheet.plot().time(middle.x()), abs=SECOND // 10)
    QCoreApplication.sendEvent(sheet, QEvent(QEvent.Type.Leave))
    assert state.cursor == -1


def test_a_range_limits_all_lanes(view: MetricsView) -> None:
    begin, end = BASE_NS + 20 * SECOND, BASE_NS + 40 * SECOND
    view._state.set_range((begin, end))
    assert view.lanes.sheet.plot().view == (begin, end)


def test_time_is_zoomed_moved_and_shown_whole_again(view: MetricsView, qtbot: QtBot) -> None:
    sheet = view.lanes.sheet
    whole, middle = sheet.plot().view, sheet.boxes()[0].center()
    up = QWheelEvent(
        middle, sheet.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QCoreApplication.sendEvent(sheet, up)
    begin, end = sheet.plot().view
    assert whole[0] < begin < end < whole[1]
    at = middle.toPoint()
    qtbot.mousePress(sheet, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(sheet, at + QPoint(40, 0))
    qtbot.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=at + QPoint(40, 0))
    assert sheet.plot().view[0] < begin
    assert sheet.plot().view[1] - sheet.plot().view[0] == end - begin
    qtbot.mouseDClick(sheet, Qt.MouseButton.LeftButton, pos=at)
    assert sheet.plot().view == whole


def test_keys_move_and_zoom_the_lanes_that_have_the_focus(view: MetricsView, qtbot: QtBot) -> None:
    sheet = view.lanes.sheet
    sheet.setFocus()
    (first, last), middle = sheet.plot().view, sheet.boxes()[0].center().toPoint()
    qtbot.keyClick(sheet, Qt.Key.Key_W)
    begin, end = sheet.plot().view
    assert first < begin < end < last
    qtbot.keyClick(sheet, Qt.Key.Key_Right)
    assert sheet.plot().view[0] > begin
    qtbot.keyClick(sheet, Qt.Key.Key_A)
    assert sheet.plot().view == (begin, end)
    qtbot.keyClick(sheet, Qt.Key.Key_0)
    assert sheet.plot().view == (first, last)
    qtbot.keyClick(sheet, Qt.Key.Key_Plus)
    turned = QWheelEvent(
        middle.toPointF(), sheet.mapToGlobal(middle).toPointF(), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.ShiftModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QCoreApplication.sendEvent(sheet, turned)
    assert sheet.plot().view[0] > begin
    assert sheet.plot().view[1] - sheet.plot().view[0] == end - begin


def test_what_left_its_level_is_shaded(view: MetricsView) -> None:
    state, number = view._state, view.chosen()[0]
    assert state.store is not None
    assert state.analysis is not None
    begin, end = BASE_NS + 20 * SECOND, BASE_NS + 60 * SECOND
    one = Anomaly("metric", "0 → 1", begin, end, series=number)
    state.open(state.store, replace(state.analysis, anomalies=(one,)))
    view.lanes.draw(state.store, view.chosen())
    first, second = view.lanes.lanes
    assert view.lanes.sheet.shaded(first) == [(begin, end, state.theme.warning)]
    assert view.lanes.sheet.shaded(second) == []
