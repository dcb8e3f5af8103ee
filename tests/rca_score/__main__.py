"""Measure how often causes are found, in one run beside simple methods.

    python -m tests.rca_score [--set acceptance|nezha-tt|nezha-ob|rootcausebench|messages] [--cases] [--ablate]

Incidents are run with the time they began at and without it. AC@k: share of incidents whose true service is among
the first k; Avg@5: mean of AC@1 to AC@5; ties count by the expected rank. ``--cases``: a line for each incident.
``--ablate``: a table instead, with each channel of evidence switched off in turn; seconds are of the analysis.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence

from explorer.analysis.causes import analyse
from tests.analysis.deviations.system import system
from tests.analysis.rules import RULES
from tests.categories_report import accuracy, held_out_cases, judge, own_cases, staged_cases
from tests.drawn_store import store_of
from tests.rca_score.ablation import table
from tests.rca_score.run import PROGRAM, Result, false_causes, run_all
from tests.rca_score.scores import HEAD, row_of
from tests.rca_score.sets import SETS, cases, healthy
from tests.rca_score.situations import report

ALL = ("acceptance", *SETS, "messages")
_DRAWN_HEALTHY = 24


def main(arguments: Sequence[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        prog="tests.rca_score", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=ALL, action="append", dest="sets")
    parser.add_argument("--cases", action="store_true", help="a line for each incident")
    parser.add_argument("--ablate", action="store_true", help="each channel of evidence off in turn")
    options = parser.parse_args(arguments)
    if options.ablate:
        for name in options.sets or SETS:
            known = list(cases(name))
            _print(f"{name}: {len(known)} incidents, nothing told", *(table(known) if known else ()))
        return 0
    for name in options.sets or ALL:
        if name == "acceptance":
            _print(report(), _healthy_drawn())
        elif name == "messages":
            _print(_messages())
        else:
            _incidents(name, each=options.cases)
    return 0


def _print(*texts: str) -> None:
    sys.stdout.write("\n".join(texts) + "\n")
    sys.stdout.flush()


def _incidents(name: str, *, each: bool) -> None:
    known = list(cases(name))
    if not known:
        _print(f"{name}: not here")
    for told in (True, False) if known and known[0].began_ns else (False,) if known else ():
        results = run_all(known, told=told)
        when = "its beginning told" if told else "nothing told"
        _print(f"{name}, {when}: {len(results)} incidents", f"  {'':24}{'n':>4}{HEAD}", *_rows(results))
        _print(*_figures(results), *(_line(result) for result in results if each))
    stretches = [false_causes(files) for files in healthy(name)]
    if stretches:
        sure, changed = (sum(one) for one in zip(*stretches, strict=True))
        _print(
            f"  fault-free stretches: {len(stretches)}; with a sure cause: {sure}, with a change: {changed}"
        )


def _rows(results: Sequence[Result]) -> list[str]:
    """The program by fault type, then all methods."""
    kinds: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        kinds[result.case.kind].append(result)
    rows = [
        f"  {kind:24}{len(some):4}{row_of([one.places[PROGRAM] for one in some])}"
        for kind, some in sorted(kinds.items())
    ]
    methods = list(results[0].places)
    return rows + [
        f"  {name:24}{len(results):4}{row_of([one.places[name] for one in results])}{_seconds(results, name):8.2f}"
        for name in methods
    ]


def _seconds(results: Sequence[Result], method: str) -> float:
    """Mean time of a method, without reading."""
    return sum(one.took[method] for one in results) / len(results)


def _figures(results: Sequence[Result]) -> list[str]:
    count = len(results)
    labelled = [result for result in results if result.case.categories]
    hurt = [result.overlap for result in results if result.case.hurt]
    wrong = sum(result.surely_wrong for result in results) / count
    seconds = sum(result.seconds for result in results) / count
    most = max(result.megabytes for result in results)
    lines = [f"  confidently wrong {wrong:.2f}; {seconds:.1f} s and at most {most:.0f} MB an incident"]
    if labelled:
        right = sum(result.category_right for result in labelled) / len(labelled)
        lines.append(f"  category of the first cause right: {right:.2f}")
    if hurt:
        lines.append(f"  overlap with the services that were hurt (Jaccard): {sum(hurt) / len(hurt):.2f}")
    return lines


def _line(result: Result) -> str:
    named = ", ".join(" ".join(part for part in one[:3] if part) for one in result.causes[:3])
    place = result.places[PROGRAM].before + 1
    said = (result.causes[0][3] or "unknown") if result.causes else ""
    wrong = "" if result.category_right or not result.case.categories else ", wrong"
    return f"    {place:2} {result.case.name} {result.case.service}: {named or 'nothing'} ({said}{wrong})"


def _healthy_drawn() -> str:
    wrong = sum(
        bool(analyse(store_of(system(seed, kinds=seed % 2 == 0, logs=seed % 3 == 0)), RULES).causes)
        for seed in range(_DRAWN_HEALTHY)
    )
    return f"  healthy bundles drawn: {_DRAWN_HEALTHY}; with a cause: {wrong}"


def _messages() -> str:
    lines = ["messages: category"]
    groups = (own_cases(), held_out_cases(), staged_cases(), staged_cases(stacks=True))
    lines += [
        f"  {some[0].source:24}{len(some):4}{accuracy(judge(some, RULES)):7.2f}" for some in groups if some
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
