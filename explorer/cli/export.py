"""``export``: the root cause picture or the report of one id. Qt is imported for pictures only."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.analysis.lookup import find_id
from explorer.analysis.results import Analysis
from explorer.cli.opening import answer, read
from explorer.errors import UsageError
from explorer.model.store import Store
from explorer.report.compose import compose
from explorer.report.markdown import markdown
from explorer.report.redact import Redactor
from explorer.session.saving import save_text

PICTURES = (".png", ".svg")
LATER = {".pdf": "PDF pictures", ".html": "HTML reports"}


def run(arguments: argparse.Namespace) -> int:
    """Write the picture or report."""
    ending = arguments.output.suffix.lower()
    if ending in LATER:
        raise UsageError(f"{LATER[ending]} are not built yet; write a .png, .svg or .md.")
    if ending not in (*PICTURES, ".md"):
        raise UsageError(f"The ending of {arguments.output.name} says what to write: .png, .svg or .md.")
    store = read(arguments)
    analysis = answer(store)
    write(store, analysis, find_id(store, arguments.id), arguments.output, view=arguments.view,
          theme=arguments.theme, scale=arguments.scale, redact=not arguments.no_redact)  # fmt: skip
    return 0


def write(
    store: Store, analysis: Analysis, id_row: int, output: Path, *,
    view: str = "rca", theme: str = "light", scale: float = 2.0, redact: bool = True,
) -> None:  # fmt: skip
    """Write one export, by the file's ending.

    Raises:
        InputError: the file cannot be written.
    """
    document = compose(store, analysis, id_row, redactor := Redactor(enabled=redact))
    if output.suffix.lower() == ".md":
        save_text(output, markdown(document))
    else:
        from explorer.gui.picture import export_picture

        export_picture(
            store, analysis, id_row, document, redactor, output, view=view, theme=theme, scale=scale
        )
