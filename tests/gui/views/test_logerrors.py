"""Errors of no request beside the root cause: told where no id can be picked, opened by a click."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.gui.state.appstate import AppState
from explorer.gui.views.bottom import BottomTabs
from explorer.gui.views.logs import LogsView
from explorer.gui.views.overview import OverviewView
from explorer.gui.views.parts import Choice, ClickRow
from explorer.gui.views.rca import RcaView
from explorer.ingest import ingest
from explorer.layout.loglist import writer
from explorer.session.rules import known_rules

LINES = """\
2026-11-18T14:00:00Z INFO worker started
2026-11-18T14:00:01Z ERROR write failed: No space left on device
2026-11-18T14:00:02Z ERROR write failed: No space left on device
2026-11-18T14:00:03Z WARN cache is cold
"""


def opened(state: AppState, folder: Path, text: str) -> None:
    (folder / "worker.log").write_text(text)
    store = ingest([folder / "worker.log"])
    state.open(store, analyse(store, known_rules()[0]))


def rows(view: RcaView) -> list[ClickRow]:
    return view.findChildren(ClickRow)


def test_errors_of_no_request_are_told_and_opened(qtbot: QtBot, tmp_path: Path) -> None:
    state = AppState()
    view, bottom = RcaView(state), BottomTabs(state)
    for widget in (view, bottom):
        qtbot.addWidget(widget)
        widget.resize(400, 500)
        widget.show()
    bottom.show_tab(3)
    opened(state, tmp_path, LINES)
    qtbot.waitUntil(lambda: bool(rows(view)))
    (row,) = rows(view)
    assert row.accessibleName() == "ERROR: write failed: No space left on device"
    qtbot.waitUntil(row.isVisible)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert state.log == 1
    assert bottom.tabs.currentWidget() is bottom.logs
    opened(state, tmp_path, LINES.splitlines()[0])
    qtbot.waitUntil(lambda: not rows(view))


def test_whose_logs_are_listed_stays_as_it_was_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    state = AppState()
    view = LogsView(state)
    qtbot.addWidget(view)
    opened(state, tmp_path, LINES)
    (scope,) = view.findChildren(Choice)
    assert scope.accessibleDescription() == "this id", "there are no spans"
    view.show_scope("all")
    opened(state, tmp_path, LINES)
    assert scope.accessibleDescription() == "all"


def test_lines_of_a_training_job_say_whose_they_are(qtbot: QtBot, tmp_path: Path) -> None:
    state = AppState()
    view = LogsView(state)
    qtbot.addWidget(view)
    ranked = "".join(
        f"[rank{at % 4}]: 2026-09-21 14:14:{at:02d},500 INFO [train] step {at}/500 loss 2.5 of 4\n"
        for at in range(40)
    )
    opened(state, tmp_path, ranked)
    assert state.store is not None
    assert [writer(state.store, row) for row in range(5)] == [f"rank {n}" for n in (0, 1, 2, 3, 0)]
    assert view.lines._served


def test_a_bundle_with_nothing_to_draw_over_time_has_no_overview(qtbot: QtBot, tmp_path: Path) -> None:
    state = AppState()
    view = OverviewView(state)
    qtbot.addWidget(view)
    (tmp_path / "once.prom").write_text("# TYPE up gauge\nup 1\n")
    store = ingest([tmp_path / "once.prom"])
    state.open(store, analyse(store, known_rules()[0]))
    assert len(store.series) == 1
    assert view.height() == 0
    opened(state, tmp_path, LINES)
    assert view.height() > 0
