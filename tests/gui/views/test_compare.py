"""The Compare tab on a small bundle: one id beside another, failing ids against healthy ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.gui.state.appstate import AppState
from explorer.gui.views.bottom import BottomTabs
from explorer.ingest import ingest
from explorer.session.rules import known_rules
from tests.small import write_small


@pytest.fixture
def state(qtbot: QtBot, tmp_path: Path) -> AppState:
    """The small bundle, its failing id selected."""
    store = ingest([write_small(tmp_path / "small")])
    made = AppState()
    made.open(store, analyse(store, known_rules()[0]))
    made.select_id("rq-0001")
    return made


def test_an_id_is_compared_with_the_nearest_healthy_one(qtbot: QtBot, state: AppState) -> None:
    bottom = BottomTabs(state)
    qtbot.addWidget(bottom)
    bottom.resize(900, 240)
    bottom.show()
    bottom.show_tab(4)
    view = bottom.compare
    qtbot.waitUntil(lambda: view.model.rowCount() > 0)
    rows = [view.model.line(row).cells for row in range(view.model.rowCount())]
    assert ("    payment POST /charge", "1× 60 ms, 1 failed", "1× 15 ms", "+45 ms") in rows
    assert ("shop POST /buy · http.response.status_code", "500", "200", "") in rows
    call = next(row for row, cells in enumerate(rows) if "payment POST /charge" in cells[0])
    state.select_span(None)
    view.table.clicked.emit(view.model.index(call, 0))
    assert state.store is not None
    assert state.store.operation(state.span_row) == "POST /charge"
    healthy = view.model.index(call, 2)
    assert healthy.data(Qt.ItemDataRole.ForegroundRole).name() == state.theme.text.lower(), (
        "only what failed is red"
    )
    assert view.model.index(call, 1).data(Qt.ItemDataRole.ForegroundRole).name() == state.theme.error.lower()
    state.open(state.store, state.analysis)
    assert view.model.rowCount() == 0, "the rows of another bundle's spans are shown no longer"
    qtbot.waitUntil(lambda: view.model.rowCount() > 0)
    view.other_field.setText("nowhere")
    qtbot.keyClick(view.other_field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.model.rowCount() == 0)


def test_failing_ids_are_compared_with_healthy_ones(qtbot: QtBot, state: AppState) -> None:
    bottom = BottomTabs(state)
    qtbot.addWidget(bottom)
    bottom.resize(900, 240)
    bottom.show()
    bottom.show_tab(4)
    view = bottom.compare
    for number in (1, 2):
        view.what.menu().actions()[number].trigger()
        qtbot.waitUntil(lambda: view.model.headerData(1, Qt.Orientation.Horizontal) == "Failing")
        qtbot.waitUntil(lambda: view.model.rowCount() > 0)
        assert view.other_field.isHidden()
    view.what.menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: view.model.headerData(1, Qt.Orientation.Horizontal) == "This id")
