"""The answers of the analysis as files beside the store they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from explorer.analysis.results import Analysis, Anomaly, Cause, IdTable, Verdict
from explorer.model.issue import Issue
from explorer.model.persist import (
    Kept,
    UnreadableError,
    load_columns,
    load_records,
    save_columns,
    save_each,
    save_records,
)

_REMEMBERED: Final = 64


def save_answers(analysis: Analysis, issues: Sequence[Issue], folder: Path) -> None:
    """Write answers, and faults of the rule files, into an existing, empty folder. Raises ``OSError``."""
    columns = {field.name: getattr(analysis.ids, field.name) for field in fields(IdTable)}
    save_columns(columns, folder, "outcomes")
    save_records(analysis.causes, folder, "causes")
    save_each(list(analysis.verdicts.values()), folder, "verdicts")
    save_columns({"rows": np.array(list(analysis.verdicts), np.int64)}, folder, "verdicts")
    save_records(analysis.anomalies, folder, "anomalies")
    save_records(issues, folder, "faults")
    # Written last: without it the answers are not whole.
    (folder / "answers.json").write_text(json.dumps(len(analysis.verdicts)), "ascii")


class _Verdicts(Mapping[int, Verdict]):
    """Verdicts by id row. Of a large bundle they would be a million objects; few are ever looked at."""

    def __init__(self, rows: Sequence[int], kept: Sequence[Verdict]) -> None:
        self._places = {row: at for at, row in enumerate(rows)}
        self._kept = kept
        self._latest = lru_cache(_REMEMBERED)(kept.__getitem__)

    def __len__(self) -> int:
        return min(len(self._places), len(self._kept))

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __contains__(self, row: object) -> bool:
        return row in self._places

    def __getitem__(self, row: int) -> Verdict:
        return self._latest(self._places[row])


def load_answers(folder: Path) -> tuple[Analysis, tuple[Issue, ...]]:
    """The answers saved there, and the faults of rule files.

    Raises:
        UnreadableError: there are none, or they are not whole.
    """
    try:
        count = json.loads((folder / "answers.json").read_text("ascii"))
        columns: dict[str, Any] = load_columns(folder, "outcomes", [field.name for field in fields(IdTable)])
        verdicts = _Verdicts(
            load_columns(folder, "verdicts", ["rows"])["rows"].tolist(), Kept(folder, "verdicts", Verdict)
        )
        issues = tuple(load_records(folder, "faults", Issue))
        causes = tuple(load_records(folder, "causes", Cause))
        anomalies = tuple(load_records(folder, "anomalies", Anomaly))
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise UnreadableError(str(error)) from error
    if len(verdicts) != count:
        raise UnreadableError(f"{len(verdicts)} verdicts of {count}")
    return Analysis(IdTable(**columns), causes, verdicts, anomalies), issues
