"""What limits, groups and squeezes the waterfall, and what lies over its rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from explorer.gui import jobs
from explorer.gui.state.appstate import AppState
from explorer.gui.views.logs import LogsView
from explorer.gui.views.overview import OverviewView
from explorer.gui.views.waterfall import WaterfallView
from explorer.gui.window import MainWindow
from explorer.layout.critical import by_service, longest
from explorer.layout.waterfall import ROW_HEIGHT, own_work, tooltip_text
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

DRAWING = """
trace slow at=10
gate: GET /list     | server 0+900 request=rq-slow name=top
  gate: load        | internal 0+200
    db: get         | client 10+20
    db: get         | client 40+20
    db: get         | client 70+20 error
    db: get         | client 100+20
    db: get         | client 130+60
  gate: call        | client 600+290
    rank: score     | server 605+280 500 error !ValueError(bad score)
      - 620 WARN the model is old
      - 830 ERROR score is no number
      * 840 cache.miss
  gate: notify      | producer 895+4 name=sent
trace later at=30
mail: send          | consumer 0+40 link=sent request=rq-mail
"""


@cache
def answers() -> tuple[Store, Analysis]:
    store = store_of(DRAWING, "slow.jsonl")
    return store, analyse(store, known_rules()[0])


@pytest.fixture
def state(qtbot: QtBot) -> AppState:
    made = AppState()
    made.open(*answers())
    made.select_id("rq-slow")
    made.select_span(None)
    return made


@pytest.fixture
def view(qtbot: QtBot, state: AppState) -> Iterator[WaterfallView]:
    made = WaterfallView(state)
    qtbot.addWidget(made)
    made.resize(1100, 400)
    made.show()
    qtbot.waitExposed(made)
    settle(qtbot)
    yield made
    jobs.shutdown()


def settle(qtbot: QtBot) -> None:
    """Until no work is under way."""
    qtbot.waitUntil(lambda: not jobs._running)
    QApplication.processEvents()


def shown(view: WaterfallView) -> list[str]:
    return [row.operation + (f" ×{row.group}" if row.group else "") for row in view.rows.views()]


ALL = ["GET /list", "load", "get", "get", "get", "get", "get", "call", "score", "notify"]
GROUPED = ["GET /list", "load", "get ×5", "call", "score", "notify"]


def test_alike_siblings_are_one_row_until_opened(qtbot: QtBot, state: AppState, view: WaterfallView) -> None:
    assert shown(view) == GROUPED
    state.set_options(grouped=False)
    assert shown(view) == ALL
    state.set_options(grouped=True)
    view.select_row(2)
    view.unfold()
    assert shown(view) == ALL
    view.move_row(3)
    view.fold()
    assert shown(view) == GROUPED
    assert state.span_row == 2
    view.fold()
    assert state.span_row == 1


def test_an_error_in_a_group_is_counted_and_stepped_to(state: AppState, view: WaterfallView) -> None:
    assert view.rows.views()[2].hidden_errors == 1
    view.next_error()
    assert answers()[0].operation(state.span_row) == "get"
    assert shown(view) == ALL


def test_pills_limit_the_rows_and_keep_what_was_folded(
    qtbot: QtBot, state: AppState, view: WaterfallView
) -> None:
    view.select_row(1)
    view.fold()
    folded = shown(view)
    qtbot.mouseClick(view.lens_bar.pills["errors"], Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert state.only == {"errors"}
    assert shown(view) == ["GET /list", "load", "get", "call", "score"]
    assert [row.dim for row in view.rows.views()] == [True, True, False, True, False]
    view.unfold()
    view.fold()
    qtbot.mouseClick(view.lens_bar.pills["slow"], Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert "score" in shown(view)
    state.set_options(only=frozenset())
    settle(qtbot)
    assert shown(view) == folded


def test_what_a_lens_hides_is_shown_when_it_is_gone_to(
    qtbot: QtBot, state: AppState, view: WaterfallView
) -> None:
    state.set_options(only=frozenset({"errors"}))
    settle(qtbot)
    view.go_to(9)
    settle(qtbot)
    assert state.only == frozenset()
    assert "notify" in shown(view)


def test_only_the_critical_path(qtbot: QtBot, state: AppState, view: WaterfallView) -> None:
    state.set_options(only=frozenset({"critical"}))
    settle(qtbot)
    assert "notify" in shown(view)
    assert "score" in shown(view)
    assert not view.critical_bar.isVisible()


def test_matches_only_shows_what_is_found(qtbot: QtBot, state: AppState, view: WaterfallView) -> None:
    view.open_find()
    view.find_bar.field.setText("rank")
    qtbot.mouseClick(view.find_bar.matches, Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert shown(view) == ["GET /list", "call", "score"]
    view.find_bar.field.setText("nothing like it")
    settle(qtbot)
    assert shown(view) == []
    assert view.rows.nothing_found
    assert view.close_find()
    settle(qtbot)
    assert len(shown(view)) > 3
    assert state.only == frozenset()


def test_the_critical_path_survives_folding(qtbot: QtBot, state: AppState, view: WaterfallView) -> None:
    state.set_options(critical_on=True)
    settle(qtbot)
    open_rows = {row.operation: row.critical for row in view.rows.views()}
    assert open_rows["score"]
    view.select_row(0)
    view.fold()
    assert [(round(a, 3), round(b, 3)) for a, b in view.rows.views()[0].critical] == [(0.0, 1.0)]
    view.unfold()
    assert {row.operation: row.critical for row in view.rows.views()} == open_rows


def test_time_by_service_along_it_and_its_longest_spans(
    qtbot: QtBot, state: AppState, view: WaterfallView
) -> None:
    state.set_options(critical_on=True)
    settle(qtbot)
    assert view.critical_bar.isVisible()
    assert view.scene is not None
    shares = by_service(view.scene)
    assert sum(one.ns for one in shares) == 900_000_000
    assert [one.words for one in shares] == ["gate", "rank", "db"]
    top = longest(view.scene, 2)
    assert top[1].words == "gate › rank · score"
    assert view.critical_bar.menu.actions()[0].text().startswith(("400 ms", "409 ms", "410 ms", "4"))
    rect, share = view.critical_bar.parts()[1]
    qtbot.mouseClick(view.critical_bar, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert state.span_row == share.row
    assert answers()[0].operation(state.span_row) == "score"


def test_idle_time_becomes_a_break_and_zoom_follows_the_axis(
    qtbot: QtBot, state: AppState, view: WaterfallView
) -> None:
    assert view.lens_bar.idle.isVisible()
    plain = {row.operation: row.x1 - row.x0 for row in view.rows.views()}
    qtbot.mouseClick(view.lens_bar.idle, Qt.MouseButton.LeftButton)
    assert state.squeezed
    squeezed = {row.operation: row.x1 - row.x0 for row in view.rows.views()}
    assert squeezed["score"] > 1.5 * plain["score"]
    assert view.scene is not None
    assert len(view.scene.axis.gaps) == 1
    view.zoom(2.0, 1.0)
    begin, end = state.viewport
    assert end == view.scene.extent()[1]
    axis = view.scene.axis
    assert axis.place(end) - axis.place(begin) == pytest.approx(
        (axis.extent[1] - axis.extent[0]) / 2, rel=0.01
    )
    state.set_options(squeezed=False)
    assert state.viewport == (begin, end)


def test_links_lead_to_the_other_span_and_back(qtbot: QtBot, state: AppState, view: WaterfallView) -> None:
    view.select_row(9)
    assert view.rows.views()[-1].links == (0, 1)
    texts = [action.text() for action in view.context_menu(9).actions()]
    assert "Linked from mail  send" in texts
    view.follow_link()
    assert state.place.id == "rq-mail"
    settle(qtbot)
    assert view.rows.views()[0].links == (1, 0)
    view.follow_link()
    assert state.place.id == "rq-slow"


def test_tips_say_own_work_and_what_a_mark_marks(view: WaterfallView) -> None:
    assert view.scene is not None
    assert "own work 10 ms, 3.4 % of it" in tooltip_text(view.scene, 7)
    assert [b - a for a, b in own_work(view.scene, 7)] == [5_000_000, 5_000_000]
    at = view.rows.x_of(view.scene.extent()[0] + 830_000_000)
    point = QPoint(round(at), shown(view).index("score") * ROW_HEIGHT + 16)
    viewport = view.rows.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, point, viewport.mapToGlobal(point)))
    assert "score is no number" in QToolTip.text()
    assert "model is old" not in QToolTip.text()
    QToolTip.hideText()


def test_the_context_menu_goes_to_the_first_error_below(state: AppState, view: WaterfallView) -> None:
    menu = view.context_menu(0)
    action = next(one for one in menu.actions() if one.text().startswith("To the first of 2 errors"))
    action.trigger()
    assert state.span_row == 4


def test_one_cursor_for_all_time_axes(qtbot: QtBot, state: AppState, view: WaterfallView) -> None:
    overview, logs = OverviewView(state), LogsView(state)
    for widget in (overview, logs):
        qtbot.addWidget(widget)
        widget.resize(1100, 160)
        widget.show()
        qtbot.waitExposed(widget)
    move(view.rows.viewport(), QPointF(view.rows.x_of(view.scene.extent()[0] + 450_000_000), 30))  # type: ignore[union-attr]
    assert abs(state.cursor - view.scene.extent()[0] - 450_000_000) < 3_000_000  # type: ignore[union-attr]
    assert view.rows.pointer == state.cursor
    move(view.rows.viewport(), QPointF(20, 30))
    assert state.cursor == -1
    move(overview, QPointF(500, 20))
    assert state.cursor == overview.time_at(500)
    logs.show_scope("id")
    move(logs.lines.viewport(), QPointF(300, 5))
    assert state.cursor == int(answers()[0].logs.time[logs.lines.rows[0]])


def move(widget: object, at: QPointF) -> None:
    """The mouse moves over a widget, no button pressed."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8])
def test_a_selected_row_is_in_sight_however_few_fit(opened: MainWindow, rows: int) -> None:
    opened.state.select_id("rq-bad")
    area = opened.board.waterfall.rows
    area.resize(area.width(), rows * ROW_HEIGHT + 1)
    assert area.rows_on_screen() == rows
    assert area.shown is not None
    for at in (3, 0, 2, 1, 3):
        row = area.shown.row(at)
        area.reveal(row)
        assert row in [view.row for view in area.views()[:rows]]


def test_a_large_trace_is_made_ready_off_the_gui_thread(
    qtbot: QtBot, state: AppState, view: WaterfallView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.gui.views.traceview.LARGE", 1)
    before = view.scene
    assert before is not None
    view.move_row(2)
    view.fold()
    folded, selected = view.folding, state.place.span
    assert folded is not None
    state.set_options(squeezed=True)
    assert view.scene is before  # the one before stays in sight meanwhile
    settle(qtbot)
    assert view.scene is not None
    assert view.scene.squeezed
    assert view.folding is folded
    state.select_id("rq-mail")
    state.set_options(squeezed=False)  # counts for what is being made
    settle(qtbot)
    assert view.scene.squeezed is state.squeezed
    assert view.folding is not folded
    assert view.scene.first == answers()[0].traces.rows(state.trace_row).start
    assert view.map.map is not None
    state.select_id("rq-slow")
    state.select_span(selected)
    state.open(None)
    settle(qtbot)
    assert view.scene is None  # what was being made comes too late
