"""What the verbs ask of a store that was read. Where nothing is asked, none of the analysis is imported."""

from __future__ import annotations

import argparse
import sys

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.rules import Rules
from explorer.analysis.causes import analyse
from explorer.analysis.lookup import find_id
from explorer.analysis.matching import matching_ids, matching_logs
from explorer.analysis.results import Analysis
from explorer.cli.asking import asking_of
from explorer.errors import UsageError
from explorer.model.issue import Issues
from explorer.model.store import Store
from explorer.query.parser import parse
from explorer.session.rules import known_rules, with_known_alerts
from explorer.session.settings import load_settings


def answer(
    store: Store, known: tuple[Rules, Issues] | None = None, *,
    incident_ns: int | None = None, window_ns: int = 0,
) -> Analysis:  # fmt: skip
    """The analysis of a store by the shipped and the user's rules; see :func:`explorer.analysis.causes.analyse`."""
    loaded, issues = known or known_rules()
    answers = with_known_alerts(
        analyse(store, loaded, incident_ns=incident_ns, window_ns=window_ns), store, issues
    )
    for said in (*load_settings()[1], *(f"{issue.file}: {issue.text}" for issue in issues.rows())):
        sys.stderr.write(f"trace-explorer: {said}\n")
    return answers


def chosen(arguments: argparse.Namespace, store: Store, analysis: Analysis) -> NDArray[np.bool_]:
    """Which id rows ``--id``, ``--query``, ``--from`` and ``--to`` leave.

    Raises:
        UsageError: a query or time that does not parse, or an id that is none or several.
    """
    ids, named = analysis.ids, asking_of(arguments).ids
    keep = _between(arguments, store, ids.start, ids.start + ids.duration)
    if named:
        keep &= np.isin(np.arange(len(keep)), [find_id(store, text) for text in named])
    if arguments.query:
        keep &= matching_ids(store, analysis, parse(arguments.query))
    return keep


def chosen_id(arguments: argparse.Namespace, store: Store, analysis: Analysis, text: str) -> int:
    """The id row that a text names, which ``--query``, ``--from`` and ``--to`` must not leave out.

    Raises:
        UsageError: they do, or as :func:`chosen`.
    """
    row = find_id(store, text)
    if not chosen(arguments, store, analysis)[row]:
        raise UsageError(f"{store.correlation.rows[row].id} is left out by --query, --from or --to.")
    return row


def chosen_logs(arguments: argparse.Namespace, store: Store, analysis: Analysis) -> NDArray[np.bool_]:
    """Which log records ``--query``, ``--from`` and ``--to`` leave. Raises as :func:`chosen`."""
    keep = _between(arguments, store, store.logs.time, store.logs.time)
    if arguments.query:
        keep &= matching_logs(store, analysis, parse(arguments.query))
    return keep


def _between(
    arguments: argparse.Namespace, store: Store, start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """What was under way between ``--from`` and ``--to``."""
    first, last = asking_of(arguments).moments(*store.bounds())
    keep = np.ones(len(start), bool)
    if first is not None:
        keep &= end >= first
    if last is not None:
        keep &= start <= last
    return keep


def worst_first(analysis: Analysis, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Id rows by outcome, then errors, then duration, all descending; then by start."""
    ids = analysis.ids
    order = np.lexsort(
        (ids.start[rows], -ids.duration[rows], -ids.errors[rows], -ids.outcome[rows].astype(np.int64))
    )
    return rows[order]
