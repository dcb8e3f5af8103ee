"""The regions of the window on a small bundle: clicked, typed into, followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis, Evidence
from explorer.gui.state.appstate import AppState
from explorer.gui.views.bottom import BottomTabs
from explorer.gui.views.graph import GraphView
from explorer.gui.views.header import IdHeader
from explorer.gui.views.overview import OverviewView
from explorer.gui.views.parts import ClickRow
from explorer.gui.views.rca import RcaView
from explorer.gui.views.span import SpanView
from explorer.gui.views.stack import stack_lines
from explorer.gui.views.steprow import StepRow
from explorer.gui.views.waterfall import WaterfallView
from explorer.ingest import ingest
from explorer.layout.waterfall import ROW_HEIGHT
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.small import START, write_small

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Analysis]:
    store = ingest([write_small(Path(tmp_path_factory.mktemp("views")) / "small")])
    return store, analyse(store, known_rules()[0])


@pytest.fixture
def state(qtbot: QtBot, read: tuple[Store, Analysis]) -> AppState:
    """The small bundle, its failing id selected."""
    made = AppState()
    made.open(*read)
    made.select_id("rq-0001")
    return made


@pytest.fixture
def waterfall(qtbot: QtBot, state: AppState) -> WaterfallView:
    view = WaterfallView(state)
    qtbot.addWidget(view)
    view.resize(900, 300)
    view.show()
    qtbot.waitExposed(view)
    return view


def selected(state: AppState) -> str:
    store, row = state.store, state.span_row
    assert store is not None
    return f"{store.service(row)} {store.operation(row)}" if row >= 0 else ""


def click_row(qtbot: QtBot, view: WaterfallView, position: int, x: int = 120) -> None:
    point = QPoint(x, position * ROW_HEIGHT + ROW_HEIGHT // 2)
    qtbot.mouseClick(view.rows.viewport(), LEFT, pos=point)


def test_an_id_opens_at_its_origin(state: AppState) -> None:
    assert selected(state) == "payment POST /charge"


def test_rows_are_clicked_and_walked(qtbot: QtBot, state: AppState, waterfall: WaterfallView) -> None:
    click_row(qtbot, waterfall, 0)
    assert selected(state) == "shop POST /buy"
    waterfall.move_row(1)
    assert selected(state) == "shop charge"
    waterfall.move_row(99)
    assert selected(state) == "payment POST /charge"
    waterfall.move_row(-99)
    assert selected(state) == "shop POST /buy"


def test_folding_by_keys_and_mark(qtbot: QtBot, state: AppState, waterfall: WaterfallView) -> None:
    click_row(qtbot, waterfall, 0)
    waterfall.fold()
    assert [view.hidden for view in waterfall.rows.views()] == [2]
    assert waterfall.rows.views()[0].hidden_errors == 2
    waterfall.unfold()
    assert len(waterfall.rows.views()) == 3
    waterfall.unfold()
    assert selected(state) == "shop charge"
    waterfall.fold()
    assert len(waterfall.rows.views()) == 2
    waterfall.fold()
    assert selected(state) == "shop POST /buy"
    click_row(qtbot, waterfall, 1, x=42)
    assert len(waterfall.rows.views()) == 3


def test_levels_fold_one_by_one(waterfall: WaterfallView) -> None:
    shown = []
    for by in (-1, -1, -1, 1, 1, 1):
        waterfall.fold_all(by)
        shown.append(len(waterfall.rows.views()))
    assert shown == [2, 1, 1, 2, 3, 3]


def test_errors_are_stepped_through_and_unfolded(state: AppState, waterfall: WaterfallView) -> None:
    waterfall.select_row(0)
    waterfall.fold()
    waterfall.next_error(1)
    assert selected(state) == "shop charge"
    assert len(waterfall.rows.views()) == 3
    waterfall.next_error(1)
    waterfall.next_error(1)
    assert selected(state) == "shop POST /buy"
    waterfall.next_error(-1)
    assert selected(state) == "payment POST /charge"
    waterfall.select_row(0)
    waterfall.to_origin()
    assert selected(state) == "payment POST /charge"


def test_time_zooms_at_the_cursor_and_never_leaves_the_trace(
    state: AppState, waterfall: WaterfallView
) -> None:
    assert state.viewport == (0, 0)
    waterfall.zoom(2.0, 0.0)
    assert state.viewport == (START, START + 50_000_000)
    waterfall.pan(-5)
    assert state.viewport == (START, START + 50_000_000)
    waterfall.pan(0.5)
    assert state.viewport == (START + 25_000_000, START + 75_000_000)
    waterfall.zoom(0.01)
    assert state.viewport == (0, 0)
    waterfall.zoom_to_selection()
    begin, end = state.viewport
    assert begin < START + 25_000_000 < START + 85_000_000 < end
    waterfall.fit()
    assert state.viewport == (0, 0)


def test_ruler_and_minimap_choose_times(qtbot: QtBot, state: AppState, waterfall: WaterfallView) -> None:
    left, right = waterfall.ruler.geometry_of.bars
    half = int((left + right) / 2)
    qtbot.mousePress(waterfall.ruler, LEFT, pos=QPoint(int(left), 8))
    qtbot.mouseMove(waterfall.ruler, QPoint(half, 8))
    qtbot.mouseRelease(waterfall.ruler, LEFT, pos=QPoint(half, 8))
    assert state.viewport[0] == pytest.approx(START, abs=2_000_000)
    assert state.viewport[1] == pytest.approx(START + 50_000_000, abs=2_000_000)
    qtbot.mouseDClick(waterfall.ruler, LEFT, pos=QPoint(half, 8))
    assert state.viewport == (0, 0)
    qtbot.mousePress(waterfall.map, LEFT, pos=QPoint(half, 10))
    qtbot.mouseMove(waterfall.map, QPoint(int(right), 10))
    qtbot.mouseRelease(waterfall.map, LEFT, pos=QPoint(int(right), 10))
    assert state.viewport[0] == pytest.approx(START + 50_000_000, abs=2_000_000)


def test_find_goes_from_match_to_match(qtbot: QtBot, state: AppState, waterfall: WaterfallView) -> None:
    waterfall.select_row(0)
    waterfall.open_find()
    qtbot.keyClicks(waterfall.find_bar.focusProxy() or waterfall.find_bar.field, "charge")
    qtbot.waitUntil(lambda: selected(state) == "shop charge")
    waterfall.find_next(1)
    assert selected(state) == "payment POST /charge"
    waterfall.find_next(1)
    assert selected(state) == "shop charge"
    waterfall.find_next(-1)
    assert selected(state) == "payment POST /charge"
    assert waterfall.close_find()
    assert not waterfall.close_find()


def test_find_takes_over_the_word_of_the_query(state: AppState, waterfall: WaterfallView) -> None:
    state.set_query("status:error and (charge or -pay)")
    waterfall.open_find()
    assert waterfall.find_bar.text() == "charge"
    waterfall.find_bar.field.setText("bank")
    waterfall.open_find()
    assert waterfall.find_bar.text() == "bank", "but not over what is being looked for"


def test_rooting_at_a_span(state: AppState, waterfall: WaterfallView) -> None:
    store = state.store
    assert store is not None
    state.set_root(store.key(1))
    assert [view.row for view in waterfall.rows.views()] == [1, 2]
    assert waterfall.rows.views()[0].depth == 0
    waterfall.select_row(1)
    state.set_root(None)
    assert len(waterfall.rows.views()) == 3


def test_the_context_menu_copies(state: AppState, waterfall: WaterfallView) -> None:
    menu = waterfall.context_menu(2)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy span id"].trigger()
    assert QGuiApplication.clipboard().text() == "0000000000000003"
    actions["Copy row as text"].trigger()
    assert QGuiApplication.clipboard().text().split("\t")[:3] == ["payment", "POST /charge", "25 ms"]
    actions["Root the waterfall here"].trigger()
    assert state.place.root is not None


def test_rows_off_the_path_are_dimmed_while_it_is_on(state: AppState, waterfall: WaterfallView) -> None:
    assert not any(view.dim for view in waterfall.rows.views())  # all three are on the path
    state.select_id("rq-0002")
    assert not any(view.dim or view.step for view in waterfall.rows.views())


def test_the_cause_is_said_and_evidence_opens(qtbot: QtBot, state: AppState) -> None:
    view, bottom = RcaView(state), BottomTabs(state)
    for widget in (view, bottom):
        qtbot.addWidget(widget)
        widget.resize(400, 500)
        widget.show()
    steps = view.findChildren(StepRow)
    assert [step.accessibleName().partition(",")[0] for step in steps] == [
        "origin: payment POST /charge",
        "surfaced: shop POST /buy",
    ]
    qtbot.mouseClick(steps[1], LEFT)
    assert selected(state) == "shop POST /buy"
    rows = [row for row in view.findChildren(ClickRow) if not isinstance(row, StepRow)]
    span = next(row for row in rows if row.accessibleName().startswith("span"))
    qtbot.keyClick(span, Qt.Key.Key_Return)
    assert selected(state) == "payment POST /charge"
    bottom.show_tab(1)
    state.open_evidence(Evidence("log", "a line", log=0))
    assert state.log == 0
    assert bottom.tabs.currentWidget() is bottom.logs
    place = steps[1].mapTo(view, steps[1].rect().center())
    assert view.childAt(place) is steps[1]
    state.select_id("rq-0002")
    assert view.childAt(place) is not steps[1], "what is still said of the id before cannot be clicked"
    qtbot.waitUntil(lambda: not any(step.isVisible() for step in view.findChildren(StepRow)))


def test_logs_follow_the_span_and_lead_back(qtbot: QtBot, state: AppState) -> None:
    bottom = BottomTabs(state)
    qtbot.addWidget(bottom)
    bottom.resize(900, 200)
    bottom.show()
    logs = bottom.logs
    logs.show_scope("id")
    assert len(logs.lines.rows) == 1
    assert "journal full" in logs.lines.message(int(logs.lines.rows[0]))
    logs.show_scope("all")
    assert len(logs.lines.rows) == 2
    qtbot.mouseClick(logs.lines.viewport(), LEFT, pos=QPoint(400, 8))
    assert state.log == int(logs.lines.rows[0])
    qtbot.keyClick(logs.lines, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "No space left on device" in QGuiApplication.clipboard().text()
    errors = logs.levels.button(3)
    qtbot.mouseClick(errors, LEFT)
    assert len(logs.lines.rows) == 1
    qtbot.mouseClick(errors, LEFT)
    qtbot.keyClicks(logs.find_field, "charged")
    qtbot.waitUntil(lambda: len(logs.lines.rows) == 1)


def test_stack_events_and_details_of_the_origin(qtbot: QtBot, state: AppState) -> None:
    bottom, span = BottomTabs(state), SpanView(state)
    for widget in (bottom, span):
        qtbot.addWidget(widget)
        widget.show()
    assert "OSError: [Errno 28] No space left on device" in bottom.stack.text.toPlainText()
    pairs = dict(span.model.pair(row) for row in range(span.model.rowCount()))
    assert pairs["duration"] == "60 ms"
    assert pairs["http.status_code"] == "500"
    assert pairs["span id"] == "0000000000000003"
    assert pairs["service.version"] == "1.2.0"
    bottom.show_tab(1)
    events = [bottom.events.model.pair(row) for row in range(bottom.events.model.rowCount())]
    assert events[0] == ("+60 ms  exception", "")
    assert ("exception.type", "OSError") in events
    span.filter_field.setText("version")
    assert span.model.rowCount() == 1 or all("version" in " ".join(span.model.pair(i)) for i in range(2))


def test_stack_lines_put_the_root_cause_first_and_mark_libraries() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/app/a.py", line 1, in load\n    read()\n'
        '  File "/usr/lib/python3.11/json/decoder.py", line 5, in decode\n    raise err\n'
        "ValueError: bad\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "/app/b.py", line 2, in main\n    load()\n'
        "RuntimeError: failed\n"
    )
    lines = stack_lines(text).split("\n")
    assert lines[0] == "ValueError: bad"
    assert any(line.startswith("    · ") and "decode" in line for line in lines)
    assert any(line.startswith("    load") for line in lines)
    assert "RuntimeError: failed" in lines
    folded = stack_lines(text, libraries=False).split("\n")
    assert folded[:3] == [
        "ValueError: bad",
        "    · 1 library frame, innermost decode",
        "    load  /app/a.py:1",
    ]


def test_the_graph_draws_and_selects(qtbot: QtBot, state: AppState) -> None:
    view = GraphView(state)
    qtbot.addWidget(view)
    view.resize(800, 240)
    view.show()
    qtbot.waitUntil(lambda: view.canvas.drawn is not None)
    drawn = view.canvas.drawn
    assert drawn is not None
    names = [node.name for node in drawn.nodes]
    assert names == ["shop", "payment"]
    assert drawn.nodes[1].role == "origin"
    assert [edge.on_path for edge in drawn.edges] == [True]
    x, y, w, h = drawn.box(0)
    point = view.canvas.transform.map(QPointF(x + w / 2, y + h / 2)).toPoint()
    qtbot.mouseClick(view.canvas, LEFT, pos=point)
    assert selected(state).startswith("shop")
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert selected(state).startswith("payment")
    state.set_scope("bundle")
    qtbot.waitUntil(lambda: view.canvas.drawn is not None and view.canvas.drawn.nodes[0].calls == 2)


def test_the_overview_selects_a_time(qtbot: QtBot, state: AppState) -> None:
    view = OverviewView(state)
    qtbot.addWidget(view)
    view.resize(900, view.height())
    view.show()
    y = 20
    qtbot.mousePress(view, LEFT, pos=QPoint(200, y))
    qtbot.mouseMove(view, QPoint(500, y))
    qtbot.mouseRelease(view, LEFT, pos=QPoint(500, y))
    chosen = state.place.range
    assert chosen is not None
    assert START <= chosen[0] < chosen[1] <= START + 5_040_000_000
    qtbot.mouseClick(view, LEFT, pos=QPoint(300, y))
    assert state.place.range is None


def test_the_header_says_what_is_shown(qtbot: QtBot, state: AppState) -> None:
    header = IdHeader(state)
    qtbot.addWidget(header)
    header.show()
    assert header.id_text() == "rq-0001"
    assert "3 spans · 2 services · 100 ms · 1 log" in header.words()


def test_metrics_say_when_there_are_none(qtbot: QtBot, state: AppState) -> None:
    bottom = BottomTabs(state)
    qtbot.addWidget(bottom)
    bottom.show()
    bottom.show_tab(3)
    assert bottom.metrics.chosen() == []
