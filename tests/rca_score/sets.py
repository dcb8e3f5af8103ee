"""The labelled sets: which incidents there are, and what is true of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared import SHARED

SETS = ("nezha-tt", "nezha-ob", "rootcausebench")
_CATEGORIES = {
    "cpu_contention": frozenset({"system", "infrastructure"}), "cpu_consumed": frozenset({"application", "system"}),
    "network_delay": frozenset({"infrastructure"}), "return": frozenset({"application", "data"}),
    "exception": frozenset({"application", "data"}),
}  # fmt: skip
"""Categories that are right for a fault type; the sets themselves name none."""


@dataclass(frozen=True)
class Case:
    """One incident.

    Attributes:
        kind: its fault type; ``began_ns``: when it began, None where that is not known.
        categories: those that are right, empty where nothing is said; ``hurt``: services that suffered from it.
    """

    set: str
    name: str
    folder: Path
    service: str
    kind: str
    began_ns: int | None
    categories: frozenset[str] = frozenset()
    hurt: frozenset[str] = frozenset()


def cases(name: str) -> Iterator[Case]:
    """The incidents of a set, by name; none where the set is not here."""
    folder = (SHARED or Path()) / "rca" / name
    for part in sorted(folder.iterdir()) if SHARED and folder.is_dir() else ():
        truth = part / "ground_truth.json"
        if truth.is_file():
            yield _case(name, part, json.loads(truth.read_text()))


def _case(name: str, folder: Path, truth: dict[str, Any]) -> Case:
    if name == "rootcausebench":
        commit = "no commit" if truth["root_cause_commit"] == "none" else "commit"
        service = truth["first_failing_service"]
        hurt = frozenset({service, *truth["blast_radius"]})
        return Case(name, folder.name, folder, service, commit, None, hurt=hurt)
    kind = truth["fault_type"]
    began = int(truth["inject_epoch"]) * 10**9
    return Case(name, folder.name, folder, truth["root_cause_service"], kind, began, _CATEGORIES[kind])


def healthy(name: str) -> Iterator[list[Path]]:
    """The files of each fault-free stretch of a set."""
    folder = (SHARED or Path()) / "rca" / name / "normal"
    for traces in sorted(folder.glob("*_trace.csv.gz")) if SHARED and folder.is_dir() else ():
        logs = traces.with_name(traces.name.replace("_trace", "_log"))
        yield [traces, logs] if logs.exists() else [traces]
