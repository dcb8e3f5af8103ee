"""``export``: the root cause picture or the report of one id. Qt is imported for pictures only."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from explorer.analysis.results import Analysis
from explorer.cli.answering import answer, chosen_id
from explorer.cli.opening import read
from explorer.errors import UsageError
from explorer.model.store import Store
from explorer.report.document import Document
from explorer.report.export import ENDINGS, Export, exported
from explorer.report.redact import Redactor
from explorer.session.notes import Note, notes_on
from explorer.session.saving import save_bytes
from explorer.session.sidecar import load


def run(arguments: argparse.Namespace) -> int:
    """Write the picture or report."""
    wanted = Export(arguments.output, arguments.view, arguments.theme, arguments.scale,
                    redact=not arguments.no_redact)  # fmt: skip
    if wanted.ending not in ENDINGS:
        known = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise UsageError(f"The ending of {wanted.path.name} says what to write: {known}.")
    store = read(arguments)
    analysis = answer(store)
    row = chosen_id(arguments, store, analysis, arguments.id)
    kept = load(arguments.bundle)
    for sentence in kept.said:
        sys.stderr.write(f"trace-explorer: {sentence}\n")
    write(store, analysis, row, wanted, notes_on(store, kept.notes, row))
    return 0


def write(store: Store, analysis: Analysis, id_row: int, wanted: Export, notes: Sequence[Note] = ()) -> None:
    """Write one export, with the notes that the window kept beside the bundle.

    Raises:
        InputError: the file cannot be written, or the picture would be too large.
    """
    save_bytes(wanted.path, exported(store, analysis, id_row, wanted, _draw, notes))


def _draw(
    store: Store, analysis: Analysis, id_row: int, document: Document, redactor: Redactor, wanted: Export
) -> bytes:
    from explorer.gui.exporting.picture import draw

    return draw(store, analysis, id_row, document, redactor, wanted)
