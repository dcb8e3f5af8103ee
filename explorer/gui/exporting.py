"""What the window exports: the same document as the command line writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from explorer.analysis.results import Analysis
from explorer.gui.picture import export_picture
from explorer.model.store import Store
from explorer.report.compose import compose
from explorer.report.markdown import markdown
from explorer.report.redact import Redactor
from explorer.session.saving import save_text

View = Literal["rca", "waterfall", "graph"]
ENDINGS: Final = (".png", ".svg", ".md")


@dataclass(frozen=True, slots=True)
class Export:
    """What to export and how; the ending of ``path`` says in which format."""

    path: Path
    view: View = "rca"
    theme: str = "light"
    scale: float = 2.0
    redact: bool = True


def export(store: Store, analysis: Analysis, id_row: int, wanted: Export) -> Path:
    """Write one export. Returns where it is.

    Raises:
        InputError: the file cannot be written.
    """
    redactor = Redactor(enabled=wanted.redact)
    document = compose(store, analysis, id_row, redactor)
    if wanted.path.suffix.lower() == ".md":
        save_text(wanted.path, markdown(document))
    else:
        export_picture(
            store, analysis, id_row, document, redactor, wanted.path,
            view=wanted.view, theme=wanted.theme, scale=wanted.scale,
        )  # fmt: skip
    return wanted.path
