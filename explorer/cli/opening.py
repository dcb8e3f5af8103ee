"""Reads the bundles named on the command line, in this process, with progress on stderr."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.causes import analyse
from explorer.analysis.matching import matching_ids, matching_logs
from explorer.analysis.results import Analysis
from explorer.cli.asking import asking_of
from explorer.errors import InputError
from explorer.ingest import ingest
from explorer.ingest.lanes import spare_processes
from explorer.model.moments import parse_moment
from explorer.model.options import ReadOptions
from explorer.model.progress import Progress
from explorer.model.store import Store
from explorer.query.parser import parse
from explorer.session.rules import known_rules, with_known_alerts

EVERY_SECONDS = 0.1


def read(arguments: argparse.Namespace) -> Store:
    """The store of ``arguments.bundle``.

    Raises:
        InputError: nothing in the input could be read.
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
    return store


def answer(store: Store, *, incident_ns: int | None = None, window_ns: int = 0) -> Analysis:
    """The analysis of a store with the shipped and the user's rules; see :func:`explorer.analysis.causes.analyse`."""
    loaded, issues = known_rules()
    answers = with_known_alerts(
        analyse(store, loaded, incident_ns=incident_ns, window_ns=window_ns), store, issues
    )
    for issue in issues.rows():
        sys.stderr.write(f"trace-explorer: {issue.file}: {issue.text}\n")
    return answers


def chosen(arguments: argparse.Namespace, store: Store, analysis: Analysis) -> NDArray[np.bool_]:
    """Which id rows ``--query``, ``--from`` and ``--to`` leave.

    Raises:
        UsageError: a query or time that does not parse.
    """
    ids = analysis.ids
    keep = np.ones(len(ids.start), bool)
    day = store.bounds()[0]
    if arguments.begin:
        keep &= ids.start + ids.duration >= parse_moment(arguments.begin, day)
    if arguments.end:
        keep &= ids.start <= parse_moment(arguments.end, day)
    if arguments.query:
        keep &= matching_ids(store, analysis, parse(arguments.query))
    return keep


def chosen_logs(arguments: argparse.Namespace, store: Store, analysis: Analysis) -> NDArray[np.bool_]:
    """Which log records ``--query``, ``--from`` and ``--to`` leave. Raises as :func:`chosen`."""
    times, day = store.logs.time, store.bounds()[0]
    keep = np.ones(len(times), bool)
    if arguments.begin:
        keep &= times >= parse_moment(arguments.begin, day)
    if arguments.end:
        keep &= times <= parse_moment(arguments.end, day)
    if arguments.query:
        keep &= matching_logs(store, analysis, parse(arguments.query))
    return keep


def worst_first(analysis: Analysis, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Id rows by outcome, then errors, then duration, all descending; then by start."""
    ids = analysis.ids
    order = np.lexsort(
        (ids.start[rows], -ids.duration[rows], -ids.errors[rows], -ids.outcome[rows].astype(np.int64))
    )
    return rows[order]


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
