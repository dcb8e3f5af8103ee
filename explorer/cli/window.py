"""No verb: opens the window."""

from __future__ import annotations

import argparse

from explorer.cli.display import require_display


def run(arguments: argparse.Namespace) -> int:
    """Open the window on the bundles named; returns when it is closed.

    Raises:
        UsageError: there is no display.
    """
    require_display()
    from explorer.gui.app import run as run_window

    return run_window(
        arguments.bundle, arguments.id, theme=arguments.theme, id_fields=tuple(arguments.id_field),
        columns=str(arguments.columns.absolute()) if arguments.columns else "",
    )  # fmt: skip
