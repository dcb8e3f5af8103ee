"""``convert --to parquet``: what DuckDB finds in the data sets, and what comes back when they are opened again."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow.parquet as pq
import pytest

from explorer.cli.main import main
from explorer.ingest import ingest
from explorer.model.ids import span_text
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from tests.small import FAILING, START, failing_lines, healthy_lines

DAY_NS = 86_400 * 10**9


def bundle(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / "bundle.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    return path


def converted(source: Path, target: Path, *more: str) -> Path:
    assert main(["convert", str(source), "-o", str(target), "--to", "parquet", *more]) == 0
    return target


def everything(store: Store) -> dict[str, list[Any]]:
    """All that data sets hold; attribute values as texts, as the layout has them."""
    spans, logs = store.spans, store.logs
    return {
        "spans": sorted(
            (
                store.trace_id(int(spans.trace[row])), span_text(int(spans.span_id[row])),
                int(spans.parent_id[row]), int(spans.start[row]), int(spans.duration[row]), int(spans.kind[row]),
                int(spans.status[row]), store.service(row), store.operation(row), texts(span_detail(store, row)),
            )
            for row in range(len(spans))
        ),
        "links": [link for row in range(len(spans)) for link in span_detail(store, row).links],
        "logs": [
            (int(logs.time[row]), int(logs.severity[row]), int(logs.trace[row]), int(logs.span_id[row]),
             store.services[logs.service[row]], log_detail(store, row).message)
            for row in range(len(logs))
        ],
        "points": sorted(
            (store.series[int(series)].name, store.series[int(series)].kind, int(time), float(value))
            for series, time, value in zip(*(store.points[name] for name in ("series", "time", "value")), strict=True)
        ),
    }  # fmt: skip


def texts(detail: Any) -> tuple[Any, ...]:
    def flat(attributes: Any) -> tuple[tuple[str, str], ...]:
        return tuple((name, value if isinstance(value, str) else orjson.dumps(value).decode())
                     for name, value in attributes)  # fmt: skip

    events = tuple((event.time_ns, event.name, flat(event.attributes)) for event in detail.events)
    return flat(detail.attributes), dict(detail.resource)["service.name"], events, detail.message


def with_more() -> list[dict[str, Any]]:
    """The small requests, with a link, a log that names its span, one that does not, and points."""
    lines = [*failing_lines(), *healthy_lines()]
    lines[0]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["links"] = [
        {"traceId": "00000000000000000000000000000abc", "spanId": "0000000000000def"}
    ]
    record = {
        "timeUnixNano": str(START + 7),
        "severityNumber": 17,
        "body": {"stringValue": "disk “full”\n at x"},
    }
    named = {**record, "traceId": FAILING, "spanId": "0000000000000003"}
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "payment"}}]}
    lines.append({"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [named, record]}]}]})
    point = {"timeUnixNano": str(START), "asDouble": 0.25}
    metrics = [
        {
            "name": "disk.used",
            "unit": "1",
            "gauge": {"dataPoints": [point, {**point, "timeUnixNano": START + DAY_NS}]},
        },
        {"name": "writes", "sum": {"isMonotonic": True, "aggregationTemporality": 2, "dataPoints": [point]}},
    ]
    lines.append({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": metrics}]}]})
    return lines


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    source = bundle(tmp_path, with_more())
    folder = converted(source, tmp_path / "lake")
    assert everything(ingest([folder])) == everything(ingest([source]))


def test_duckdb_reads_the_columns_of_the_clickhouse_exporter(tmp_path: Path) -> None:
    folder = converted(bundle(tmp_path, with_more()), tmp_path / "lake")
    with duckdb.connect() as lake:
        found = lake.execute(
            "select ServiceName, SpanName, SpanKind, StatusCode, epoch_ns(Timestamp), Duration, ParentSpanId,"
            ' SpanAttributes[\'http.status_code\'], "Events.Name", "Links.SpanId"'
            " from read_parquet(?) where TraceId = ? order by SpanId",
            [f"{folder}/otel_traces/*/*.parquet", FAILING],
        ).fetchall()
        days = lake.execute(
            "select distinct MetricName, day::text from read_parquet(?, hive_partitioning = true) order by all",
            [f"{folder}/otel_metrics_gauge/**/*.parquet"],
        ).fetchall()
        log = lake.execute(
            "select TraceId, SeverityText, Body from read_parquet(?) order by TraceId desc",
            [f"{folder}/otel_logs/*/*.parquet"],
        ).fetchall()
    assert found[0] == (
        "shop",
        "POST /buy",
        "Server",
        "Error",
        START,
        100_000_000,
        "",
        None,
        [],
        ["0000000000000def"],
    )
    assert found[2][:4] == ("payment", "POST /charge", "Server", "Error")
    assert found[2][6:9] == ("0000000000000002", "500", ["exception"])
    assert [day for _, day in days] == ["2026-09-21", "2026-09-22"]
    assert log == [(FAILING, "ERROR", "disk “full”\n at x"), ("", "ERROR", "disk “full”\n at x")]


def test_some_ids_only(tmp_path: Path) -> None:
    folder = converted(bundle(tmp_path, with_more()), tmp_path / "lake", "--id", FAILING[:9])
    assert sorted(path.name for path in folder.iterdir()) == ["otel_logs", "otel_traces"]
    table = pq.read_table(folder / "otel_traces")
    assert set(table["TraceId"].to_pylist()) == {FAILING}


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = bundle(tmp_path, failing_lines())
    lake = tmp_path / "lake"
    lake.mkdir()
    (lake / "mine").write_text("kept")
    assert main(["convert", str(source), "-o", str(lake), "--to", "parquet"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in lake.iterdir()] == ["mine"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = bundle(tmp_path, failing_lines())
    assert main(["convert", str(source), "-o", str(tmp_path / "none" / "lake"), "--to", "parquet"]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **kwargs: Any) -> Any:
        if name.startswith(("pyarrow", "explorer.writers.parquet", "explorer.readers.parquet.reading")):
            raise ImportError(name)
        return real(name, *more, **kwargs)

    lake = converted(bundle(tmp_path, failing_lines()), tmp_path / "lake")
    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["convert", str(lake), "-o", str(tmp_path / "again"), "--to", "parquet"]) == 2
    assert "pip install 'trace-explorer[parquet]'" in capsys.readouterr().err
    assert main(["summary", str(lake)]) == 1
    assert "pip install 'trace-explorer[parquet]'" in capsys.readouterr().err
