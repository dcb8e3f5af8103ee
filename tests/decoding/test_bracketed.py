"""Ids in brackets before a message are no part of it; anything else in brackets is."""

from __future__ import annotations

import pytest

from explorer.decoding.logs.bracketed import without_context
from explorer.decoding.logs.detail import record_detail


@pytest.mark.parametrize(
    ("message", "said", "pairs"),
    [
        ("pay [request_id=rq-81] no stock", "no stock", [("logger", "pay"), ("request_id", "rq-81")]),
        ("[trace_id=4bf9 span_id=00f0 trace_flags=01] - slow", "slow",
         [("trace_id", "4bf9"), ("span_id", "00f0"), ("trace_flags", "01")]),
        ("[traceId=4bf9, spanId=] no answer", "no answer", [("traceId", "4bf9"), ("spanId", "")]),
        ("c.a.Pay: [correlation_id: x-7; service=pay] failed", "failed",
         [("logger", "c.a.Pay"), ("correlation_id", "x-7"), ("service", "pay")]),
        ("[ReplicaManager broker=1] Error on partition", None, []),
        ("[request_id=rq-81]", None, []),
        ("[request_id=rq-81 attempt=3] retry", None, []),
        ("no stock [request_id=rq-81]", None, []),
        ("[service=pay] up", None, []),
    ],
)  # fmt: skip
def test_what_is_said_behind_ids(message: str, said: str | None, pairs: list[tuple[str, str]]) -> None:
    assert without_context(message) == (message if said is None else said, pairs)


def test_the_raw_line_is_kept_and_its_ids_are_fields() -> None:
    raw = b"2026-11-22T09:14:43Z ERROR pay [request_id=rq-81] no stock"
    detail = record_detail(raw)
    assert detail.message == "no stock"
    assert detail.raw == raw.decode()
    assert dict(detail.attributes)["request_id"] == "rq-81"
    assert detail.scope == "pay"
