"""The labelled sets: which cases there are, and what is true of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared import shared

SETS = ("nezha-tt", "nezha-ob", "rootcausebench")


@dataclass(frozen=True)
class Case:
    """One incident. ``kind`` is its fault type; ``began_ns`` when it began, None where that is not known."""

    set: str
    name: str
    folder: Path
    service: str
    kind: str
    began_ns: int | None


def cases(name: str) -> Iterator[Case]:
    """The cases of a set, by name."""
    for folder in sorted(shared("rca", name).iterdir()):
        truth = folder / "ground_truth.json"
        if truth.is_file():
            yield _case(name, folder, json.loads(truth.read_text()))


def _case(name: str, folder: Path, truth: dict[str, Any]) -> Case:
    if name == "rootcausebench":
        commit = "no commit" if truth["root_cause_commit"] == "none" else "commit"
        return Case(name, folder.name, folder, truth["first_failing_service"], commit, None)
    began = int(truth["inject_epoch"]) * 10**9
    return Case(name, folder.name, folder, truth["root_cause_service"], truth["fault_type"], began)
