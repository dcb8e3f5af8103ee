"""A fault of the program itself: into the log, and one dialog with a report to copy. The window stays."""

from __future__ import annotations

import contextlib
import platform
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

from explorer import __version__
from explorer.paths import state_dir

LOG_BYTES: Final = 1 << 20
"""Size at which the log starts anew, the former one kept as ``….1``."""
REPORTS: Final = 100
"""Faults written in one run; the same fault may come with every frame."""


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
    head = f"Trace Explorer {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
    return f"{head}\n{''.join(traceback.format_exception(kind, error, trace))}"


class FaultHook:
    """Stands in for ``sys.excepthook`` while the window runs; ``show`` is called with a report, once at a time."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._before = sys.excepthook
        self._count = 0
        self._showing = False

    def install(self) -> None:
        """Begin."""
        sys.excepthook = self.caught
        qInstallMessageHandler(_qt_message)

    def remove(self) -> None:
        """As before."""
        sys.excepthook = self._before
        qInstallMessageHandler(None)

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """An exception that nothing else caught."""
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        self._count += 1
        if self._count > REPORTS:
            return
        said = report(kind, error, trace)
        write_log(said)
        if not self._showing:  # one dialog at a time, and none for a fault of the dialog
            self._showing = True
            self._show(said)

    def dismissed(self) -> None:
        """The dialog was closed; the next fault may open another."""
        self._showing = False


def _qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    if kind != QtMsgType.QtDebugMsg:
        write_log(f"Qt {kind.name.removeprefix('Qt').removesuffix('Msg').lower()}: {message}")
