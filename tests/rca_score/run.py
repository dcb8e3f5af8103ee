"""One incident through the program and the simple methods, in a process of its own."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.causes import analyse
from explorer.analysis.facts import facts_of
from explorer.analysis.results import Analysis
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.analysis.rules import RULES
from tests.rca_score.baselines import METHODS, View
from tests.rca_score.scores import Ranked, ranked
from tests.rca_score.sets import Case

_HIDDEN = ("ground_truth.json", "meta.json", "alert.json")
"""Files that hold or name the answer."""
PROGRAM = "Trace Explorer"


@dataclass(frozen=True)
class Result:
    """What was said of one incident.

    Attributes:
        causes: (service, hypothesis, confidence, category) of the program, first first.
        places: of the true service, by method. ``overlap``: of the services named as hurt with those that were, 0 to 1.
        seconds, megabytes: of reading and analysing (peak of its process).
        took: seconds by method, without reading.
    """

    case: Case
    causes: tuple[tuple[str, str, str, str], ...]
    places: dict[str, Ranked]
    overlap: float
    seconds: float
    megabytes: float
    took: dict[str, float]

    @property
    def surely_wrong(self) -> bool:
        """Whether the first cause is said with high confidence and is of another service."""
        return bool(self.causes) and self.causes[0][2] == "high" and self.causes[0][0] != self.case.service

    @property
    def category_right(self) -> bool:
        """Whether the first cause has a category that is right."""
        return bool(self.causes) and self.causes[0][3] in self.case.categories


def run_all(cases: Iterable[Case], *, told: bool) -> list[Result]:
    """The results of incidents, each in a process of its own, two at a time."""
    with get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        return pool.starmap(run, [(case, told) for case in cases], chunksize=1)


def files_of(case: Case) -> list[Path]:
    """The files of an incident, without those that hold or name the answer."""
    return [path for path in sorted(case.folder.rglob("*")) if path.is_file() and path.name not in _HIDDEN]


def megabytes() -> float:
    """The most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(case: Case, told: bool) -> Result:
    """Read and analyse one incident, ``told`` when it began or not."""
    begun = time.perf_counter()
    store = ingest(files_of(case))
    moment = case.began_ns if told else None
    read = time.perf_counter()
    analysis = analyse(store, RULES, incident_ns=moment)
    seconds, analysed = time.perf_counter() - begun, time.perf_counter() - read
    memory = megabytes()
    codes = [code for code, name in enumerate(store.services) if name]
    true = next((at for at, code in enumerate(codes) if store.services[code] == case.service), -1)
    started = store.traces.start[store.traces.start > 0]
    view = View(facts_of(store), moment or int(np.median(started)) if len(started) else 0)
    scores, took = {PROGRAM: said(store, analysis)}, {PROGRAM: analysed}
    for name, method in METHODS.items():
        begun = time.perf_counter()
        scores[name] = method(view)
        took[name] = time.perf_counter() - begun
    places = {name: ranked(values[codes], true) for name, values in scores.items()}
    causes = tuple(
        (one.service or "", one.hypothesis, one.confidence, one.category) for one in analysis.causes
    )
    return Result(case, causes, places, _overlap(case, analysis), seconds, memory, took)


def said(store: Store, analysis: Analysis) -> NDArray[np.float64]:
    """A score for each service by the place of its first cause; 0 for those not named."""
    out = np.zeros(len(store.services))
    for at, cause in reversed(list(enumerate(analysis.causes))):
        for code in np.flatnonzero([name == cause.service for name in store.services]):
            out[code] = 1 / (at + 1)
    return out


def _overlap(case: Case, analysis: Analysis) -> float:
    """Jaccard index of the services on the paths of the first cause's ids and those that were hurt."""
    first = analysis.causes[0] if analysis.causes else None
    ids = first.ids if first else ()
    named = {step.service for row in ids if row in analysis.verdicts for step in analysis.verdicts[row].path}
    if first and first.service:
        named.add(first.service)
    return len(named & case.hurt) / max(len(named | case.hurt), 1)


def false_causes(files: Sequence[Path]) -> tuple[bool, bool]:
    """Whether a fault-free stretch gets a cause with high confidence, and whether any change is reported in it."""
    analysis = analyse(ingest(list(files)), RULES)
    changed = any(reason.startswith("chance alone") for cause in analysis.causes for reason in cause.reasons)
    return any(cause.confidence == "high" for cause in analysis.causes), changed
