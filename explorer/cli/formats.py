"""``formats``: the formats read, and how each is recognised."""

from __future__ import annotations

import argparse

from explorer.cli.printing import print_json, print_lines, table
from explorer.readers.registry import readers


def run(arguments: argparse.Namespace) -> int:
    """Print the formats."""
    found = readers().values()
    if arguments.json:
        print_json(
            {"formats": [{"name": r.NAME, "label": r.LABEL, "recognised_by": r.RECOGNISED_BY} for r in found]}
        )
    else:
        print_lines(
            table(("name", "what", "recognised by"), [(r.NAME, r.LABEL, r.RECOGNISED_BY) for r in found])
        )
    return 0
