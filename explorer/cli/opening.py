"""Reads the bundles named on the command line, in this process, with progress on stderr."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from explorer.bundle.given import demand_other
from explorer.cli.asking import asking_of
from explorer.errors import InputError
from explorer.ingest import ingest
from explorer.ingest.lanes import spare_processes
from explorer.model.options import ReadOptions
from explorer.model.progress import Progress
from explorer.model.store import Store

EVERY_SECONDS = 0.1


def read(arguments: argparse.Namespace) -> Store:
    """The store of ``arguments.bundle``, of which something was understood: an answer about nothing proves nothing.

    Raises:
        InputError: nothing was; or as :func:`read_any`.
        UsageError: as :func:`read_any`.
    """
    store = read_any(arguments)
    if not store.counts:
        raise InputError(f"{store.name} is empty.")
    if all(count.format == "unknown" for count in store.counts):
        raise InputError(f"Nothing in {store.name} was understood; `summary` says why.")
    return store


def read_any(arguments: argparse.Namespace) -> Store:
    """The store of ``arguments.bundle``, whatever is in it.

    Raises:
        InputError: nothing in the input could be read.
        UsageError: what is to be written is part of it.
    """
    options = ReadOptions(
        id_fields=tuple(arguments.id_field), asking=asking_of(arguments), tables=arguments.tables
    )
    store = ingest(arguments.bundle, options=options, processes=spare_processes(), progress=_progress())
    _end_progress()
    kept = (
        len(store.spans)
        + len(store.logs)
        + len(store.points["time"])
        + len(store.marks)
        + len(store.findings)
    )
    if not kept and any(issue.severity == "error" for issue in store.issues):
        raise InputError(next(f"{i.file}: {i.text}" for i in store.issues if i.severity == "error"))
    for written in filter(None, map(vars(arguments).get, ("output", "junit"))):
        demand_other(written, (*arguments.bundle, *_understood(store)))
    return store


def _understood(store: Store) -> Iterator[str]:
    """The files that gave something; a report written into the folder of a bundle gives nothing, and may be again."""
    unknown = {one.name for one in store.counts if one.format == "unknown"}
    return (file.path for file in store.files if file.path is not None and file.name not in unknown)


def _progress() -> Callable[[Progress], None]:
    if not sys.stderr.isatty():
        return lambda _: None
    last = [0.0]

    def show(progress: Progress) -> None:
        now = time.monotonic()
        if now - last[0] >= EVERY_SECONDS:
            last[0] = now
            name = progress.file[-40:]
            sys.stderr.write(f"\r\x1b[K{name}  {progress.bytes >> 20} MiB  {progress.spans:,} spans  "
                             f"{progress.logs:,} logs")  # fmt: skip
            sys.stderr.flush()

    return show


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
