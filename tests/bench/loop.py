"""The longest time for which the window does not answer, while it opens, filters, searches and exports."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QApplication

from explorer.gui import jobs
from explorer.gui.app import application, end, make_window
from explorer.gui.window import MainWindow
from explorer.session.settings import Settings
from tests.bench.data_formats import write_json_logs
from tests.bench.run import Run, say

QUERIES = ("s", "st", "status:error", "status:error duration>20ms", "service:service-3", "")
_EVERY_MS = 2
_PATIENCE = 600.0


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
    os.environ["TRACE_EXPLORER_HOME"] = tempfile.mkdtemp(dir=run.folder)
    folder = run.folder / "loop"
    folder.mkdir()
    (folder / "spans.jsonl").hardlink_to(run.otlp())
    write_json_logs(folder / "logs.jsonl", run.spans // 2)
    app = application()
    window = make_window(app, Settings())
    window.resize(1720, 1060)
    window.show()
    gaps = Gaps()
    say(f"\n{f'longest gap of the event loop, {run.spans:,} spans':52}{'wall ms':>9}  {'own CPU ms':>15}")
    _step(app, gaps, "nothing to do", lambda: None)
    _step(app, gaps, "opening", lambda: window.open_paths([folder]), lambda: not window.opener.running)
    for text in QUERIES:
        _step(app, gaps, f"query {text!r}", lambda text=text: window.state.set_query(text))  # type: ignore[misc]
    for name in ("bundle", "id"):
        _step(app, gaps, f"graph of the {name}", lambda name=name: window.state.set_scope(name))  # type: ignore[misc]
    _step(app, gaps, "the next id", lambda: _next_id(window))
    _step(app, gaps, "reading it again from the cache", lambda: window.open_paths([folder]),
          lambda: not window.opener.running)  # fmt: skip
    end(window)


def _next_id(window: MainWindow) -> None:
    store = window.state.store
    assert store is not None
    window.state.select_id(store.correlation.rows[len(store.correlation.rows) // 2].id)


def _step(
    app: QApplication, gaps: Gaps, name: str, do: Callable[[], None], done: Callable[[], bool] = lambda: True
) -> None:
    app.processEvents()
    gaps.restart()
    do()
    begun = settled = time.monotonic()
    while time.monotonic() - settled < 0.5 and time.monotonic() - begun < _PATIENCE:
        app.processEvents()
        time.sleep(0.0005)
        if not (done() and jobs.idle()):
            settled = time.monotonic()
    say(f"{name:52}{gaps.longest:9.0f}  {gaps.own:15.0f}")
