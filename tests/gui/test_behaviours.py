"""No action without a test: each command by its menu entry and by each of its keys, each entry of each other menu.

What they must do stands in :mod:`tests.gui.behaviours`. The actions are not listed there by hand only: those that
the window really has are looked up, and one that nothing here covers fails.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from explorer.gui import jobs
from explorer.gui.actions.table import BY_ID, COMMANDS
from explorer.gui.app import application, end
from explorer.gui.shell.docks import Panel
from explorer.gui.views.criticalbar import CriticalBar
from explorer.gui.views.parts import Choice
from explorer.gui.views.span import FORMS
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.session.settings import Settings
from tests.gui.behaviours import (
    ANOTHER,
    BEHAVIOURS,
    LAST,
    Behaviour,
    clipboard,
    close_dialogs,
    copied_nothing,
    dialogs,
    rows,
    selected,
    several,
)
from tests.gui.bundles import drawn_store, show
from tests.shared import ROOT

SOON_MS = 5000
SETTINGS = Settings(theme="dark")
WAYS = [(command.id, key) for command in COMMANDS if not command.later
        for key in ("", *command.keys, *command.near)]  # fmt: skip


@pytest.fixture(scope="module")
def shared(qapp: QApplication) -> Iterator[MainWindow]:
    """One window for all, as making one takes most of the time."""
    windows = Windows(application(), SETTINGS)
    made = windows.new()
    made.resize(1280, 720)
    made.show()
    yield made
    end(made)


@pytest.fixture
def begun(shared: MainWindow, read_at_once: None, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """The window as it is when the drawing has just been opened, the origin of the failing id selected."""
    close_dialogs()
    windows = shared.owner
    assert isinstance(windows, Windows)
    for other in windows.shown[1:]:
        other.close()
    if shared.settings != SETTINGS:
        shared.use_settings(SETTINGS)
    shared.state.set_options(
        path_on=True, critical_on=False, corrected=False, grouped=True, squeezed=False, only=frozenset()
    )
    shared.showNormal()
    shared.board.waterfall.close_find()
    shared.board.waterfall.find_bar.field.clear()
    shared.state.set_query("")
    shared.close_bundle()
    close_dialogs()
    show(shared, (tmp_path / "drawn.jsonl",))
    shared.board.reset()
    shared.state.select_id("rq-bad")
    shared.board.bottom.show_tab(0)
    shared.activateWindow()
    shared.board.waterfall.rows.setFocus()
    qtbot.waitUntil(jobs.idle, timeout=SOON_MS)
    return shared


def happens(window: MainWindow, behaviour: Behaviour, act: Callable[[], object], qtbot: QtBot) -> None:
    """Have it done, and see that it is so afterwards, and was not before."""
    behaviour.begin(window)
    QApplication.processEvents()
    qtbot.waitUntil(jobs.idle, timeout=SOON_MS)
    before, after = behaviour.look(window), behaviour.after
    assert before != after, "it was so before"

    def is_so() -> bool:
        now = behaviour.look(window)
        return now != before if after is ANOTHER else now == after

    act()
    if not is_so():
        qtbot.waitUntil(is_so, timeout=SOON_MS)


def way(window: MainWindow, command: str, key: str) -> Callable[[], object]:
    """How a user has it done: by the menu, or by a key where the focus is."""
    if not key:
        return window.actions_[command].trigger
    return lambda: QTest.keySequence(QApplication.focusWidget() or window, QKeySequence(key))


def test_every_command_has_a_behaviour() -> None:
    assert BEHAVIOURS.keys() == {command.id for command in COMMANDS if not command.later}


@pytest.mark.parametrize(("command", "key"), [one for one in WAYS if one[0] not in LAST])
def test_a_command_does_what_it_says(begun: MainWindow, qtbot: QtBot, command: str, key: str) -> None:
    assert BY_ID[command].needs == "" or begun.state.store is not None
    happens(begun, BEHAVIOURS[command], way(begun, command, key), qtbot)


@pytest.mark.parametrize(("command", "key"), [one for one in WAYS if one[0] in LAST])
def test_the_last_command_does_what_it_says(opened: MainWindow, qtbot: QtBot, command: str, key: str) -> None:
    opened.activateWindow()
    opened.board.waterfall.rows.setFocus()
    happens(opened, BEHAVIOURS[command], way(opened, command, key), qtbot)


def test_every_switch_says_what_it_is(begun: MainWindow) -> None:
    switches = [
        command.id for command in COMMANDS if command.checkable and not command.id.startswith("theme-")
    ]
    for id_ in switches:
        action = begun.actions_[id_]
        if id_ == "full-screen":
            continue
        before = action.isChecked()
        action.trigger()
        assert action.isChecked() is not before, id_
        action.trigger()
        assert action.isChecked() is before, id_


@pytest.mark.parametrize(
    "command", [command for command in COMMANDS if command.needs], ids=lambda one: one.id
)
def test_what_makes_no_sense_cannot_be_used(shared: MainWindow, command: object) -> None:
    shared.close_bundle()
    assert not shared.actions_[getattr(command, "id", "")].isEnabled()


# -- everything else that can be chosen in a menu


def test_every_choice_can_be_made(begun: MainWindow) -> None:
    for choice in begun.findChildren(Choice):
        heard: list[int] = []
        choice.chosen.connect(heard.append)
        entries = choice.menu().actions()
        for number in (*range(1, len(entries)), 0):
            entries[number].trigger()
            assert choice.text().startswith(entries[number].text()), choice.accessibleName()
        assert heard == [*range(1, len(entries)), 0], choice.accessibleName()


def test_every_panel_is_hidden_and_shown(begun: MainWindow) -> None:
    panels = {panel.toggleViewAction().text(): panel for panel in begun.board.panels.values()}
    entries = {
        action.text(): action for action in begun.menus["View/Panels"].actions() if action.text() in panels
    }
    assert entries.keys() == panels.keys()
    for name, action in entries.items():
        for hidden in (True, False):
            action.trigger()
            assert panels[name].isHidden() is hidden


def test_the_menu_of_the_critical_path_goes_to_its_spans(begun: MainWindow, qtbot: QtBot) -> None:
    begun.actions_["critical-path"].trigger()
    bar = begun.findChild(CriticalBar)
    assert isinstance(bar, CriticalBar)
    qtbot.waitUntil(lambda: bool(bar.menu.actions()), timeout=SOON_MS)
    seen = set()
    for action in bar.menu.actions():
        action.trigger()
        seen.add(selected(begun))
    assert len(seen) == len(bar.menu.actions())


def test_the_menu_of_the_traces_of_an_id(begun: MainWindow) -> None:
    several(begun)
    (button,) = (one for one in begun.findChildren(QToolButton) if one.accessibleName() == "Trace of this id")
    seen = []
    for number in range(2):
        button.menu().aboutToShow.emit()
        button.menu().actions()[number].trigger()
        seen.append(begun.state.trace_row)
    assert seen == [0, 1]


def test_the_menu_of_recent_bundles(begun: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    begun.remember(lambda known: known.opened([ROOT / "README.md"], "readme").opened([ROOT / "gone"], "gone"))
    texts = [
        action.text().split("    ")[0] for action in begun.recent_menu.actions() if not action.isSeparator()
    ]
    assert texts[:2] == ["gone", "readme"]
    assert texts[-2:] == RECENT
    begun.recent_menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: begun.opener.paths == (ROOT / "README.md",), timeout=SOON_MS)
    qtbot.waitUntil(jobs.idle, timeout=SOON_MS)
    {action.text(): action for action in begun.recent_menu.actions()}[RECENT[0]].trigger()
    assert "gone" not in {one.name for one in begun.remembered.recent}
    {action.text(): action for action in begun.recent_menu.actions()}[RECENT[1]].trigger()
    assert begun.remembered.recent == ()


RECENT = ["Forget those that are gone", "Forget all of these"]


TOOLS = {"Trace of this id", "Spans with most time on the critical path"}


def owner(menu: QMenu) -> str:
    """Name of the button that a menu hangs from."""
    parent = menu.parent()
    return parent.accessibleName() if isinstance(parent, QToolButton) else ""


def covered(window: MainWindow, action: QAction) -> bool:
    """Whether a test above uses it."""
    parent = action.parent()
    return (
        action.objectName() in BEHAVIOURS
        or action in {one for choice in window.findChildren(Choice) for one in choice.menu().actions()}
        or (isinstance(parent, Panel) and action is parent.toggleViewAction())
        or parent is window.recent_menu
        or (isinstance(parent, QMenu) and isinstance(parent.parent(), QToolButton) and owner(parent) in TOOLS)
        or (
            isinstance(parent, QMenu) and action.text() in dict(FORMS)
        )  # tests/gui/views/test_span.py uses each
        or (isinstance(parent, QLineEdit) and action.objectName() == "_q_qlineeditclearaction")  # Qt's own
    )


def test_no_action_without_a_test(begun: MainWindow) -> None:
    every = [one for one in begun.findChildren(QAction) if not one.isSeparator() and one.menu() is None]
    assert len(every) > len(BEHAVIOURS)
    assert [f"{one.text()} of {one.parent()}" for one in every if not covered(begun, one)] == []


# -- menus of rows


def span(number: int) -> int:
    """A row of the trace that is shown."""
    store = drawn_store()
    (trace,) = store.correlation.rows[store.correlation.row_by_id["rq-bad"]].traces
    first: int = store.traces.rows(trace).start
    return first + number


def waterfall_menu(window: MainWindow) -> QMenu:
    """The menu of the root row."""
    return window.board.waterfall.context_menu(span(0))


ROW_MENU = {
    "Pin": Behaviour(
        lambda window: [note.pinned for note in window.state.notebook.book.notes.values()], [True]
    ),
    "Note…": Behaviour(dialogs),
    "Copy span id": Behaviour(clipboard, begin=copied_nothing),
    "Copy trace id": Behaviour(clipboard, begin=copied_nothing),
    "Copy row as text": Behaviour(clipboard, "gate\tGET /pay\t", copied_nothing),
    "Zoom to span": Behaviour(
        lambda window: window.state.viewport, (0, 0), lambda w: w.board.waterfall.zoom(9)
    ),
    "Fold or unfold": Behaviour(rows, 1),
    "Root the waterfall here": Behaviour(lambda window: window.state.place.root),
    "To the first of 2 errors below": Behaviour(
        selected, "gate pay", lambda w: w.board.waterfall.select_row(span(3))
    ),
}


def test_the_menu_of_a_row_is_covered(begun: MainWindow) -> None:
    entries = [action for action in waterfall_menu(begun).actions() if not action.isSeparator()]
    own = {action.text() for action in entries if action.objectName() not in BEHAVIOURS}
    assert own == ROW_MENU.keys()


@pytest.mark.parametrize("entry", ROW_MENU)
def test_an_entry_of_the_menu_of_a_row(begun: MainWindow, qtbot: QtBot, entry: str) -> None:
    menu = waterfall_menu(begun)
    (found,) = (action for action in menu.actions() if action.text() == entry)
    happens(begun, ROW_MENU[entry], found.trigger, qtbot)


MENUS = {
    "explorer/gui/views/waterfall.py": "above",
    "explorer/gui/views/flame.py": "tests/gui/views/test_sums.py",
    "explorer/gui/views/statistics.py": "tests/gui/views/test_sums.py",
    "explorer/gui/views/notes.py": "tests/gui/state/test_notes.py",
    "explorer/gui/views/logs.py": "tests/gui/views/test_logs.py",
    "explorer/gui/views/pairmenu.py": "tests/gui/views/test_span.py",
    "explorer/gui/views/span.py": "tests/gui/views/test_span.py",
}
"""Files with a method that makes a menu of a row, and where its entries are tested."""


def entries_of(path: str) -> set[str]:
    """The texts of the entries that a file adds to menus, as far as they stand in it."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    added = [node.args[0] for node in calls if node.func.attr == "addAction" and node.args]  # type: ignore[attr-defined]
    return {one.value for one in added if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_menu_of_rows_is_tested_by_its_entries() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "explorer" / "gui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "QMenu"
        and not node.name.startswith("_")
    }  # fmt: skip
    assert makers == MENUS.keys()
    for path, test in MENUS.items():
        if test != "above":
            text = (ROOT / test).read_text("utf-8")
            assert [entry for entry in sorted(entries_of(path)) if f'"{entry}"' not in text] == [], path
