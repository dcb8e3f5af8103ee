"""Bundles of logs alone: who is at fault where callers say that another did not answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Cause
from explorer.ingest import ingest
from tests.analysis.rules import RULES


def record(second: int, service: str, level: str, message: str, request: str) -> str:
    return json.dumps({
        "timestamp": f"2026-11-22T09:{second // 60:02}:{second % 60:02}Z", "level": level, "service": service,
        "message": message, "request_id": request,
    })  # fmt: skip


def causes(folder: Path, said: str, *, chronic: str = "") -> tuple[Cause, ...]:
    """Forty requests, of which the later half fail with what ``orders`` says; ``chronic``: every fifth line of pay."""
    lines = []
    for nth in range(40):
        name = f"rq-{nth:04}"
        lines.append(record(nth, "gate", "INFO", "request begun", name))
        if nth >= 20:
            lines += [
                record(nth, "orders", "ERROR", said, name),
                record(nth, "gate", "ERROR", "call to orders failed", name),
            ]
        elif chronic and nth % 5 == 0:
            lines.append(record(nth, "pay", "ERROR", chronic, name))
        else:
            lines.append(record(nth, "pay", "INFO", "charged", name))
    (folder / "app.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return analyse(ingest([folder]), RULES).causes


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("call to pay failed: x509: certificate has expired or is not yet valid", "security"),
        ("call to pay failed: dial tcp: lookup pay on 10.96.0.10:53: no such host", "infrastructure"),
        ("call to pay failed: connection refused", "infrastructure"),
        ("circuit breaker 'pay' is open", "capacity"),
    ],
)
def test_the_service_that_was_called_in_vain_is_at_fault(tmp_path: Path, said: str, category: str) -> None:
    first = causes(tmp_path, said)[0]
    assert (first.service, first.category) == ("pay", category)
    assert "in pay" not in first.title
    assert first.confidence != "high", "only logs are known"


def test_calls_that_merely_failed_are_of_the_one_that_was_called(tmp_path: Path) -> None:
    first = causes(tmp_path, "call to pay failed")[0]
    assert first.service == "pay"
    assert first.title == "Calls to pay fail, and nothing says why"


def test_what_came_all_along_is_no_reason_for_what_is_new(tmp_path: Path) -> None:
    found = causes(tmp_path, "ValueError: bad amount", chronic="deprecated field used by client, ignoring")
    assert found[0].service == "orders"
    assert any(reason.startswith("not new") for cause in found[1:] for reason in cause.reasons)
