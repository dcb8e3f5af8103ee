"""What each evidence channel is worth: the same incidents with one of them switched off at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Final
from unittest.mock import patch

import numpy as np

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.analysis.rules import RULES
from tests.rca_score.run import files_of, megabytes, said
from tests.rca_score.scores import Ranked, interval, ranked
from tests.rca_score.sets import Case

_GATE, _CAUSES, _RANKING = (
    f"explorer.analysis.{part}" for part in ("deviations.gate", "causes", "weighing.ranking")
)


def _nothing(*_: object, **__: object) -> list[object]:
    return []


def _never(*_: object, **__: object) -> None:
    return None


def _unknown(*_: object, **__: object) -> float:
    return math.nan


CHANNELS: Final[dict[str, dict[str, Callable[..., object]]]] = {
    "all on": {},
    "errors off": {f"{_CAUSES}.explained": _nothing},
    "newness of errors off": {f"{_RANKING}.newness": _unknown},
    "second causes off": {f"{_CAUSES}.second_causes": _nothing},
    "gaps of calls off": {f"{_GATE}.wide_gaps": _nothing, f"{_GATE}.standing_gap": _nothing},
    "own work off": {f"{_GATE}.slow_selves": _nothing},
    "hosts off": {f"{_GATE}.slow_hosts": _nothing},
    "resources off": {f"{_GATE}.filled_up": _nothing},
    "log lines off": {f"{_GATE}.changed_lines": _nothing},
    "cut-short work off": {f"{_GATE}.cut_short": _nothing},
    "number of calls off": {f"{_GATE}.chatty": _nothing},
    "figures off": {f"{_GATE}.risen_figures": _nothing},
    "load off": {f"{_GATE}.risen_load": _never},
}
"""What is put in the place of what, by channel."""
FILES: Final = {"without log files": "log", "without metric files": "metric"}
"""Files left out: those with this word in their names."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of an incident: place of the true service, whether the category is right (None: not known),
    and whether it was said with high confidence of another service.
    """

    place: Ranked
    category: bool | None
    wrong: bool
    seconds: float
    megabytes: float


def table(cases: Sequence[Case]) -> Iterator[str]:
    """Lines of the table of a set: a line for each channel."""
    with get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        told = pool.map(_told, cases, chunksize=1)
    yield f"  {'':24}{'AC@1':>7}{'95 %':>14}{'AC@3':>7}{'category':>10}{'sure, wrong':>13}{'s':>7}{'MB':>6}"
    for channel in (*CHANNELS, *FILES):
        some = [one[channel] for one in told if channel in one]
        if some:
            yield _line(channel, some)


def _line(channel: str, some: Sequence[_Told]) -> str:
    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    first = [one.place.hit_at(1) for one in some]
    low, high = interval(np.array(first))
    among = mean([one.place.hit_at(3) for one in some])
    known = [one.category for one in some if one.category is not None]
    right = f"{mean(known):10.2f}" if known else f"{'-':>10}"
    wrong = mean([one.wrong for one in some])
    return (
        f"  {channel:24}{mean(first):7.2f}  [{low:.2f}, {high:.2f}]{among:7.2f}{right}{wrong:13.2f}"
        f"{mean([one.seconds for one in some]):7.1f}{max(one.megabytes for one in some):6.0f}"
    )


def _told(case: Case) -> dict[str, _Told]:
    """What is said of an incident with each channel off; seconds are those of the analysis alone."""
    files = files_of(case)
    store = ingest(files)
    found = {channel: _of(case, store, channel) for channel in CHANNELS}
    for channel, word in FILES.items():
        left = [path for path in files if word not in path.name]
        if len(left) < len(files):
            found[channel] = _of(case, ingest(left), channel)
    return found


def _of(case: Case, store: Store, channel: str) -> _Told:
    begun = time.perf_counter()
    with ExitStack() as stack:
        for name, instead in CHANNELS.get(channel, {}).items():
            stack.enter_context(patch(name, instead))
        analysis = analyse(replace(store), RULES)
    seconds = time.perf_counter() - begun
    names = [name for name in store.services if name]
    true = names.index(case.service) if case.service in names else -1
    scores = said(store, analysis)[[code for code, name in enumerate(store.services) if name]]
    first = analysis.causes[0] if analysis.causes else None
    wrong = first is not None and first.confidence == "high" and first.service != case.service
    right = (first is not None and first.category in case.categories) if case.categories else None
    return _Told(ranked(scores, true), right, wrong, seconds, megabytes())
