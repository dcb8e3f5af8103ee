"""Saving a query, and using it again from the menu, the query field, the palette and the list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.gui.commands.filters import MENU
from explorer.gui.dialogs.commands import CommandsDialog
from explorer.gui.dialogs.filters import FiltersDialog, SaveFilterDialog
from explorer.gui.window import MainWindow
from explorer.session.filters import SavedFilter
from explorer.session.settings import load_settings

FAILING, SLOW = SavedFilter("Failing", "status:error"), SavedFilter("Slow", "duration>100ms")


@pytest.fixture
def filtering(opened: MainWindow) -> MainWindow:
    opened.activateWindow()
    opened.change_settings(replace(opened.settings, filters=(FAILING, SLOW)))
    return opened


def dialog_of(window: MainWindow) -> FiltersDialog:
    window.actions_["filters"].trigger()
    dialog = window.findChild(FiltersDialog)
    assert isinstance(dialog, FiltersDialog)
    return dialog


def offered(window: MainWindow) -> list[str]:
    model = window.bundle_bar.query.offers.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_query_is_saved_by_name_and_comes_back(opened: MainWindow, qtbot: QtBot) -> None:
    opened.activateWindow()
    assert not opened.actions_["filter-save"].isEnabled()
    opened.state.set_query("service:pay")
    qtbot.keyClick(opened.board.waterfall.rows, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    dialog = opened.findChild(SaveFilterDialog)
    assert isinstance(dialog, SaveFilterDialog)
    qtbot.keyClicks(dialog.field, "  Payments & more ")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert load_settings()[0].filters == (SavedFilter("Payments & more", "service:pay"),)
    opened.state.set_query("")
    action = opened.menus[MENU].actions()[-1]
    assert action.text() == "Payments && more"
    action.trigger()
    assert opened.state.place.query == "service:pay"


def test_a_name_that_is_taken_says_what_it_replaces(filtering: MainWindow, qtbot: QtBot) -> None:
    filtering.state.set_query("service:bank")
    filtering.actions_["filter-save"].trigger()
    dialog = filtering.findChild(SaveFilterDialog)
    assert isinstance(dialog, SaveFilterDialog)
    qtbot.keyClicks(dialog.field, "slow")
    assert "Replaces Slow: duration>100ms" in [label.text() for label in dialog.findChildren(QLabel)]
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert filtering.settings.filters == (FAILING, SavedFilter("slow", "service:bank"))


def test_an_empty_field_offers_them_and_what_is_typed_finds_them(filtering: MainWindow, qtbot: QtBot) -> None:
    field = filtering.bundle_bar.query
    filtering.actions_["query"].trigger()
    assert offered(filtering)[:2] == ["Failing → status:error", "Slow → duration>100ms"]
    qtbot.keyClicks(field, "slo")
    assert offered(filtering)[0] == "Slow → duration>100ms"
    field.offers.activated.emit("Slow → duration>100ms")
    assert field.text() == "duration>100ms"
    qtbot.waitUntil(lambda: filtering.state.place.query == "duration>100ms", timeout=2000)


def test_the_palette_finds_them(filtering: MainWindow, qtbot: QtBot) -> None:
    filtering.actions_["commands"].trigger()
    dialog = filtering.findChild(CommandsDialog)
    assert isinstance(dialog, CommandsDialog)
    qtbot.keyClicks(dialog.field, "Failing")
    item = next(one for one in dialog.shown if one.kind == "filter")
    assert (item.text, item.aside) == ("Failing", "status:error")
    item.run()
    assert filtering.state.place.query == "status:error"
    dialog.close()


def test_the_list_changes_them_in_place(filtering: MainWindow, qtbot: QtBot) -> None:
    dialog = dialog_of(filtering)
    model = dialog.model
    assert model.setData(model.index(1, 0), "A slow one", Qt.ItemDataRole.EditRole)
    assert [one.name for one in filtering.settings.filters] == ["A slow one", "Failing"]
    assert model.setData(model.index(0, 1), "duration>2s", Qt.ItemDataRole.EditRole)
    assert filtering.settings.filters[0] == SavedFilter("A slow one", "duration>2s")
    dialog.table.selectRow(0)
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    assert filtering.settings.filters == (FAILING,)
    qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert filtering.state.place.query == "status:error"


@pytest.mark.parametrize(
    ("column", "written", "why"),
    [
        (0, "slow", "called Slow already"),
        (0, " ", "needs a name"),
        (1, "", "needs a query"),
        (1, "a (", "Column"),
    ],
)
def test_what_makes_no_sense_is_refused_and_said(
    filtering: MainWindow, column: int, written: str, why: str, qtbot: QtBot
) -> None:
    dialog = dialog_of(filtering)
    said: list[str] = []
    dialog.model.refused.connect(said.append)
    assert not dialog.model.setData(dialog.model.index(0, column), written, Qt.ItemDataRole.EditRole)
    assert why in said[-1]
    assert filtering.settings.filters == (FAILING, SLOW)
    dialog.close()
