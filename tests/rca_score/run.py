"""One incident through the program: read, analysed, and what it says in the order it says it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.analysis.rules import RULES
from tests.rca_report.nezha import convert
from tests.rca_report.sets import Case
from tests.shared import shared

_HIDDEN = ("ground_truth.json", "meta.json", "alert.json")
"""Files that hold or name the answer."""


@dataclass(frozen=True)
class Result:
    """What the program said.

    Attributes:
        causes: (service, hypothesis, confidence), first first. ``ranked``: services, each once.
        services: how many might be named.
    """

    case: Case
    causes: tuple[tuple[str, str, str], ...]
    ranked: tuple[str, ...]
    services: int
    seconds: float

    @property
    def surely_wrong(self) -> bool:
        """Whether the first cause is said with high confidence and is of another service."""
        return bool(self.causes) and self.causes[0][2] == "high" and self.causes[0][0] != self.case.service


def run(case: Case, scratch: Path, *, told: bool) -> Result:
    """Read and analyse a case."""
    begun = time.perf_counter()
    store = _read(case.set, case.folder, scratch)
    analysis = analyse(store, RULES, incident_ns=case.began_ns if told else None)
    causes = tuple((cause.service or "", cause.hypothesis, cause.confidence) for cause in analysis.causes)
    ranked = tuple(dict.fromkeys(service for service, _, _ in causes))
    services = sum(1 for name in store.services if name)
    return Result(case, causes, ranked, services, time.perf_counter() - begun)


def healthy(name: str, scratch: Path) -> tuple[int, int]:
    """Fault-free bundles of a set, and how many of them a change is reported in (errors are always there)."""
    folder = shared("rca", name) / "normal"
    found = sorted(folder.glob("*_trace.csv.gz")) if folder.is_dir() else []
    wrong = 0
    for at, path in enumerate(found):
        part = scratch / f"{name}-{at}"
        part.mkdir(exist_ok=True)
        for file in (path, path.with_name(path.name.replace("_trace", "_log"))):
            if file.exists() and not (part / file.name).exists():
                (part / file.name).symlink_to(file)
        analysis = analyse(_read(name, part, scratch), RULES)
        wrong += any(cause.reasons[0].startswith("a difference of chance") for cause in analysis.causes)
    return len(found), wrong


def _read(name: str, folder: Path, scratch: Path) -> Store:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in _HIDDEN]
    store = ingest(files)
    if name.startswith("nezha") and not len(store.spans):
        return ingest([convert(folder, (), scratch / "case.jsonl")])
    return store
