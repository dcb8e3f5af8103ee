"""Sentry's statuses: a word that only says that something failed is no message, so that the error itself is told."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from explorer.readers.details import span_detail
from tests.readers.reading import read_copy


@pytest.mark.parametrize(
    ("status", "said"), [("internal_error", ""), ("deadline_exceeded", "deadline_exceeded")]
)
def test_what_a_status_says(tmp_path: Path, status: str, said: str) -> None:
    trace = {"trace_id": "a" * 32, "span_id": "b" * 16, "op": "http.server", "status": status}
    event = {"type": "transaction", "transaction": "GET /", "start_timestamp": 1.79e9, "timestamp": 1.79e9 + 1,
             "contexts": {"trace": trace}, "spans": [], "platform": "python", "event_id": "c" * 32}  # fmt: skip
    store = read_copy(orjson.dumps(event), tmp_path)
    detail = span_detail(store, 0)
    assert (detail.message, dict(detail.attributes)["sentry.status"]) == (said, status)
