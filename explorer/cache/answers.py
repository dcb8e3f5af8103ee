"""The answers of the analysis as files beside the store they are about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from explorer.analysis.results import Analysis, Anomaly, Cause, IdTable, Verdict
from explorer.model.issue import Issue
from explorer.model.persist import UnreadableError, load_columns, load_records, save_columns, save_records


def save_answers(analysis: Analysis, issues: Sequence[Issue], folder: Path) -> None:
    """Write answers, and faults of the rule files, into an existing, empty folder. Raises ``OSError``."""
    columns = {field.name: getattr(analysis.ids, field.name) for field in fields(IdTable)}
    save_columns(columns, folder, "outcomes")
    save_records(analysis.causes, folder, "causes")
    save_records(list(analysis.verdicts.values()), folder, "verdicts")
    save_records(analysis.anomalies, folder, "anomalies")
    save_records(issues, folder, "faults")
    # Written last: without it the answers are not whole.
    (folder / "answers.json").write_text(json.dumps(len(analysis.verdicts)), "ascii")


def load_answers(folder: Path) -> tuple[Analysis, tuple[Issue, ...]]:
    """The answers saved there, and the faults of rule files.

    Raises:
        UnreadableError: there are none, or they are not whole.
    """
    try:
        count = json.loads((folder / "answers.json").read_text("ascii"))
        columns: dict[str, Any] = load_columns(folder, "outcomes", [field.name for field in fields(IdTable)])
        verdicts = {verdict.id: verdict for verdict in load_records(folder, "verdicts", Verdict)}
        issues = tuple(load_records(folder, "faults", Issue))
        causes = tuple(load_records(folder, "causes", Cause))
        anomalies = tuple(load_records(folder, "anomalies", Anomaly))
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise UnreadableError(str(error)) from error
    if len(verdicts) != count:
        raise UnreadableError(f"{len(verdicts)} verdicts of {count}")
    return Analysis(IdTable(**columns), causes, verdicts, anomalies), issues
