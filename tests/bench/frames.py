"""Frame times of the waterfall on a made-up trace."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QApplication

from explorer.analysis.causes import analyse
from explorer.gui import jobs
from explorer.gui.painting.ink import Ink
from explorer.gui.state.appstate import AppState
from explorer.gui.views.rows import RowsArea
from explorer.gui.views.waterfall import WaterfallView
from explorer.layout import numbers
from explorer.layout.folding import fold
from explorer.layout.palette import DARK, service_colours
from explorer.layout.waterfall import make_scene
from explorer.model.assemble import assemble
from explorer.model.builder import Builder, Records
from explorer.model.issue import Issues
from explorer.model.records import File
from explorer.model.store import Store
from explorer.session.rules import known_rules


def one_trace(spans: int) -> Store:
    """A store of one trace: a random tree, 1 span in 30 failed; all of them stand in one empty document."""
    made = np.random.default_rng(3)
    number = np.arange(spans)
    ids = (number + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    parent = np.where(number > 0, made.integers(0, np.maximum(number, 1)), 0)
    builder = Builder(Issues())
    file = builder.begin_file(File("made", None, -1, 0))
    builder.begin_reader("otlp-json")
    builder.raw.keep(file, 0, b"{}")
    document = builder.document(Records(file, b"{}", 0, np.zeros(1, np.int64), np.array([2])), 0)
    services = [builder.services[f"service-{k}"] for k in range(40)]
    names = [builder.operations[f"operation-{k}"] for k in range(130)]
    builder.spans.extend(
        spans, trace=builder.traces["a" * 32], span_id=ids,
        parent_id=np.where(number > 0, ids[parent], np.uint64(0)),
        service=np.array(services)[number % 40], name=np.array(names)[number % 130],
        start=1_790_000_000_000_000_000 + number * 1000, duration=made.integers(1000, 10_000_000, spans),
        status=np.where(made.random(spans) < 1 / 30, 2, 0), doc=document, index=0,
    )  # fmt: skip
    return assemble(builder, "made")


def frame_times(spans: int, frames: int) -> list[float]:
    """Processor milliseconds of ``frames`` repaints at scroll positions spread over the trace."""
    application = QApplication.instance() or QApplication([])
    store = one_trace(spans)
    area = RowsArea()
    area.resize(1400, 22 * 40)
    scene = make_scene(store, 0, None)
    area.view = scene.extent()
    area.ticks = numbers.ticks(0, area.view[1] - area.view[0], 8)
    shown = fold(scene.first, scene.last, (), store.spans.size)
    area.show_scene(scene, shown, Ink(DARK, service_colours(store.services)))
    area.show()
    application.processEvents()
    times = []
    for position in np.linspace(0, area.verticalScrollBar().maximum(), frames).astype(int).tolist():
        area.verticalScrollBar().setValue(position)
        begun = time.thread_time()
        area.viewport().repaint()
        times.append((time.thread_time() - begun) * 1000)
    area.close()
    area.deleteLater()
    application.processEvents()
    return times


def act_times(spans: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of what keys do to the waterfall of one large trace, the repaint included."""
    application = QApplication.instance() or QApplication([])
    store = one_trace(spans)
    state = AppState()
    state.open(store, analyse(store, known_rules()[0]))
    state.select_id(store.correlation.rows[0].id)
    view = WaterfallView(state)
    view.resize(1400, 900)
    view.show()
    while not jobs.idle():
        application.processEvents()
    acts: dict[str, Callable[[], None]] = {
        "next error": view.next_error,
        "row down": lambda: view.move_row(1),
        "zoom in": lambda: view.zoom(1.5),
        "zoom out": lambda: view.zoom(1 / 1.5),
        "fold a row": view.fold,
        "unfold it": view.unfold,
        "fold a level everywhere": lambda: view.fold_all(-1),
        "unfold a level everywhere": lambda: view.fold_all(1),
        "failure path on or off": lambda: state.set_options(path_on=not state.path_on),
    }
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            begun = time.thread_time()
            act()
            view.rows.viewport().repaint()
            times[name].append((time.thread_time() - begun) * 1000)
            application.processEvents()
    view.close()
    view.deleteLater()
    application.processEvents()
    return times
