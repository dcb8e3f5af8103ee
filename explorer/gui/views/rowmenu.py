"""What can be done with a row of the waterfall."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from explorer.gui.dialogs.note import edit_note
from explorer.gui.look.text import line
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.layout.waterfall import Scene
from explorer.session.notes import Target, span_target

MOST_LINKS = 12


def fill_menu(
    menu: QMenu,
    state: AppState,
    scene: Scene,
    row: int,
    *,
    zoom: Callable[[int], None],
    fold: Callable[[int], None],
    go: Callable[[int], None],
) -> None:
    """Add the actions of a row to a menu."""
    store = scene.store
    copy = QGuiApplication.clipboard().setText
    menu.addAction("Copy span id", partial(copy, store.span_id(row)))
    menu.addAction("Copy trace id", partial(copy, store.trace_id(int(store.spans.trace[row]))))
    menu.addAction("Copy row as text", partial(copy, row_text(scene, row)))
    menu.addSeparator()
    menu.addAction("Zoom to span", partial(zoom, row))
    menu.addAction("Fold or unfold", partial(fold, row))
    menu.addAction("Root the waterfall here", partial(state.set_root, store.key(row)))
    _add_notes(menu, state, span_target(store, row))
    _add_links(menu, state, scene, row)
    errors = np.flatnonzero(store.spans.failed[row + 1 : row + int(store.spans.size[row])])
    if len(errors):
        menu.addAction(
            f"To the first of {numbers.plural(len(errors), 'error')} below",
            partial(go, row + 1 + int(errors[0])),
        )
    if state.place.root is not None:
        menu.addAction("Show the whole trace", partial(state.set_root, None))


def _add_notes(menu: QMenu, state: AppState, target: Target) -> None:
    note = state.notebook.note(target)
    menu.addSeparator()
    menu.addAction("Unpin" if note.pinned else "Pin", partial(state.notebook.toggle_pin, target))
    menu.addAction(
        "Edit note…" if note.text else "Note…", partial(edit_note, state, menu.parentWidget() or menu, target)
    )
    menu.addSeparator()


def _add_links(menu: QMenu, state: AppState, scene: Scene, row: int) -> None:
    """To the spans that this one links to, and those that link to it."""
    store = scene.store
    for words, rows in (("Linked from", scene.links.into(row)), ("Links to", scene.links.out_of(row))):
        for other in rows[:MOST_LINKS].tolist():
            if other < 0:
                menu.addAction(f"{words} a span that is not in the bundle").setEnabled(False)
            else:
                name = line(f"{words} {store.service(other)}  {store.operation(other)}", 80).replace(
                    "&", "&&"
                )
                menu.addAction(name, partial(state.show_row, other))


def row_text(scene: Scene, row: int) -> str:
    """A span as one tab-separated line."""
    store = scene.store
    begin, _ = scene.extent()
    return "\t".join((
        store.service(row), store.operation(row), numbers.duration(scene.start(row) - begin),
        numbers.duration(int(store.spans.duration[row])), "error" if store.spans.failed[row] else "",
        store.span_id(row),
    ))  # fmt: skip
