"""A Parquet file into the builder, some thousand rows at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.decoding.lenient import dumps
from explorer.model.builder import Builder, Records
from explorer.readers.otlp_json import loose, shapes
from explorer.readers.otlp_json.filling import Filling, remark
from explorer.readers.parquet.layout import Cells, DataSet, data_set
from explorer.readers.parquet.requests import request
from explorer.readers.parquet.slicing import Slice, slice_of

ROWS = 1024
"""Rows decoded together, and kept as one document."""

_BROKEN = (pa.ArrowException, OSError, ValueError)


def read_file(records: Records, builder: Builder) -> None:
    """Read one file: from disk where it lies there, else from its bytes."""
    path = builder.file.path
    try:
        file = pq.ParquetFile(path if path is not None else io.BytesIO(records[0]))
    except _BROKEN as error:
        builder.skip(
            "warning", "broken-record", f"a Parquet file that does not open: {_first_line(error)}", offset=0
        )
        return
    with file:
        kind = data_set(file.schema_arrow.names)
        if kind:
            _read_data_set(file, kind, records, builder)
        else:
            _hand_on(file, records, builder)


def _read_data_set(file: pq.ParquetFile, kind: DataSet, records: Records, builder: Builder) -> None:
    asked = slice_of(builder) if builder.file.path is not None else None
    filling = Filling(builder)
    for rows in _batches(file, kind, asked, builder):
        line = orjson.dumps(request(kind, Cells(rows)), default=str)
        document = shapes.decode(line) or loose.decode(line)
        if document is None:
            builder.skip(
                "warning", "broken-record", "rows that make no spans or logs", offset=0, count=len(rows)
            )
            continue
        filling.add(document, builder.document(builder.canonical(records, [line]), 0))
        if document.has_remarks:
            remark(document, builder, 0)
    filling.finish()


def _batches(
    file: pq.ParquetFile, kind: DataSet, asked: Slice | None, builder: Builder
) -> Iterator[pa.RecordBatch]:
    """The rows asked for; a fault ends the file, and what was read before it is kept."""
    seen = kept = 0
    groups = range(file.metadata.num_row_groups) if asked is None else asked.groups(file, kind)
    try:
        for group in groups:
            for rows in file.iter_batches(ROWS, row_groups=[group]):
                seen += rows.num_rows
                wanted = rows if asked is None else asked.wanted(rows, kind)
                kept += wanted.num_rows
                if wanted.num_rows:
                    yield wanted
    except _BROKEN as error:
        lost = sum(file.metadata.row_group(group).num_rows for group in groups) - seen
        text = f"the file is damaged; the rows before are kept: {_first_line(error)}"
        builder.skip("warning", "truncated-record", text, offset=-1, count=max(1, lost))
        return
    if kept < file.metadata.num_rows:
        text = "rows that are not asked for (--id, --query, --from, --to) are not read"
        builder.skip("info", "not-asked-for", text, offset=-1, count=file.metadata.num_rows - kept)


def _hand_on(file: pq.ParquetFile, records: Records, builder: Builder) -> None:
    """Rows of another layout as the CSV they would be exported to, for the readers of tables."""
    at, unread, names = 0, file.metadata.num_rows, file.schema_arrow.names
    header, before = [names], builder.lengths()
    for rows in _batches(file, "", None, builder):
        columns = [[_cell(value) for value in _readable(column).to_pylist()] for column in rows.columns]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([*header, *zip(*columns, strict=True)])
        header = []
        data = out.getvalue().encode("utf-8", "replace")
        builder.hand_on(_lines(records.file, data, at))
        at, unread = at + len(data), unread - rows.num_rows
        if (
            not builder.held and builder.lengths() == before
        ):  # nobody knows its header, so nobody will any row
            break
    if builder.lengths() == before:
        text = f"a Parquet table of no known kind (its columns: {', '.join(names[:12])})"
        builder.skip("warning", "unknown-content", text, offset=-1, count=unread)


def _lines(file: int, data: bytes, offset: int) -> Records:
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    return Records(file, data, offset, np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)), ends)


def _readable(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if pa.types.is_temporal(column.type) else column


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        value = dict(value)
    return value if isinstance(value, str) else dumps(value).decode()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
