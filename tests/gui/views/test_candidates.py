"""Another candidate than the first is chosen, drawn and exported, and plainly marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.gui.state.appstate import AppState
from explorer.gui.views.header import IdHeader
from explorer.gui.views.parts import ClickRow
from explorer.gui.views.rca import RcaView
from explorer.gui.window import MainWindow
from explorer.ingest import ingest
from explorer.report.compose import compose
from explorer.report.html import html
from explorer.report.markdown import markdown
from explorer.report.redact import Redactor
from explorer.session.rules import known_rules
from tests.small import write_small

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def state(qtbot: QtBot, tmp_path: Path) -> AppState:
    """The small bundle, its failing id selected."""
    made = AppState()
    store = ingest([write_small(tmp_path / "small")])
    made.open(store, analyse(store, known_rules()[0]))
    made.select_id("rq-0001")
    return made


def selected(state: AppState) -> str:
    store, row = state.store, state.span_row
    assert store is not None
    return f"{store.service(row)} {store.operation(row)}"


def choices(view: RcaView) -> list[ClickRow]:
    """The rows of the candidates, the first first."""
    rows = [row for row in view.findChildren(ClickRow) if row.accessibleName().startswith("Candidate ")]
    return [row for row in rows if row.isVisibleTo(view)]


def test_another_candidate_is_chosen_by_mouse_and_by_key_and_marked(qtbot: QtBot, state: AppState) -> None:
    both = QWidget()
    view, header = RcaView(state), IdHeader(state)
    column = QVBoxLayout(both)
    column.addWidget(header)
    column.addWidget(view)
    qtbot.addWidget(both)
    both.show()
    both.activateWindow()
    qtbot.waitActive(both)
    marked = [button for button in header.findChildren(QPushButton) if "candidate" in button.text()]
    assert marked == []
    qtbot.mouseClick(choices(view)[1], LEFT)
    qtbot.waitUntil(lambda: not view._soon.isActive())
    assert state.verdict is not None
    assert [step.service for step in state.verdict.path] == ["shop"]
    assert (state.place.candidate, selected(state)) == (2, "shop POST /buy")
    (button,) = [button for button in header.findChildren(QPushButton) if "candidate" in button.text()]
    words = "candidate 2 of 2, drawn instead of the first"
    assert button.isVisible()
    assert button.accessibleName() == f"{words}: back to the first"
    assert f"{words.capitalize()}." in [label.text() for label in view.findChildren(QLabel)]
    qtbot.waitUntil(lambda: len(choices(view)) == 2)
    choices(view)[0].setFocus()
    qtbot.keyClick(choices(view)[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view._soon.isActive())
    assert (state.place.candidate, selected(state)) == (0, "payment POST /charge")
    qtbot.waitUntil(lambda: len(choices(view)) == 2)
    assert choices(view)[0].hasFocus(), "the focus stays although the rows are made anew"
    assert not button.isVisible()
    state.back()
    assert state.place.candidate == 2
    state.select_id("another")
    assert state.place.candidate == 0


def test_what_is_exported_is_what_is_drawn(state: AppState) -> None:
    assert state.store is not None
    assert state.answers is state.analysis
    assert state.analysis is not None
    state.choose_candidate(2)
    assert state.answers is not None
    found = compose(state.store, state.answers, state.id_row, Redactor())
    assert found.title == "Supposed cause of rq-0001"
    assert found.supposed == "Candidate 2 of 2, drawn instead of the first"
    assert (found.confidence, found.shared, [step.service for step in found.path]) == ("", "", ["shop"])
    assert f"**{found.supposed}.**" in markdown(found)
    assert f'<p class="supposed">{found.supposed}.</p>' in html(found, [], None, 1.0)
    assert "Speaks against it" in markdown(found)


def test_the_focus_stays_in_the_panel_when_its_rows_are_made_anew(opened: MainWindow, qtbot: QtBot) -> None:
    view = opened.findChild(RcaView)
    assert view is not None
    qtbot.waitUntil(lambda: len(choices(view)) > 1)
    opened.activateWindow()
    qtbot.mouseClick(choices(view)[1], LEFT)
    qtbot.waitUntil(lambda: not view._soon.isActive())
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName().startswith("Candidate 2")
    view.read_incidents()  # makes all rows anew
    focused = QApplication.focusWidget()
    assert focused is not None
    assert view.isAncestorOf(focused), "the next key would be typed into the query"
