"""What is asked and said in windows of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer import __version__
from explorer.bundle.limits import Limits
from explorer.cache.entries import entries
from explorer.gui.dialogs.about import PagesDialog, formats_text
from explorer.gui.dialogs.asked import show_error
from explorer.gui.dialogs.error import ErrorDialog
from explorer.gui.dialogs.export import ExportDialog
from explorer.gui.dialogs.issues import COLUMNS, IssueModel, IssuesDialog, as_text
from explorer.gui.dialogs.settings import SettingsDialog
from explorer.gui.dialogs.value import ValueDialog
from explorer.gui.window import MainWindow
from explorer.layout.palette import DARK
from explorer.model.issue import Issue
from explorer.paths import resource
from explorer.readers.registry import readers
from explorer.session.settings import Settings
from tests.gui.bundles import show

ISSUES = (
    Issue("info", "empty-file", "a.json", -1, 0, "the file is empty"),
    Issue("error", "bad-archive", "b.zip", 12, 1, "the archive is cut short"),
    Issue("warning", "broken-json", "c\u202e.jsonl", 1234, 56, "a line\nthat does not parse"),
)


def press(dialog: QWidget, words: str, qtbot: QtBot) -> None:
    """Click the button with that text."""
    button = next(one for one in dialog.findChildren(QPushButton) if one.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_error_has_details_and_can_be_copied(window: MainWindow, qtbot: QtBot) -> None:
    dialog = show_error("Title", "One <b>sentence</b>.", "Traceback\u202e", window)
    field = dialog.findChild(QPlainTextEdit)
    assert isinstance(field, QPlainTextEdit)
    assert field.isHidden()
    press(dialog, "Details", qtbot)
    assert field.isVisible()
    assert field.toPlainText() == "Traceback⟨U+202E⟩"
    press(dialog, "Copy", qtbot)
    assert QGuiApplication.clipboard().text() == "Title\n\nOne <b>sentence</b>.\n\nTraceback\u202e"


def test_an_error_without_details_offers_none(window: MainWindow, qtbot: QtBot) -> None:
    dialog = ErrorDialog("Title", "Sentence.", parent=window)
    qtbot.addWidget(dialog)
    assert dialog.details_button.isHidden()


def test_issues_are_a_sound_model_worst_first(qtbot: QtBot) -> None:
    model = IssueModel(ISSUES, DARK)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert [issue.severity for issue in model.shown] == ["error", "warning", "info"]
    row = [model.data(model.index(1, column), Qt.ItemDataRole.DisplayRole) for column in range(len(COLUMNS))]
    assert row == ["warning", "broken-json", "c⟨U+202E⟩.jsonl", "1,234", "56", "a line ⏎ that does not parse"]
    model.keep("ARCHIVE")
    assert [issue.code for issue in model.shown] == ["bad-archive"]


def test_issues_as_text_have_a_line_each() -> None:
    lines = as_text(ISSUES).splitlines()
    assert len(lines) == 4
    assert lines[3].split("\t") == [
        "warning", "broken-json", "c⟨U+202E⟩.jsonl", "1234", "56", "a line ⏎ that does not parse",
    ]  # fmt: skip


def test_issues_are_filtered_and_saved(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = IssuesDialog("bundle", ISSUES, DARK, window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.filter, "json")
    dialog.save(tmp_path / "list.txt")
    assert len((tmp_path / "list.txt").read_text().splitlines()) == 3
    dialog.save(tmp_path / "no" / "such" / "folder.txt")
    assert isinstance(dialog.findChild(ErrorDialog), ErrorDialog)


def test_the_status_line_opens_the_issues(opened: MainWindow, qtbot: QtBot) -> None:
    button = next(one for one in opened.status.findChildren(QPushButton) if one.isVisible())
    assert button.text().startswith("Read ")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert isinstance(opened.findChild(IssuesDialog), IssuesDialog)


CHANGED = Settings(
    theme="light", utc=False, scale=125, id_fields=("order_id", "x-tx"), redact=False, rules="/own/rules",
    limits=replace(Limits(), depth=5, archive_bytes=8 << 30, record_bytes=32 << 20), cache_bytes=2 << 30,
    restore="never",
)  # fmt: skip


@pytest.mark.parametrize("settings", [Settings(), CHANGED])
def test_settings_come_out_as_they_went_in(window: MainWindow, qtbot: QtBot, settings: Settings) -> None:
    dialog = SettingsDialog(settings, window)
    qtbot.addWidget(dialog)
    assert dialog.entered() == settings
    press(dialog, "Defaults", qtbot)
    assert dialog.entered() == Settings()


def test_a_setting_is_found_by_a_word(window: MainWindow, qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(), window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.search, "theme")
    assert dialog.theme.isVisible()
    assert not dialog.id_fields.isVisible()
    dialog.search.setText("reading archives")
    assert dialog.nesting.isVisible()
    assert not dialog.theme.isVisible()
    dialog.search.setText("strongest")  # what its tip says
    assert dialog.id_fields.isVisible()
    dialog.search.clear()
    assert dialog.theme.isVisible()
    assert dialog.redact.isVisible()


def test_settings_are_changed_by_hand(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["settings"].trigger()
    dialog = window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    qtbot.keyClicks(dialog.id_fields, "order_id, x-tx order_id")
    dialog.theme.setCurrentIndex(2)
    press(dialog, "Save", qtbot)
    assert window.settings.id_fields == ("order_id", "x-tx")
    assert window.opener.settings.theme == "light"
    assert window.state.theme.name == "light"


def test_what_was_read_before_is_forgotten_but_for_what_is_open(opened: MainWindow, qtbot: QtBot) -> None:
    known = entries()
    for name in ("one", "two"):
        begun = known.begin()
        (begun / "data").write_bytes(b"x")
        known.keep(begun, name)
    opened.entry = "one"
    opened.actions_["settings"].trigger()
    dialog = opened.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    press(dialog, "Clear", qtbot)
    qtbot.waitUntil(lambda: opened.status.currentMessage() == "1 bundle forgotten", timeout=5000)
    assert [entry.name for entry in known.folder.iterdir()] == ["one"]


def test_an_export_says_what_and_where(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog("rq/../7 é", str(tmp_path), redact=True, parent=window)
    qtbot.addWidget(dialog)
    assert dialog.suggested() == "rca-rq-..-7.png"
    wanted = dialog.wanted(tmp_path / "out")
    assert (wanted.path.name, wanted.view, wanted.redact) == ("out.png", "rca", True)
    assert (wanted.theme, wanted.scale) == ("light", 2.0)
    assert dialog.wanted(tmp_path / "out.SVG").path.name == "out.SVG"
    dialog.what.setCurrentText("Post-mortem report")
    assert dialog.suggested() == "post-mortem-rq-..-7.html"
    assert (dialog.wanted(tmp_path / "out.png").path.name, dialog.wanted(tmp_path / "out").theme) == (
        "out.png.html",
        None,
    )
    dialog.theme.setCurrentText("Dark")
    assert dialog.wanted(tmp_path / "out").theme == "dark"
    dialog.form.setCurrentText("Markdown")
    assert dialog.wanted(tmp_path / "out.MD").path.name == "out.MD"
    assert not dialog.theme.isEnabled()
    dialog.what.setCurrentText("Waterfall")
    dialog.form.setCurrentText("PDF")
    wanted = dialog.wanted(tmp_path / "out")
    assert (wanted.path.name, wanted.view, wanted.theme, wanted.scale) == (
        "out.pdf",
        "waterfall",
        "light",
        None,
    )


@pytest.mark.parametrize("form", ["HTML, one file", "Markdown"])
def test_an_export_is_written_and_told(opened: MainWindow, qtbot: QtBot, tmp_path: Path, form: str) -> None:
    opened.state.select_id("rq-bad")
    opened.actions_["export"].trigger()
    dialog = opened.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.what.setCurrentText("Post-mortem report")
    dialog.form.setCurrentText(form)
    wanted = dialog.wanted(tmp_path / "report")
    dialog.chosen.emit(wanted)
    qtbot.waitUntil(lambda: opened.status.currentMessage().startswith("Written"), timeout=5000)
    assert "rq-bad" in wanted.path.read_text()
    assert opened.remembered.export_folder == str(tmp_path)


def test_what_an_export_removes_can_be_seen_first(window: MainWindow, bundle: Path, qtbot: QtBot) -> None:
    show(window, (bundle,))
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.board)
    window.state.select_id("rq-bad")
    target = window.state.note_target
    assert target is not None
    notebook = window.state.notebook
    notebook.put("note", replace(notebook.note(target), text="ask ana@example.com"))
    window.actions_["export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.what.setCurrentText("Post-mortem report")
    press(dialog, "What is removed…", qtbot)
    qtbot.waitUntil(lambda: window.findChild(ValueDialog) is not None, timeout=5000)
    shown = window.findChild(ValueDialog)
    assert isinstance(shown, ValueDialog)
    assert shown.text.toPlainText() == "<email#1>\tana@example.com"


@pytest.mark.parametrize("what", ["Root cause picture", "Post-mortem report"])
def test_an_export_is_copied(opened: MainWindow, qtbot: QtBot, what: str) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    opened.state.select_id("rq-bad")
    opened.actions_["export"].trigger()
    dialog = opened.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.what.setCurrentText(what)
    assert dialog.copy_button.isEnabled() == (dialog.form.currentData() == ".png")
    dialog.form.setCurrentText("Markdown")  # of a picture there is none
    press(dialog, "Copy", qtbot)
    qtbot.waitUntil(lambda: opened.status.currentMessage().startswith("Copied"), timeout=5000)
    if what == "Root cause picture":
        assert not clipboard.image().isNull()
    else:
        assert "rq-bad" in clipboard.text()


def test_an_export_that_fails_says_why(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened.state.select_id("rq-bad")
    opened.actions_["export"].trigger()
    dialog = opened.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.chosen.emit(dialog.wanted(tmp_path / "none" / "report"))
    qtbot.waitUntil(lambda: opened.findChild(ErrorDialog) is not None, timeout=5000)


def test_about_shows_every_licence(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["about"].trigger()
    dialog = window.findChild(PagesDialog)
    assert isinstance(dialog, PagesDialog)
    shown = dialog.field.toPlainText()
    assert __version__ in shown
    assert re.search(r"PySide6-Essentials +6\.\d+\.\d+ +LGPL-3.0-only", shown)
    texts = {}
    for number in range(dialog.choice.count()):
        dialog.choice.setCurrentIndex(number)
        texts[dialog.choice.currentText()] = dialog.field.toPlainText()
        press(dialog, "Copy", qtbot)
        assert len(QGuiApplication.clipboard().text()) >= 300
    assert len([name for name in texts if name.startswith("Shipped: ")]) == len(
        list(resource("licenses").iterdir())
    )
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["Shipped: Qt-LGPL-3.0"]
    assert "SIL OPEN FONT LICENSE" in texts["Shipped: Inter-OFL"].upper()


def test_formats_are_named() -> None:
    assert all(name in formats_text() for name in readers())
