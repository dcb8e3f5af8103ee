"""A fault of the program itself: into the log, and one dialog with a report to copy. The window stays.

What no Python code can catch (a fault in a library) ends the process; what is known of it lies in a file then, and is
told at the next start.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSysInfo,
    Qt,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)

from explorer import __version__
from explorer.paths import state_dir

LOG_BYTES: Final = 1 << 20
"""Size at which the log starts anew, the former one kept as ``….1``."""
REPORTS: Final = 100
"""Faults written in one run; the same fault may come with every frame."""
_ABANDONED_S: Final = 7 * 24 * 3600
"""Age at which an empty crash file belongs to nobody: its process was killed."""


def log_file() -> Path:
    """The log. Raises ``OSError`` where there is no folder for it."""
    return state_dir() / "trace-explorer.log"


def write_log(entry: str) -> None:
    """Add to the log; a log that cannot be written is no reason to stop."""
    with contextlib.suppress(OSError):
        path = log_file()
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
        with open(path, "a", encoding="utf-8", errors="replace") as stream:
            stream.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z {entry.rstrip()}\n")


def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """What to send to who mends it: versions and traceback, nothing of the bundle but what that names."""
    return without_home(f"{_versions()}\n{''.join(traceback.format_exception(kind, error, trace))}")


def _versions() -> str:
    parts = (QSysInfo.prettyProductName(), QSysInfo.kernelType(), QSysInfo.kernelVersion())
    system = f"{' '.join(parts)}, {QSysInfo.currentCpuArchitecture()}"
    return f"Trace Explorer {__version__}, Python {sys.version.split()[0]}, Qt {qVersion()}, {system}"


def without_home(words: str) -> str:
    """With ``~`` for the user's home folder: a report is handed on, and a path names its user."""
    with contextlib.suppress(RuntimeError):  # there is none
        home = str(Path.home())
        if len(home) > 1:
            return words.replace(home, "~")
    return words


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Have Python write down where it was, should the process die within."""
    with contextlib.ExitStack() as after:
        with contextlib.suppress(OSError):  # no folder for it: then nothing is written down
            path = state_dir() / f"crash-{os.getpid()}.txt"
            stream = after.enter_context(open(path, "w", encoding="utf-8"))
            after.callback(path.unlink, missing_ok=True)
            faulthandler.enable(stream)
            after.callback(faulthandler.disable)
        yield


def crash_of_last_time() -> str:
    """What was written down when the program died before, "" where it did not; told only once."""
    found = []
    with contextlib.suppress(OSError):
        for path in sorted(state_dir().glob("crash-*.txt")):
            words = path.read_text("utf-8", "replace").strip()
            if words:
                found.append(words)
            if words or path.stat().st_mtime < time.time() - _ABANDONED_S:
                path.unlink()
    return without_home(f"{_versions()}\n\n" + "\n\n".join(found)) if found else ""


class FaultHook(QObject):
    """Stands in for Python's hooks while windows run; ``show`` is called with a report, once at a time.

    An exception of another thread is shown by the GUI thread too.
    """

    _elsewhere = Signal(object)

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show = show
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        self._count = 0
        self._showing = False
        self._elsewhere.connect(self._said, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin."""
        sys.excepthook = self.caught
        threading.excepthook = self._caught_in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(_qt_message)

    def remove(self) -> None:
        """As before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(None)

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """An exception that nothing else caught."""
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
        elif said := self._written(kind, error, trace):
            self._said(said)

    def _caught_in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and (
            said := self._written(told.exc_type, told.exc_value, told.exc_traceback)
        ):
            self._elsewhere.emit(said)

    def _unraisable(self, told: sys.UnraisableHookArgs) -> None:
        """What goes wrong while something is thrown away spoils nothing: the log is enough."""
        if told.exc_value is not None:
            self._written(told.exc_type, told.exc_value, told.exc_traceback)

    def _written(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
        """The report, in the log; "" where there were too many."""
        self._count += 1
        if self._count > REPORTS:
            return ""
        said = report(kind, error, trace)
        write_log(said)
        return said

    def _said(self, said: str) -> None:
        if not self._showing:  # one dialog at a time, and none for a fault of the dialog
            self._showing = True
            self._show(said)

    def dismissed(self) -> None:
        """The dialog was closed; the next fault may open another."""
        self._showing = False


def _qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    if kind != QtMsgType.QtDebugMsg:
        write_log(without_home(f"Qt {kind.name.removeprefix('Qt').removesuffix('Msg').lower()}: {message}"))
