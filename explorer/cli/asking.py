"""What of a bundle the words of the command line ask for."""

from __future__ import annotations

import argparse

from explorer.model.asking import Asking


def asking_of(arguments: argparse.Namespace) -> Asking:
    """The ids, the query and the time range of the verbs that take them."""
    given = vars(arguments)
    ids = given.get("id") or given.get("ids") or []
    return Asking(
        tuple([ids] if isinstance(ids, str) else ids),
        given.get("query") or "", given.get("begin") or "", given.get("end") or "",
    )  # fmt: skip
