"""What ``rca`` says where no request can be followed, and where its evidence stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.cli.conftest import Run

LOG = """2026-05-04 10:00:00,001 INFO  [main] shop.App - ready
2026-05-04 10:00:07,120 ERROR [pool-1] shop.Stock - could not save: java.sql.SQLException: No space left on device
2026-05-04 10:00:09,000 WARN  [pool-1] shop.Stock - nothing of note
2026-05-04 10:00:11,350 ERROR [pool-2] shop.Stock - could not save: java.sql.SQLException: No space left on device
"""
EVIDENTLY = {
    "suite": "Data Drift", "timestamp": "2026-05-04 10:00:00", "version": "0.4.40",
    "metrics": [{"metric": "DatasetDriftMetric", "result": {
        "drift_share": 0.5, "number_of_columns": 2, "number_of_drifted_columns": 2,
        "share_of_drifted_columns": 1.0, "dataset_drift": True}}],
}  # fmt: skip


def test_errors_of_logs_without_ids(run: Run, answer: Callable[..., Any], tmp_path: Path) -> None:
    log = tmp_path / "stock.log"
    log.write_text(LOG)
    code, out, _ = run("rca", log)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("No cause can be named: no record carries a correlation id")
    assert lines[2] == "Errors in the logs, the worst first:"
    assert "No space left on device" in lines[3]
    assert "2 times from 4 May 2026 10:00:07.120 UTC   system · disk   stock.log, line 2" in lines[4]
    assert "nothing of note" not in out
    (one,) = answer("rca", log)["log_errors"]
    assert set(one) == {
        "service", "level", "text", "count", "first_ns", "last_ns", "category", "subcategory", "file", "offset", "line",
    }  # fmt: skip
    assert (one["level"], one["count"], one["category"], one["line"]) == ("ERROR", 2, "system", 2)
    assert one["last_ns"] - one["first_ns"] == 4_230_000_000


def test_checks_that_did_not_pass(run: Run, answer: Callable[..., Any], tmp_path: Path) -> None:
    report = tmp_path / "drift.json"
    report.write_bytes(orjson.dumps(EVIDENTLY))
    _, out, _ = run("rca", report)
    assert out.startswith("No cause can be named: there are neither traces nor logs")
    assert "Checks of data and models that did not pass (1):\n   fail     Evidently: " in out
    (one,) = answer("rca", report)["findings"]
    assert (one["tool"], one["status"], one["file"]) == ("Evidently", "fail", "drift.json")


def test_nothing_recorded_is_no_health(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "spans.json"
    file.write_text('{"resourceSpans": []}')
    assert run("rca", file)[:2] == (0, "No cause can be named: nothing is recorded in it.\n")


def test_evidence_is_found_by_file_and_line(answer: Callable[..., Any], run: Run, bundle: Path) -> None:
    (cause,) = answer("rca", bundle)["causes"]
    for one in cause["evidence"]:
        if one["file"] is None:
            assert one["line"] is None
            continue
        before = (bundle / one["file"]).read_bytes()[: one["offset"]]
        assert one["line"] == before.count(b"\n") + 1
    one = max(cause["evidence"], key=lambda one: one["offset"] or 0)
    assert one["line"] > 1
    assert f"\n{' ' * 12}{one['file']}, line {one['line']}\n" in run("rca", bundle)[1]


def test_a_time_beyond_all_calendars(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "odd.prom"
    file.write_text("# TYPE up gauge\nup 1 9223372036854\n")
    code, out, err = run("summary", file)
    assert (code, err) == (0, "")
    assert "1 file  " in out


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (("--from", "10:00:10"), [1]),
        (("--to", "10:00:01"), []),
        (("--query", "nothing"), []),
        (("--query", "stock"), [2]),
    ],
)
def test_errors_of_logs_are_those_that_were_asked_for(
    answer: Callable[..., Any], tmp_path: Path, words: tuple[str, ...], counts: list[int]
) -> None:
    log = tmp_path / "shop.log"
    log.write_text(LOG)
    assert [one["count"] for one in answer("rca", log, *words)["log_errors"]] == counts
