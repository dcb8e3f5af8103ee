"""Work off the GUI thread."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.errors import Cancelled, InputError
from explorer.gui import jobs
from explorer.gui.garbage import Collector
from explorer.gui.jobs import Cancel, Report


@pytest.fixture(autouse=True)
def _pool(qapp: object) -> Iterator[None]:
    yield
    assert jobs.shutdown()


def test_result_comes_back_in_the_gui_thread(qtbot: QtBot) -> None:
    seen: list[tuple[object, bool]] = []
    job = jobs.start(lambda _progress, _cancelled: threading.current_thread() is threading.main_thread())
    job.done.connect(
        lambda value: seen.append((value, threading.current_thread() is threading.main_thread()))
    )
    with qtbot.waitSignal(job.ended):
        pass
    assert seen == [(False, True)]


def test_progress_is_throttled(qtbot: QtBot) -> None:
    gate = threading.Event()

    def work(progress: Report, _cancelled: Cancel) -> None:
        for number in range(10_000):
            progress(number)
        gate.wait(5)

    job = jobs.start(work)
    seen: list[object] = []
    job.progress.connect(seen.append)
    qtbot.waitUntil(lambda: seen[-1:] == [9_999], timeout=2000)  # the last one is never lost
    assert len(seen) < 10
    gate.set()
    with qtbot.waitSignal(job.ended):
        pass


def test_cancel_stops_and_gives_no_result(qtbot: QtBot) -> None:
    begun = threading.Event()

    def work(_progress: Report, cancelled: Cancel) -> int:
        begun.set()
        while not cancelled():
            time.sleep(0.005)
        raise Cancelled("Stopped.")

    job = jobs.start(work)
    results: list[object] = []
    job.done.connect(results.append)
    job.failed.connect(results.append)
    assert begun.wait(5)
    with qtbot.waitSignal(job.ended, timeout=1000):
        job.cancel()
    assert results == []


def test_cancel_before_it_began(qtbot: QtBot) -> None:
    gate = threading.Event()
    blockers = [jobs.start(lambda _p, _c: gate.wait(5)) for _ in range(jobs.THREADS)]
    late = jobs.start(lambda _p, _c: pytest.fail("it was cancelled"))
    with qtbot.waitSignal(late.ended, timeout=1000):
        late.cancel()
    gate.set()
    with qtbot.waitSignals([job.ended for job in blockers]):
        pass


def test_a_sentence_for_the_user_is_no_bug(qtbot: QtBot) -> None:
    def work(_progress: Report, _cancelled: Cancel) -> None:
        raise InputError("No such file.")

    job = jobs.start(work)
    errors: list[object] = []
    job.failed.connect(errors.append)
    with qtbot.waitSignal(job.ended):
        pass
    assert [str(error) for error in errors] == ["No such file."]


def test_a_bug_reaches_the_hook(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    hooked: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _value, _trace: hooked.append(kind))
    job = jobs.start(lambda _p, _c: 1 // 0)
    with qtbot.waitSignal(job.failed):
        pass
    assert hooked == [ZeroDivisionError]


def test_latest_drops_what_is_stale(qtbot: QtBot) -> None:
    latest, seen = jobs.Latest(), list[object]()
    gate = threading.Event()
    old = latest.start(lambda _p, _c: gate.wait(5), seen.append)
    new = latest.start(lambda _p, _c: "new", seen.append)
    gate.set()
    with qtbot.waitSignals([old.ended, new.ended]):
        pass
    assert seen == ["new"]


def test_nothing_comes_after_the_end_of_the_owner(qtbot: QtBot) -> None:
    owner, seen = QObject(), list[object]()
    gate = threading.Event()
    job = jobs.Latest(owner).start(lambda _p, _c: gate.wait(5), seen.append)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    gate.set()
    with qtbot.waitSignal(job.ended):
        pass
    assert seen == []


def test_a_part_of_the_result_is_never_lost(qtbot: QtBot) -> None:
    def work(progress: Report, _cancelled: Cancel) -> str:
        progress(1)
        progress(jobs.Part("first"))
        for number in range(1000):
            progress(number)
        return "all"

    job = jobs.start(work)
    seen: list[object] = []
    job.part.connect(seen.append)
    job.done.connect(seen.append)
    with qtbot.waitSignal(job.ended):
        pass
    assert seen == ["first", "all"]


def test_garbage_is_looked_for_in_this_thread_while_nothing_else_is_under_way(qtbot: QtBot) -> None:
    class Circle:
        def __init__(self) -> None:
            self.itself = self

    parent = QObject()
    collector = Collector(parent)
    try:
        assert not gc.isenabled()
        gate = threading.Event()
        job = jobs.start(lambda _p, _c: gate.wait(5))
        seen = weakref.ref(Circle())
        kept = [[] for _ in range(gc.get_threshold()[0] + 1)]  # type: ignore[var-annotated]
        collector._look()
        assert seen() is not None
        gate.set()
        with qtbot.waitSignal(job.ended):
            pass
        collector._look()
        assert seen() is None
        assert kept
    finally:
        collector.end()
    assert gc.isenabled()
