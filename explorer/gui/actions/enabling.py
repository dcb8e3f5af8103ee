"""Which commands make sense now, and which switches are on: follows the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from PySide6.QtGui import QAction

from explorer.analysis.supposed import offered
from explorer.gui.actions.table import BY_ID, COMMANDS, Needs
from explorer.gui.state.appstate import AppState
from explorer.gui.state.options import Only


def there(state: AppState) -> set[Needs]:
    """What of the things that commands need is there."""
    place, book = state.place, state.notebook.book
    back, forward = state.can_go
    has: dict[Needs, bool] = {
        "": True, "bundle": state.store is not None, "past": back, "future": forward,
        "done": bool(book.past), "undone": bool(book.future),
    }  # fmt: skip
    if state.store is not None:
        has |= {
            "id": bool(place.id), "span": place.span is not None, "query": bool(place.query),
            "range": place.range is not None, "root": place.root is not None,
            "causes": state.analysis is not None and bool(state.analysis.causes),
        }  # fmt: skip
    if state.verdict is not None:
        has |= {"candidates": len(offered(state.verdict)) > 1, "candidate": bool(state.verdict.supposed)}
    return {need for need, met in has.items() if met}


def follow_state(state: AppState, actions: Mapping[str, QAction]) -> None:
    """Have actions enabled and checked as the state has it, from now on."""

    def enable() -> None:
        has = there(state)
        for command in COMMANDS:
            if not command.later:
                actions[command.id].setEnabled(command.needs in has)
        book = state.notebook.book
        for id_, edits in (("undo", book.past), ("redo", book.future)):
            actions[id_].setText(f"{BY_ID[id_].text} {edits[-1].words}" if edits else BY_ID[id_].text)
        target = state.note_target
        actions["pin"].setChecked(target is not None and state.notebook.note(target).pinned)

    def check() -> None:
        actions["failure-path"].setChecked(state.path_on)
        actions["critical-path"].setChecked(state.critical_on)
        actions["corrected"].setChecked(state.corrected)
        actions["utc"].setChecked(state.utc)
        actions["group-siblings"].setChecked(state.grouped)
        actions["squeeze-idle"].setChecked(state.squeezed)
        for only in get_args(Only):
            actions[f"only-{only}"].setChecked(only in state.only)

    for signal in (state.opened, state.id_changed, state.span_changed, state.query_changed,
                   state.range_changed, state.root_changed, state.history_changed, state.notebook.changed):  # fmt: skip
        signal.connect(enable)
    state.options_changed.connect(check)
    enable()
    check()
