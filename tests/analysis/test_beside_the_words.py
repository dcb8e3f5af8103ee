"""What others do beside it tells who is at fault: other pods, the version of who calls, callers that say why."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from tests.analysis.rules import RULES
from tests.analysis.weighing.test_logs_only import record
from tests.drawn import Drawing, draw, repeated
from tests.drawn_store import store_of


def asked(pod: str, code: int, at: int) -> str:
    return f"""
trace {pod}{code} at={at}
gate: GET /acct | server 0+70 {code}{" error" if code > 400 else ""}
  gate: GET /acct | client 3+60 {code}{" error" if code > 400 else ""} peer=acct
    acct: GET /acct | server 6+50 {code} pod=acct-{pod}
      - 20 {"WARN token is not valid yet" if code > 400 else "INFO answered"}
"""


@pytest.mark.parametrize(("others", "at_fault"), [(200, "acct-1"), (401, "gate")])
def test_what_one_pod_alone_refuses_is_no_bad_request(others: int, at_fault: str) -> None:
    drawing = Drawing()
    for pod in "123":
        drawing += repeated(draw(asked(pod, 200, 0)), 20, 3, f"fine-{pod}")
        drawing += repeated(draw(asked(pod, 401 if pod == "1" else others, 100)), 12, 3)
    first = analyse(store_of(drawing), RULES).causes[0]
    assert first.entity.name == at_fault
    assert (first.hypothesis == "refuses-alone") == (others == 200)
    if others == 200:
        assert first.title == "acct-1 refuses what others of acct take: 401"
        assert first.confidence == "medium", "why it does is not said"
        assert any("not valid yet" in one.text for one in first.evidence)


def test_what_changed_in_who_calls_a_slow_database_is_told() -> None:
    calls = """
trace {name} at={at}
shop: POST /cart | server 0+{took} {code}
  shop: GET /stock | client 2+{took} peer=stock {ended}
    stock: GET /stock | server 3+{took} 200 version={version}
      stock: SELECT levels | client 4+{took} peer=stock-db version={version}
"""
    fine = draw(calls.format(name="fine", at=0, took=40, code=200, ended="200", version="5.0"))
    late = draw(
        calls.format(
            name="late",
            at=400,
            took=2000,
            code="504 error",
            ended="error says='context deadline exceeded'",
            version="5.1",
        )
    )
    first = analyse(store_of(repeated(fine, 40, 10) + repeated(late, 20, 10)), RULES).causes[0]
    assert first.service == "stock-db"
    assert "stock 5.0 → 5.1, which calls stock-db" in [
        one.text for one in first.evidence if one.kind == "change"
    ]


def test_a_circuit_opened_because_nobody_was_reached_where_callers_say_so(tmp_path: Path) -> None:
    """The errors of the service itself came all along."""
    lines = []
    for nth in range(60):
        name, bad = f"rq-{nth:04}", nth >= 30
        said = (
            "pay: Temporary failure in name resolution" if nth % 6 == 0 else "circuit breaker 'pay' is open"
        )
        lines.append(record(nth, "gate", "INFO", "request begun", name))
        if nth % 3 == 1:
            lines.append(record(nth, "pay", "ERROR", "failed to refresh flags, using cached values", name))
        elif bad:
            lines.append(record(nth, "orders", "ERROR", f"call to pay failed: {said}", name))
        else:
            lines.append(record(nth, "pay", "INFO", "charged", name))
    (tmp_path / "app.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    first = analyse(ingest([tmp_path]), RULES).causes[0]
    assert (first.service, first.subcategory, len(first.ids)) == ("pay", "dns", 20)
    assert any("name resolution" in one.text for one in first.evidence)
