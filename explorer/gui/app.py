"""Starting and ending the window."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer import __version__
from explorer.gui import jobs
from explorer.gui.crash import FaultHook, crash_of_last_time, log_file, watched, without_home, write_log
from explorer.gui.dialogs.asked import show_error
from explorer.gui.look import fonts
from explorer.gui.look.icon import app_icon
from explorer.gui.look.scale import scaled, started_again
from explorer.gui.window import TITLE, MainWindow
from explorer.gui.windows import Windows
from explorer.model.asking import Asking
from explorer.session.settings import ThemeChoice, load_settings

_SIGNALS_MS: Final = 250
"""How often Python is given the chance to see Ctrl+C of a terminal."""
_SWITCH_SECONDS: Final = 0.001
"""After which work in another thread lets the window go on; painting gives the interpreter away many times."""


def run(
    paths: Sequence[Path],
    id_text: str = "",
    asking: Asking = Asking(),
    *,
    theme: str | None = None,
    id_fields: Sequence[str] = (),
    columns: str = "",
) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        paths: opened as one bundle; none shows the empty page.
        id_text: correlation id to show first, in any spelling.
        asking: which ids and times to show; of data lakes, only these are read.
        theme: ``light`` or ``dark`` for this run; None as the settings have it.
        id_fields, columns: for this run, in place of those of the settings.
    """
    kept, problems = load_settings()
    settings = kept
    if theme in ("light", "dark"):
        settings = replace(settings, theme=cast(ThemeChoice, theme))
    if id_fields:
        settings = replace(settings, id_fields=tuple(id_fields))
    if columns:
        settings = replace(settings, columns=columns)
    with scaled(settings.scale):
        app = application()
        windows = Windows(app, settings, kept, swiftly=True)
        with _faults_shown(windows):
            crash = crash_of_last_time()
            with watched():
                window = windows.start(paths, id_text, asking, again=started_again())
                _tell(window, problems, crash)
                windows.bound_cache(settings.cache_bytes)
                return app.exec()


@contextlib.contextmanager
def _faults_shown(windows: Windows) -> Iterator[None]:
    """Show faults, and end well on a signal; in the end the windows are taken down."""
    hook = FaultHook(lambda said: _show_fault(said, windows, hook))
    hook.install()
    before = {one: signal.signal(one, lambda *_: windows.quit()) for one in (signal.SIGINT, signal.SIGTERM)}
    ticking = QTimer(windows, interval=_SIGNALS_MS)
    ticking.timeout.connect(lambda: None)
    ticking.start()
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        hook.remove()
        ticking.stop()
        end(*windows.shown)
        windows.end()


def application() -> QApplication:
    """The one application, made when first asked for and dressed in our own look."""
    known = QApplication.instance()
    app = known if isinstance(known, QApplication) else QApplication([sys.argv[0] or "trace-explorer"])
    QCoreApplication.setApplicationName("trace-explorer")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setApplicationDisplayName(TITLE)
    QGuiApplication.setDesktopFileName("trace-explorer")
    sys.setswitchinterval(_SWITCH_SECONDS)
    app.setLayoutDirection(
        Qt.LayoutDirection.LeftToRight
    )  # as its words are, whatever the desktop's language
    app.setStyle("Fusion")
    app.setFont(fonts.ui("body"))
    app.setWindowIcon(app_icon())
    return app


def end(*windows: MainWindow) -> None:
    """Take windows down in order, so that nothing is left for the interpreter's exit to trip over."""
    jobs.shutdown()
    for window in windows:
        window.close()
        if isinstance(window.owner, Windows):
            window.owner.end()
    gc.collect()
    QCoreApplication.processEvents()


def _tell(window: MainWindow, problems: Sequence[str], crash: str) -> None:
    """Say what is wrong with settings, and that the program died the last time."""
    for one in problems:
        write_log(one)
    if problems:
        more = f" {len(problems) - 1} more in the program log (Help)." if len(problems) > 1 else ""
        window.status.showMessage(f"{problems[0]}{more}", 20_000)
    if crash:
        show_error(
            "The program ended unexpectedly the last time",
            "Your files were only read, so nothing in them is lost; what was open can be opened again.",
            crash, window,
        )  # fmt: skip


def _show_fault(said: str, windows: Windows, hook: FaultHook) -> None:
    front = QApplication.activeWindow()
    dialog = show_error(
        "Something went wrong in this program",
        "This is a fault of Trace Explorer, not of your files. What is open stays open, and you can go on working. "
        f"Details are in the log, {_log_name()}.",
        said, front if front in windows.shown else windows.shown[-1] if windows.shown else None,
    )  # fmt: skip
    dialog.finished.connect(hook.dismissed)


def _log_name() -> str:
    try:
        return without_home(str(log_file()))
    except OSError:
        return "which could not be kept"
