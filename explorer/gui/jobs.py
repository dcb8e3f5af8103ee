"""Work off the GUI thread: ``start(fn)`` and listen to the :class:`Job`.

``fn(progress, cancelled)`` runs in a thread of a pool. What it returns, raises or reports comes back as
signals in the GUI thread. :class:`Latest` is for work that newer work replaces: what is stale is dropped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from explorer.errors import Cancelled, ExplorerError

if TYPE_CHECKING:  # imported with the first work: nothing works before the first paint
    from concurrent.futures import Future, ThreadPoolExecutor

Report = Callable[[object], None]
Cancel = Callable[[], bool]
Work = Callable[[Report, Cancel], Any]

THREADS: Final = 3
EVERY_MS: Final = 50
"""Between two reports of progress that reach the GUI thread; of several in between, the last one does."""

_running: set[Job] = set()


@dataclass(frozen=True, slots=True)
class Part:
    """Reported by work whose first results are of use: it reaches the GUI thread whatever is reported after it."""

    value: object


class Job(QObject):
    """One piece of work under way. It lives until it has ended, whoever holds it.

    ``part`` comes for each :class:`Part` reported, with its value.
    After ``cancel`` neither ``done`` nor ``failed`` comes, only ``ended``. An error that is no
    :class:`~explorer.errors.ExplorerError` is a bug: it is given to ``sys.excepthook`` too.
    """

    progress = Signal(object)
    part = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    ended = Signal()
    _posted = Signal(str, object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = False
        self._latest: object = None
        self._waking = False
        self.future: Future[None] | None = None
        # From a thread of the pool to the GUI thread, always through the event queue.
        self._posted.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the work to stop; no result will come."""
        self._cancelled = True
        if self.future is not None and self.future.cancel():  # had not begun
            self._posted.emit("ended", None)

    def run(self) -> None:
        """Do the work, in a thread of the pool."""
        outcome: tuple[str, object] = ("ended", None)
        try:
            if not self._cancelled:
                outcome = ("done", self._work(self._report, lambda: self._cancelled))
        except Cancelled:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the GUI thread
            outcome = ("failed", error)
        self._posted.emit(*outcome)

    def _report(self, value: object) -> None:
        if isinstance(value, Part):
            self._posted.emit("part", value.value)
            return
        self._latest = value
        if not self._waking:
            self._waking = True
            self._posted.emit("progress", None)

    def _show_progress(self) -> None:
        value, self._latest = self._latest, None
        if value is None:
            self._waking = False
        elif not self._cancelled:
            self.progress.emit(value)
            QTimer.singleShot(EVERY_MS, self, self._show_progress)

    def _receive(self, what: str, value: object) -> None:
        if what == "progress":
            self._show_progress()
            return
        if what == "part":
            if not self._cancelled:
                self.part.emit(value)
            return
        _running.discard(self)
        if not self._cancelled and what == "done":
            self.done.emit(value)
        elif not self._cancelled and what == "failed" and isinstance(value, BaseException):
            self.failed.emit(value)
            if not isinstance(value, ExplorerError):
                sys.excepthook(type(value), value, value.__traceback__)
        self.ended.emit()
        self.deleteLater()


class Latest:
    """Work of which only the newest result is wanted; starting cancels what runs.

    Args:
        owner: a widget that shows the results; nothing comes after its end.
    """

    def __init__(self, owner: QObject | None = None) -> None:
        self.generation = 0
        self._job: Job | None = None
        if owner is not None:
            owner.destroyed.connect(self.cancel)

    def start(
        self,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None] | None = None,
    ) -> Job:
        """Start; ``done`` and ``failed`` are called in the GUI thread unless newer work was started."""
        self.cancel()
        generation = self.generation
        job = start(work)
        self._job = job
        job.done.connect(lambda value: done(value) if generation == self.generation else None)
        if failed is not None:
            job.failed.connect(lambda error: failed(error) if generation == self.generation else None)
        job.ended.connect(lambda: self._forget(generation))
        return job

    def cancel(self) -> None:
        """Drop what runs."""
        self.generation += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _forget(self, generation: int) -> None:
        if generation == self.generation:
            self._job = None


_pool: list[ThreadPoolExecutor] = []


def start(work: Work) -> Job:
    """Run ``work(progress, cancelled)`` in a thread.

    Connect to the job at once: nothing comes before the event loop runs again.
    """
    if not _pool:
        from concurrent.futures import ThreadPoolExecutor

        _pool.append(ThreadPoolExecutor(THREADS, "work"))
    job = Job(work)
    _running.add(job)
    job.future = _pool[0].submit(job.run)
    return job


def idle() -> bool:
    """Whether no work is under way, so that nothing can come back."""
    return not _running


def shutdown(seconds: float = 2.0) -> bool:
    """Cancel everything and wait for it; True where all has ended. Threads start anew when next asked."""
    from concurrent.futures import wait

    jobs = list(_running)
    for job in jobs:
        job.cancel()
    futures = [job.future for job in jobs if job.future is not None]
    left = wait(futures, seconds).not_done
    _running.clear()
    while _pool:
        _pool.pop().shutdown(wait=not left, cancel_futures=True)
    return not left
