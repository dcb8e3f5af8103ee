"""Answers written into a folder and read again are the same answers."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from explorer.analysis.results import (
    Analysis,
    Anomaly,
    Candidate,
    Cause,
    Entity,
    Evidence,
    IdTable,
    Outcome,
    Step,
    Verdict,
)
from explorer.cache.answers import load_answers, save_answers
from explorer.model.issue import Issue
from explorer.model.persist import UnreadableError
from tests.model.test_persist import differences


def sample() -> Analysis:
    """Answers with something in each field."""
    longs, ints = np.arange(3, dtype=np.int64), np.arange(3, dtype=np.int32)
    table = IdTable(longs, longs, ints, ints, ints, ints, ints, np.array([0, 1, 2], np.uint8),
                    np.array([-1, -1, 0], np.int32), np.array([-1, -1, 4], np.int32),
                    np.array([-1, -1, 2], np.int8))  # fmt: skip
    steps = (
        Step(4, (4, 5), "cart", "GET", "origin", None, "41 % null", 7),
        Step(-1, (), "db", "", "surfaced", "call", "502", 9),
    )
    evidence = (Evidence("log", "no default", "a.log", 3, 8, log=2), Evidence("absence", "never called"))
    verdict = Verdict(
        2, Outcome.FAILING, "data", "missing-values", "cart \ud800", "rule", steps,
        (Candidate(4, "cart", "GET", "data", "missing-values", float("nan")),), evidence, "f1", 0,
        rule_words=("41 % null",),
    )  # fmt: skip
    cause = Cause(
        1, "cart returned nothing", "data", "missing-values", None, "GET", Entity("host", "h1"), "bad-data",
        "high", 0.93, "f1", (2,), evidence, ("Network: no",), ("deepest",),
    )  # fmt: skip
    anomaly = Anomaly(
        "errors", "cart GET: 1 % → 8 % of calls fail", 5, -1, "cart", "GET", before=0.01, after=0.08
    )
    return Analysis(table, (cause,), {2: verdict}, anomalies=(anomaly,))


def test_every_field_comes_back(tmp_path: Path) -> None:
    answers = sample()
    faults = (Issue("warning", "faulty-rule", "own.toml", 3, 1, "no id"),)
    save_answers(answers, faults, tmp_path)
    again, found = load_answers(tmp_path)
    assert found == faults
    assert repr(dict(again.verdicts)) == repr(answers.verdicts)
    assert again.causes == answers.causes
    assert again.anomalies == answers.anomalies
    assert differences(answers.ids, again.ids) == []
    assert again.verdicts[2].outcome is Outcome.FAILING


def test_nothing_is_left_out_when_the_answers_grow() -> None:
    assert {field.name for field in fields(Analysis)} == {"ids", "causes", "verdicts", "anomalies"}


@pytest.mark.parametrize(
    "name", ["answers.json", "verdicts.jsonl", "verdicts.rows.npy", "causes.jsonl", "outcomes.start.npy"]
)
def test_whatever_is_missing_is_no_answer(tmp_path: Path, name: str) -> None:
    save_answers(sample(), (), tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(UnreadableError):
        load_answers(tmp_path)


def test_answers_cut_short(tmp_path: Path) -> None:
    save_answers(sample(), (), tmp_path)
    (tmp_path / "verdicts.jsonl").write_text("")
    with pytest.raises(UnreadableError, match="verdicts are cut short"):
        load_answers(tmp_path)
