"""The export commands: the picture or the report of the id shown, into a file or onto the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtGui import QGuiApplication, QImage

from explorer.gui import jobs
from explorer.gui.dialogs.asked import show_error
from explorer.gui.dialogs.export import ExportDialog
from explorer.gui.dialogs.frame import copy
from explorer.gui.dialogs.value import ValueDialog
from explorer.gui.exporting.files import export, made, removed
from explorer.gui.window import MainWindow
from explorer.report.export import Export

T = TypeVar("T")
PICTURE: Final = Path("copy.png")
REPORT: Final = Path("copy.md")
"""No files: their endings say what is copied."""


def ask_export(window: MainWindow) -> None:
    """Ask what is to be exported, and where to."""
    remembered = window.remembered
    dialog = ExportDialog(
        window.state.place.id, remembered.export_folder, redact=window.settings.redact, parent=window
    )
    dialog.chosen.connect(lambda wanted: _write(window, wanted))
    dialog.copied.connect(lambda wanted: copy_export(window, wanted))
    dialog.previewed.connect(lambda wanted: _show_removed(window, wanted))
    dialog.open()


def copy_usual(window: MainWindow, path: Path) -> None:
    """Copy :data:`PICTURE` or :data:`REPORT` of the id shown as exports usually are."""
    copy_export(window, Export(path, redact=window.settings.redact))


def copy_export(window: MainWindow, wanted: Export) -> None:
    """Put an export on the clipboard, to be pasted into a chat or a ticket: a picture, or Markdown."""
    picture = wanted.ending == PICTURE.suffix

    def put(found: bytes) -> None:
        if picture:
            QGuiApplication.clipboard().setImage(QImage.fromData(found))
        else:
            copy(found.decode("utf-8"))
        window.status.showMessage(f"Copied: the {'picture' if picture else 'report'} of this id", 10_000)

    _start(window, wanted, made, put, "Nothing was copied")


def _write(window: MainWindow, wanted: Export) -> None:
    window.remember(lambda known: replace(known, export_folder=str(wanted.path.parent)))
    _start(
        window, wanted, export, lambda path: window.status.showMessage(f"Written: {path}", 10_000),
        "Nothing was exported",
    )  # fmt: skip


def _show_removed(window: MainWindow, wanted: Export) -> None:
    """The marks of an export, and what each stands for."""

    def show(found: str) -> None:
        ValueDialog(
            "What is removed", found or "Nothing: no secret was found.", window.state.theme, window
        ).open()

    _start(window, wanted, removed, show, "This cannot be shown")


def _start(
    window: MainWindow, wanted: Export, work: Callable[..., T], done: Callable[[T], object], failed: str
) -> None:
    """Make an export of the id shown, off this thread; nothing where there is none."""
    store, analysis, row = window.state.store, window.state.answers, window.state.id_row
    if store is None or analysis is None or row < 0:
        return
    notes = [one.note for one in window.state.notebook.placed() if one.owner == row]
    job = jobs.start(lambda _progress, _cancelled: work(store, analysis, row, wanted, notes))
    job.done.connect(done)
    job.failed.connect(lambda error: show_error(failed, str(error), parent=window))
