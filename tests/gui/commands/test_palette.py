"""The command palette: finds commands and what is in the bundle, the best first, and does what is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from explorer.gui import jobs
from explorer.gui.dialogs.commands import CommandsDialog
from explorer.gui.window import MainWindow
from tests.gui.bundles import drawn_store


def palette(window: MainWindow, qtbot: QtBot) -> CommandsDialog:
    """The palette, open, with all that the bundle holds."""
    window.actions_["commands"].trigger()
    dialog = window.findChild(CommandsDialog)
    assert isinstance(dialog, CommandsDialog)
    qtbot.waitUntil(jobs.idle)
    return dialog


def typed(dialog: CommandsDialog, words: str, qtbot: QtBot) -> list[tuple[str, str]]:
    """Kind and name of what the words find."""
    dialog.field.clear()
    qtbot.keyClicks(dialog.field, words)
    return [(item.kind, item.text) for item in dialog.shown]


def selected(window: MainWindow) -> str:
    """Service and operation of the selected span."""
    row = window.state.span_row
    return f"{drawn_store().service(row)} {drawn_store().operation(row)}" if row >= 0 else ""


def test_a_command_is_chosen_and_done(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(opened, qtbot)
    assert opened.state.critical_on is False
    qtbot.keyClicks(dialog.field, "critical")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert opened.state.critical_on is True


def test_the_model_is_sound(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(opened, qtbot)
    QAbstractItemModelTester(dialog.table.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    typed(dialog, "pay", qtbot)


def test_the_arrows_move_and_say_where_they_are(window: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(window, qtbot)
    begun = dialog.table.currentIndex().row()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(dialog.field, key)
    assert dialog.table.currentIndex().row() == begun + 1
    assert dialog.shown[begun + 1].text in dialog.field.accessibleDescription()


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("rq-worse", "id", "rq-worse"), ("bank", "service", "bank"), ("debit", "operation", "debit"),
        ("zoom sel", "", "View › Zoom to the selection"), ("fpath", "", "Analyse › Failure path"),
    ],
)  # fmt: skip
def test_what_is_meant_comes_first(
    opened: MainWindow, qtbot: QtBot, words: str, kind: str, name: str
) -> None:
    assert typed(palette(opened, qtbot), words, qtbot)[0] == (kind, name)


def test_an_id_is_gone_to(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(opened, qtbot)
    typed(dialog, "worse", qtbot)
    dialog.run()
    assert opened.state.place.id == "rq-worse"


@pytest.mark.parametrize(("words", "there"), [("bank", "bank debit"), ("charge", "pay charge")])
def test_a_service_or_operation_of_this_id_is_gone_to(
    opened: MainWindow, qtbot: QtBot, words: str, there: str
) -> None:
    opened.state.select_span(None)
    dialog = palette(opened, qtbot)
    typed(dialog, words, qtbot)
    dialog.run()
    assert selected(opened) == there


def test_a_service_elsewhere_filters_the_ids(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.select_id("rq-good")
    dialog = palette(opened, qtbot)
    typed(dialog, "bank", qtbot)
    dialog.run()
    assert opened.state.place.query == "service=bank"
    assert opened.board.ids.list.shown.ids.tolist() == [drawn_store().correlation.row_by_id["rq-bad"]]


def test_a_span_id_is_gone_to(opened: MainWindow, qtbot: QtBot) -> None:
    store = drawn_store()
    row = store.operations.index("debit")
    row = store.spans.name.tolist().index(row)
    opened.state.select_id("rq-good")
    dialog = palette(opened, qtbot)
    assert typed(dialog, store.span_id(row), qtbot)[0] == ("span", "bank  debit")
    dialog.run()
    assert (selected(opened), opened.state.place.id) == ("bank debit", "rq-bad")


def test_what_is_typed_can_be_a_query(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(opened, qtbot)
    assert typed(dialog, "duration>600ms", qtbot) == [("query", "duration>600ms")]
    dialog.run()
    assert opened.state.place.query == "duration>600ms"


def test_what_is_called_by_nothing_is_said(window: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(window, qtbot)
    assert typed(dialog, "no such thing anywhere", qtbot) == []
    assert dialog.table.isHidden()
    dialog.run()
    assert dialog.isVisible()


def test_what_was_used_last_comes_first(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(opened, qtbot)
    typed(dialog, "> fit all", qtbot)
    dialog.run()
    qtbot.waitUntil(lambda: opened.findChild(CommandsDialog) is None)
    assert palette(opened, qtbot).shown[0].text == "View › Fit all"


def test_a_recent_bundle_is_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(window.opener, "open", lambda paths, _asking: asked.append(paths))
    window.remember(lambda known: known.opened([tmp_path], "outage.zip").opened([tmp_path / "x"], "gone.zip"))
    dialog = palette(window, qtbot)
    assert ("bundle", "outage.zip") in typed(dialog, "outage", qtbot)
    dialog.run()
    assert asked == [[tmp_path]]
    assert ("bundle", "gone.zip") not in typed(palette(window, qtbot), "gone", qtbot)


def test_what_cannot_be_done_now_is_not_chosen(window: MainWindow, qtbot: QtBot) -> None:
    dialog = palette(window, qtbot)
    typed(dialog, "> origin of this failure", qtbot)
    dialog.table.selectRow(0)
    dialog.run()
    assert dialog.isVisible()


def test_a_trace_id_is_found_in_another_spelling(opened: MainWindow, qtbot: QtBot) -> None:
    dialog, store = palette(opened, qtbot), drawn_store()
    trace = store.trace_id(0).rjust(32, "0")
    row = store.correlation.rows[int(store.correlation.of_trace[0])]
    braced = f"{{{trace[:8]}-{trace[8:12]}-{trace[12:16]}-{trace[16:20]}-{trace[20:]}}}"
    assert ("id", row.id) in typed(dialog, braced, qtbot)
