"""The metrics tab: lanes with units on one axis, the shared cursor, hostile names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.results import Anomaly
from explorer.gui.state.appstate import AppState
from explorer.gui.views.metrics import MetricsView
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
    titles = [lane.plot.titleLabel.item.toPlainText() for lane in view.lanes.lanes]
    assert sorted(titles) == sorted(lane.words(-1) for lane in view.lanes.lanes)
    view.show_series(view.chosen()[0])
    assert len(view.lanes.lanes) == 1


def test_another_bundle_is_drawn_at_once_where_metrics_are_seen(view: MetricsView) -> None:
    other = store_of(DRAWING.replace("request_duration", "queue"), "other.jsonl")
    view._state.open(other, analyse(other, known_rules()[0]), "rq-one")
    assert len(view.chosen()) == 2
    assert "queue seconds · gate (s)" in {lane.words(-1) for lane in view.lanes.lanes}


def test_what_is_chosen_first_is_drawn_once(view: MetricsView, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[int]] = []
    monkeypatch.setattr(view.lanes, "draw", lambda _store, numbers: drawn.append(numbers))
    view._list.clearSelection()
    view.hide()
    drawn.clear()
    view.show()
    assert drawn == [[0, 1]]


def test_the_cursor_is_shared(view: MetricsView) -> None:
    state = view._state
    state.set_cursor(BASE_NS + 31 * SECOND)
    says = {lane.words(state.cursor) for lane in view.lanes.lanes}
    assert says == {"request duration seconds · gate: 0.5 s", "<b>bold</b> ratio · gate: 1 ratio"}
    assert all(lane.cursor.isVisible() for lane in view.lanes.lanes)
    middle = view.lanes.lanes[0].plot.vb.sceneBoundingRect().center()
    view.lanes._point(middle)
    low, high = view.lanes.lanes[0].plot.vb.viewRange()[0]
    assert state.cursor == pytest.approx(view.lanes._begin() + (low + high) / 2 * SECOND, abs=SECOND // 10)
    state.set_cursor(-1)
    assert not any(lane.cursor.isVisible() for lane in view.lanes.lanes)


def test_a_range_limits_all_lanes(view: MetricsView) -> None:
    state = view._state
    state.set_range((BASE_NS + 20 * SECOND, BASE_NS + 40 * SECOND))
    low, high = view.lanes.lanes[-1].plot.vb.viewRange()[0]
    assert high - low == pytest.approx(20, rel=0.1)
    assert view.lanes._begin() == BASE_NS + 20 * SECOND
    assert low == pytest.approx(0, abs=2)
    axis = view.lanes.lanes[-1].plot.getAxis("bottom")
    texts = [text for _, ticks in axis.tickValues(low, high, 600) for text in axis.tickStrings(ticks, 1, 5)]
    assert "14:13:45" in texts
    assert all(text[-1] in "05" for text in texts)


def test_what_left_its_level_is_shaded(view: MetricsView) -> None:
    state, number = view._state, view.chosen()[0]
    assert state.store is not None
    assert state.analysis is not None
    begin, end = BASE_NS + 20 * SECOND, BASE_NS + 60 * SECOND
    one = Anomaly("metric", "0 → 1", begin, end, series=number)
    state.open(state.store, replace(state.analysis, anomalies=(one,)))
    view.lanes.draw(state.store, view.chosen())
    shaded = [item for item in view.lanes.lanes[0].plot.items if hasattr(item, "getRegion")]
    drawn = view.lanes._begin()
    assert [item.getRegion() for item in shaded] == [
        pytest.approx(((begin - drawn) / 1e9, (end - drawn) / 1e9))
    ]
    assert not [item for item in view.lanes.lanes[1].plot.items if hasattr(item, "getRegion")]
