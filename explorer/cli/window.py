"""No verb: opens the window."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Sequence
from pathlib import Path

from explorer.bundle.given import demand_bundles
from explorer.cli.asking import asking_of
from explorer.cli.display import require_display
from explorer.model.asking import Asking
from explorer.session.remembered import load_remembered


def run(arguments: argparse.Namespace) -> int:
    """Open the window on the bundles named; returns when it is closed.

    Raises:
        InputError: a bundle does not exist, or cannot be read.
        UsageError: there is no display, or the query or a time does not parse.
    """
    demand_bundles(arguments.bundle)
    asking = asking_of(arguments)
    if asking:
        _check(asking)
    require_display()
    return show(
        arguments.bundle, arguments.id, asking, theme=arguments.theme, id_fields=tuple(arguments.id_field),
        columns=str(arguments.columns.absolute()) if arguments.columns else "",
    )  # fmt: skip


def _check(asking: Asking) -> None:
    """Raise where a query or a moment makes no sense. What parses them is imported only where there is one."""
    from explorer.model.moments import parse_moment
    from explorer.query.parser import parse

    parse(asking.query)
    for moment in filter(None, (asking.begin, asking.end)):
        parse_moment(moment, 0, 0)


def show(
    paths: Sequence[Path],
    id_text: str = "",
    asking: Asking = Asking(),
    *,
    theme: str | None,
    id_fields: Sequence[str] = (),
    columns: str = "",
) -> int:
    """Show the window as :func:`explorer.gui.app.run` does; what reads the paths is begun before it."""
    gc.disable()  # nothing made while the program starts is thrown away; then explorer.gui.garbage sees to it
    if paths and not load_remembered().knows(paths):  # else it is likely kept, and nothing is to be read
        from explorer.gui.opening.child import prepare

        prepare()
    from explorer.gui import unhooked  # noqa: F401 - before all else of Qt
    from explorer.gui.app import run

    return run(paths, id_text, asking, theme=theme, id_fields=id_fields, columns=columns)
