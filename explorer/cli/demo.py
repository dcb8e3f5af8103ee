"""``demo``: the incident that ships with the program; with no display its report and picture are written instead."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Literal

from explorer import paths
from explorer.cli.display import has_display, require_display
from explorer.cli.window import show

PICTURE, REPORT = "trace-explorer-demo.png", "trace-explorer-demo.md"


def run(arguments: argparse.Namespace) -> int:
    """Open the demo, or write its picture and report into the current folder."""
    bundle = paths.demo_bundle()
    if has_display():
        require_display()
        return show([bundle], theme=arguments.theme)
    _write(bundle, arguments.theme or "light")
    return 0


def _write(bundle: Path, theme: Literal["light", "dark"]) -> None:
    """Its picture and report. What they need is imported here, for it would keep the window waiting."""
    import numpy as np

    from explorer.analysis.results import Outcome
    from explorer.cli.answering import answer, worst_first
    from explorer.cli.export import write
    from explorer.ingest import ingest
    from explorer.report.export import Export

    store = ingest([bundle])
    analysis = answer(store)
    failing = worst_first(analysis, np.flatnonzero(analysis.ids.outcome == Outcome.FAILING))
    first = analysis.causes[0].ids[0] if analysis.causes else int(failing[0])
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in (PICTURE, REPORT):
        write(store, analysis, int(first), Export(Path(name), theme=theme))
    sys.stdout.write(
        "There is no display, so the window was not opened. Written instead:\n"
        f"  {Path(PICTURE).resolve()}  the root cause picture\n  {Path(REPORT).resolve()}  the report\n"
    )
