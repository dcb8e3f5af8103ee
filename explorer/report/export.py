"""What is exported of one id: the one place that knows the formats. Pictures are drawn by whom it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from explorer.analysis.results import Analysis
from explorer.model.store import Store
from explorer.report.compose import compose
from explorer.report.document import Document
from explorer.report.markdown import markdown
from explorer.report.redact import Redactor

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

    @property
    def ending(self) -> str:
        """One of :data:`ENDINGS` where it is a format that is written."""
        return self.path.suffix.lower()


Draw = Callable[[Store, Analysis, int, Document, Redactor, Export], bytes]
"""Draws the picture of an id; only ``gui`` can, so that it is handed in."""


def exported(store: Store, analysis: Analysis, id_row: int, wanted: Export, draw: Draw) -> bytes:
    """The bytes of one export; nothing is written.

    Raises:
        InputError: the picture would be too large.
    """
    document = compose(store, analysis, id_row, redactor := Redactor(enabled=wanted.redact))
    if wanted.ending == ".md":
        return markdown(document).encode("utf-8", "replace")
    return draw(store, analysis, id_row, document, redactor, wanted)
