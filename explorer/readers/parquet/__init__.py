"""Parquet: the columns of OpenTelemetry's ClickHouse exporter as spans, logs and points; other tables as CSV is read.

Source: opentelemetry-collector-contrib exporter/clickhouseexporter; apache/parquet-format. ClickHouse, DuckDB, Spark
and ``convert --to parquet`` write such files. A file on disk is read in parts, and where only some ids are asked for,
only the row groups that hold them (:mod:`explorer.readers.parquet.slicing`).

Needs pyarrow, the extra ``parquet``; nothing here imports it before a Parquet file is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.model.builder import Builder, Records
from explorer.readers.otlp_json.opening import open_document

NAME: Final = "parquet"
LABEL: Final = "Parquet (columns of OpenTelemetry's ClickHouse exporter)"
RECOGNISED_BY: Final = (
    "the bytes PAR1, and columns like TraceId, SpanId and Timestamp; other columns as of tables"
)
FRAMINGS: Final = ("seekable",)


def detect(head: bytes) -> Confidence | None:
    """By its first bytes."""
    return Confidence.CERTAIN if head.startswith(b"PAR1") else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read files into the builder."""
    try:
        from explorer.readers.parquet.reading import read_file  # noqa: PLC0415 - pyarrow is an extra
    except ImportError:
        text = "Parquet is read with pyarrow, which is not installed: pip install 'trace-explorer[parquet]'"
        builder.skip("error", "needs-pyarrow", text, offset=0, count=len(records))
        return ()
    for i in range(len(records)):
        read_file(records.take([i]), builder)
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open rows again, which are kept together as OTLP JSON."""
    return open_document(raw)
