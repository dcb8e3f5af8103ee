"""What a screen reader finds: names for every control, rows and bars as parts, a focus that is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.gui.look.focus import FocusRing, reached_by_tab
from explorer.gui.window import MainWindow
from tests.gui.bundles import drawn_store, show

NAME, ABOUT = QAccessible.Text.Name, QAccessible.Text.Description
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractScrollArea, QAbstractSpinBox)


def read(widget: QWidget) -> QAccessibleInterface:
    """What Qt tells a screen reader of a widget."""
    return QAccessible.queryAccessibleInterface(widget)


def parts(widget: QWidget) -> list[QAccessibleInterface]:
    """The parts of a painted widget."""
    whole = read(widget)
    return [whole.child(number) for number in range(whole.childCount())]


def texts(widget: QWidget) -> dict[str, str]:
    """Name and description of each part."""
    return {part.text(NAME): part.text(ABOUT) for part in parts(widget)}


@pytest.fixture
def shown(opened: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with one id that failed, its call graph placed."""
    opened.state.select_id("rq-bad")
    opened.board.bottom.logs.show_scope("all")
    qtbot.waitUntil(lambda: opened.board.graph.canvas.drawn is not None)
    return opened


def test_rows_of_the_waterfall_are_read(shown: MainWindow) -> None:
    rows = shown.board.waterfall.rows
    assert [part.text(NAME) for part in parts(rows)] == [
        "gate GET /pay", "gate pay", "pay charge", "bank debit",
    ]  # fmt: skip
    said = texts(rows)
    assert said["pay charge"].startswith("470 ms, error: ")
    assert "origin of the failure" in said["pay charge"]
    assert "level 3" in said["pay charge"]
    assert "error" not in said["bank debit"]
    assert read(rows).role() == QAccessible.Role.Tree
    assert {part.role() for part in parts(rows)} == {QAccessible.Role.TreeItem}


def test_a_folded_row_says_what_it_hides(shown: MainWindow) -> None:
    waterfall = shown.board.waterfall
    waterfall.select_row(drawn_store().traces.rows(shown.state.trace_row).start)
    assert parts(waterfall.rows)[0].state().expanded
    waterfall.fold()
    (row,) = parts(waterfall.rows)
    assert row.state().collapsed
    assert "hides 3 spans" in row.text(ABOUT)
    assert "2 errors below" in row.text(ABOUT)


def test_the_selected_row_is_the_one_in_focus(shown: MainWindow) -> None:
    rows = shown.board.waterfall.rows
    shown.activateWindow()
    rows.setFocus()
    states = [part.state() for part in parts(rows)]
    assert [state.selected for state in states] == [0, 0, 1, 0]
    assert [state.focused for state in states] == [0, 0, 1, 0]
    assert read(rows).focusChild().text(NAME) == "pay charge"
    shown.board.ids.list.setFocus()
    assert not any(part.state().focused for part in parts(rows))


@pytest.mark.parametrize("which", ["rows", "graph", "ids", "lines"])
def test_a_part_is_found_where_it_is(shown: MainWindow, which: str) -> None:
    board = shown.board
    widget = {
        "rows": board.waterfall.rows, "graph": board.graph.canvas, "ids": board.ids.list,
        "lines": board.bottom.logs.lines,
    }[which]  # fmt: skip
    whole = read(widget)
    seen = [part for part in parts(widget) if not part.state().offscreen]
    assert seen
    for part in seen:
        middle = part.rect().center()
        found = whole.childAt(middle.x(), middle.y())
        assert found.text(NAME) == part.text(NAME)
        assert whole.child(whole.indexOfChild(part)).text(NAME) == part.text(NAME)
        assert part.parent().object() is widget
    assert whole.childAt(-5000, -5000) is None


def test_services_of_the_graph_are_read(shown: MainWindow) -> None:
    said = texts(shown.board.graph.canvas)
    assert said.keys() == {"gate", "pay", "bank"}
    assert "origin of the failure" in said["pay"]
    assert "calls pay" in said["gate"]


def test_headings_and_ids_are_read(shown: MainWindow) -> None:
    said = texts(shown.board.ids.list)
    assert any(about.endswith("2 ids") for about in said.values())
    assert said["rq-bad"].startswith("failing, 500 ms, 3 errors, GET /pay of gate")


def test_the_overview_is_read_in_the_order_of_time(shown: MainWindow) -> None:
    said = [part.text(ABOUT) for part in parts(shown.board.overview)]
    assert sum(int(one.split(" ")[0]) for one in said) == 3
    assert sum("1 failing" in one for one in said) in (1, 2)


def test_log_lines_are_read(shown: MainWindow) -> None:
    said = texts(shown.board.bottom.logs.lines)
    assert said["cart has no price"].startswith("WARN, pay, ")


def test_call_paths_of_the_flame_graph_are_read(shown: MainWindow, qtbot: QtBot) -> None:
    shown.actions_["tab-flame"].trigger()
    canvas = shown.board.bottom.flame.canvas
    qtbot.waitUntil(lambda: len(parts(canvas)) > 0)
    said = texts(canvas)
    top = next(name for name in said if "GET /pay" in name)
    assert "span" in said[top]
    canvas.select(0)
    assert parts(canvas)[0].state().selected
    middle = parts(canvas)[0].rect().center()
    assert read(canvas).childAt(middle.x(), middle.y()).text(NAME) == parts(canvas)[0].text(NAME)


def test_what_a_bundle_hides_is_heard(shown: MainWindow) -> None:
    lines = shown.board.bottom.logs.lines
    lines._messages[int(lines.rows[0])] = "pay\u202e now"
    assert parts(lines)[0].text(NAME) == "pay⟨U+202E⟩ now"


def test_parts_outlive_what_they_spoke_of(shown: MainWindow, qtbot: QtBot) -> None:
    row, node = parts(shown.board.waterfall.rows)[3], parts(shown.board.graph.canvas)[0]
    shown.close_bundle()
    for part in (row, node):
        assert not part.isValid()
        assert part.text(NAME) == ""
        assert part.state().invalid


def test_a_change_of_the_selection_is_told(shown: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        lambda event: told.append((event.object().accessibleName(), event.child())),
    )
    read(shown.board.waterfall.rows)
    shown.board.waterfall.move_row(1)
    assert ("Span waterfall rows", 3) in told


def controls(within: QWidget) -> Iterator[QWidget]:
    """Everything within that takes the focus and can be seen."""
    for widget in within.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_")
        if widget.isVisibleTo(within) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not inner:
            yield widget


def nameless(within: QWidget) -> list[str]:
    """Controls without a name."""
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in controls(within)
        if not read(widget).text(NAME)
    ]


def test_every_control_of_the_window_has_a_name(shown: MainWindow) -> None:
    found = []
    for tab in range(shown.board.bottom.tabs.count()):
        shown.board.bottom.show_tab(tab)
        found += nameless(shown)
    assert found == []
    shown.close_bundle()
    assert nameless(shown) == []


DIALOGS = ("export", "settings", "issues", "keys", "commands", "about", "formats", "log")


@pytest.mark.parametrize("command", DIALOGS)
def test_every_control_of_a_dialog_has_a_name(shown: MainWindow, command: str) -> None:
    shown.actions_[command].trigger()
    (dialog,) = (
        one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()
    )
    assert read(dialog).text(NAME)
    assert nameless(dialog) == []


def test_what_is_clicked_is_large_enough(shown: MainWindow) -> None:
    small = {
        f"{button.accessibleName() or button.text()}: {button.width()} × {button.height()}"
        for button in shown.findChildren(QAbstractButton)
        if button.isVisible()
        and min(button.width(), button.height()) < 24
        and button.property("look") != "pill"
    }
    assert small == set()


def picture(widget: QWidget) -> QImage:
    """What is seen of a widget and just around it."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint())
    return window.grab(widget.rect().translated(corner).adjusted(-3, -3, 3, 3)).toImage()


def unseen_focus(within: QWidget) -> list[str]:
    """Controls that look the same when Tab reaches them as before."""
    found = []
    for widget in reached_by_tab(within):
        if not widget.isEnabled() or not widget.isVisibleTo(within) or widget.visibleRegion().isEmpty():
            continue
        if (focus := QApplication.focusWidget()) is not None:
            focus.clearFocus()
        before = picture(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if not widget.hasFocus() or picture(widget) == before:
            found.append(f"{type(widget).__name__} “{read(widget).text(NAME)}”")
    return found


def test_the_focus_is_seen_everywhere(shown: MainWindow) -> None:
    shown.activateWindow()
    found = []
    for tab in range(shown.board.bottom.tabs.count()):
        shown.board.bottom.show_tab(tab)
        found += unseen_focus(shown)
    assert sorted(set(found)) == []


@pytest.mark.parametrize("command", DIALOGS)
def test_the_focus_is_seen_in_dialogs(shown: MainWindow, command: str, qtbot: QtBot) -> None:
    shown.actions_[command].trigger()
    (dialog,) = (
        one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()
    )
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert unseen_focus(dialog) == []


def walked(window: MainWindow, key: Qt.Key, qtbot: QtBot) -> list[QWidget]:
    """What has the focus, one after the other, from the waterfall once around."""
    window.activateWindow()
    window.board.waterfall.rows.setFocus()
    seen: list[QWidget] = []
    focus = QApplication.focusWidget()
    while focus is not None and focus not in seen:
        seen.append(focus)
        qtbot.keyClick(focus, key)
        focus = QApplication.focusWidget()
    return seen


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_reaches_every_region(shown: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    seen, board = walked(shown, key, qtbot), shown.board
    lines = board.bottom.logs.lines
    for one in (
        board.ids.list,
        board.overview,
        board.graph.canvas,
        board.waterfall.rows,
        lines,
        shown.bundle_bar.query,
    ):
        assert one in seen
    for region in (board.rca, board.span, shown.status, shown.bar):
        assert any(region.isAncestorOf(one) for one in seen)


def test_tab_goes_as_the_eye_does(shown: MainWindow, qtbot: QtBot) -> None:
    seen, board = walked(shown, Qt.Key.Key_Tab, qtbot), shown.board
    order = [board.waterfall.rows, board.bottom.logs.lines, shown.bundle_bar.query, board.overview, board.ids.list,
             board.graph.canvas]  # fmt: skip
    assert sorted(order, key=seen.index) == order


def test_enter_presses_the_button_in_focus(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[str] = []
    window.empty.open_demo.disconnect()
    window.empty.open_demo.connect(lambda: pressed.append("demo"))
    monkeypatch.setattr(QToolButton, "showMenu", lambda button: pressed.append(button.accessibleName()))
    button = next(one for one in window.empty.findChildren(QPushButton) if one.text() == "Open the demo")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    show(window)
    group = next(
        one for one in window.board.ids.findChildren(QToolButton) if one.accessibleName() == "Group ids"
    )
    group.setFocus()
    qtbot.keyClick(group, Qt.Key.Key_Enter)
    assert pressed == ["demo", "Group ids"]


def test_a_ring_is_there_for_keys_and_not_for_a_click(shown: MainWindow, qtbot: QtBot) -> None:
    rows = shown.board.waterfall.rows
    (ring,) = shown.findChildren(FocusRing)
    shown.activateWindow()
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.isVisible()
    assert ring.geometry().size() == rows.size()
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton)
    assert not ring.isVisible()
    shown.board.ids.list.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not ring.isVisible()
