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
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.decoding.lenient import text_of
from explorer.errors import InputError, UsageError
from explorer.model.ids import span_text
from explorer.model.records import Attributes, Detail
from explorer.model.schema import Kind, Status, severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.writers.whole import (
    Ints,
    Longs,
    Resources,
    decoded,
    events_of,
    found_in_text,
    links_of,
    parts_of,
    trace_of_log,
)

GROUP_ROWS: Final = 16_384
"""Rows of a row group. Within a day they are sorted by trace, so that few groups hold one trace."""

_WAITING_ROWS: Final = 65_536  # of all days together
_DAY_NS: Final = 86_400 * 10**9
_KINDS: Final = tuple(kind.name.capitalize() for kind in Kind)
_STATUSES: Final = tuple(status.name.capitalize() for status in Status)

_TIME: Final = pa.timestamp("ns", tz="UTC")
_TEXT: Final = pa.string()
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
            for name, time_ns, columns in _tables(store, id_rows):
                sets.add(name, time_ns, pa.Table.from_arrays(columns, schema=_SCHEMAS[name]))
    except OSError as error:
        raise InputError(f"{folder} could not be written: {error.strerror or error}.") from error


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """A folder made beside its place and moved there at the end; gone where that end is not reached."""
    made = Path(
        tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name[:40]}.", suffix=".part")
    )
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
        self._waiting: dict[tuple[str, str], pa.Table] = {}

    def add(self, name: str, time_ns: Longs, table: pa.Table) -> None:
        """Take rows of the data set ``name``, with the time of each."""
        days = time_ns // _DAY_NS
        for day in np.unique(days).tolist():
            key = name, _day(day)
            part = table.filter(pa.array(days == day))
            if key in self._waiting:
                part = pa.concat_tables((self._waiting[key], part))
            whole = len(part) - len(part) % GROUP_ROWS
            self._write(key, part[:whole])
            self._waiting[key] = part[whole:]
        if sum(map(len, self._waiting.values())) >= _WAITING_ROWS:
            key = max(self._waiting, key=lambda one: len(self._waiting[one]))
            self._write(key, self._waiting.pop(key))

    def close(self) -> None:
        """Write what waits, and end the files."""
        for key, rows in self._waiting.items():
            self._write(key, rows)
        for file in self._files.values():
            file.close()

    def _write(self, key: tuple[str, str], rows: pa.Table) -> None:
        if not len(rows):
            return
        name, day = key
        if key not in self._files:
            path = self._folder / name / f"day={day}" / "part-00000.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._files[key] = pq.ParquetWriter(path, _SCHEMAS[name], compression="zstd")
        self._files[key].write_table(rows, row_group_size=GROUP_ROWS)


@cache
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * 86_400, UTC).strftime("%Y-%m-%d")


def _tables(store: Store, id_rows: Sequence[int] | None) -> Iterator[tuple[str, Longs, list[pa.Array]]]:
    """Data set, times and columns of all that is to be written, in parts."""
    traces: Iterable[int] = range(len(store.traces))
    logs = np.arange(len(store.logs))
    if id_rows is not None:
        traces = [trace for row in id_rows for trace in store.correlation.rows[row].traces]
        logs = np.unique(np.concatenate([logs[:0], *(store.correlation.logs_of(row) for row in id_rows)]))
    first = store.traces.first
    ordered = sorted(traces, key=store.traces.number.__getitem__)
    for part in parts_of(np.arange(first[trace], first[trace + 1]) for trace in ordered):
        yield "otel_traces", store.spans.start[part], _spans(store, part)
    for part in parts_of([logs]):
        yield "otel_logs", store.logs.time[part], _logs(store, part)
    if id_rows is None:
        counter = np.array([one.kind == "counter" for one in store.series], bool)[store.points["series"]]
        for name, rows in (("otel_metrics_gauge", ~counter), ("otel_metrics_sum", counter)):
            for part in parts_of([np.flatnonzero(rows)]):
                yield name, store.points["time"][part], _points(store, part, sums=name == "otel_metrics_sum")


def _spans(store: Store, rows: Ints) -> list[pa.Array]:
    spans, count = store.spans, len(rows)
    details = decoded(span_detail, store, rows, spans.doc)
    links = [links_of(one, store, row) for one, row in zip(details, rows.tolist(), strict=True)]
    ends = (spans.start[rows] + spans.duration[rows]).tolist()
    events = [events_of(one, end) for one, end in zip(details, ends, strict=True)]
    told, linked = [event for many in events for event in many], [link for many in links for link in many]
    by_event, by_link = [len(many) for many in events], [len(many) for many in links]
    traces, trace = np.unique(spans.trace[rows], return_inverse=True)
    return [
        _times(spans.start[rows]),
        _taken([f"{store.traces.number[one]:032x}" for one in traces.tolist()], trace),
        pa.array(list(map(span_text, spans.span_id[rows].tolist()))),
        pa.array(list(map(span_text, spans.parent_id[rows].tolist()))),
        _repeated("", count),
        _named(store.operations, spans.name[rows]),
        _named(_KINDS, spans.kind[rows]),
        _named(store.services, spans.service[rows]),
        _resources(store, details, spans.service[rows], spans.resource[rows]),
        pa.array([one.scope for one in details], pa.string()),
        _repeated("", count),
        _maps([one.attributes for one in details]),
        pa.array(spans.duration[rows].astype(np.int64)),
        _named(_STATUSES, spans.status[rows]),
        pa.array([one.message for one in details], pa.string()),
        _lists(by_event, _times(np.array([event.time_ns for event in told], np.int64))),
        _lists(by_event, pa.array([event.name for event in told], pa.string())),
        _lists(by_event, _maps([event.attributes for event in told])),
        _lists(by_link, pa.array([f"{number:032x}" for number, _ in linked], pa.string())),
        _lists(by_link, pa.array([span_text(span) for _, span in linked], pa.string())),
        _lists(by_link, _repeated("", len(linked))),
        _lists(by_link, _maps([()] * len(linked))),
    ]


def _logs(store: Store, rows: Ints) -> list[pa.Array]:
    logs, count = store.logs, len(rows)
    details = decoded(log_detail, store, rows, logs.doc)
    numbers, severity = rows.tolist(), logs.severity[rows]
    levels, level = np.unique(severity, return_inverse=True)
    return [
        _times(logs.time[rows]),
        pa.array([trace_of_log(store, row) for row in numbers], pa.string()),
        pa.array(list(map(span_text, logs.span_id[rows].tolist()))),
        _repeated(0, count, pa.int32()),
        _taken(list(map(severity_word, levels.tolist())), level),
        pa.array(severity.astype(np.int32)),
        _named(store.services, logs.service[rows]),
        pa.array([one.message for one in details], pa.string()),
        _repeated("", count),
        _resources(store, details, logs.service[rows], logs.resource[rows]),
        _repeated("", count),
        pa.array([one.scope for one in details], pa.string()),
        _repeated("", count),
        _maps([()] * count),
        _maps([(*one.attributes, *found_in_text(store, row, one))
               for one, row in zip(details, numbers, strict=True)]),
    ]  # fmt: skip


def _points(store: Store, rows: Ints, *, sums: bool) -> list[pa.Array]:
    points, count = store.points, len(rows)
    codes, series = np.unique(points["series"][rows], return_inverse=True)
    known = [store.series[code] for code in codes.tolist()]
    columns = [
        _maps([(("service.name", one.service),) if one.service else () for one in known]).take(
            pa.array(series)
        ),
        _repeated("", count),
        _taken([one.service for one in known], series),
        _taken([one.name for one in known], series),
        _repeated("", count),
        _taken([one.unit for one in known], series),
        _maps([one.labels for one in known]).take(pa.array(series)),
        _times(np.zeros(count, np.int64)),
        _times(points["time"][rows]),
        pa.array(points["value"][rows].astype(np.float64)),
        _repeated(0, count, pa.int32()),
    ]
    return (
        [*columns, _repeated(2, count, pa.int32()), _repeated(True, count, pa.bool_())] if sums else columns
    )


def _times(values: Longs) -> pa.Array:
    return pa.array(values.astype(np.int64)).cast(_TIME)


def _repeated(value: object, count: int, kind: pa.DataType = _TEXT) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), count)


def _taken(texts: Sequence[str], places: Ints) -> pa.Array:
    """Texts by their places."""
    return pa.array(texts, pa.string()).take(pa.array(places))


def _named(table: Sequence[str], codes: Ints) -> pa.Array:
    """Texts by their codes in a table, which may be long."""
    found, places = np.unique(codes, return_inverse=True)
    return _taken([table[code] for code in found.tolist()], places)


def _resources(store: Store, details: Sequence[Detail], services: Ints, resources: Ints) -> pa.Array:
    shared = Resources(store)
    codes = zip(services.tolist(), resources.tolist(), strict=True)
    places = [shared.number(one.resource, *code) for one, code in zip(details, codes, strict=True)]
    return _maps(shared.all).take(pa.array(places, pa.int64()))


def _lists(counts: Sequence[int], values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(_offsets(counts), values)


def _offsets(counts: Sequence[int]) -> pa.Array:
    return pa.array(np.concatenate(([0], np.cumsum(counts, dtype=np.int32))), pa.int32())


def _maps(many: Sequence[Attributes | tuple[tuple[str, str], ...]]) -> pa.Array:
    """Maps of texts; of a name that stands twice the last value, since engines refuse such maps."""
    told = [{name: value if type(value) is str else text_of(value) for name, value in one} for one in many]
    names = pa.array([name for one in told for name in one], pa.string())
    values = pa.array([value for one in told for value in one.values()], pa.string())
    return pa.MapArray.from_arrays(_offsets([len(one) for one in told]), names, values)
