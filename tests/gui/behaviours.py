"""What each command of the window does, as something that can be seen: the one table of the behaviour tests.

A command without a line here fails ``test_behaviours.py``; a line that comes true without its command does, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from explorer.analysis.causes import analyse
from explorer.gui import jobs
from explorer.gui.opening.work import Opened
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn_store import store_of
from tests.gui.bundles import drawn_store

Look = Callable[[MainWindow], object]
ANOTHER: Final = object()
LINKED: Final = """
trace one at=10
gate: GET /pay      | server 0+80 200 request=rq-one name=first
trace two at=60
pay: settle         | server 0+50 200 request=rq-two link=first
"""


def _nothing(_window: MainWindow) -> None:
    """Begin as the window is."""


@dataclass(frozen=True)
class Behaviour:
    """What is seen before and after.

    Attributes:
        look: what is looked at.
        after: what it is afterwards, and was not before; left out: merely something else than before.
        begin: brings the window, on the failing id with its origin selected, to where the command makes sense.
    """

    look: Look
    after: object = ANOTHER
    begin: Callable[[MainWindow], object] = _nothing


def dialogs(_window: MainWindow) -> list[str]:
    """Titles of the dialogs that are open."""
    every = QApplication.topLevelWidgets()
    return sorted(one.windowTitle() for one in every if isinstance(one, QDialog) and one.isVisible())


def clipboard(_window: MainWindow) -> str:
    """The beginning of what was copied."""
    return QGuiApplication.clipboard().text()[:14]


def selected(window: MainWindow) -> str:
    """Service and operation of the selected span."""
    store, row = window.state.store, window.state.span_row
    return f"{store.service(row)} {store.operation(row)}" if store is not None and row >= 0 else ""


def rows(window: MainWindow) -> int:
    """Rows of the waterfall that are not folded away."""
    shown = window.board.waterfall.rows.shown
    return len(shown) if shown is not None else 0


def length(window: MainWindow) -> int:
    """How much time the waterfall shows, ns; 0 for all."""
    begin, end = window.state.viewport
    return end - begin


def tab(window: MainWindow) -> str:
    """The bottom tab on top."""
    tabs = window.board.bottom.tabs
    return tabs.tabText(tabs.currentIndex())


def tab_with_focus(window: MainWindow) -> tuple[str, bool]:
    """The bottom tab on top, and whether the focus is in it."""
    focus = QApplication.focusWidget()
    return tab(window), focus is not None and window.board.bottom.isAncestorOf(focus)


def windows(window: MainWindow) -> int:
    """How many windows there are."""
    return len(window.owner.shown) if isinstance(window.owner, Windows) else 0


def focus_name(_window: MainWindow) -> str:
    """Name of what has the focus."""
    focus: QWidget | None = QApplication.focusWidget()
    return focus.accessibleName() if focus is not None else ""


def does(*commands: str) -> Callable[[MainWindow], None]:
    """Begin by using other commands."""

    def begin(window: MainWindow) -> None:
        for command in commands:
            window.actions_[command].trigger()

    return begin


def finds(words: str) -> Callable[[MainWindow], None]:
    """Begin with words in the find bar, the first row selected and the focus on the rows."""

    def begin(window: MainWindow) -> None:
        waterfall = window.board.waterfall
        waterfall.open_find()
        waterfall.find_bar.field.setText(words)
        while not jobs.idle():
            QApplication.processEvents()
        waterfall.rows.setFocus()
        to_row(0)(window)

    return begin


def to_row(number: int) -> Callable[[MainWindow], None]:
    """Begin with another row selected, from the top."""

    def begin(window: MainWindow) -> None:
        window.board.waterfall.select_row(drawn_store().traces.rows(window.state.trace_row).start + number)

    return begin


def zoomed(window: MainWindow) -> None:
    """Begin zoomed in, away from both ends."""
    window.board.waterfall.zoom(4.0, 0.5)


def read(window: MainWindow, drawing: str) -> Store:
    """Begin with another bundle."""
    store = store_of(drawing, "other.jsonl")
    answers = analyse(store, known_rules()[0])
    window.show_opened(Opened(window.opener.paths, store, answers, (), before=False, seconds=0.1))
    return store


def several(window: MainWindow) -> None:
    """Begin with an id of two traces."""
    read(window, LINKED.replace("rq-two", "rq-one"))
    window.state.select_id("rq-one")


def linked(window: MainWindow) -> None:
    """Begin with two traces, the root of the second, which links to the first, selected."""
    store = read(window, LINKED)
    window.state.select_id("rq-two")
    window.state.select_span(store.key(store.traces.rows(window.state.trace_row).start))


def larger(window: MainWindow) -> None:
    """Begin at another size, decided to be used later."""
    window.actions_["text-larger"].trigger()
    close_dialogs()
    window.activateWindow()
    window.board.waterfall.rows.setFocus()


def gone_on(window: MainWindow) -> None:
    """Begin where one can go forward to."""
    window.state.select_id("rq-worse")
    window.state.back()


def close_dialogs() -> None:
    """Close whatever was asked."""
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog) and one.isVisible():
            one.close()


def copied_nothing(_window: MainWindow) -> None:
    """Begin with nothing on the clipboard."""
    QGuiApplication.clipboard().setText("")


def _opens(title: str, begin: Callable[[MainWindow], object] = _nothing) -> Behaviour:
    return Behaviour(dialogs, [title], begin)


def _state(name: str, after: object = ANOTHER, begin: Callable[[MainWindow], object] = _nothing) -> Behaviour:
    return Behaviour(lambda window: getattr(window.state, name), after, begin)


def _place(name: str, after: object = ANOTHER, begin: Callable[[MainWindow], object] = _nothing) -> Behaviour:
    return Behaviour(lambda window: getattr(window.state.place, name), after, begin)


def _raises(title: str) -> Behaviour:
    return Behaviour(tab, title, lambda window: window.board.bottom.show_tab(0 if title != "Logs" else 1))


def _pins(window: MainWindow) -> bool:
    target = window.state.note_target
    return target is not None and window.state.notebook.note(target).pinned


_FILE: Final = {
    "open": _opens("Open files or archives"),
    "open-folder": _opens("Open a folder as one bundle"),
    "add": _opens("Open files or archives"),
    "demo": Behaviour(lambda window: window.opener.paths[0].name.startswith("incident-"), True),
    "new-window": Behaviour(windows, 2),
    "open-window": _opens("Open files or archives"),
    "reload": Behaviour(lambda window: window.opener.running, True),
    "close": _state("store", None),
    "export": _opens("Export"),
    "columns": _opens("A table"),
    "settings": _opens("Settings"),
    "close-window": Behaviour(lambda window: window.isVisible(), False),
    "quit": Behaviour(windows, 0),
}

_EDIT: Final = {
    "undo": Behaviour(_pins, False, does("pin")),
    "redo": Behaviour(_pins, True, does("pin", "undo")),
    "copy": Behaviour(clipboard, "trace_id\t5a711", copied_nothing),
    "copy-json": Behaviour(clipboard, '{\n  "trace_id"', copied_nothing),
    "copy-curl": Behaviour(
        lambda window: window.status.currentMessage(), "This span names no URL to ask again.", does("fit")
    ),
    "copy-markdown": Behaviour(clipboard, "| field | valu", copied_nothing),
    "copy-picture": Behaviour(
        lambda _window: QGuiApplication.clipboard().image().width() > 2000, True, copied_nothing
    ),
    "copy-report": Behaviour(clipboard, "# Root cause o", copied_nothing),
    "find": Behaviour(focus_name, "Find in this id"),
    "find-next": Behaviour(selected, "gate pay", finds("pay")),
    "find-previous": Behaviour(selected, "bank debit", finds("debit")),
    "query": Behaviour(focus_name, "Query"),
    "query-clear": _place("query", "", lambda window: window.state.set_query("status:error")),
    "filter-save": Behaviour(dialogs, begin=lambda window: window.state.set_query("status:error")),
    "filters": Behaviour(dialogs),
    "range-clear": _place("range", None, lambda window: window.state.set_range((1, 2))),
    "pin": Behaviour(_pins, True),
    "note": Behaviour(dialogs),
}

_VIEW: Final = {
    "zoom-in": Behaviour(length),
    "zoom-out": Behaviour(length, begin=zoomed),
    "pan-left": _state("viewport", begin=zoomed),
    "pan-right": _state("viewport", begin=zoomed),
    "fit": Behaviour(length, 0, zoomed),
    "zoom-selection": Behaviour(length, begin=to_row(3)),
    "unfold-level": Behaviour(rows, 4, does("fold-level")),
    "fold-level": Behaviour(rows, 3),
    "group-siblings": _state("grouped"),
    "squeeze-idle": _state("squeezed"),
    "only-critical": _state("only", frozenset({"critical"})),
    "only-errors": Behaviour(rows, 3),
    "only-slow": _state("only", frozenset({"slow"})),
    "only-matches": Behaviour(rows, begin=finds("GET")),
    "utc": _state("utc", False),
    "tab-logs": _raises("Logs"),
    "tab-events": _raises("Events"),
    "tab-stack": _raises("Stack trace"),
    "tab-metrics": _raises("Metrics"),
    "tab-compare": _raises("Compare"),
    "tab-statistics": _raises("Statistics"),
    "tab-flame": _raises("Flame graph"),
    "tab-notes": _raises("Notes"),
    "arrange": Behaviour(lambda window: window.board.panels["ids"].titleBarWidget().height() > 0, True),
    "reset-layout": Behaviour(
        lambda window: window.board.panels["ids"].isHidden(),
        False,
        lambda window: window.board.panels["ids"].hide(),
    ),
    "theme-system": Behaviour(lambda window: window.settings.theme, "system"),
    "theme-dark": Behaviour(lambda window: window.state.theme.name, "dark", does("theme-light")),
    "theme-light": Behaviour(lambda window: window.state.theme.name, "light"),
    "text-larger": Behaviour(lambda window: window.settings.scale, 110),
    "text-smaller": Behaviour(lambda window: window.settings.scale, 90),
    "text-normal": Behaviour(lambda window: window.settings.scale, 100, larger),
    "full-screen": Behaviour(lambda window: window.isFullScreen(), True),
}

_GO: Final = {
    "back": _place("id", "rq-bad", lambda window: window.state.select_id("rq-worse")),
    "forward": _place("id", "rq-worse", gone_on),
    "id-next": _place("id", "rq-worse"),
    "id-previous": _place("id", "rq-bad", lambda window: window.state.select_id("rq-worse")),
    "cause-next": _place("id", "rq-bad", lambda window: window.state.select_id("rq-good")),
    "cause-previous": _place("id", "rq-bad", lambda window: window.state.select_id("rq-good")),
    "id-window": Behaviour(windows, 2),
    "error-next": Behaviour(selected, "gate pay", to_row(0)),
    "error-previous": Behaviour(selected, "gate pay", to_row(2)),
    "origin": Behaviour(selected, "pay charge", to_row(0)),
    "link": Behaviour(selected, "gate GET /pay", linked),
    "row-down": Behaviour(selected, "bank debit"),
    "row-up": Behaviour(selected, "gate pay"),
    "fold": Behaviour(rows, 3),
    "unfold": Behaviour(rows, 4, does("fold")),
    "peel": _place("span", None),
}

_ANALYSE: Final = {
    "failure-path": _state("path_on", False),
    "critical-path": _state("critical_on", True),
    "candidate-next": _place("candidate", 2),
    "candidate-first": _place("candidate", 0, does("candidate-next")),
    "compare": _raises("Compare"),
    "scope": _place("scope", "bundle"),
    "root": Behaviour(rows, 2),
    "root-clear": Behaviour(rows, 4, does("root")),
    "corrected": _state("corrected", True),
    "keep-incident": Behaviour(dialogs),
    "issues": Behaviour(dialogs),
}

_HELP: Final = {
    "keys": _opens("Keys"),
    "commands": _opens("Find anything"),
    "formats": _opens("Formats read"),
    "log": _opens("Program log"),
    "about": _opens("About Trace Explorer"),
}

BEHAVIOURS: Final[dict[str, Behaviour]] = {**_FILE, **_EDIT, **_VIEW, **_GO, **_ANALYSE, **_HELP}

LAST: Final = ("close-window", "quit")
"""Those that leave no window behind."""
