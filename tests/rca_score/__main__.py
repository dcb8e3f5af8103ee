"""Measure how often the cause of labelled incidents is found.

    python -m tests.rca_report [--set nezha-tt|nezha-ob|rootcausebench] [--told] [--cases]

``--told``: the analysis is told when the incident began. ``--cases``: a line for each case.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.rca_report.run import Result, healthy, run
from tests.rca_report.scores import Scores, of
from tests.rca_report.sets import SETS, Case, cases
from tests.shared import SHARED


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 0 if there was anything to measure."""
    parser = argparse.ArgumentParser(prog="tests.rca_report", description=__doc__)
    parser.add_argument("--set", choices=SETS, action="append", dest="sets")
    parser.add_argument("--told", action="store_true", help="tell the analysis when the incident began")
    parser.add_argument("--cases", action="store_true", help="a line for each case")
    options = parser.parse_args(arguments)
    if SHARED is None:
        sys.stderr.write("The labelled incidents are not here.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        for name in options.sets or SETS:
            results = [run(case, Path(folder), told=options.told) for case in cases(name)]
            _print(name, results, each=options.cases)
            sound, wrong = healthy(name, Path(folder))
            if sound:
                sys.stdout.write(f"  fault-free bundles with a cause: {wrong} of {sound}\n")
    return 0


def _print(name: str, results: Sequence[Result], *, each: bool) -> None:
    out = sys.stdout.write
    out(f"{name}: {len(results)} cases\n")
    out(
        f"  {'':24}{'n':>4}{'AC@1':>7}{'AC@3':>7}{'Avg@5':>7}{'MRR':>7}{'chance':>8}{'sure, wrong':>13}{'s':>7}\n"
    )
    kinds: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        kinds[result.case.kind].append(result)
    for kind, some in [*sorted(kinds.items()), ("all", list(results))]:
        out(f"  {kind:24}{_line(of(some))}\n")
    for result in results if each else ():
        named = ", ".join(
            f"{service} {hypothesis} {level}" for service, hypothesis, level in result.causes[:3]
        )
        out(
            f"    {_rank(result.case, result)} {result.case.name} {result.case.service}: {named or 'nothing'}\n"
        )


def _line(scores: Scores) -> str:
    return (
        f"{scores.cases:4}{scores.first:7.2f}{scores.third:7.2f}{scores.average:7.2f}{scores.reciprocal:7.2f}"
        f"{scores.chance:8.2f}{scores.surely_wrong:13.2f}{scores.seconds:7.2f}"
    )


def _rank(case: Case, result: Result) -> str:
    return f"{result.ranked.index(case.service) + 1:2}" if case.service in result.ranked else " -"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
