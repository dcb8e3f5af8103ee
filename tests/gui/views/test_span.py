"""The span panel: its menus, whole values laid out, copies."""

from __future__ import annotations

import orjson
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.gui.dialogs.value import ValueDialog
from explorer.gui.state.appstate import AppState
from explorer.gui.views.events import EventsView
from explorer.gui.views.span import SpanView
from explorer.layout.palette import DARK
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

DRAWING = """
trace one at=0
gate: GET /pay      | server 0+500 500 request=rq-one url.full=https://shop.example/pay?x=1 http.request.method=GET
  pay: charge       | client 10+480 error db.statement="SELECT a FROM t WHERE b = '<b>'" body="{}"
    bank: debit     | server 20+430 error !TimeoutError(no answer)
"""


@pytest.fixture
def state(qtbot: QtBot) -> AppState:
    made = AppState()
    store = store_of(DRAWING, "drawn.jsonl")
    made.open(store, analyse(store, known_rules()[0]))
    made.select_id("rq-one")
    made.show_row(1)
    return made


@pytest.fixture
def view(qtbot: QtBot, state: AppState) -> SpanView:
    made = SpanView(state)
    qtbot.addWidget(made)
    made.resize(420, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def row_of(view: SpanView, name: str) -> int:
    return next(row for row in range(view.model.rowCount()) if view.model.pair(row)[0] == name)


def test_a_value_is_shown_whole(view: SpanView, qtbot: QtBot) -> None:
    row = row_of(view, "db.statement")
    view.table.selectRow(row)
    view.table.setCurrentIndex(view.model.index(row, 0))
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    dialog = view.window().findChild(ValueDialog)
    assert isinstance(dialog, ValueDialog)
    assert dialog.text.toPlainText() == "SELECT a\nFROM t\nWHERE b = '<b>'"
    assert dialog.caption.text().startswith("SQL · ")
    dialog.as_written.setChecked(True)
    assert dialog.text.toPlainText() == "SELECT a FROM t WHERE b = '<b>'"
    dialog.close()


def test_json_is_laid_out_and_copied_as_it_was(qtbot: QtBot) -> None:
    value = orjson.dumps({"a": [1, 2], "b\u202e": "<img src=x>"}).decode()
    dialog = ValueDialog("payload", value, DARK)
    qtbot.addWidget(dialog)
    assert '\n  "a": [1, 2],\n' in dialog.text.toPlainText()
    assert "⟨U+202E⟩" in dialog.text.toPlainText()
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "Copy").click()
    assert QGuiApplication.clipboard().text() == value


def test_the_menu_of_an_attribute(view: SpanView, state: AppState) -> None:
    actions = {action.text(): action for action in view.pair_menu(row_of(view, "db.statement")).actions()}
    actions["Copy value"].trigger()
    assert QGuiApplication.clipboard().text() == "SELECT a FROM t WHERE b = '<b>'"
    actions["Copy name and value"].trigger()
    assert QGuiApplication.clipboard().text().startswith("db.statement\tSELECT")
    actions["Only ids with this value"].trigger()
    assert state.place.query == "db.statement=\"SELECT a FROM t WHERE b = '<b>'\""
    actions["Show whole value"].trigger()
    dialog = view.window().findChild(ValueDialog)
    assert isinstance(dialog, ValueDialog)
    assert dialog.isVisible()
    dialog.close()
    made_up = {action.text(): action for action in view.pair_menu(row_of(view, "duration")).actions()}
    assert "Only ids with this value" not in made_up


def test_a_span_is_copied_in_four_forms(view: SpanView, state: AppState) -> None:
    menu = view.copy_button.menu()
    actions = {action.text(): action for action in menu.actions()}
    menu.aboutToShow.emit()
    assert not actions["As curl command"].isEnabled()
    state.show_row(0)
    menu.aboutToShow.emit()
    clipboard = QGuiApplication.clipboard()
    for words, begin in (
        ("As text", "trace_id\t"),
        ("As JSON", "{"),
        ("As Markdown", "| field"),
        ("As curl command", "curl "),
    ):
        assert actions[words].isEnabled()
        actions[words].trigger()
        assert clipboard.text().startswith(begin), words
    assert clipboard.text() == "curl -H 'x-request-id: rq-one' 'https://shop.example/pay?x=1'"


def test_events_are_listed_with_what_they_carry(qtbot: QtBot, state: AppState) -> None:
    state.show_row(2)
    events = EventsView(state)
    qtbot.addWidget(events)
    events.show()
    pairs = [events.model.pair(row) for row in range(events.model.rowCount())]
    assert pairs[0] == ("+450 ms  exception", "")
    assert dict(pairs)["exception.message"] == "no answer"
    events.table.entered.emit(1)
    dialog = events.window().findChild(ValueDialog)
    assert isinstance(dialog, ValueDialog)
    dialog.close()
    events.table.entered.emit(0)
    state.show_row(0)
    assert events.model.rowCount() == 0
    assert not events.table.isVisible()


def test_a_log_record_without_a_span_is_shown_in_its_place(qtbot: QtBot) -> None:
    state = AppState()
    store = store_of(
        "trace one at=20\ngate: GET /pay | server 0+500\nlog gate ERROR at=61 disk full", "drawn.jsonl"
    )
    state.open(store)
    view = SpanView(state)
    qtbot.addWidget(view)
    state.select_log(0)
    pairs = dict(view.model.pair(row) for row in range(view.model.rowCount()))
    assert (pairs["error"], pairs["message"]) == ("ERROR", "disk full")
    assert pairs["time"].endswith(" UTC")
    assert pairs["file"].startswith("drawn.jsonl at byte ")
    state.select_span(store.key(0))
    assert "message" not in {view.model.pair(row)[0] for row in range(view.model.rowCount())}, (
        "the span comes first"
    )
