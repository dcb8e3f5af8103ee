"""What can be done with a row of the waterfall."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from explorer.gui.state import AppState
from explorer.layout import numbers
from explorer.layout.waterfall import Scene


def fill_menu(
    menu: QMenu,
    state: AppState,
    scene: Scene,
    row: int,
    *,
    zoom: Callable[[int], None],
    fold: Callable[[int], None],
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
    if state.place.root is not None:
        menu.addAction("Show the whole trace", partial(state.set_root, None))


def row_text(scene: Scene, row: int) -> str:
    """A span as one tab-separated line."""
    store = scene.store
    begin, _ = scene.extent()
    return "\t".join((
        store.service(row), store.operation(row), numbers.duration(scene.start(row) - begin),
        numbers.duration(int(store.spans.duration[row])), "error" if store.spans.failed[row] else "",
        store.span_id(row),
    ))  # fmt: skip
