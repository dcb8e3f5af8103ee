"""What no reader takes is said to resemble something, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.decoding.near_miss import near_miss
from explorer.ingest import ingest
from tests.readers.reading import read_copy


@pytest.mark.parametrize(
    ("record", "code", "said"),
    [
        (b'{"format":"vParquet4","blockID":"a394","tenantID":"one","totalObjects":3}', "not-read", "Tempo block"),
        (b'[{"parent":"a","child":"b","callCount":3}]', "not-read", "dependencies between services"),
        (b'{"error":{"root_cause":[],"reason":"no such index"},"status":404}', "only-an-error", "no such index"),
        (b'{"errors":["trace not found"],"data":null}', "only-an-error", "trace not found"),
        (b'{"traceId":"4bf9","colour":"red"}', "unknown-json", "it lacks a span id, a name, a start, an end or"),
        (b'{"TraceSummaries":[{"Id":"1-5759e988-bd862e3fe1be46a994272793"}]}', "not-read", "batch-get-traces"),
        (b'{"data":["frontend","driver"],"total":2}', "not-read", "a list of names"),
        (b'["frontend"]', "not-read", "a list of names"),
        (b'{"traces":[],"metrics":{}}', "empty", "traces is empty"),
        (b"trace_id,caller,callee,start,latency\na,b,c,1,2\n", "unknown-table", "it lacks a span id, a name"),
        (b"TraceIDText,ResourceSpans\n4bf9,x\n", "not-read", "Tempo block"),
        (b'{"a":1,"b":2}', "unknown-json", "its keys: a, b"),
        (b'{"a":1,', "broken-json", "does not parse"),
        (b"[]", "empty", "an empty list"),
        (b"colour,size\nred,3\n", "unknown-table", "colour, size"),
        (b"\x80\x04\x95\x10", "not-read", "never opened"),
        (b"just words", "unknown-content", "no known format"),
        (b"[4711] Starting in cluster mode", "unknown-content", "no known format"),
        (b"[1, 2", "broken-json", "does not parse"),
        (b"\x17\n\x02up\x12\x03Up.\x18\x01", "not-read", "metrics as protobuf"),
        (b"Alertname  Starts At  Summary  State\n", "not-read", "amtool -o json"),
        (b'{"ID":"1795338883.322:7","SYSCALL":{"syscall":59},"NODE":"a"}', "not-read", "laurel"),
    ],
)  # fmt: skip
def test_it_is_said_what_a_record_resembles(record: bytes, code: str, said: str) -> None:
    found, text = near_miss(record)
    assert found == code
    assert said in text


def test_the_rows_of_an_unknown_table_are_one_issue(tmp_path: Path) -> None:
    store = read_copy(b"colour,size\n" + b"red,3\n" * 500, tmp_path)
    assert [(issue.code, issue.count) for issue in store.issues] == [("unknown-table", 501)]


def test_only_some_of_many_unknown_objects_are_parsed(tmp_path: Path) -> None:
    store = read_copy(b'{"a":1}\n' * 300 + b'{"b":1}\n' * 300, tmp_path)
    assert sum(issue.count for issue in store.issues) == 600
    assert {issue.code for issue in store.issues} == {"unknown-json"}


def test_values_beside_runs_are_told_of_once(tmp_path: Path) -> None:
    run = tmp_path / "mlruns" / "0" / ("3f" * 16)
    trace = tmp_path / "mlruns" / "0" / "traces" / ("tr-" + "4a" * 16)
    for name, value in (
        ("params/depth", "7"), ("params/lr", "0.1"), ("params/search/rate", "2"), ("tags/git", "abc\ndef")
    ):  # fmt: skip
        path = run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value)
    (trace / "request_metadata").mkdir(parents=True)
    (trace / "request_metadata" / "inputs").write_text('{"x": 1}')
    (trace / "trace_info.yaml").write_text("execution_time_ms: 3\nrequest_id: tr-4a\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "depth").write_text("7")
    store = ingest([tmp_path])
    assert sum(one.skipped for one in store.counts) == 7
    assert len(store.logs) == 1  # what the header of a trace tells
    assert [(one.code, one.file, one.severity, one.count) for one in store.issues] == [
        ("run-values", "", "info", 6),
        ("unknown-content", "other/depth", "warning", 1),
    ]
