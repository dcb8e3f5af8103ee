"""The query field: mistakes marked where they are, values offered, applied after a pause."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.gui.shell.completion import known_values
from explorer.gui.shell.query_field import QueryField
from explorer.gui.window import MainWindow


@pytest.fixture
def field(opened: MainWindow) -> QueryField:
    opened.activateWindow()
    opened.actions_["query"].trigger()
    return opened.bundle_bar.query


def test_a_query_is_applied_after_a_pause(field: QueryField, opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "status:error")
    assert opened.state.place.query == ""
    qtbot.waitUntil(lambda: opened.state.place.query == "status:error", timeout=2000)


def test_enter_applies_at_once(field: QueryField, opened: MainWindow, qtbot: QtBot) -> None:
    field.setText("status:error")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert opened.state.place.query == "status:error"


def test_a_mistake_is_marked_and_not_applied(field: QueryField, opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "status:error (")
    assert field.error is not None
    assert field.property("wrong") == "false", "what is offered may yet mend it"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong") == "true"
    assert opened.state.place.query == ""
    field.grab()  # the mark is painted
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.error is None


def test_a_mistake_before_what_is_being_written_is_marked_at_once(field: QueryField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "nowhere:gate stat")
    assert field.property("wrong") == "true"


def test_enter_leaves_the_field(field: QueryField, qtbot: QtBot) -> None:
    field.setFocus()
    qtbot.keyClicks(field, "rq-bad")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.hasFocus(), "the keys are the window's again"


def test_escape_goes_back_to_what_is_applied(field: QueryField, opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.set_query("status:error")
    assert field.text() == "status:error"
    qtbot.keyClicks(field, " and")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "status:error"


def test_values_of_the_bundle_are_offered(opened: MainWindow) -> None:
    assert known_values(opened.state, "service", "pa") == ["pay"]
    assert known_values(opened.state, "id", "rq-b") == ["rq-bad"]
    assert known_values(opened.state, "operation", "get") == ["GET /pay"]
    assert known_values(opened.state, "nothing", "") == []


def test_a_completion_goes_where_it_belongs(field: QueryField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "service:ba")
    offered = field.offers.model()
    assert offered.index(0, 0).data() == "bank"
    field.offers.activated.emit("bank")
    assert field.text() == "service:bank"
