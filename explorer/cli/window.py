"""No verb: opens the window."""

from __future__ import annotations

import argparse

from explorer.cli.asking import asking_of
from explorer.cli.display import require_display
from explorer.errors import InputError
from explorer.model.moments import parse_moment
from explorer.query.parser import parse


def run(arguments: argparse.Namespace) -> int:
    """Open the window on the bundles named; returns when it is closed.

    Raises:
        InputError: a bundle does not exist.
        UsageError: there is no display, or the query or a time does not parse.
    """
    for path in arguments.bundle:
        if not path.exists():
            raise InputError(f"{path} does not exist.")
    asking = asking_of(arguments)
    parse(asking.query)
    for moment in filter(None, (asking.begin, asking.end)):
        parse_moment(moment, 0)
    require_display()
    from explorer.gui.app import run as run_window

    return run_window(
        arguments.bundle, arguments.id, asking, theme=arguments.theme, id_fields=tuple(arguments.id_field),
        columns=str(arguments.columns.absolute()) if arguments.columns else "",
    )  # fmt: skip
