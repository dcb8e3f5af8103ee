"""Parquet as other engines write it, tables of other layouts, and damaged files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.ingest import ingest
from explorer.model.store import Store
from explorer.readers.parquet import reading
from tests.parquet.test_writing import bundle, converted, everything, with_more
from tests.readme import README
from tests.small import FAILING, START


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    return converted(bundle(folder, with_more()), folder / "lake")


def rewritten(lake: Path, target: Path, change: Callable[[pa.Table], pa.Table]) -> Store:
    """The lake with each file written again by another engine's habits."""
    for path in lake.rglob("*.parquet"):
        place = target / path.relative_to(lake)
        place.parent.mkdir(parents=True, exist_ok=True)
        table = pq.ParquetFile(path).read()
        pq.write_table(change(table), place)
    return ingest([target])


def cast(table: pa.Table, kind: Callable[[pa.Field], pa.DataType]) -> pa.Table:
    return table.cast(pa.schema([field.with_type(kind(field)) for field in table.schema]))


def as_bytes(table: pa.Table) -> pa.Table:
    """ClickHouse writes texts as bytes unless it is told otherwise."""
    return cast(table, lambda field: pa.binary() if field.type == pa.string() else field.type)


def as_dictionaries(table: pa.Table) -> pa.Table:
    for i, field in enumerate(table.schema):
        if field.type == pa.string():
            table = table.set_column(i, field.name, table.column(i).dictionary_encode())
    return table


def as_integers(table: pa.Table) -> pa.Table:
    return cast(table, lambda field: pa.int64() if pa.types.is_timestamp(field.type) else field.type)


def as_lists_of_pairs(table: pa.Table) -> pa.Table:
    """Engines without maps hold them as lists of structures."""
    pair = pa.struct({"key": pa.string(), "value": pa.string()})
    for i, field in enumerate(table.schema):
        if pa.types.is_map(field.type):
            rows = [[{"key": k, "value": v} for k, v in row or []] for row in table.column(i).to_pylist()]
            table = table.set_column(i, field.name, pa.array(rows, pa.list_(pair)))
    return table


def as_structures(table: pa.Table) -> pa.Table:
    """``Events`` as one list of structures, instead of a list a field."""
    for outer in ("Events", "Links"):
        names = [name for name in table.column_names if name.startswith(f"{outer}.")]
        if not names:
            continue
        fields = {name.partition(".")[2]: table.schema.field(name).type.value_type for name in names}
        columns = (table.column(name).to_pylist() for name in names)
        rows = [
            [dict(zip(fields, one, strict=True)) for one in zip(*cells, strict=True)]
            for cells in zip(*columns, strict=True)
        ]
        table = table.drop_columns(names).append_column(outer, pa.array(rows, pa.list_(pa.struct(fields))))
    return table


def in_other_letters(table: pa.Table) -> pa.Table:
    return table.rename_columns([name.lower() for name in table.column_names])


@pytest.mark.parametrize(
    "change", [as_bytes, as_dictionaries, as_integers, as_lists_of_pairs, as_structures, in_other_letters]
)
def test_the_habits_of_other_engines_change_nothing(
    lake: Path, tmp_path: Path, change: Callable[[pa.Table], pa.Table]
) -> None:
    assert everything(rewritten(lake, tmp_path, change)) == everything(ingest([lake]))


def test_what_duckdb_writes_is_read(lake: Path, tmp_path: Path) -> None:
    for name in ("otel_traces", "otel_logs", "otel_metrics_gauge", "otel_metrics_sum"):
        with duckdb.connect() as engine:
            engine.execute(f"copy (from '{lake}/{name}/*/*.parquet') to '{tmp_path}/{name}.parquet'")
    assert everything(ingest([tmp_path])) == everything(ingest([lake]))


def test_the_slice_of_the_readme_is_cut_and_opened(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(lake, tmp_path / "lake")
    monkeypatch.chdir(tmp_path)
    statement = re.search(r"```sql\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert statement is not None
    with duckdb.connect() as engine:
        engine.execute(statement[1].replace("post-processor", "payment"))
    store = ingest([tmp_path / "slice.parquet"])
    assert [store.trace_id(trace) for trace in range(len(store.traces))] == [FAILING]
    assert len(store.spans) == 3


def test_in_an_archive_it_is_read_too(lake: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "lake"), "zip", lake)
    assert everything(ingest([Path(archive)])) == everything(ingest([lake]))


def test_histograms_summaries_and_exemplars(tmp_path: Path) -> None:
    common: dict[str, Any] = {
        "ServiceName": "shop",
        "MetricUnit": "ms",
        "TimeUnix": START,
        "Attributes": [("k", "v")],
    }
    histogram = {**common, "MetricName": "took", "Count": 4, "Sum": 10.0, "BucketCounts": [1, 3],
                 "ExplicitBounds": [2.0], "AggregationTemporality": 2, "Exemplars.TimeUnix": [START],
                 "Exemplars.Value": [7.0], "Exemplars.TraceId": [FAILING],
                 "Exemplars.SpanId": ["0000000000000001"]}  # fmt: skip
    summary = {**common, "MetricName": "gc", "Count": 2, "Sum": 3.0, "ValueAtQuantiles.Quantile": [0.5],
               "ValueAtQuantiles.Value": [1.5]}  # fmt: skip
    exponential = {**common, "MetricName": "size", "Count": 3, "Sum": 6.0, "Scale": 0, "ZeroCount": 0,
                   "PositiveOffset": 0, "PositiveBucketCounts": [1, 2], "NegativeOffset": 0,
                   "NegativeBucketCounts": [], "AggregationTemporality": 1}  # fmt: skip
    pq.write_table(pa.Table.from_pylist([histogram]), tmp_path / "histogram.parquet")
    pq.write_table(pa.Table.from_pylist([summary]), tmp_path / "summary.parquet")
    pq.write_table(pa.Table.from_pylist([exponential]), tmp_path / "exponential.parquet")
    store = ingest([tmp_path])
    names = {series.name for series in store.series}
    assert {"took.count", "took.sum", "took.p50", "gc.count", "gc.p50", "size.count", "size.p50"} <= names
    assert {series.service for series in store.series} == {"shop"}
    assert store.exemplars["span_id"].tolist() == [1]


def test_tables_of_other_columns_are_read_as_csv_would_be(tmp_path: Path) -> None:
    spans = [
        {"trace_id": FAILING, "span_id": f"{i + 1:016x}", "parent_span_id": f"{i:016x}" if i else "",
         "operation_name": "GET /", "service_name": "shop", "start_time": START + i, "duration_ns": 5 + i,
         "tags": {"http.status_code": 200}}
        for i in range(3)
    ]  # fmt: skip
    logs = [
        {"timestamp": START, "level": "ERROR", "service": "shop", "message": 'it said "no", twice\nand left'}
    ]
    metrics = [{"timestamp": START + i * 10**9, "cpu": 0.5 + i, "memory": 1e9} for i in range(4)]
    for name, rows in (("a", spans), ("b", logs), ("c", metrics)):
        table = pa.Table.from_pylist(rows)
        if name != "a":
            whole = table["timestamp"].cast(pa.timestamp("ns"))
            table = table.set_column(0, "timestamp", whole)
        pq.write_table(table, tmp_path / f"{name}.parquet")
    store = ingest([tmp_path])
    assert [count.format for count in store.counts] == ["span-table", "log-table", "metric-table"]
    assert store.spans.duration.tolist() == [5, 6, 7]
    assert store.spans.depth.tolist() == [0, 1, 2]
    assert store.logs.time.tolist() == [START]
    assert len(store.points["time"]) == 8
    assert store.points["time"].max() == START + 3 * 10**9


def test_a_table_of_no_known_kind_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"colour": ["red"], "weight": ["heavy"]}), tmp_path / "x.parquet")
    store = ingest([tmp_path])
    assert any("colour, weight" in issue.text for issue in store.issues)
    assert [count.skipped for count in store.counts] == [2]  # its header and its row, as text


def test_a_long_table_of_no_known_kind_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS", 4)
    pq.write_table(pa.table({"colour": ["red"] * 9, "weight": ["heavy"] * 9}), tmp_path / "x.parquet")
    store = ingest([tmp_path])
    assert [(issue.code, issue.count) for issue in store.issues] == [
        ("unknown-table", 5),
        ("unknown-content", 5),
    ]
    assert [count.skipped for count in store.counts] == [10]  # its header and its rows


@pytest.mark.parametrize("keep", [4, 200, -30])
def test_a_cut_file_is_told(lake: Path, tmp_path: Path, keep: int) -> None:
    whole = next((lake / "otel_traces").rglob("*.parquet")).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:keep])
    store = ingest([tmp_path])
    assert [(issue.code, issue.severity) for issue in store.issues] == [("broken-record", "warning")]


def test_damage_within_a_file_ends_it_there(lake: Path, tmp_path: Path) -> None:
    rows = pq.ParquetFile(next((lake / "otel_traces").rglob("*.parquet"))).read()
    place = tmp_path / "damaged.parquet"
    pq.write_table(
        pa.concat_tables([rows] * 200), place, row_group_size=2 * rows.num_rows, compression="zstd"
    )
    groups = pq.ParquetFile(place).metadata
    broken = groups.row_group(50).column(0).data_page_offset
    data = bytearray(place.read_bytes())
    data[broken : broken + 64] = b"\xff" * 64
    place.write_bytes(data)
    store = ingest([place])
    issue = next(issue for issue in store.issues if issue.code == "truncated-record")
    assert store.counts[0].spans == 50 * 2 * rows.num_rows
    assert store.counts[0].spans + issue.count == 200 * rows.num_rows
