"""What each command does: the ids of :mod:`explorer.gui.actions.table` to functions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, get_args

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QCursor, QKeyEvent

from explorer.analysis.supposed import offered
from explorer.errors import ExplorerError
from explorer.gui.commands.columns import state_columns
from explorer.gui.commands.exporting import PICTURE, REPORT, ask_export, copy_usual
from explorer.gui.commands.filters import save_filter, show_filters
from explorer.gui.commands.palette import Palette
from explorer.gui.crash import log_file
from explorer.gui.dialogs.about import PagesDialog, TextDialog, about_pages, formats_text
from explorer.gui.dialogs.asked import show_error
from explorer.gui.dialogs.commands import CommandsDialog
from explorer.gui.dialogs.frame import copy
from explorer.gui.dialogs.issues import IssuesDialog
from explorer.gui.dialogs.keep import KeepDialog
from explorer.gui.dialogs.keys import KeysDialog
from explorer.gui.dialogs.note import edit_note
from explorer.gui.dialogs.settings import SettingsDialog
from explorer.gui.look import text
from explorer.gui.state.appstate import AppState
from explorer.gui.state.copying import copied
from explorer.gui.state.options import Only
from explorer.gui.views.bottom import TITLES
from explorer.gui.window import MainWindow, Slot
from explorer.model.asking import Asking
from explorer.paths import demo_bundle
from explorer.session.incidents import Incident, keep_incidents
from explorer.session.settings import ThemeChoice

ZOOM: Final = 1.5
PAN: Final = 0.2
"""A step of the keys: a factor of the visible time, and a fraction of it."""


def slots_of(window: MainWindow) -> dict[str, Slot]:
    """A function for every command that can be used, by its id, for :meth:`MainWindow.add_commands`."""
    return {
        command: slot
        for part in (_file, _edit, _view, _go, _analyse, _help)
        for command, slot in part(window).items()
    }


def _file(window: MainWindow) -> dict[str, Slot]:
    opener = window.opener
    return {
        "open": lambda: opener.ask_files(window.remembered.open_folder),
        "open-folder": lambda: opener.ask_folder(window.remembered.open_folder),
        "add": lambda: opener.ask_files(window.remembered.open_folder, "added"),
        "new-window": lambda: window.window_wanted.emit((), "", Asking()),
        "open-window": lambda: opener.ask_files(window.remembered.open_folder, "elsewhere"),
        "demo": lambda: window.open_paths([demo_bundle()]),
        "reload": opener.reload,
        "close": window.close_bundle,
        "export": partial(ask_export, window),
        "columns": lambda: state_columns(window),
        "settings": lambda: _settings(window),
        "close-window": window.close,
        "quit": window.quit_wanted.emit,
    }


def _edit(window: MainWindow) -> dict[str, Slot]:
    state, waterfall = window.state, window.board.waterfall
    return {
        "undo": state.notebook.undo,
        "redo": state.notebook.redo,
        "copy": lambda: _copy(window),
        "copy-json": lambda: copy(copied(state, "json")),
        "copy-markdown": lambda: copy(copied(state, "markdown")),
        "copy-curl": lambda: _copy_curl(window),
        "copy-picture": partial(copy_usual, window, PICTURE),
        "copy-report": partial(copy_usual, window, REPORT),
        "find": waterfall.open_find,
        "find-next": lambda: waterfall.find_next(1),
        "find-previous": lambda: waterfall.find_next(-1),
        "query": window.bundle_bar.query.enter,
        "query-clear": lambda: state.set_query(""),
        "filter-save": lambda: save_filter(window),
        "filters": lambda: show_filters(window),
        "range-clear": lambda: state.set_range(None),
        "pin": lambda: _pin(window),
        "note": lambda: edit_note(state, window),
    }


def _view(window: MainWindow) -> dict[str, Slot]:
    state, waterfall, board = window.state, window.board.waterfall, window.board
    tabs = (
        "tab-logs",
        "tab-events",
        "tab-stack",
        "tab-metrics",
        "tab-compare",
        "tab-statistics",
        "tab-flame",
        "tab-notes",
    )
    themes = {f"theme-{choice}": partial(_use_theme, window, choice) for choice in get_args(ThemeChoice)}
    limits = {f"only-{only}": partial(_limit, state, only) for only in get_args(Only)}
    return themes | limits | {tab: partial(_show_tab, window, number) for number, tab in enumerate(tabs)} | {
        "zoom-in": lambda: waterfall.zoom(ZOOM, _cursor_share(window)),
        "zoom-out": lambda: waterfall.zoom(1 / ZOOM, _cursor_share(window)),
        "pan-left": lambda: waterfall.pan(-PAN),
        "pan-right": lambda: waterfall.pan(PAN),
        "fit": waterfall.fit,
        "zoom-selection": waterfall.zoom_to_selection,
        "unfold-level": lambda: waterfall.fold_all(1),
        "fold-level": lambda: waterfall.fold_all(-1),
        "group-siblings": lambda: state.set_options(grouped=not state.grouped),
        "squeeze-idle": lambda: state.set_options(squeezed=not state.squeezed),
        "utc": lambda: window.change_settings(replace(window.settings, utc=not state.utc)),
        "arrange": lambda: board.arrange(on=window.actions_["arrange"].isChecked()),
        "reset-layout": board.reset,
        "text-larger": lambda: window.change_settings(window.settings.scaled(1)),
        "text-smaller": lambda: window.change_settings(window.settings.scaled(-1)),
        "text-normal": lambda: window.change_settings(replace(window.settings, scale=100)),
        "full-screen": lambda: _full_screen(window),
    }  # fmt: skip


def _go(window: MainWindow) -> dict[str, Slot]:
    state, waterfall, ids = window.state, window.board.waterfall, window.board.ids
    return {
        "back": state.back,
        "forward": state.forward,
        "id-next": lambda: ids.next_id(1),
        "id-previous": lambda: ids.next_id(-1),
        "cause-next": lambda: _step_cause(state, 1),
        "cause-previous": lambda: _step_cause(state, -1),
        "id-window": lambda: window.window_wanted.emit(
            window.opener.paths, state.place.id, window.opener.asking
        ),
        "error-next": lambda: waterfall.next_error(1),
        "error-previous": lambda: waterfall.next_error(-1),
        "origin": waterfall.to_origin,
        "link": waterfall.follow_link,
        "row-down": lambda: waterfall.move_row(1),
        "row-up": lambda: waterfall.move_row(-1),
        "fold": waterfall.fold,
        "unfold": waterfall.unfold,
        "peel": lambda: peel(window),
    }


def _analyse(window: MainWindow) -> dict[str, Slot]:
    state = window.state
    return {
        "failure-path": lambda: state.set_options(path_on=not state.path_on),
        "critical-path": lambda: state.set_options(critical_on=not state.critical_on),
        "candidate-next": lambda: _next_candidate(state),
        "candidate-first": lambda: state.choose_candidate(1),
        "compare": partial(_show_tab, window, TITLES.index("Compare")),
        "scope": lambda: state.set_scope("bundle" if state.place.scope == "id" else "id"),
        "root": lambda: state.set_root(state.place.span),
        "root-clear": lambda: state.set_root(None),
        "corrected": lambda: state.set_options(corrected=not state.corrected),
        "keep-incident": lambda: _keep_incident(window),
        "issues": lambda: _issues(window),
    }


def _help(window: MainWindow) -> dict[str, Slot]:
    return {
        "keys": lambda: KeysDialog(window).show(),
        "commands": lambda: _commands(window),
        "formats": lambda: TextDialog("Formats read", formats_text(), window).show(),
        "log": lambda: TextDialog("Program log", _log_text(), window).show(),
        "about": lambda: PagesDialog("About Trace Explorer", about_pages(), window).show(),
    }


def _limit(state: AppState, only: Only) -> None:
    """Show only such rows in the waterfall, or no longer."""
    state.set_options(only=state.only ^ {only})


def peel(window: MainWindow) -> bool:
    """Take back one layer; whether there was one."""
    state, waterfall = window.state, window.board.waterfall
    place = state.place
    if window.opener.in_the_way:
        window.opener.cancel()
    elif waterfall.close_find():
        waterfall.setFocus()
    elif state.only:
        state.set_options(only=frozenset())
    elif state.verdict is not None and state.verdict.supposed:
        state.choose_candidate(1)
    elif place.root is not None:
        state.set_root(None)
    elif place.range is not None:
        state.set_range(None)
    elif place.query:
        state.set_query("")
    elif place.span is not None:
        state.select_span(None)
    else:
        return False
    return True


def _next_candidate(state: AppState) -> None:
    """Draw the candidate after the one drawn; the first again after the last."""
    verdict = state.verdict
    if verdict is not None:
        state.choose_candidate(max(verdict.supposed, 1) % len(offered(verdict)) + 1)


def _step_cause(state: AppState, by: int) -> None:
    """To the ids of the cause that many further than the one of the id shown; around at the ends."""
    causes = state.analysis.causes if state.analysis is not None else ()
    if causes:
        shown = next(
            (at for at, cause in enumerate(causes) if state.id_row in cause.ids), -1 if by > 0 else 0
        )
        state.show_cause(causes[(shown + by) % len(causes)])


def _pin(window: MainWindow) -> None:
    state = window.state
    if (target := state.note_target) is not None:
        state.notebook.toggle_pin(target)
        words = "Pinned" if state.notebook.note(target).pinned else "No longer pinned"
        window.status.showMessage(f"{words}: {text.line(state.notebook.note(target).title, 120)}", 5_000)


def _copy(window: MainWindow) -> None:
    """What has the focus copies what is selected in it; else the selected span, log line or id is copied."""
    focus, action = window.focusWidget(), window.actions_["copy"]
    if focus is not None:
        press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        action.setEnabled(False)  # or the key would come back here and not reach the focus
        QCoreApplication.sendEvent(focus, press)
        action.setEnabled(True)
        if press.isAccepted():
            return
    copy(copied(window.state, "text"))


def _copy_curl(window: MainWindow) -> None:
    command = copied(window.state, "curl")
    if command:
        copy(command)
    else:
        window.status.showMessage("This span names no URL to ask again.", 5_000)


def _cursor_share(window: MainWindow) -> float:
    """Where the mouse is on the time axis of the waterfall, 0 to 1; the middle where it is elsewhere."""
    ruler = window.board.waterfall.ruler
    at = ruler.mapFromGlobal(QCursor.pos()).x()
    left, right = ruler.geometry_of.bars
    return (at - left) / (right - left) if left <= at < right else 0.5


def _show_tab(window: MainWindow, number: int) -> None:
    window.board.panels["bottom"].show()
    window.board.bottom.show_tab(number)


def _use_theme(window: MainWindow, choice: ThemeChoice) -> None:
    window.change_settings(replace(window.settings, theme=choice))


def _full_screen(window: MainWindow) -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def _settings(window: MainWindow) -> None:
    dialog = SettingsDialog(window.settings, window)
    dialog.saved.connect(window.change_settings)
    dialog.cleared.connect(window.clear_wanted)
    dialog.open()


def _commands(window: MainWindow) -> None:
    dialog = CommandsDialog(window)
    palette = Palette(window, dialog.refresh)
    dialog.finished.connect(palette.close)
    dialog.search(palette.find)
    dialog.open()
    dialog.field.setFocus()


def _issues(window: MainWindow) -> None:
    store = window.state.store
    if store is not None:
        dialog = IssuesDialog(store.name, (*store.issues, *window.faults), window.state.theme, window)
        dialog.columns_wanted.connect(partial(state_columns, window))
        dialog.show()


def _keep_incident(window: MainWindow) -> None:
    incident = window.board.rca.incident()
    if incident is None:
        window.status.showMessage(
            "There is no cause to keep: this id did not fail, nothing says why, or another candidate is drawn.",
            10_000,
        )
        return
    dialog = KeepDialog(incident.title, window)
    dialog.kept.connect(lambda note: _kept(window, replace(incident, note=note.strip())))
    dialog.open()


def _kept(window: MainWindow, incident: Incident) -> None:
    try:
        keep_incidents([incident])
    except (ExplorerError, OSError) as error:
        show_error("The incident was not kept", str(error), parent=window)
    else:
        window.board.rca.read_incidents()
        window.status.showMessage("Kept. The same fault will be known again.", 10_000)


def _log_text() -> str:
    try:
        path: Path = log_file()
        return f"{path}\n\n{path.read_text('utf-8', 'replace')}"
    except OSError as error:
        return f"There is no log: {error}."
