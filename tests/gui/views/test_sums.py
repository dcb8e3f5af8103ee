"""Statistics and flame graph in a real window."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from explorer.gui.accessible.canvases import FlameParts
from explorer.gui.painting.flame import box_rect
from explorer.gui.views.bottom import TITLES
from explorer.gui.views.flame import FlameView
from explorer.gui.views.spanset import BUNDLE, ID, LISTED
from explorer.gui.views.statistics import StatisticsView
from explorer.gui.window import MainWindow
from explorer.layout import statlist
from explorer.layout.flame import title
from tests.gui.bundles import drawn_store

COPY = Qt.KeyboardModifier.ControlModifier


def statistics_of(window: MainWindow, qtbot: QtBot) -> StatisticsView:
    qtbot.keyClick(window, Qt.Key.Key_6)
    view = window.board.bottom.statistics
    qtbot.waitUntil(lambda: view.model.rowCount() > 0)
    return view


def use_bundle(view: StatisticsView, qtbot: QtBot) -> None:
    view.spans.use(BUNDLE)
    whole = len(drawn_store().spans)
    qtbot.waitUntil(lambda: view.model.found is not None and view.model.found.spans == whole)


def flame_of(window: MainWindow, qtbot: QtBot) -> FlameView:
    window.resize(1720, 1060)
    qtbot.waitUntil(lambda: window.board.height() > 900)
    qtbot.keyClick(window, Qt.Key.Key_7)
    view = window.board.bottom.flame
    qtbot.waitUntil(lambda: view.canvas.height() > 100)
    qtbot.waitUntil(lambda: view.canvas.icicles is not None)
    return view


def column(view: StatisticsView, number: int) -> list[str]:
    return [str(view.model.index(row, number).data()) for row in range(view.model.rowCount())]


def name(view: FlameView, node: int) -> str:
    assert view.canvas.icicles is not None
    return title(drawn_store(), view.canvas.icicles.flame, node) if node >= 0 else ""


def found(view: FlameView) -> set[str]:
    matched = view.canvas.matched
    return set() if matched is None else {name(view, node) for node in matched.nonzero()[0].tolist()}


def measured(view: FlameView) -> tuple[str, int]:
    icicles = view.canvas.icicles
    return (icicles.measure, icicles.whole) if icicles is not None else ("", 0)


def click(view: FlameView, wanted: str, qtbot: QtBot) -> None:
    canvas = view.canvas
    box = next(one for one in canvas.shown() if name(view, one.node) == wanted)
    at = box_rect(box, canvas.viewport().width(), canvas.verticalScrollBar().value()).center().toPoint()
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_the_table_is_of_this_id_of_those_listed_or_of_all(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.select_id("rq-good")
    view = statistics_of(opened, qtbot)
    assert opened.board.bottom.tabs.currentIndex() == TITLES.index("Statistics")
    assert column(view, 1) == ["charge", "GET /pay"]
    opened.state.select_id("rq-bad")
    qtbot.waitUntil(lambda: "debit" in column(view, 1))
    view.spans.use(LISTED)
    qtbot.waitUntil(lambda: "2" in column(view, 2))  # two ids fail
    opened.state.set_query("id:rq-worse")
    qtbot.waitUntil(lambda: set(column(view, 2)) == {"1"})
    view.spans.use(BUNDLE)
    qtbot.waitUntil(lambda: "3" in column(view, 2))


def test_nothing_is_computed_while_nobody_looks(opened: MainWindow, qtbot: QtBot) -> None:
    view = statistics_of(opened, qtbot)
    qtbot.keyClick(opened, Qt.Key.Key_1)
    before = view.model.found
    opened.state.select_id("rq-good")
    qtbot.wait(100)
    assert view.model.found is before
    qtbot.keyClick(opened, Qt.Key.Key_6)
    qtbot.waitUntil(lambda: column(view, 1) == ["charge", "GET /pay"])


def test_the_table_sorts_and_filters(opened: MainWindow, qtbot: QtBot) -> None:
    view = statistics_of(opened, qtbot)
    use_bundle(view, qtbot)
    header = view.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(1) + 10, 8)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert column(view, 1) in (["charge", "debit", "GET /pay", "pay"], ["pay", "GET /pay", "debit", "charge"])
    first = column(view, 1)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert column(view, 1) == first[::-1]
    view.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert column(view, 2) == sorted(column(view, 2), reverse=True)
    qtbot.keyClicks(view.filter_field, "BANK deb")
    assert column(view, 1) == ["debit"]


def test_enter_goes_to_the_slowest_span_and_the_menu_filters(opened: MainWindow, qtbot: QtBot) -> None:
    view = statistics_of(opened, qtbot)
    use_bundle(view, qtbot)
    row = column(view, 1).index("charge")
    view.table.setCurrentIndex(view.model.index(row, 0))
    store, before = drawn_store(), opened.state.place
    at = view.table.visualRect(view.model.index(row, 1)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened.state.place.id == "rq-worse"
    opened.state.go(before)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert opened.state.place.id == "rq-worse"
    assert store.operation(opened.state.span_row) == "charge"
    actions = {
        action.text(): action for action in view.context_menu(column(view, 1).index("GET /pay")).actions()
    }
    actions["Filter the bundle by this"].trigger()
    assert opened.state.place.query == 'service:gate operation:"GET /pay"'
    actions["Go to the slowest span"].trigger()
    assert store.operation(opened.state.span_row) == "GET /pay"
    assert len(opened.state.listed) == 2


def test_rows_are_copied_and_saved(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    view = statistics_of(opened, qtbot)
    use_bundle(view, qtbot)
    QApplication.clipboard().clear()
    qtbot.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(QApplication.clipboard().text()))
    lines = [text.split("\t") for text in QApplication.clipboard().text().split("\n")]
    assert tuple(lines[0]) == statlist.HEAD
    assert [one[1] for one in lines[1:]] == column(view, 1)
    view.table.setFocus()
    view.table.selectRow(0)
    qtbot.keyClick(view.table, Qt.Key.Key_C, COPY)
    assert [text.split("\t")[1] for text in QApplication.clipboard().text().split("\n")] == [
        "Operation", column(view, 1)[0],
    ]  # fmt: skip
    QApplication.clipboard().clear()
    {action.text(): action for action in view.context_menu(0).actions()}["Copy the selected rows"].trigger()
    assert column(view, 1)[0] in QApplication.clipboard().text()
    qtbot.mouseClick(view.save_button, Qt.MouseButton.LeftButton)
    dialog = opened.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "statistics.csv"))
    dialog.close()
    qtbot.waitUntil((tmp_path / "statistics.csv").exists)
    rows = list(csv.DictReader((tmp_path / "statistics.csv").read_text().splitlines()))
    charge = next(row for row in rows if row["operation"] == "charge")
    assert (charge["service"], charge["spans"], charge["errors"], charge["total_ns"], charge["p50_ns"]) == (
        "pay", "3", "2", "1180000000", "470000000",
    )  # fmt: skip


def test_what_cannot_be_saved_is_said(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    view = statistics_of(opened, qtbot)
    view.save(tmp_path / "nowhere" / "statistics.csv")
    qtbot.waitUntil(lambda: any("not saved" in one.windowTitle() for one in QApplication.topLevelWidgets()))
    for one in QApplication.topLevelWidgets():
        if "not saved" in one.windowTitle():
            one.close()


def test_the_flame_graph_zooms_by_mouse_and_keys(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.select_id("rq-bad")
    view = flame_of(opened, qtbot)
    canvas = view.canvas
    assert [name(view, box.node) for box in canvas.shown()][:3] == ["gate GET /pay", "gate pay", "pay charge"]
    click(view, "pay charge", qtbot)
    assert name(view, canvas.focus) == "pay charge"
    assert canvas.words(canvas.focus).startswith("pay charge\n1 span, 1 error\ntotal 470 ms (470,000,000 ns)")
    click(view, "pay charge", qtbot)
    assert name(view, canvas.focus) == "gate pay"
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.focus == -1
    assert opened.state.place.span is not None, "Esc was the flame graph's, not the window's"
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert name(view, canvas.focus) == "pay charge"
    qtbot.keyClick(canvas, Qt.Key.Key_Backspace)
    assert name(view, canvas.focus) == "gate pay"
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert drawn_store().operation(opened.state.span_row) == "charge"


def test_the_flame_graph_finds_and_measures_otherwise(opened: MainWindow, qtbot: QtBot) -> None:
    view = flame_of(opened, qtbot)
    view.spans.use(BUNDLE)
    qtbot.waitUntil(lambda: view.canvas.icicles is not None and len(view.canvas.icicles.flame) == 5)
    qtbot.keyClicks(view.find_field, "charge")
    qtbot.waitUntil(lambda: found(view) == {"pay charge"})
    view.find_field.clear()
    assert found(view) == set()
    view.measure.menu().actions()[2].trigger()
    qtbot.waitUntil(lambda: measured(view) == ("errors", 5))
    view.spans.use(ID)
    opened.state.select_id("rq-good")
    qtbot.waitUntil(lambda: view.canvas.icicles is not None and not view.canvas.icicles.whole)
    view.canvas.grab()


def test_the_menu_of_the_flame_graph(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.select_id("rq-bad")
    view = flame_of(opened, qtbot)
    for _ in range(3):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    actions = {action.text(): action for action in view.canvas.context_menu().actions()}
    actions["Copy the call path"].trigger()
    assert QApplication.clipboard().text() == "gate GET /pay\ngate pay\npay charge"
    actions["Copy its figures"].trigger()
    assert "total 470 ms (470,000,000 ns)" in QApplication.clipboard().text()
    actions["Zoom to it"].trigger()
    assert name(view, view.canvas.focus) == "pay charge"
    actions["Go to its slowest span"].trigger()
    assert drawn_store().operation(opened.state.span_row) == "charge"
    {action.text(): action for action in view.canvas.context_menu().actions()}["Show all"].trigger()
    assert view.canvas.focus == -1


def test_tabs_that_need_it_are_given_room(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(1720, 1060)
    qtbot.waitUntil(lambda: opened.board.height() > 900 and opened.board.updatesEnabled())
    qtbot.wait(50)  # the panels have their proportions once events have been seen to
    before = opened.board.bottom.height()
    statistics_of(opened, qtbot)
    qtbot.waitUntil(lambda: opened.board.bottom.height() >= 250)
    opened.board.bottom.show_tab(0)
    qtbot.waitUntil(lambda: opened.board.bottom.height() == before)


def test_a_screen_reader_walks_over_the_boxes(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.select_id("rq-bad")
    view = flame_of(opened, qtbot)
    parts = FlameParts(view.canvas)
    assert [parts.part(number).name for number in range(3)] == ["gate GET /pay", "gate pay", "pay charge"]
    assert parts.part(2).about.startswith("1 span, 1 error, total 470 ms (470,000,000 ns)")
    assert parts.chosen() == -1
    click(view, "gate pay", qtbot)
    assert parts.part(parts.chosen()).name == "gate pay"
    assert parts.at(parts.part(2).rect.center()) == 2
