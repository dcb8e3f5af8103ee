"""The log tab: whose logs, levels, words, patterns, wrapping, the selection both ways, and what can be copied."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.templates import mine_templates, rows_like
from explorer.gui import jobs
from explorer.gui.look.text import set_label
from explorer.gui.state.appstate import AppState
from explorer.gui.views import logs as logs_module
from explorer.gui.views.loglines import LINE
from explorer.gui.views.logs import LogsView
from explorer.layout.loglist import LEVELS, log_rows
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

LEFT = Qt.MouseButton.LeftButton
DRAWING = """
trace one at=0
gate: GET /pay      | server 0+500 500 request=rq-one
  - 1 INFO request 17 came from 10.0.0.1
  gate: pay         | client 10+480 error peer=pay
    pay: charge     | server 15+470 error !ValueError(bad amount)
      - 20 WARN cart 4411 has no price, using the list price of the day before yesterday
      - 30 ERROR charge failed after 12 ms
      pay: book     | internal 300+50
        - 310 FATAL book 3 is closed
trace two at=10
gate: GET /pay      | server 0+80 200 request=rq-two
  - 1 INFO request 18 came from 10.0.0.2
  - 2 DEBUG <b>bold</b> of 18
log gate INFO at=20 request 19 came from 10.0.0.3
log pay INFO at=21 request 20 came from 10.0.0.4
"""


@pytest.fixture(scope="module")
def store() -> Store:
    return store_of(DRAWING, "drawn.jsonl")


@pytest.fixture
def state(qtbot: QtBot, store: Store) -> AppState:
    made = AppState()
    made.open(store, analyse(store, known_rules()[0]))
    made.select_id("rq-one")
    return made


@pytest.fixture
def view(qtbot: QtBot, state: AppState) -> LogsView:
    made = LogsView(state)
    qtbot.addWidget(made)
    made.resize(1000, 260)
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(view: LogsView) -> list[str]:
    return [view.lines.message(int(row)).split()[0] for row in view.lines.rows]


def span_named(state: AppState) -> str:
    store = state.store
    return store.operation(state.span_row) if store is not None and state.span_row >= 0 else ""


def row_of(store: Store, operation: str) -> int:
    return next(row for row in range(len(store.spans)) if store.operation(row) == operation)


def click(qtbot: QtBot, view: LogsView, line: int, *, double: bool = False) -> None:
    point = QPoint(500, line * LINE + 8)
    qtbot.mouseClick(view.lines.viewport(), LEFT, pos=point)
    if double:
        QTest.mouseDClick(view.lines.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, point)


def test_scopes_and_levels(view: LogsView, state: AppState, store: Store) -> None:
    state.show_row(row_of(store, "charge"))
    assert texts(view) == ["cart", "charge", "book"]
    view.show_scope("id")
    assert texts(view) == ["request", "cart", "charge", "book"]
    view.show_scope("all")
    assert len(view.lines.rows) == len(store.logs) == 8
    for number, word in enumerate(LEVELS):
        view.levels.button(number).setChecked(word == "FATAL")
    assert texts(view) == ["book"]


def test_many_are_sifted_in_a_thread(
    view: LogsView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(logs_module, "AT_ONCE", 3)
    view.show_scope("all")
    assert not jobs.idle()
    qtbot.waitUntil(lambda: len(view.lines.rows) == len(store.logs))


def test_found_words_are_marked(view: LogsView, qtbot: QtBot) -> None:
    view.show_scope("all")
    plain = view.lines.grab().toImage()
    qtbot.keyClicks(view.find_field, "CHARGE")
    qtbot.waitUntil(lambda: texts(view) == ["charge"])
    first = QRect(0, 0, 1000, LINE)
    assert view.lines.grab().toImage().copy(first) != plain.copy(first)
    qtbot.keyClick(view.find_field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view.find_field, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(view.lines.rows) == 8)


def test_patterns_are_counted_and_limit_the_list(view: LogsView, qtbot: QtBot) -> None:
    view.show_scope("all")
    assert view.patterns.isHidden()
    qtbot.mouseClick(view.show_patterns, LEFT)
    model = view.patterns.patterns
    qtbot.waitUntil(lambda: model.rowCount() > 0)
    cells = [[model.data(model.index(row, column)) for column in range(4)] for row in range(model.rowCount())]
    assert cells[0] == ["3", "INFO", "gate", "request <*> came from <*>"]
    assert [
        "1",
        "WARN",
        "pay",
        "cart <*> has no price, using the list price of the day before yesterday",
    ] in cells
    assert ["1", "INFO", "pay", "request <*> came from <*>"] in cells
    view.patterns.selectRow(0)
    qtbot.waitUntil(lambda: texts(view) == ["request"] * 3)
    qtbot.waitUntil(lambda: jobs.idle() and model.rowCount() == len(cells))
    assert {index.row() for index in view.patterns.selectedIndexes()} == {0}
    qtbot.keyClick(view.patterns, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "request <*> came from <*>"
    qtbot.keyClick(view.patterns, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(view.lines.rows) == 8)
    view.patterns.selectRow(0)
    qtbot.waitUntil(lambda: len(view.lines.rows) == 3)
    qtbot.mouseClick(view.show_patterns, LEFT)
    qtbot.waitUntil(lambda: len(view.lines.rows) == 8)


def test_templates_of_more_than_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.arange(len(store.logs))
    whole = mine_templates(store, rows)
    assert (whole.read, whole.total) == (8, 8)
    monkeypatch.setattr("explorer.analysis.templates.MOST_READ", 4)
    some = mine_templates(store, rows)
    assert (some.read, some.total) == (4, 8)
    assert sum(one.count for one in some.templates) == 4
    common = whole.templates[0]
    assert len(rows_like(store, rows, common)) == 3
    monkeypatch.setattr("explorer.analysis.templates.MOST_READ", 1)
    assert len(rows_like(store, rows, common)) == 3


def test_wrapped_lines_take_the_height_they_need(view: LogsView, qtbot: QtBot, state: AppState) -> None:
    view.show_scope("id")
    view.resize(560, 140)
    assert not view.wrap.isChecked()
    assert view.lines.horizontalScrollBar().maximum() > 0
    qtbot.mouseClick(view.wrap, LEFT)
    assert view.lines.horizontalScrollBar().maximum() == 0
    cart = int(view.lines.rows[1])
    lines = view.lines.lines_of(cart)
    assert len(lines) > 1
    assert "".join(lines) == view.lines.message(cart)
    assert view.lines.row_at(QPointF(300, LINE + 4)) == view.lines.row_at(QPointF(300, 2 * LINE + 4)) == cart
    bar = view.lines.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = [row for _, row, _, _ in view.lines._on_screen()][-1]
    assert last == int(view.lines.rows[-1])


def test_a_line_selects_its_span_and_the_list_stays(
    view: LogsView, qtbot: QtBot, state: AppState, store: Store
) -> None:
    state.show_row(row_of(store, "charge"))
    click(qtbot, view, 2)
    assert state.log == int(view.lines.rows[2])
    assert span_named(state) == "book"
    assert texts(view) == ["cart", "charge", "book"]
    qtbot.keyClick(view.lines, Qt.Key.Key_Up)
    assert span_named(state) == "charge"
    qtbot.keyClick(view.lines, Qt.Key.Key_End)
    assert span_named(state) == "book"
    state.show_row(row_of(store, "book"))
    state.show_row(row_of(store, "pay"))
    assert state.log == -1
    assert texts(view) == ["cart", "charge", "book"]


def test_a_span_shows_its_lines_in_a_longer_list(view: LogsView, state: AppState, store: Store) -> None:
    view.show_scope("all")
    view.resize(1000, 110)
    bar = view.lines.verticalScrollBar()
    bar.setValue(bar.maximum())
    state.show_row(row_of(store, "book"))
    shown = [row for _, row, _, _ in view.lines._on_screen()]
    assert "book" in [view.lines.message(row).split()[0] for row in shown]
    assert len(view.lines.rows) == 8


def test_a_line_of_another_id_leads_there_only_when_asked(
    view: LogsView, qtbot: QtBot, state: AppState
) -> None:
    view.show_scope("all")
    at = [view.lines.message(int(row)).startswith("request 18") for row in view.lines.rows].index(True)
    click(qtbot, view, at)
    assert state.place.id == "rq-one"
    qtbot.keyClick(view.lines, Qt.Key.Key_Return)
    assert state.place.id == "rq-two"
    state.select_id("rq-one")
    click(qtbot, view, at, double=True)
    assert state.place.id == "rq-two"


def test_the_menu_of_a_line(view: LogsView, qtbot: QtBot, state: AppState, store: Store) -> None:
    view.show_scope("all")
    row = next(row for row in view.lines.rows.tolist() if view.lines.message(row).startswith("request 18"))
    actions = {action.text(): action for action in view.record_menu(row).actions() if action.text()}
    clipboard = QGuiApplication.clipboard()
    actions["Copy message"].trigger()
    assert clipboard.text() == "request 18 came from 10.0.0.2"
    actions["Copy as JSON"].trigger()
    assert orjson.loads(clipboard.text())["message"] == "request 18 came from 10.0.0.2"
    actions["Copy as Markdown"].trigger()
    assert "| message | request 18 came from 10.0.0.2 |" in clipboard.text()
    actions["Copy the 8 lines listed"].trigger()
    qtbot.waitUntil(lambda: clipboard.text().count("\n") == 8)
    assert clipboard.text().splitlines()[0].split("\t")[1:] == [
        "INFO",
        "gate",
        "request 17 came from 10.0.0.1",
    ]
    actions["Only lines like this"].trigger()
    qtbot.waitUntil(lambda: texts(view) == ["request"] * 3)
    assert view.show_patterns.isChecked()
    actions["Go to its span"].trigger()
    assert state.place.id == "rq-two"
    free = next(row for row in range(len(store.logs)) if store.logs.span[row] < 0)
    assert not {a.text(): a.isEnabled() for a in view.record_menu(free).actions()}["Go to its span"]


def test_ten_million_lines_scroll(store: Store, view: LogsView) -> None:
    """Rows are a column of numbers; only what is on screen is looked at."""
    many = np.tile(np.arange(8), 1_250_000).astype(np.int64)
    view.lines.show_rows(store, many)
    bar = view.lines.verticalScrollBar()
    assert bar.maximum() > 9_999_900
    bar.setValue(7_654_321)
    assert next(at for at, _, _, _ in view.lines._on_screen()) == 7_654_321
    assert not view.lines.grab().isNull()
    assert len(log_rows(store, "all", -1, -1, LEVELS)) == 8


def test_where_a_span_has_no_lines_those_of_its_id_are_a_click_away(
    qtbot: QtBot, state: AppState, view: LogsView
) -> None:
    assert not view.elsewhere.isVisible()
    silent = store_of(
        DRAWING.replace("      pay: book ", "      pay: rest     | internal 20+2\n      pay: book ")
    )
    state.open(silent, analyse(silent, known_rules()[0]))
    state.select_id("rq-one")
    state.show_row(row_of(silent, "rest"))
    assert view.elsewhere.isVisible()
    assert view.elsewhere.text() == "Show 4 of its id"
    qtbot.mouseClick(view.elsewhere, LEFT)
    assert len(view.lines.rows) == 4
    assert not view.elsewhere.isVisible()


@pytest.mark.parametrize("width", [664, 760, 1000])
def test_a_long_count_does_not_squeeze_the_field(view: LogsView, qtbot: QtBot, width: int) -> None:
    view.resize(width, 160)
    set_label(view._count, "1,234,567 of 10,000,000")
    view._fit()
    qtbot.wait(1)
    assert view.find_field.width() >= logs_module._FIND
