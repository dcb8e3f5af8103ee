"""The longest time for which the window does not answer, while it opens, filters, searches and exports."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import active_children
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QTimer

from explorer.gui import jobs
from explorer.gui.app import application, end
from explorer.gui.exporting.files import export
from explorer.gui.windows import Windows
from explorer.report.export import Export
from explorer.session.settings import Settings
from tests.bench.data import write_one_trace
from tests.bench.data_formats import write_json_logs
from tests.bench.run import Run, say

QUERIES = ("s", "st", "status:error", "status:error duration>20ms", "service:service-3", "")
_EVERY_MS = 2
_PATIENCE = 600.0
_QUIET = 0.5


class Gaps:
    """Longest time between two turns of the event loop, ms; counted in CPU time of this thread too.

    On a machine that does other work as well, the wall clock tells more than the program's own doing.
    """

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._turn)
        self._clock = QElapsedTimer()
        self.restart()
        self._timer.start()

    def restart(self) -> None:
        """Begin to count."""
        self.longest = self.own = 0.0
        self._before = time.thread_time()
        self._clock.start()

    def _turn(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, self._clock.nsecsElapsed() / 1e6)
        self.own = max(self.own, (now - self._before) * 1000)
        self._before = now
        self._clock.start()


def measure(run: Run) -> None:
    """Open spans and logs, then work with them."""
    folder = run.folder / "loop"
    folder.mkdir()
    (folder / "spans.jsonl").hardlink_to(run.otlp())
    write_json_logs(folder / "logs.jsonl", run.spans // 2)
    used = Used(run, f"{run.spans:,} spans")
    state = used.window.state
    used.step("nothing to do", lambda: None)
    used.open("opening", folder)
    for text in QUERIES:
        used.step(f"query {text!r}", lambda text=text: state.set_query(text))  # type: ignore[misc]
    for name in ("bundle", "id"):
        used.step(f"graph of the {name}", lambda name=name: state.set_scope(name))  # type: ignore[misc]
    used.step("another id", lambda: used.select(2))
    used.step("the next id", lambda: used.select(3))
    used.exports()
    used.open("reading it again from the cache", folder)
    used.cancel(folder)
    end(used.window)


def one(run: Run) -> None:
    """Open one trace of very many spans, then work with it."""
    path = run.folder / "one.jsonl"
    write_one_trace(path, run.rows)
    used = Used(run, f"one trace of {run.rows:,} spans")
    window = used.window
    used.open("opening", path)
    tabs = window.board.bottom.tabs
    for at in range(tabs.count()):
        used.step(f"tab {tabs.tabText(at)}", lambda at=at: tabs.setCurrentIndex(at))  # type: ignore[misc]
    trace = window.board.waterfall
    for name, do in (
        ("next error", trace.next_error), ("row down", lambda: trace.move_row(1)), ("fold", trace.fold),
        ("fold a level everywhere", lambda: trace.fold_all(-1)),
        ("unfold a level everywhere", lambda: trace.fold_all(1)),
        ("critical path", lambda: window.state.set_options(critical_on=True)),
        ("corrected clocks", lambda: window.state.set_options(corrected=True)),
        ("another span", lambda: window.state.show_row(run.rows // 2)),
        ("rooted there", lambda: window.state.set_root(window.state.place.span)),
        ("rooted at the trace", lambda: window.state.set_root(None)),
        ("query 'status:error'", lambda: window.state.set_query("status:error")),
    ):  # fmt: skip
        used.step(name, do)
    used.exports()
    used.open("reading it again from the cache", path)
    end(window)


class Used:
    """A window in use, with a home of its own."""

    def __init__(self, run: Run, title: str) -> None:
        os.environ["TRACE_EXPLORER_HOME"] = tempfile.mkdtemp(dir=run.folder)
        self._app, self._folder = application(), run.folder
        self.window = Windows(self._app, Settings()).new()
        self.window.resize(1720, 1060)
        self.window.show()
        self._gaps = Gaps()
        title = f"longest gap of the event loop, {title}"
        say(f"\n{title:60}{'wall ms':>9}  {'own CPU ms':>11}  {'took s':>8}")

    def open(self, name: str, path: Path) -> None:
        """Open a bundle and wait until it is there."""
        opener = self.window.opener
        self.step(name, lambda: self.window.open_paths([path]), lambda: not opener.running)

    def select(self, part: int) -> None:
        """Select another id."""
        store = self.window.state.store
        assert store is not None
        self.window.state.select_id(store.correlation.rows[len(store.correlation.rows) // part].id)

    def exports(self) -> None:
        """What the window exports of the id shown, as it does it."""
        state = self.window.state
        store, analysis, row = state.store, state.analysis, state.id_row
        assert store is not None
        assert analysis is not None
        for view, ending in (("rca", ".png"), ("rca", ".svg"), ("rca", ".pdf"), ("waterfall", ".png"),
                             ("graph", ".png"), ("rca", ".html"), ("rca", ".md")):  # fmt: skip
            wanted = Export(self._folder / f"export{ending}", view)  # type: ignore[arg-type]
            self.step(
                f"export of {view}{ending}", partial(_start, partial(export, store, analysis, row, wanted))
            )

    def cancel(self, path: Path) -> None:
        """How long after Cancel the reading process is gone."""
        opener = self.window.opener
        opener.open([path], afresh=True)
        self._turn(1.0, lambda: False)
        begun = time.monotonic()
        opener.cancel()
        self._turn(_PATIENCE, lambda: not active_children() and jobs.idle())
        say(f"{'cancelled while reading: ended after, ms':60}{(time.monotonic() - begun) * 1000:9.0f}")

    def step(self, name: str, do: Callable[[], object], done: Callable[[], bool] = lambda: True) -> None:
        """Do something, and tell the longest gap until half a second after it is done."""
        self._app.processEvents()
        self._gaps.restart()
        begun = time.monotonic()
        do()
        settled = time.monotonic()
        while time.monotonic() - settled < _QUIET and time.monotonic() - begun < _PATIENCE:
            self._turn(0.0, lambda: True)
            if not (done() and jobs.idle()):
                settled = time.monotonic()
        took = settled - begun
        say(f"{name:60}{self._gaps.longest:9.0f}  {self._gaps.own:11.0f}  {took:8.2f}")

    def _turn(self, seconds: float, done: Callable[[], bool]) -> None:
        """Let the event loop turn for that long, or until it is done."""
        begun = time.monotonic()
        while True:
            self._app.processEvents()
            time.sleep(0.0005)
            if done() or time.monotonic() - begun > seconds:
                return


def _start(work: Callable[[], object]) -> None:
    jobs.start(lambda _said, _ended: work())
