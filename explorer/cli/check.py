"""``check``: expectations held against a bundle, for CI."""

from __future__ import annotations

import argparse
import sys
import time

from explorer.check.checking import Result, check
from explorer.check.expectation import read_expectations
from explorer.check.junit import junit_xml
from explorer.cli.answering import answer, chosen
from explorer.cli.opening import read
from explorer.cli.printing import print_json, print_lines
from explorer.layout import numbers
from explorer.model.store import Store
from explorer.session.saving import save_bytes

MOST_IDS = 20
"""Ids named on a line; JSON and JUnit XML name all."""


def run(arguments: argparse.Namespace) -> int:
    """Print what is broken; 1 where anything is."""
    began = time.monotonic()
    expected = read_expectations(arguments.expect)
    store = read(arguments)
    analysis = answer(store)
    results = check(store, analysis, expected, chosen(arguments, store, analysis))
    if arguments.junit:
        save_bytes(arguments.junit, junit_xml(store, results, time.monotonic() - began))
    broken = [result for result in results if result.broken]
    if arguments.json:
        print_json({"holds": not broken, "expectations": [_value(store, result) for result in results]})
    else:
        _warn_of_nothing(results)
        print_lines([_line(store, result) for result in broken] or [_all_hold(len(results))])
    return 1 if broken else 0


def _line(store: Store, result: Result) -> str:
    one = result.expectation
    text = f"{one.place}: {one.says}{f' for {one.words}' if one.words else ''}: {result.broken}"
    names = [store.correlation.rows[row].id for row in result.rows[:MOST_IDS]]
    more = len(result.rows) - len(names)
    ids = ", ".join(names) + (f" and {numbers.count(more)} more" if more else "")
    return f"{text}: {ids}" if ids else text


def _all_hold(count: int) -> str:
    return "The expectation holds." if count == 1 else f"All {numbers.count(count)} expectations hold."


def _warn_of_nothing(results: tuple[Result, ...]) -> None:
    """A query that no id matches is more often a slip than a proof."""
    for result in results:
        if not result.chosen and not result.broken:
            one = result.expectation
            sys.stderr.write(f"trace-explorer: {one.place}: no id matches, so {one.key} says nothing.\n")


def _value(store: Store, result: Result) -> dict[str, object]:
    one = result.expectation
    return {
        "file": one.file, "line": one.line, "query": one.words, "key": one.key, "limit": one.limit,
        "holds": not result.broken, "text": result.broken, "id_count": result.chosen,
        "ids": [store.correlation.rows[row].id for row in result.rows],
    }  # fmt: skip
