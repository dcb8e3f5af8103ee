"""``demo``: the incident that ships with the program; with no display its report and picture are written instead."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from explorer import paths
from explorer.analysis.results import Outcome
from explorer.cli.display import has_display, require_display
from explorer.cli.export import write
from explorer.cli.opening import answer, worst_first
from explorer.ingest import ingest
from explorer.report.export import Export

PICTURE, REPORT = "trace-explorer-demo.png", "trace-explorer-demo.md"


def run(arguments: argparse.Namespace) -> int:
    """Open the demo, or write its picture and report into the current folder."""
    bundle = paths.demo_bundle()
    if has_display():
        require_display()
        from explorer.gui.app import run as run_window

        return run_window([bundle], "", theme=arguments.theme)
    store = ingest([bundle])
    analysis = answer(store)
    failing = worst_first(analysis, np.flatnonzero(analysis.ids.outcome == Outcome.FAILING))
    first = analysis.causes[0].ids[0] if analysis.causes else int(failing[0])
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in (PICTURE, REPORT):
        write(store, analysis, int(first), Export(Path(name), theme=arguments.theme or "light"))
    sys.stdout.write(
        "There is no display, so the window was not opened. Written instead:\n"
        f"  {Path(PICTURE).resolve()}  the root cause picture\n  {Path(REPORT).resolve()}  the report\n"
    )
    return 0
