"""Stating the columns of a table in the window: which file, the dialog, keeping it, reading again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from explorer.errors import ExplorerError
from explorer.gui import jobs
from explorer.gui.dialogs.asked import show_error
from explorer.gui.dialogs.columns import ColumnsDialog
from explorer.gui.dialogs.issues import UNKNOWN_TABLE
from explorer.gui.window import MainWindow
from explorer.model.mapping import TableMapping
from explorer.session.columns import Sample, keep_columns, sample_of_file

_FILTERS = ("Tables (*.csv *.tsv *.txt *.gz *.zst *.zip)", "All files (*)")


def state_columns(window: MainWindow, name: str = "") -> None:
    """Open the dialog on the file named, else on the first table of the bundle that nobody knows, else ask for one."""
    store = window.state.store
    unknown = (
        [issue.file for issue in store.issues if issue.code == UNKNOWN_TABLE] if store is not None else []
    )
    name = name or next(iter(unknown), "")
    if name:
        _sample(window, window.opener.paths, name)
    else:
        _ask_file(window)


def _ask_file(window: MainWindow) -> None:
    dialog = QFileDialog(window, "A table", window.remembered.open_folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(_FILTERS)
    dialog.finished.connect(dialog.deleteLater)
    dialog.fileSelected.connect(lambda chosen: _sample(window, (Path(chosen),), ""))
    dialog.open()


def _sample(window: MainWindow, paths: Sequence[Path], name: str) -> None:
    limits = window.settings.limits
    jobs.Latest(window).start(
        lambda _progress, _cancelled: sample_of_file(paths, name, limits),
        lambda found: _show(window, paths, found),
        partial(_fail, window),
    )


def _fail(window: MainWindow, error: BaseException) -> None:
    show_error("The table cannot be shown", str(error), parent=window)


def _show(window: MainWindow, paths: Sequence[Path], found: Sample | None) -> None:
    if found is None:
        said = "A table has several columns, and a first line that names them: this file has none."
        show_error("This is no table", said, parent=window)
        return
    dialog = ColumnsDialog(found, utc=window.settings.utc, parent=window)
    dialog.other.connect(lambda: _ask_file(window))
    dialog.stated.connect(lambda made: _keep(window, paths, made, found.name))
    dialog.open()


def _keep(window: MainWindow, paths: Sequence[Path], made: TableMapping, name: str) -> None:
    try:
        file = keep_columns(made, window.settings.columns, f"stated for {name}")
    except (ExplorerError, OSError) as error:
        show_error("The columns were not kept", str(error), parent=window)
        return
    window.change_settings(replace(window.settings, columns=str(file)))
    window.status.showMessage(f"Kept in {file}.", 10_000)
    if tuple(paths) == window.opener.paths:
        window.opener.reload()
    else:
        window.open_paths(paths)
