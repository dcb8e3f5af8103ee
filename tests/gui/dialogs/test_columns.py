"""The dialog in which the columns of a table are stated, from the list of what was not read to a bundle read again."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.decoding.tables.mapping import read_mappings
from explorer.gui import jobs
from explorer.gui.commands.columns import state_columns
from explorer.gui.dialogs.columns import ColumnsDialog
from explorer.gui.dialogs.issues import IssuesDialog
from explorer.gui.window import MainWindow
from explorer.layout.palette import DARK
from explorer.model.issue import Issue
from explorer.model.mapping import TableMapping
from explorer.session.columns import Sample, Tried, sample_of_bytes, tried
from tests.gui.dialogs.test_dialogs import press

ROWS = "\n".join(
    f"{1795338883 + i};{'WARN' if i % 2 else 'INFO'};step <b>{i}</b> done;rq-{i}" for i in range(20)
)
DATA = f"Moment;Stufe;Text\u202e;Auftrag\n{ROWS}\n".encode()


@pytest.fixture
def sample() -> Sample:
    found = sample_of_bytes("logs/some.csv", DATA)
    assert found is not None
    return found


@pytest.fixture
def dialog(sample: Sample, window: MainWindow, qtbot: QtBot) -> ColumnsDialog:
    made = ColumnsDialog(sample, utc=True, parent=window)
    qtbot.addWidget(made)
    made.open()
    return made


def choose(dialog: ColumnsDialog, **columns: str) -> None:
    for role, name in columns.items():
        dialog.choices[role].setCurrentText(name)


def test_what_would_be_read_is_told_as_it_is_chosen(dialog: ColumnsDialog, qtbot: QtBot) -> None:
    assert dialog.kind.currentText().startswith("a log record")
    assert dialog.choices["time"].currentText() == "Moment"
    qtbot.waitUntil(lambda: dialog.told.text().replace("\u200b", "") == "Still to be chosen: message.")
    assert not dialog.keep.isEnabled()
    choose(dialog, message="Text⟨U+202E⟩", level="Stufe", request_id="Auftrag")
    qtbot.waitUntil(dialog.keep.isEnabled)
    assert "20 log records, 22 Nov 2026 09:14:43" in dialog.told.text()
    assert dialog.model.headerData(1, Qt.Orientation.Horizontal) == "Stufe\nLevel"


def test_what_was_chosen_before_is_not_told_of(
    dialog: ColumnsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, going = Event(), Event()

    def slowly(sample: Sample, made: TableMapping) -> Tried:
        begun.set()
        going.wait(5)
        return tried(sample, made)

    monkeypatch.setattr("explorer.gui.dialogs.columns.tried", slowly)
    choose(dialog, message="Text⟨U+202E⟩")
    qtbot.waitUntil(begun.is_set)
    choose(dialog, message="–")
    qtbot.waitUntil(lambda: "Still to be chosen" in dialog.told.text())
    going.set()
    qtbot.waitUntil(jobs.idle)
    assert "Still to be chosen" in dialog.told.text()
    assert not dialog.keep.isEnabled()


def test_another_kind_keeps_the_time_and_asks_for_other_roles(dialog: ColumnsDialog, qtbot: QtBot) -> None:
    dialog.kind.setCurrentIndex(0)
    assert dialog.choices["start"].currentText() == "Moment"
    assert dialog.units.keys() == {"start", "end", "duration"}
    qtbot.waitUntil(lambda: "trace id, span id" in dialog.told.text())


def test_the_tab_key_goes_through_the_choices_before_the_buttons(dialog: ColumnsDialog, qtbot: QtBot) -> None:
    dialog.kind.setCurrentIndex(0)
    dialog.kind.setFocus()
    qtbot.waitUntil(dialog.time_format.isVisible)
    wanted: list[QWidget] = []
    for role, box in dialog.choices.items():
        wanted += [box, *([dialog.units[role]] if role in dialog.units else [])]
    passed: list[QWidget | None] = []
    for _ in range(len(wanted) + 2):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        passed.append(dialog.focusWidget())
    assert passed[:-1] == [*wanted, dialog.time_format]
    assert isinstance(passed[-1], QPushButton)
    assert passed[-1].text() == "Another file…"


def test_the_rows_are_shown_as_they_stand(dialog: ColumnsDialog) -> None:
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert dialog.model.data(dialog.model.index(0, 2)) == "step <b>0</b> done"
    assert dialog.model.rowCount() == 8


def test_a_table_nobody_knows_leads_to_the_dialog(window: MainWindow, qtbot: QtBot) -> None:
    issues = (
        Issue("info", "empty-file", "a", -1, 0, "x"),
        Issue("warning", "unknown-table", "b.csv", 0, 3, "y"),
    )
    listed = IssuesDialog("bundle", issues, DARK, window)
    listed.show()
    with qtbot.waitSignal(listed.columns_wanted) as caught:
        press(listed, "Columns of this table…", qtbot)
    assert caught.args == ["b.csv"]


def test_what_is_stated_is_kept_and_the_bundle_read_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.csv").write_bytes(DATA)
    again: list[bool] = []
    window.opener.paths = (tmp_path,)
    monkeypatch.setattr(window.opener, "reload", lambda: again.append(True))
    state_columns(window, "some.csv")
    qtbot.waitUntil(lambda: bool(window.findChildren(ColumnsDialog)))
    (dialog,) = window.findChildren(ColumnsDialog)
    choose(dialog, message="Text⟨U+202E⟩")
    qtbot.waitUntil(dialog.keep.isEnabled)
    qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    assert again == [True]
    (made,) = read_mappings(Path(window.settings.columns))
    assert dict(made.columns) == {"time": "Moment", "message": "Text\u202e"}


def test_what_was_read_is_not_written_over_a_message(window: MainWindow, qtbot: QtBot) -> None:
    (read,) = window.status.findChildren(QPushButton)
    window.status.showMessage("Kept in columns.toml.", 200)
    window.status.show_read("Read 1 of 1 file")
    assert read.isHidden()
    qtbot.waitUntil(lambda: not read.isHidden())
    window.status.showMessage("Kept in columns.toml.")
    assert read.isHidden()
