"""The list of ids by mouse and keys."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.matching import matching_ids
from explorer.analysis.results import Analysis
from explorer.analysis.scanning import Step
from explorer.gui.state.appstate import AppState
from explorer.gui.views.ids import IdsView
from explorer.ingest import ingest
from explorer.layout.idlist import FEW
from explorer.model.store import Store
from explorer.query import Query
from explorer.session.rules import known_rules
from tests.drawn_store import store_of
from tests.small import START, write_small

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def state(qtbot: QtBot, tmp_path: Path) -> AppState:
    """The small bundle, its failing id selected."""
    store = ingest([write_small(tmp_path / "small")])
    made = AppState()
    made.open(store, analyse(store, known_rules()[0]))
    made.select_id("rq-0001")
    return made


def test_the_list_groups_filters_and_steps(qtbot: QtBot, state: AppState) -> None:
    view = IdsView(state)
    qtbot.addWidget(view)
    view.resize(320, 500)
    view.show()
    assert view.list.shown.ids.tolist() == [0]
    assert [group.category for group in view.list.shown.groups] == ["system"]
    view.show_only("all")
    assert view.list.shown.ids.tolist() == [0, 1]
    view.next_id(1)
    assert state.place.id == "rq-0002"
    view.next_id(-1)
    assert state.place.id == "rq-0001"
    for grouping, groups in (("service", 1), ("entry", 1), ("none", 0), ("cause", 2)):
        view.group_by(grouping)  # type: ignore[arg-type]
        assert len(view.list.shown.groups) == groups
    qtbot.mouseClick(view.list.viewport(), LEFT, pos=QPoint(60, 10))
    assert view.list.shown.ids.tolist() == [1], "a click on a heading folds its ids"
    said = [label for label in view.findChildren(QLabel) if label.text().endswith("failing")]
    assert [label.text() for label in said] == ["1 failing"]
    state.set_query("service:nobody")
    assert not len(view.list.shown.ids)
    assert [label.text() for label in said] == ["0 of 1 failing"]
    state.set_query("id:rq-0002")
    assert view.list.shown.ids.tolist() == [1]
    state.set_query("")
    state.set_range((START + 4_000_000_000, START + 6_000_000_000))
    assert view.list.shown.ids.tolist() == [1]


def test_a_large_group_is_opened_by_its_last_line_and_by_stepping_on(qtbot: QtBot) -> None:
    lines = [
        f"trace t{i} at={i * 10}\ngate: {'GET /a' if i < 20 else 'GET /b'} | server 0+{100 + i} request=rq-{i:02}"
        for i in range(28)
    ]
    store = store_of("\n".join(lines))
    state = AppState()
    state.open(store, analyse(store, known_rules()[0]))
    view = IdsView(state)
    qtbot.addWidget(view)
    view.resize(320, 900)
    view.show()
    view.group_by("entry")
    rows = view.list
    assert len(rows.shown.entries) == 2 * (1 + FEW + 1)
    for _ in range(FEW):  # from the first of the second group, which is the worst of all
        view.next_id(1)
    assert len(rows.shown.entries) == 1 + FEW + 1 + 1 + 8, "stepping on opens the group"
    assert rows.shown.position(state.id_row) >= 0
    rest = int(rows.shown.tops[1 + FEW]) + 10
    rows.verticalScrollBar().setValue(0)
    qtbot.mouseClick(rows.viewport(), LEFT, pos=QPoint(60, rest))
    assert len(rows.shown.entries) == 28 + 2


def test_ids_are_filtered_and_sorted_in_place(qtbot: QtBot, state: AppState) -> None:
    view = IdsView(state)
    qtbot.addWidget(view)
    view.show_only("all")
    everyone = len(view.list.shown.ids)
    assert everyone > 1
    view.sort_by("id")
    view.group_by("none")
    store = state.store
    assert store is not None
    texts = [store.correlation.rows[int(row)].id for row in view.list.shown.ids]
    assert texts == sorted(texts)
    view.filter.setText("rq-0001")
    qtbot.waitUntil(lambda: len(view.list.shown.ids) == 1)
    assert state.listed.tolist() == view.list.shown.ids.tolist()
    view.filter.clear()
    qtbot.waitUntil(lambda: len(view.list.shown.ids) == everyone)


def test_words_are_looked_for_with_progress_and_cancel(
    qtbot: QtBot, state: AppState, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = IdsView(state)
    qtbot.addWidget(view)
    view.resize(320, 500)
    view.show()
    view.show_only("all")
    going, asked = Event(), []

    def slowly(store: Store, analysis: Analysis, query: Query, step: Step) -> NDArray[np.bool_]:
        asked.append(query)
        while not going.wait(0.01):
            step(0.5)
        return matching_ids(store, analysis, query, step)

    monkeypatch.setattr("explorer.gui.views.ids.matching_ids", slowly)
    state.set_query("nobody-says-this")
    qtbot.waitUntil(view.searching.isVisible)
    assert len(view.list.shown.ids) == 2, "the list stays until there is an answer"
    qtbot.mouseClick(view.searching.cancel_button, LEFT)
    assert state.place.query == ""
    assert not view.searching.isVisible()
    going.set()
    state.set_query("nobody-says-this")
    qtbot.waitUntil(lambda: not len(view.list.shown.ids))
    assert len(asked) == 2
    assert not view.searching.isVisible()
