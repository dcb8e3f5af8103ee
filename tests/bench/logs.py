"""The log view on very many lines: opened, filtered, gone to a moment, scrolled; and a bundle opened again."""

from __future__ import annotations

import json
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from explorer.gui.app import end
from explorer.gui.opening.work import open_bundle
from explorer.session.settings import Settings
from tests.bench.loop import Used
from tests.bench.run import Run, megabytes, say

LINES: Final = 10_000_000
AGAIN: Final = 5
_BLOCK: Final = 100_000


def measure(run: Run) -> None:
    """Ten million lines of text in the window."""
    path = run.folder / "lines.log"
    count = LINES // 100 if run.quick else LINES
    _write(path, count)
    used = Used(run, f"{count:,} log lines, {megabytes(path)}")
    state, view = used.window.state, used.window.board.bottom.logs
    used.open("opening", path)
    used.step("listing all", lambda: view.show_scope("all"))
    used.step("lines that hold 'worker 3'", lambda: view.find_field.setText("worker 3"))
    used.step("lines that hold 'zzz'", lambda: view.find_field.setText("zzz"))
    used.step("all again", lambda: view.find_field.setText(""))
    used.step("without INFO", lambda: view.levels.button(1).click())
    used.step("with it", lambda: view.levels.button(1).click())
    used.step("to a record in the midst", lambda: state.select_log(count // 2))
    store = state.store
    assert store is not None
    begin, last = store.bounds()
    used.step("a time range of a tenth", lambda: state.set_range((begin, begin + (last - begin) // 10)))
    used.step("a query 'level:error'", lambda: state.set_query("severity:error"))
    bar, times = view.lines.verticalScrollBar(), []
    for place in np.linspace(0, bar.maximum(), 40 * run.rounds).astype(int).tolist():
        begun = time.thread_time()
        bar.setValue(place)
        view.lines.viewport().repaint()
        times.append((time.thread_time() - begun) * 1000)
    high = float(np.quantile(times, 0.95))
    say(
        f"{'a frame while scrolling, own CPU ms: median, p95':60}{statistics.median(times):9.1f}  {high:11.1f}"
    )
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    say(f"{'peak MB: the process that reads, the window':60}{children:9.0f}  {here:11.0f}")
    end(used.window)


def again(run: Run) -> None:
    """The same bundle opened for the first time, and again from what is kept of it."""
    os.environ["TRACE_EXPLORER_HOME"] = tempfile.mkdtemp(dir=run.folder)
    paths = (run.otlp(),)
    first = _opened(paths, afresh=False)
    times = [_opened(paths, afresh=False) for _ in range(AGAIN)]
    title = f"opening {run.spans:,} spans, {megabytes(paths[0])}"
    say(f"\n{title:52}{'s':>9}")
    say(f"{'for the first time':52}{first:9.2f}")
    say(f"{'again, from what is kept of it':52}{statistics.median(times):9.2f}  "
        f"{first / statistics.median(times):.1f} times faster")  # fmt: skip


def _opened(paths: tuple[Path, ...], *, afresh: bool) -> float:
    begun = time.perf_counter()
    open_bundle(paths, Settings(), lambda _: None, lambda: False, afresh=afresh)
    return time.perf_counter() - begun


def _write(path: Path, lines: int) -> None:
    """Lines with time, level, service and message; 100 in a second, ids in one of ten."""
    levels = ("INFO ", "INFO ", "INFO ", "WARN ", "ERROR")
    tails = [
        f"{levels[k % 5]} [service-{k % 40}] app.handler request handled in {k * 7919 % 900} ms by worker {k % 8}"
        + (f" traceId={json.dumps(k)}" if k % 10 == 0 else "")
        for k in range(1000)
    ]
    with path.open("w", encoding="ascii") as stream:
        for begin in range(0, lines, _BLOCK):
            made = []
            for number in range(begin, min(begin + _BLOCK, lines)):
                second = number // 100
                day, clock = (
                    f"2026-11-{20 + second // 86400:02d}",
                    time.strftime("%H:%M:%S", time.gmtime(second)),
                )
                made.append(f"{day}T{clock}.{number % 100:02d}0Z {tails[number % 1000]}\n")
            stream.writelines(made)
