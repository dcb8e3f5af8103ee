"""Starting and ending the window."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import shiboken6
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from explorer import __version__
from explorer.cache.entries import entries
from explorer.gui import fonts, jobs
from explorer.gui.commands import connect_commands
from explorer.gui.crash import FaultHook, log_file
from explorer.gui.dialogs.error import show_error
from explorer.gui.dress import Dresser
from explorer.gui.icon import app_icon
from explorer.gui.window import TITLE, MainWindow
from explorer.session.settings import Settings, ThemeChoice, load_settings

_SIGNALS_MS: Final = 250
"""How often Python is given the chance to see Ctrl+C of a terminal."""


def run(
    paths: Sequence[Path], id_text: str = "", *, theme: str | None = None, id_fields: Sequence[str] = ()
) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        paths: opened as one bundle; none shows the empty page.
        id_text: correlation id to show first, in any spelling.
        theme: ``light`` or ``dark`` for this run; None as the settings have it.
        id_fields: for this run, in place of those of the settings.
    """
    app = application()
    kept, problems = load_settings()
    settings = kept
    if theme in ("light", "dark"):
        settings = replace(settings, theme=cast(ThemeChoice, theme))
    if id_fields:
        settings = replace(settings, id_fields=tuple(id_fields))
    window = make_window(app, settings, kept)
    hook = FaultHook(lambda said: _show_fault(said, window, hook))
    hook.install()
    before = signal.signal(signal.SIGINT, lambda *_: window.close())
    ticking = QTimer(window, interval=_SIGNALS_MS)
    ticking.timeout.connect(lambda: None)
    ticking.start()
    try:
        window.show()
        if problems:
            window.status.showMessage(problems[0], 20_000)
        if paths:
            window.open_paths(paths, id_text)
        _bound_cache(window)
        window.opener.opened.connect(lambda _: _bound_cache(window))
        return app.exec()
    finally:
        signal.signal(signal.SIGINT, before)
        hook.remove()
        end(window)


def application() -> QApplication:
    """The one application, made when first asked for and dressed in our own look."""
    known = QApplication.instance()
    app = known if isinstance(known, QApplication) else QApplication([sys.argv[0] or "trace-explorer"])
    QCoreApplication.setApplicationName("trace-explorer")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setApplicationDisplayName(TITLE)
    QGuiApplication.setDesktopFileName("trace-explorer")
    app.setStyle("Fusion")
    app.setFont(fonts.ui("body"))
    app.setWindowIcon(app_icon())
    return app


def make_window(app: QApplication, settings: Settings, kept: Settings | None = None) -> MainWindow:
    """A window with all its commands connected, dressed as the settings say; not shown yet.

    Args:
        app: the application.
        settings: in force in this run.
        kept: those on disk, where they differ.
    """
    window = MainWindow(settings, kept)
    connect_commands(window)
    Dresser(app, window)
    return window


def end(window: MainWindow) -> None:
    """Take everything down in order, so that nothing is left for the interpreter's exit to trip over."""
    jobs.shutdown()
    window.close()
    if shiboken6.isValid(window):
        shiboken6.delete(window)
    gc.collect()
    QCoreApplication.processEvents()


def _bound_cache(window: MainWindow) -> None:
    """Remove the longest unused of what was read before; never what was used last, which may be open."""
    most = window.settings.cache_bytes
    jobs.start(lambda _progress, _cancelled: entries().sweep(most, spare=1))


def _show_fault(said: str, window: MainWindow, hook: FaultHook) -> None:
    dialog = show_error(
        "Something went wrong in this program",
        f"This is a fault of Trace Explorer, not of your files. You can go on working. The log is {_log_name()}.",
        said, window,
    )  # fmt: skip
    dialog.finished.connect(hook.dismissed)


def _log_name() -> str:
    try:
        return str(log_file())
    except OSError:
        return "not kept"
