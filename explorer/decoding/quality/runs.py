"""Runs of training and evaluation as findings: how they ended (mlflow/entities/run_status.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from explorer.decoding.documents import moment, number
from explorer.model.records import Finding

Verdict = Literal["pass", "warn", "fail", "error"]

_NUMBERS: Final = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}
_VERDICTS: Final[dict[str, Verdict]] = {"FINISHED": "pass", "FAILED": "fail", "KILLED": "warn"}


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its id, name, status as a number or word, and times in ms or as text."""

    id: str
    name: str
    status: str
    start: Any
    end: Any


def run_finding(run: Run, doc: int, index: int = -1) -> Finding:
    """How a run ended; one that runs still passes so far."""
    status = _NUMBERS.get(run.status, run.status.upper())
    verdict = _VERDICTS.get(status, "pass")
    end, start = _time(run.end), _time(run.start)
    shown = run.name or run.id
    said = f"run {shown} {status.lower() or 'has no status'}"
    seconds = (end - start) / 1e9 if end > start > 0 else None
    said += f" after {seconds:.3g} s" if seconds is not None else ""
    return Finding("MLflow", shown, verdict, said, None, None, end or start, "", run.id, doc, index)


def _time(value: Any) -> int:
    ms = number(value)
    return int(ms) * 10**6 if ms is not None and 0 < ms < 9.2e12 else moment(value)
