"""Exports of real log stores and collectors: what LOGS.md says of them is what is read."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer.ingest import ingest
from explorer.readers.details import log_detail
from tests.shared import needs_shared, shared

pytestmark = needs_shared

COUNTS = {
    # format, logs, skipped
    "elastic/elasticdump-data_set.json": ("elastic-hits", 0, 500),
    "elastic/elasticdump-bigint.json": ("elastic-hits", 0, 4),
    "fluent/es-bulk.json": ("elastic-bulk", 0, 4),
    "fluent/apache_10k.mp": ("fluent-msgpack", 10_000, 0),
    "fluent/samples.mp": ("fluent-msgpack", 11, 0),
    "datadog/logs_v2_list_1.json": ("datadog-logs", 2, 0),
    "datadog/logs_v2_list_2.json": ("datadog-logs", 1, 0),
    "datadog/logs_v2_list_3.json": ("datadog-logs", 0, 0),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_export(name: str) -> None:
    store = ingest([shared("samples", *name.split("/"))])
    count = store.counts[0]
    assert (count.format, len(store.logs), count.skipped) == COUNTS[name]
    step = max(1, len(store.logs) // 20)
    assert all(log_detail(store, row).raw for row in range(0, len(store.logs), step))


def test_access_log_lines_in_msgpack_have_the_level_of_their_status() -> None:
    store = ingest([shared("samples", "fluent", "apache_10k.mp")])
    data = shared("samples", "fluent", "apache_10k.mp").read_bytes()
    levels = Counter(store.logs.severity.tolist())
    assert len(store.logs) == data.count(b"\x92\xd7\x00")
    assert levels[17] == sum(data.count(b'" %d ' % status) for status in range(500, 600))
    assert "GET /" in log_detail(store, 0).message or "POST" in log_detail(store, 0).message
