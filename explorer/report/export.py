"""What is exported of one id: the one place that knows the formats. Pictures are drawn by whom it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from explorer.analysis.results import Analysis
from explorer.model.store import Store
from explorer.report.compose import Noted, compose
from explorer.report.document import Document
from explorer.report.html import Picture, Section, html
from explorer.report.markdown import markdown
from explorer.report.redact import Redactor

View = Literal["rca", "waterfall", "graph", "path"]
"""``path``: the failure path in time, as in the page, alone."""

ENDINGS: Final = (".png", ".svg", ".pdf", ".html", ".md")


@dataclass(frozen=True, slots=True)
class Export:
    """What to export and how; the ending of ``path`` says in which format.

    Attributes:
        theme: ``light`` or ``dark``; None: pictures are light, an HTML report follows its reader's system.
        scale: pixels a point of a PNG; how many times its size anything else is shown; None: as is usual.
        redact: whether secrets are removed.
    """

    path: Path
    view: View = "rca"
    theme: str | None = None
    scale: float | None = None
    redact: bool = True

    @property
    def ending(self) -> str:
        """One of :data:`ENDINGS` where it is a format that is written."""
        return self.path.suffix.lower()


Draw = Callable[[Store, Analysis, int, Document, Redactor, Export], bytes]
"""Draws the picture of an id; only ``gui`` can, so that it is handed in."""


def exported(
    store: Store, analysis: Analysis, id_row: int, wanted: Export, draw: Draw, notes: Sequence[Noted] = (),
    redactor: Redactor | None = None,
) -> bytes:  # fmt: skip
    """The bytes of one export; nothing is written.

    Args:
        store: what is open.
        analysis: the answers about it.
        id_row: the id.
        wanted: what is exported.
        draw: draws the pictures.
        notes: what the user wrote about the id and its spans.
        redactor: to be asked afterwards what it replaced.

    Raises:
        InputError: the picture would be too large.
        UsageError: there is nothing to draw of what is wanted.
    """
    redactor = redactor or Redactor(enabled=wanted.redact)
    document = compose(store, analysis, id_row, redactor, notes)
    if wanted.ending == ".md":
        return markdown(document).encode("utf-8", "replace")
    if wanted.ending == ".html":
        pictures = [
            Picture(section, words, {
                theme: draw(store, analysis, id_row, document, redactor,
                            Export(Path("part.svg"), view, theme, redact=wanted.redact)).decode()
                for theme in ([wanted.theme] if wanted.theme else ["light", "dark"])
            })
            for view, section, words in _drawings(store, analysis, id_row, wanted.view)
        ]  # fmt: skip
        said = replace(document, redaction=redactor.sentence())
        return html(said, pictures, wanted.theme, wanted.scale or 1.0).encode("utf-8", "replace")
    return draw(store, analysis, id_row, document, redactor, wanted)


def _drawings(store: Store, analysis: Analysis, id_row: int, view: View) -> list[tuple[View, Section, str]]:
    """What an HTML report shows of a view, in which section, and in words."""
    if not store.correlation.rows[id_row].traces:
        return []
    verdict = analysis.verdicts.get(id_row)
    on_path = verdict is not None and any(step.row >= 0 for step in verdict.path)
    graph: tuple[View, Section, str] = (
        "graph",
        "spread",
        "Call graph of the services; in words in the list below",
    )
    rows: tuple[View, Section, str] = (
        ("path", "time", "Spans of the failure path in time")
        if on_path and view == "rca"
        else ("waterfall", "time", "All spans in time")
    )
    return {"rca": [graph, rows], "graph": [graph]}.get(view, [rows])
