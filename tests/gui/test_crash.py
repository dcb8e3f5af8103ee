"""A fault of the program: logged, shown once, and the window stays."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from pytestqt.qtbot import QtBot

from explorer.gui.crash import (
    LOG_BYTES,
    REPORTS,
    FaultHook,
    crash_of_last_time,
    log_file,
    report,
    watched,
    write_log,
)
from explorer.paths import state_dir
from tests.shared import ROOT


def fault(hook: FaultHook, words: str = "made up") -> None:
    """Have the hook catch an exception."""
    try:
        raise RuntimeError(words)
    except RuntimeError as error:
        hook.caught(type(error), error, error.__traceback__)


def test_it_is_logged_and_shown_once_at_a_time() -> None:
    shown: list[str] = []
    hook = FaultHook(shown.append)
    fault(hook, "first")
    fault(hook, "second")
    assert len(shown) == 1
    assert "RuntimeError: first" in shown[0]
    assert "RuntimeError: second" in log_file().read_text()
    hook.dismissed()
    fault(hook, "third")
    assert len(shown) == 2


def test_a_fault_of_every_frame_does_not_fill_the_disk() -> None:
    hook = FaultHook(lambda _: None)
    for _ in range(REPORTS + 50):
        fault(hook)
    assert log_file().read_text().count("RuntimeError: made up") == REPORTS


def test_the_log_starts_anew_when_it_is_large() -> None:
    log_file().write_bytes(bytes(LOG_BYTES + 1))
    write_log("after")
    assert "after" in log_file().read_text()
    assert log_file().with_name("trace-explorer.log.1").stat().st_size == LOG_BYTES + 1


def test_stopping_by_the_keyboard_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, _error, _trace: passed.append(kind))
    shown: list[str] = []
    FaultHook(shown.append).caught(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert (passed, shown) == ([KeyboardInterrupt], [])


def test_the_hook_is_taken_away_again() -> None:
    before = sys.excepthook
    hook = FaultHook(lambda _: None)
    hook.install()
    assert sys.excepthook != before
    hook.remove()
    assert sys.excepthook is before


def test_a_fault_of_another_thread_is_shown_by_this_one(qtbot: QtBot) -> None:
    shown: list[tuple[str, threading.Thread]] = []
    hook = FaultHook(lambda said: shown.append((said, threading.current_thread())))
    hook.install()
    try:
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(shown))
    finally:
        hook.remove()
    assert "ZeroDivisionError" in shown[0][0]
    assert shown[0][1] is threading.main_thread()


def test_the_home_of_the_user_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    try:
        raise OSError("/home/somebody/secret.json is broken")
    except OSError as error:
        said = report(type(error), error, error.__traceback__)
    assert "somebody" not in said
    assert "~/secret.json is broken" in said


DYING = """
import faulthandler
from explorer.gui.crash import watched
with watched():
    faulthandler._sigsegv()
"""


def test_a_process_that_died_is_told_of_once() -> None:
    assert crash_of_last_time() == ""
    ended = subprocess.run(
        [sys.executable, "-c", DYING],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "Segmentation fault" in crash_of_last_time()
    assert crash_of_last_time() == ""


def test_a_process_that_ended_well_leaves_nothing() -> None:
    with watched():
        assert list(state_dir().glob("crash-*.txt"))
    assert not list(state_dir().glob("crash-*.txt"))
