"""Pins and notes in a real window: by key, by menu, undone, listed, kept, exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from explorer.errors import InputError
from explorer.gui.accessible.canvases import IdParts, WaterfallParts
from explorer.gui.app import application, end
from explorer.gui.dialogs.ask import AskDialog
from explorer.gui.dialogs.error import ErrorDialog
from explorer.gui.dialogs.note import NoteDialog
from explorer.gui.exporting.files import export
from explorer.gui.views.bottom import TITLES
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.layout.rownotes import note_marks
from explorer.report.export import Export
from explorer.session.notes import Note, notes_on, span_target
from explorer.session.settings import Settings
from explorer.session.sidecar import load, save
from tests.gui.bundles import drawn_answers, drawn_store, show


@pytest.fixture
def beside(bundle: Path) -> Path:
    return bundle.with_name("bundle.notes.json")


@pytest.fixture
def noting(window: MainWindow, bundle: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """A window on a bundle that lies on disk; the failing id is shown, its origin selected."""
    show(window, (bundle,))
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.board)
    window.state.select_id("rq-bad")
    yield window
    window.state.notebook.flush()


def texts(beside: Path) -> list[str]:
    return [note["text"] for note in json.loads(beside.read_text())["notes"]] if beside.exists() else []


def write(window: MainWindow, words: str, qtbot: QtBot) -> None:
    """Press n, type, keep."""
    qtbot.keyClick(window.board.waterfall.rows, Qt.Key.Key_N)
    dialog = window.findChildren(NoteDialog)[-1]
    dialog.field.selectAll()
    qtbot.keyClicks(dialog.field, words)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.findChildren(NoteDialog))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def marks(window: MainWindow) -> dict[int, str]:
    rows = window.board.waterfall.rows
    found = zip(rows.views(), note_marks(rows.views(), rows.notes), strict=True)
    return {view.row: mark for view, mark in found if mark}


def test_m_pins_the_selected_span_and_keeps_it_beside_the_bundle(
    noting: MainWindow, beside: Path, qtbot: QtBot
) -> None:
    row = noting.state.span_row
    qtbot.keyClick(noting.board.waterfall.rows, Qt.Key.Key_M)
    assert marks(noting) == {row: "pin"}
    assert noting.actions_["pin"].isChecked()
    qtbot.waitUntil(beside.exists)
    qtbot.keyClick(noting.board.waterfall.rows, Qt.Key.Key_M)
    assert marks(noting) == {}
    qtbot.waitUntil(lambda: not beside.exists())


def test_n_writes_a_note_that_is_seen_everywhere(noting: MainWindow, beside: Path, qtbot: QtBot) -> None:
    row, board = noting.state.span_row, noting.board
    write(noting, "card was declined twice", qtbot)
    assert marks(noting) == {row: "note"}
    assert board.waterfall.rows.notes[row].words == "Note: card was declined twice"
    assert not board.span.note.isHidden()
    assert noting.state.id_row in noting.state.notebook.ids
    lines = board.bottom.notes.model.lines
    assert [(one.note.text, one.id, one.span) for one in lines] == [
        ("card was declined twice", "rq-bad", row)
    ]
    qtbot.waitUntil(lambda: texts(beside) == ["card was declined twice"])


def test_all_of_it_is_undone_and_done_again_by_keys(noting: MainWindow, beside: Path, qtbot: QtBot) -> None:
    rows, control = noting.board.waterfall.rows, Qt.KeyboardModifier.ControlModifier
    assert not noting.actions_["undo"].isEnabled()
    row = noting.state.span_row
    write(noting, "first", qtbot)
    write(noting, "second", qtbot)
    qtbot.keyClick(rows, Qt.Key.Key_M)
    seen = []
    for _ in range(3):
        qtbot.keyClick(rows, Qt.Key.Key_Z, control)
        note = noting.state.notebook.rows.get(row)
        seen.append((note.text, note.pinned) if note else None)
    assert seen == [("second", False), ("first", False), None]
    assert not noting.actions_["undo"].isEnabled()
    assert noting.actions_["redo"].text() == "Redo note"
    for _ in range(3):
        qtbot.keyClick(rows, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert marks(noting) == {row: "both"}
    qtbot.waitUntil(lambda: texts(beside) == ["second"])


def test_ctrl_z_in_a_text_field_is_the_fields_own(noting: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(noting.board.waterfall.rows, Qt.Key.Key_M)
    noting.bundle_bar.query.setFocus()
    qtbot.keyClicks(noting.bundle_bar.query, "zz")
    qtbot.keyClick(noting.bundle_bar.query, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert noting.state.notebook.rows


def test_an_id_without_a_selected_span_takes_notes_itself(noting: MainWindow, qtbot: QtBot) -> None:
    noting.state.select_span(None)
    write(noting, "the customer called", qtbot)
    assert [one.note.target.id for one in noting.board.bottom.notes.model.lines] == ["rq-bad"]
    assert noting.state.notebook.rows == {}
    assert noting.state.id_row in noting.state.notebook.ids


def test_a_folded_row_says_that_it_hides_a_note(noting: MainWindow, qtbot: QtBot) -> None:
    waterfall = noting.board.waterfall
    top = drawn_store().traces.rows(noting.state.trace_row).start
    qtbot.keyClick(waterfall.rows, Qt.Key.Key_M)
    noting.state.select_span(drawn_store().key(top))
    waterfall.fold()
    assert marks(noting) == {top: "below"}


def test_the_list_goes_to_a_note_and_removes_several_as_one(noting: MainWindow, qtbot: QtBot) -> None:
    bad = noting.state.span_row
    qtbot.keyClick(noting.board.waterfall.rows, Qt.Key.Key_M)
    noting.state.select_id("rq-worse")
    write(noting, "the same here", qtbot)
    qtbot.keyClick(noting, Qt.Key.Key_8)
    view = noting.board.bottom.notes
    assert noting.board.bottom.tabs.currentIndex() == TITLES.index("Notes")
    assert view.table.hasFocus()
    number = next(at for at, one in enumerate(view.model.lines) if one.span == bad)
    view.table.setCurrentIndex(view.model.index(number, 0))
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert (noting.state.place.id, noting.state.span_row) == ("rq-bad", bad)
    view.table.selectAll()
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "note\tthe same here\t" in QApplication.clipboard().text()
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    assert view.model.lines == ()
    noting.actions_["undo"].trigger()
    assert len(view.model.lines) == 2


def test_the_context_menu_of_the_list(noting: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(noting.board.waterfall.rows, Qt.Key.Key_M)
    view = noting.board.bottom.notes
    view.table.selectRow(0)
    actions = {action.text(): action for action in view.context_menu(0).actions()}
    assert list(actions) == ["Go to it", "Edit…", "Unpin", "Remove"]
    noting.state.select_id("rq-good")
    actions["Go to it"].trigger()
    assert noting.state.place.id == "rq-bad"
    actions["Edit…"].trigger()
    assert noting.findChildren(NoteDialog)
    noting.findChildren(NoteDialog)[-1].close()
    actions["Unpin"].trigger()
    assert view.model.lines == ()


def test_a_screen_reader_hears_of_them(noting: MainWindow, qtbot: QtBot) -> None:
    row = noting.state.span_row
    write(noting, "twice", qtbot)
    rows = noting.board.waterfall.rows
    spoken = WaterfallParts(rows)
    assert spoken.part(spoken.chosen()).about.endswith("Note: twice")
    noting.state.select_span(drawn_store().key(drawn_store().traces.rows(noting.state.trace_row).start))
    noting.board.waterfall.fold()
    assert spoken.part(spoken.chosen()).about.endswith("hides notes")
    ids = IdParts(noting.board.ids.list, noting.state)
    assert ids.part(ids.chosen()).about.endswith("1 note")
    assert row in rows.notes


def test_the_menu_of_a_row_pins_and_notes(noting: MainWindow, qtbot: QtBot) -> None:
    waterfall, row = noting.board.waterfall, noting.state.span_row
    actions = {action.text(): action for action in waterfall.context_menu(row).actions()}
    actions["Pin"].trigger()
    assert marks(noting) == {row: "pin"}
    actions = {action.text(): action for action in waterfall.context_menu(row).actions()}
    assert "Unpin" in actions
    actions["Note…"].trigger()
    assert noting.findChildren(NoteDialog)
    noting.findChildren(NoteDialog)[-1].close()


def test_buttons_of_the_span_panel_do_as_the_keys(noting: MainWindow, qtbot: QtBot) -> None:
    strip = noting.board.span.note
    qtbot.mouseClick(strip.pin_button, Qt.MouseButton.LeftButton)
    assert strip.pin_button.text() == "Unpin"
    assert marks(noting)
    qtbot.mouseClick(strip.note_button, Qt.MouseButton.LeftButton)
    noting.findChildren(NoteDialog)[-1].close()
    qtbot.mouseClick(strip.pin_button, Qt.MouseButton.LeftButton)
    assert strip.isHidden()


def test_a_window_opened_later_and_one_open_already_have_the_same(
    noting: MainWindow, bundle: Path, qtbot: QtBot
) -> None:
    other = Windows(application(), Settings(theme="dark")).new()
    show(other, (bundle,))
    write(noting, "from the first", qtbot)
    qtbot.waitUntil(lambda: bool(load([bundle]).notes))
    other.state.notebook.refresh()  # as when it is activated
    qtbot.waitUntil(lambda: bool(other.state.notebook.rows))
    other.state.notebook.toggle_pin(span_target(drawn_store(), 0))
    qtbot.waitUntil(lambda: len(load([bundle]).notes) == 2)
    noting.state.notebook.refresh()
    qtbot.waitUntil(lambda: len(noting.state.notebook.rows) == 2)
    noting.actions_["undo"].trigger()
    assert list(noting.state.notebook.rows) == [0], "undone is what was done here"
    end(other)


def test_what_is_written_just_before_closing_is_kept(noting: MainWindow, bundle: Path, qtbot: QtBot) -> None:
    write(noting, "last words", qtbot)
    noting.close()
    assert [note.text for note in load([bundle]).notes.values()] == ["last words"]


def nowhere(path: Path, _: bytes) -> None:
    raise InputError(f"{path} could not be written: No space left on device.")


def test_a_window_whose_notes_cannot_be_kept_asks_before_it_closes(
    noting: MainWindow, beside: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.session.sidecar.save_bytes", nowhere)
    write(noting, "precious", qtbot)
    qtbot.waitUntil(lambda: "could not be kept" in noting.status.currentMessage())
    assert not noting.close()
    ask = noting.findChild(AskDialog)
    assert isinstance(ask, AskDialog)
    assert noting.isVisible()
    ask.buttons[0].click()
    assert not noting.isVisible()
    assert not beside.exists()


def test_notes_that_are_lost_with_another_bundle_can_be_copied(
    noting: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.session.sidecar.save_bytes", nowhere)
    write(noting, "precious", qtbot)
    show(noting, (tmp_path / "other",))
    dialog = noting.findChild(ErrorDialog)
    assert isinstance(dialog, ErrorDialog)
    assert "precious" in "".join(field.toPlainText() for field in dialog.findChildren(QPlainTextEdit))
    dialog.close()
    assert noting.state.notebook.rows == {}


def test_a_damaged_file_is_named_and_kept(
    window: MainWindow, bundle: Path, beside: Path, qtbot: QtBot
) -> None:
    beside.write_bytes(b'{"format": "trace-expl')
    show(window, (bundle,))
    qtbot.waitUntil(lambda: str(beside) in window.status.currentMessage())
    window.state.select_id("rq-bad")
    qtbot.keyClick(window.board.waterfall.rows, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: window.state.notebook.path not in (None, beside))
    assert beside.read_bytes() == b'{"format": "trace-expl'


def test_notes_on_what_the_bundle_no_longer_has_stay_in_the_list(
    window: MainWindow, bundle: Path, qtbot: QtBot
) -> None:
    gone = replace(span_target(drawn_store(), 0), trace="f" * 32)
    save([bundle], {}, {gone: Note(gone, False, "from before", "gate old")})
    show(window, (bundle,))
    view = window.board.bottom.notes
    qtbot.waitUntil(lambda: bool(view.model.lines))
    assert view.model.lines[0].on == "gate old (not in this bundle)"
    before = window.state.place
    view.go_to(0)
    assert window.state.place == before


def test_report_and_picture_have_the_notes_redacted(noting: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    qtbot.keyClick(noting.board.waterfall.rows, Qt.Key.Key_M)
    write(noting, "ask anna@example.org about <b>this</b>", qtbot)
    store, row = drawn_store(), noting.state.id_row
    notes = notes_on(store, noting.state.notebook.book.notes, row)
    report = export(store, drawn_answers(), row, Export(tmp_path / "report.md"), notes).read_text()
    section = report.partition("## Notes")[2].partition("##")[0]
    assert "**Note** ask" not in section, "it is pinned, too"
    assert "**Pin** ask" in section
    assert "ask \\<email\\#1\\> about \\<b\\>this" in section
    assert "anna@" not in report
    picture = export(store, drawn_answers(), row, Export(tmp_path / "page.svg"), notes).read_text()
    assert "email#1" in picture
