"""Spans, logs and points as Parquet data sets, in the columns of the OpenTelemetry ClickHouse exporter.

Source: opentelemetry-collector-contrib exporter/clickhouseexporter, its ``otel_traces``, ``otel_logs``,
``otel_metrics_gauge`` and ``otel_metrics_sum`` tables. Attribute values are texts there, so their types are not
kept; ids and nanoseconds are. Each data set is a folder of its name, cut by UTC day (``day=2026-11-18``).

Needs pyarrow, the extra ``parquet``.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from explorer.decoding.lenient import text_of
from explorer.errors import InputError, UsageError
from explorer.model.ids import span_text
from explorer.model.records import Attributes, Series
from explorer.model.schema import Kind, Status, severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.writers.whole import decoded, found_in_text, links_of, resource_attributes, trace_of_log

GROUP_ROWS: Final = 16_384
"""Rows of a row group. Within a day they are sorted by trace, so that few groups hold one trace."""

_WAITING_ROWS: Final = 65_536  # of all days together
_DAY_NS: Final = 86_400 * 10**9
_KINDS: Final = tuple(kind.name.capitalize() for kind in Kind)
_STATUSES: Final = tuple(status.name.capitalize() for status in Status)

_TIME: Final = pa.timestamp("ns", tz="UTC")
_MAP: Final = pa.map_(pa.string(), pa.string())
_TRACES: Final = pa.schema(
    {
        "Timestamp": _TIME, "TraceId": pa.string(), "SpanId": pa.string(), "ParentSpanId": pa.string(),
        "TraceState": pa.string(), "SpanName": pa.string(), "SpanKind": pa.string(), "ServiceName": pa.string(),
        "ResourceAttributes": _MAP, "ScopeName": pa.string(), "ScopeVersion": pa.string(),
        "SpanAttributes": _MAP, "Duration": pa.int64(), "StatusCode": pa.string(), "StatusMessage": pa.string(),
        "Events.Timestamp": pa.list_(_TIME), "Events.Name": pa.list_(pa.string()),
        "Events.Attributes": pa.list_(_MAP), "Links.TraceId": pa.list_(pa.string()),
        "Links.SpanId": pa.list_(pa.string()), "Links.TraceState": pa.list_(pa.string()),
        "Links.Attributes": pa.list_(_MAP),
    }
)  # fmt: skip
_LOGS: Final = pa.schema(
    {
        "Timestamp": _TIME, "TraceId": pa.string(), "SpanId": pa.string(), "TraceFlags": pa.int32(),
        "SeverityText": pa.string(), "SeverityNumber": pa.int32(), "ServiceName": pa.string(), "Body": pa.string(),
        "ResourceSchemaUrl": pa.string(), "ResourceAttributes": _MAP, "ScopeSchemaUrl": pa.string(),
        "ScopeName": pa.string(), "ScopeVersion": pa.string(), "ScopeAttributes": _MAP, "LogAttributes": _MAP,
    }
)  # fmt: skip
_POINT: Final = {
    "ResourceAttributes": _MAP, "ScopeName": pa.string(), "ServiceName": pa.string(), "MetricName": pa.string(),
    "MetricDescription": pa.string(), "MetricUnit": pa.string(), "Attributes": _MAP, "StartTimeUnix": _TIME,
    "TimeUnix": _TIME, "Value": pa.float64(), "Flags": pa.int32(),
}  # fmt: skip
_SCHEMAS: Final = {
    "otel_traces": _TRACES,
    "otel_logs": _LOGS,
    "otel_metrics_gauge": pa.schema(_POINT),
    "otel_metrics_sum": pa.schema(
        {**_POINT, "AggregationTemporality": pa.int32(), "IsMonotonic": pa.bool_()}
    ),
}

Row = dict[str, Any]


def write_parquet(store: Store, folder: Path, id_rows: Sequence[int] | None = None) -> None:
    """Write the bundle, or the ids named (without metrics, which belong to no id), as a new folder of data sets.

    Args:
        folder: must not exist, or be empty; it appears when all of it is written.
        id_rows: rows of the id list, None for everything.

    Raises:
        UsageError: there is something at ``folder``.
        InputError: it cannot be written.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(f"{folder} is there already: name a new folder for the Parquet data sets.")
    try:
        with _new_folder(folder) as made, contextlib.closing(_DataSets(made)) as sets:
            for name, time_ns, row in _rows(store, id_rows):
                sets.add(name, time_ns, row)
    except OSError as error:
        raise InputError(f"{folder} could not be written: {error.strerror or error}.") from error


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder made beside its place and moved there at the end; gone where that end is not reached."""
    made = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}.", suffix=".part"))
    try:
        yield made
        made.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


class _DataSets:
    """Files being written, one a data set and day; rows wait until they make a row group."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[tuple[str, str], pq.ParquetWriter] = {}
        self._waiting: dict[tuple[str, str], list[Row]] = {}
        self._count = 0

    def add(self, name: str, time_ns: int, row: Row) -> None:
        """Take a row of the data set ``name``."""
        key = name, _day(time_ns // _DAY_NS)
        rows = self._waiting.setdefault(key, [])
        rows.append(row)
        self._count += 1
        if len(rows) == GROUP_ROWS:
            self._write(key)
        elif self._count == _WAITING_ROWS:
            self._write(max(self._waiting, key=lambda one: len(self._waiting[one])))

    def close(self) -> None:
        """Write what waits, and end the files."""
        for key in list(self._waiting):
            self._write(key)
        for file in self._files.values():
            file.close()

    def _write(self, key: tuple[str, str]) -> None:
        rows = self._waiting.pop(key)
        self._count -= len(rows)
        name, day = key
        schema = _SCHEMAS[name]
        if key not in self._files:
            path = self._folder / name / f"day={day}" / "part-00000.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._files[key] = pq.ParquetWriter(path, schema, compression="zstd")
        self._files[key].write_table(pa.Table.from_pylist(rows, schema), row_group_size=GROUP_ROWS)


@cache
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * 86_400, UTC).strftime("%Y-%m-%d")


def _rows(store: Store, id_rows: Sequence[int] | None) -> Iterator[tuple[str, int, Row]]:
    """Data set, time and row of all that is to be written."""
    traces: Iterable[int] = range(len(store.traces))
    logs: Iterable[int] = range(len(store.logs))
    if id_rows is not None:
        traces = [trace for row in id_rows for trace in store.correlation.rows[row].traces]
        logs = sorted(int(log) for row in id_rows for log in store.correlation.logs_of(row))
    for trace in sorted(traces, key=store.traces.number.__getitem__):
        rows = store.traces.rows(trace)
        for row in range(rows.start, rows.stop):
            yield "otel_traces", int(store.spans.start[row]), _span(store, row)
    for row in logs:
        yield "otel_logs", int(store.logs.time[row]), _log(store, row)
    if id_rows is None:
        for series in store.series:
            yield from _points(store, series)


def _span(store: Store, row: int) -> Row:
    spans = store.spans
    detail = decoded(span_detail, store, row)
    links = links_of(detail, store, row)
    service = store.service(row)
    return {
        "Timestamp": int(spans.start[row]),
        "TraceId": f"{store.traces.number[int(spans.trace[row])]:032x}",
        "SpanId": span_text(int(spans.span_id[row])),
        "ParentSpanId": span_text(int(spans.parent_id[row])) if spans.parent_id[row] else "",
        "TraceState": "",
        "SpanName": store.operation(row),
        "SpanKind": _KINDS[spans.kind[row]],
        "ServiceName": service,
        "ResourceAttributes": _texts(
            resource_attributes(detail.resource, service, store.resources[spans.resource[row]])
        ),
        "ScopeName": detail.scope,
        "ScopeVersion": "",
        "SpanAttributes": _texts(detail.attributes),
        "Duration": int(spans.duration[row]),
        "StatusCode": _STATUSES[spans.status[row]],
        "StatusMessage": detail.message,
        "Events.Timestamp": [event.time_ns for event in detail.events],
        "Events.Name": [event.name for event in detail.events],
        "Events.Attributes": [_texts(event.attributes) for event in detail.events],
        "Links.TraceId": [f"{trace:032x}" for trace, _ in links],
        "Links.SpanId": [span_text(span) for _, span in links],
        "Links.TraceState": [""] * len(links),
        "Links.Attributes": [[] for _ in links],
    }


def _log(store: Store, row: int) -> Row:
    logs = store.logs
    detail = decoded(log_detail, store, row)
    service = store.services[logs.service[row]]
    return {
        "Timestamp": int(logs.time[row]),
        "TraceId": trace_of_log(store, row),
        "SpanId": span_text(int(logs.span_id[row])) if logs.span_id[row] else "",
        "TraceFlags": 0,
        "SeverityText": severity_word(int(logs.severity[row])),
        "SeverityNumber": int(logs.severity[row]),
        "ServiceName": service,
        "Body": detail.message,
        "ResourceSchemaUrl": "",
        "ResourceAttributes": _texts(
            resource_attributes(detail.resource, service, store.resources[logs.resource[row]])
        ),
        "ScopeSchemaUrl": "",
        "ScopeName": detail.scope,
        "ScopeVersion": "",
        "ScopeAttributes": [],
        "LogAttributes": _texts((*detail.attributes, *found_in_text(store, row, detail.attributes))),
    }


def _points(store: Store, series: Series) -> Iterator[tuple[str, int, Row]]:
    rows = slice(series.first, series.first + series.count)
    common: Row = {
        "ResourceAttributes": [("service.name", series.service)] if series.service else [],
        "ScopeName": "",
        "ServiceName": series.service,
        "MetricName": series.name,
        "MetricDescription": "",
        "MetricUnit": series.unit,
        "Attributes": list(series.labels),
        "StartTimeUnix": 0,
        "Flags": 0,
    }
    name = "otel_metrics_gauge"
    if series.kind == "counter":
        name = "otel_metrics_sum"
        common |= {"AggregationTemporality": 2, "IsMonotonic": True}
    for time, value in zip(
        store.points["time"][rows].tolist(), store.points["value"][rows].tolist(), strict=True
    ):
        yield name, time, {**common, "TimeUnix": time, "Value": value}


def _texts(attributes: Attributes) -> list[tuple[str, str]]:
    """As a map of texts; of a name that stands twice the last value, since engines refuse such maps."""
    return list({name: text_of(value) for name, value in attributes}.items())
