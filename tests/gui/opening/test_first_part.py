"""The first part of a bundle in the window, while the rest is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.gui.commands.slots import peel
from explorer.gui.opening.work import Opened
from explorer.gui.window import MainWindow
from explorer.ingest import ingest
from explorer.session.rules import known_rules


@pytest.fixture
def found(bundle: Path) -> Opened:
    """The bundle, read whole."""
    store = ingest([bundle])
    return Opened((bundle,), store, analyse(store, known_rules()[0]), (), before=False, seconds=1.0, key="k")


@pytest.fixture
def reading(window: MainWindow, found: Opened) -> MainWindow:
    """A window that shows a first part; the rest never comes by itself."""
    window.overlay.begin("bundle")
    part = replace(found, store=replace(found.store, name="bundle, first part"), first_part=True, key="")
    window.opener._show_first_part(part)
    return window


def test_it_can_be_used_and_the_card_steps_aside(reading: MainWindow) -> None:
    overlay, board = reading.overlay, reading.board
    assert reading.pages.currentWidget() is board
    assert reading.opener.running
    assert not reading.opener.in_the_way
    assert overlay.cancel_button.isVisible()
    assert overlay.width() < board.width() / 2
    assert not overlay.geometry().contains(board.rect().center())
    assert "first part" in reading.windowTitle()
    assert not reading.remembered.recent
    reading.resize(1000, 600)
    assert reading.pages.rect().contains(overlay.geometry())


def test_escape_goes_back_a_step_and_does_not_stop_reading(reading: MainWindow) -> None:
    reading.state.set_query("status:error")
    assert peel(reading)
    assert reading.state.place.query == ""
    assert reading.opener.running


def test_cancel_keeps_the_first_part(reading: MainWindow) -> None:
    QTest.mouseClick(reading.overlay.cancel_button, Qt.MouseButton.LeftButton)
    assert not reading.opener.running
    assert reading.pages.currentWidget() is reading.board
    assert reading.opener.paths
    assert reading.status._read.text() == "Only the first part was read; Read again (F5) reads all"


def test_what_was_read_is_not_said_of_a_first_part(reading: MainWindow, found: Opened) -> None:
    assert "of 2 files" not in reading.status._read.text()
    reading.opener._done(found)
    assert "of 2 files" in reading.status._read.text()


def test_the_whole_keeps_the_place_of_who_went_somewhere(
    reading: MainWindow, found: Opened, qtbot: QtBot
) -> None:
    other = next(row.id for row in found.store.correlation.rows if row.id != reading.state.place.id)
    reading.state.select_id(other)
    reading.opener._done(found)
    assert reading.state.place.id == other
    assert not reading.opener.running
    assert reading.entry == "k"
    qtbot.waitUntil(lambda: bool(reading.remembered.recent))


def test_the_whole_shows_its_worst_id_to_who_did_nothing(
    reading: MainWindow, found: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = next(row.id for row in found.store.correlation.rows if row.id != reading.state.place.id)
    monkeypatch.setattr(Opened, "first_id", other)
    reading.opener._done(found)
    assert reading.state.place.id == other


def test_an_id_asked_for_is_shown_when_it_comes(window: MainWindow, found: Opened) -> None:
    last = found.store.correlation.rows[-1].id
    window.wanted_id = last
    window.overlay.begin("bundle")
    window.opener._show_first_part(replace(found, first_part=True))
    assert window.state.place.id == last
    window.opener._done(found)
    assert window.state.place.id == last
    assert window.wanted_id == ""
