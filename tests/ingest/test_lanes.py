"""What several processes read together is what one reads alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

import explorer.ingest
from explorer.bundle.framing import frames
from explorer.errors import Cancelled
from explorer.ingest import ingest, lanes
from explorer.model.store import Store

TABLES = ("failures", "events", "links", "span_fields", "log_fields", "documents", "points", "exemplars")
VALUES = ("services", "operations", "texts", "resources", "series", "marks", "findings", "files", "counts",
          "issues", "readers")  # fmt: skip


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of about four lines, which other processes read after the first three."""
    monkeypatch.setattr(explorer.ingest, "frames", partial(frames, block_bytes=8 << 10))
    monkeypatch.setattr(lanes, "_LEAST_BYTES", 1)
    monkeypatch.setattr(lanes, "AHEAD", 1)
    monkeypatch.setattr(lanes, "APART", 3)


def line(number: int) -> bytes:
    """An export request of two spans, a log record and a metric, with what is said first in it."""
    trace = f"{number // 2 + 1:032x}"

    def attribute(key: str, value: str) -> dict[str, Any]:
        return {"key": key, "value": {"stringValue": value}}

    spans = [
        {
            "traceId": trace,
            "spanId": f"{number * 2 + nth + 1:016x}",
            "parentSpanId": f"{number * 2 + 1:016x}" if nth else "",
            "name": f"operation {number % 7}",
            "kind": 3,
            "startTimeUnixNano": str(1_790_000_000_000_000_000 + number * 1000 + nth),
            "endTimeUnixNano": str(1_790_000_000_000_005_000 + number * 1000),
            "attributes": [
                attribute("request.id", f"r-{number // 4}"),
                attribute("peer.service", "database"),
            ],
            "status": {"code": 2, "message": f"failed {number % 5}"} if number % 3 == 0 else {},
        }
        for nth in range(2)
    ]
    resource = {"attributes": [attribute("service.name", f"service {number % 9}")]}
    record = {"timeUnixNano": "1790000000000000000", "body": {"stringValue": f"said {number}"},
              "traceId": trace}  # fmt: skip
    point = {"timeUnixNano": "1790000000000000000", "asDouble": number}
    metric = {"name": f"metric {number % 3}", "gauge": {"dataPoints": [point]}}
    return orjson.dumps(
        {
            "resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}],
            "resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [record]}]}],
            "resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [metric]}]}],
        }
    )


def differences(one: Store, other: Store) -> list[str]:
    """Names of what is not the same in both."""
    found = [name for name in VALUES if getattr(one, name) != getattr(other, name)]
    for table in ("spans", "logs"):
        first, second = getattr(one, table), getattr(other, table)
        found += [
            f"{table}.{column.name}"
            for column in fields(first)
            if not np.array_equal(getattr(first, column.name), getattr(second, column.name))
        ]
    for table in TABLES:
        first, second = getattr(one, table), getattr(other, table)
        found += [f"{table}.{name}" for name in first if not np.array_equal(first[name], second[name])]
    return found


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Lines of OTLP with what is no OTLP among them, in two files."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    lines = [line(number) for number in range(120)]
    lines[70] = b'{"resourceSpans": "of another kind"'
    lines[80] = b'{"time": "2026-11-22T10:00:00Z", "level": "error", "message": "a log line among them"}'
    (folder / "a.jsonl").write_bytes(b"\n".join(lines[:90]) + b"\n")
    (folder / "b.jsonl").write_bytes(b"\n".join(lines[90:]) + b"\n")
    return folder


@pytest.mark.usefixtures("small_blocks")
def test_the_store_is_the_same_however_many_read(bundle: Path) -> None:
    alone = ingest([bundle])
    assert len(alone.spans) == 119 * 2 - 2
    assert not differences(alone, ingest([bundle], processes=2))


@pytest.mark.usefixtures("small_blocks")
def test_what_cannot_be_read_again_is_sent(bundle: Path, tmp_path: Path) -> None:
    import tarfile

    packed = tmp_path / "bundle.tar"
    with tarfile.open(packed, "w") as archive:
        archive.add(bundle / "a.jsonl", "a.jsonl")
    assert not differences(ingest([packed]), ingest([packed], processes=1))


@pytest.mark.usefixtures("small_blocks")
def test_what_a_lost_process_had_is_read_here(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(lanes._Process):
        def result(self, cancelled: Callable[[], bool]) -> Any:
            self._process.kill()
            return super().result(cancelled)

    monkeypatch.setattr(lanes, "_Process", Dying)
    store = ingest([bundle], processes=1)
    assert len(store.spans) == len(ingest([bundle]).spans)


@pytest.mark.usefixtures("small_blocks")
def test_cancelling_does_not_wait_for_other_processes(bundle: Path) -> None:
    asked = iter([False] * 8)
    with pytest.raises(Cancelled):
        ingest([bundle], processes=1, cancelled=lambda: next(asked, True))


def test_one_core_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert lanes.spare_processes() == 0
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert lanes.spare_processes() == lanes.LANES


@pytest.mark.usefixtures("small_blocks")
def test_json_logs_are_shared_out(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    with path.open("wb") as stream:
        for number in range(3000):
            second = f"2026-11-22T10:{number // 60:02d}:{number % 60:02d}Z"
            told = {"time": second, "level": "info", "service": f"s{number % 5}", "msg": f"n {number}"}
            ids = {"trace_id": f"{number // 9 + 1:032x}", "request_id": f"r{number // 4}"}
            stream.write(orjson.dumps(told | ids) + b"\n")
            if number % 50 == 49:
                stream.write(b"panic: out of luck\n\tat main.go:7\nthe rest of it\n")
    alone = ingest([path])
    assert len(alone.logs) == 3000 + 60
    assert (np.diff(alone.logs.time) <= 10**9).all()  # a line without a time is not put far away
    assert not differences(alone, ingest([path], processes=2))
