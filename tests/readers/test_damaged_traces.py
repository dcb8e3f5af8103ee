"""Cut and damaged traces: what came before is kept, and what is lost is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.readers.reading import FIXTURES, read_copy


@pytest.mark.parametrize("name", ["payload.msgpack", "payload_v05.msgpack"])
def test_a_payload_that_is_cut_keeps_its_whole_spans(tmp_path: Path, name: str) -> None:
    data = (FIXTURES / "datadog_traces" / name).read_bytes()
    whole, cut = (read_copy(one, tmp_path) for one in (data, data[:-3]))
    assert 0 < len(cut.spans) < len(whole.spans)
    assert [(one.code, one.severity) for one in cut.issues] == [("truncated-record", "warning")]


def test_payloads_one_after_another_are_all_read(tmp_path: Path) -> None:
    payloads: list[object] = [
        [[{"trace_id": trace, "span_id": 7, "parent_id": 0, "name": "web", "resource": "/", "service": "front",
           "start": 1_790_000_000_000_000_000, "duration": 5, "error": 0, "meta": {}}]]
        for trace in (1, 2)
    ]  # fmt: skip
    store = read_copy(b"".join(map(msgspec.msgpack.encode, payloads)), tmp_path)
    assert (len(store.spans), store.issues) == (2, ())


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ("", ["empty"]),
        ('a,1,x,2026-01-01,"5\nb,2,y,2026-01-01,6\nc,3,"z",2026-01-01,7\n', ["broken-row"]),
        ("a,1,x,2026-01-01,5\0\nb,2,y,2026-01-01,6\n", ["broken-row"]),
    ],
)  # fmt: skip
def test_a_table_with_torn_rows_says_so(tmp_path: Path, rows: str, codes: list[str]) -> None:
    store = read_copy(f"trace_id,span_id,name,start_time,duration_ms\n{rows}".encode(), tmp_path)
    assert [one.code for one in store.issues if one.code != "unit-assumed"] == codes
