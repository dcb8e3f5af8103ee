"""Bundles of logs alone: who is at fault where callers say that another did not answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Cause
from explorer.ingest import ingest
from tests.analysis.rules import RULES
from tests.drawn import draw
from tests.drawn_files import otlp_files


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


def test_what_traces_and_logs_tell_of_one_fault_is_one_cause(tmp_path: Path) -> None:
    said = "call to pay failed: x509: certificate has expired or is not yet valid"
    traces = f"""
trace ok at=1
gate: GET /buy | server 0+80 200
  gate: charge | client 10+40 200 peer=pay
    pay: charge | server 12+30 200
trace bad at=30
gate: GET /buy | server 0+80 502 error
  gate: charge | client 10+40 error peer=pay says="{said}"
"""
    otlp_files(draw(traces), tmp_path)
    assert [(cause.service, cause.category) for cause in causes(tmp_path, said)] == [("pay", "security")]


def test_a_word_of_a_sentence_is_no_service_that_was_called(tmp_path: Path) -> None:
    """``pay`` is the name of a service, too."""
    first = causes(tmp_path, "could not pay for rq: connection refused")[0]
    assert first.service == "orders"


def test_a_fault_seen_in_traces_is_not_that_of_lines_whose_service_is_unknown(tmp_path: Path) -> None:
    otlp_files(
        draw('trace bad at=30\npay: charge | server 0+80 error says="No space left on device"\n'), tmp_path
    )
    lines = [
        {
            "time": f"2026-11-22T09:00:0{nth}Z",
            "level": "ERROR",
            "message": "lock is held",
            "request_id": f"rq-{nth}",
        }
        for nth in range(9)
    ]
    (tmp_path / "app.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    found = {cause.service: cause for cause in analyse(ingest([tmp_path]), RULES).causes}
    assert found["pay"].category == "system"
    assert [len(cause.ids) for cause in found.values()] == [9, 1]


def test_whom_the_log_of_the_work_around_a_call_names_was_called(tmp_path: Path) -> None:
    """Programs log below the request they serve; the call itself has but the exception."""
    otlp_files(draw("""
trace bad at=30
gate: GET /buy | server 0+80 500 error
  - 40 ERROR call to till-svc failed: slow
  - 51 ERROR call to ward-svc failed: certificate has expired
  gate: Check | client 10+40 error !SSLError(certificate has expired)
"""), tmp_path)  # fmt: skip
    (first,) = analyse(ingest([tmp_path]), RULES).causes
    assert (first.service, first.category) == ("ward-svc", "security")
