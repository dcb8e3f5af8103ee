"""Score the root cause engine on made-up systems.

    python -m tests.rca_score.simulated [--seed 1] [--each 4] [--kind code_fault] [--cases] [--keep FOLDER]

Every incident is of a system of its own (5 to 40 services, chronic errors, outliers, loud loggers), written in one of
several formats, with or without logs, metrics and statuses, with skewed clocks or lost spans. No rule was written with
these at hand; figures that count are those of seeds that nobody has looked at.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from explorer.analysis.causes import analyse
from explorer.analysis.results import Cause
from explorer.ingest import ingest
from tests.analysis.rules import RULES
from tests.rca_score.simulated.case import kinds
from tests.rca_score.simulated.exports import with_marks
from tests.rca_score.simulated.faults import Truth

HEALTHY = ("healthy", "job_well")


@dataclass(frozen=True)
class Scored:
    """What was said of an incident.

    Attributes:
        place: of the first cause that names what is at fault, from 1, 0 for none; ``truths``: how many faults.
        sure: whether the first cause is said with high confidence.
    """

    kind: str
    seed: int
    form: str
    truths: int
    place: int
    hypothesis: bool
    category: bool
    causes: int
    sure: bool
    lines: tuple[str, ...]
    truth: str


def score(asked: tuple[str, int, str]) -> Scored:
    """Make an incident, write it, read it and ask."""
    kind, seed, keep = asked
    one = dict(kinds())[kind](seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(keep) / f"{kind}-{seed}" if keep else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        one.write(one.drawing, folder)
        with_marks(one.drawing, folder)
        found = analyse(ingest([folder]), RULES).causes
    at = next((n for n, cause in enumerate(found, 1) if any(_names(cause, t) for t in one.truths)), 0)
    first = found[0] if found else None
    mine = [truth for truth in one.truths if first is not None and _names(first, truth)]
    lines = tuple(
        f"{c.confidence:6} {c.score:.2f} {c.service}/{c.entity.name} {c.hypothesis} {c.category}/{c.subcategory} "
        f"({len(c.ids)}) {c.title}{' [not new]' if any(r.startswith('not new') for r in c.reasons) else ''}"
        for c in found[:4]
    )  # fmt: skip
    return Scored(
        kind, seed, one.form, len(one.truths), at,
        first is not None and any(not t.hypotheses or first.hypothesis in t.hypotheses for t in mine),
        first is not None and any(not t.categories or first.category in t.categories for t in mine),
        sum(c.confidence != "low" and not any(r.startswith("not new") for r in c.reasons) for c in found),
        first is not None and first.confidence == "high", lines, " + ".join(_told(t) for t in one.truths),
    )  # fmt: skip


def _told(truth: Truth) -> str:
    return f"{truth.kind} of {', '.join(sorted(truth.names))}"


def _names(cause: Cause, truth: Truth) -> bool:
    wanted = {name.lower() for name in truth.names}
    return (cause.service or "").lower() in wanted or cause.entity.name.lower() in wanted


def main(arguments: Sequence[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        prog="tests.rca_score.simulated",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [name for name, _ in kinds()]
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=4, help="incidents of each kind")
    parser.add_argument("--kind", choices=names, action="append")
    parser.add_argument("--cases", action="store_true", help="what was said of each that is not right")
    parser.add_argument("--keep", default="", help="folder to keep the incidents' files in")
    options = parser.parse_args(arguments)
    asked = [
        (kind, 1000 * options.seed + nth, options.keep)
        for kind in options.kind or names for nth in range(options.each)
    ]  # fmt: skip
    with get_context("fork").Pool(2, maxtasksperchild=8) as pool:
        results = pool.map(score, asked, chunksize=1)
    sys.stdout.write(report(results, cases=options.cases) + "\n")
    return 0


def report(results: Sequence[Scored], *, cases: bool) -> str:
    """A line for each kind, then the whole, then what was wrong."""
    lines = [f"{'':16}{'n':>4}{'AC@1':>7}{'AC@3':>7}{'kind':>7}{'cat.':>7}{'nothing':>9}{'surely wrong':>14}"]
    by_kind: dict[str, list[Scored]] = defaultdict(list)
    for one in results:
        by_kind[one.kind].append(one)
    ill = [one for one in results if one.kind not in HEALTHY]
    lines += [_row(kind, some) for kind, some in by_kind.items() if kind not in HEALTHY]
    lines += [_row("all", ill)] if ill else []
    well = [one for kind in HEALTHY for one in by_kind.get(kind, [])]
    if well:
        sure, any_ = sum(one.sure for one in well), sum(one.causes > 0 for one in well)
        lines.append(
            f"healthy: {len(well)}; with a cause that may be new: {any_}, with a sure first cause: {sure}"
        )
    for one in results if cases else ():
        right = (
            one.place == 1 and one.hypothesis and one.category if one.kind not in HEALTHY else not one.lines
        )
        if not right:
            lines += [
                "",
                f"{one.kind} {one.seed} [{one.form}] {one.truth}",
                *(f"    {line}" for line in one.lines),
            ]
    return "\n".join(lines)


def _row(name: str, some: Sequence[Scored]) -> str:
    count = len(some)
    shares = (
        sum(one.place == 1 for one in some), sum(1 <= one.place <= 3 for one in some),
        sum(one.hypothesis for one in some), sum(one.category for one in some),
    )  # fmt: skip
    wrong = sum(one.sure and one.place != 1 for one in some)
    nothing = sum(not one.lines for one in some)
    return (
        f"{name:16}{count:4}"
        + "".join(f"{share / count:7.2f}" for share in shares)
        + f"{nothing:9}{wrong:14}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
