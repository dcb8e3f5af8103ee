"""What the window exports: the same bytes as the command line writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.analysis.results import Analysis
from explorer.gui.exporting.picture import draw
from explorer.model.store import Store
from explorer.report.export import Export, exported
from explorer.report.redact import Redactor
from explorer.session.notes import Note
from explorer.session.saving import save_bytes


def export(store: Store, analysis: Analysis, id_row: int, wanted: Export, notes: Sequence[Note] = ()) -> Path:
    """Write one export. Returns where it is.

    Raises:
        InputError: the file cannot be written, or the picture would be too large.
    """
    save_bytes(wanted.path, made(store, analysis, id_row, wanted, notes))
    return wanted.path


def made(store: Store, analysis: Analysis, id_row: int, wanted: Export, notes: Sequence[Note] = ()) -> bytes:
    """The bytes of an export, written nowhere. Raises ``InputError`` where the picture would be too large."""
    return exported(store, analysis, id_row, wanted, draw, notes)


def removed(store: Store, analysis: Analysis, id_row: int, wanted: Export, notes: Sequence[Note] = ()) -> str:
    """What an export would remove: a line for each mark with what it stands for. Raises as :func:`export`."""
    redactor = Redactor()
    exported(store, analysis, id_row, wanted, draw, notes, redactor)
    return "\n".join(f"{mark}\t{secret}" for mark, secret in redactor.replaced())
