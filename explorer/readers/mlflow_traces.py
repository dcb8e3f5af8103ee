"""MLflow traces of versions 2 and 3: ``Trace.to_json()``, ``traces.json`` artifacts, tables of ``search_traces()``,
and spans by themselves (``Span.to_dict()``).

Source: mlflow/entities/trace.py, mlflow/store/artifact (``traces.json``), ``mlflow.search_traces``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.outline import outline
from explorer.decoding.traces.mlflow import parse
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records

NAME: Final = "mlflow-traces"
LABEL: Final = "MLflow traces"
RECOGNISED_BY: Final = "info and data with spans, or spans with a context or start_time_unix_nano of MLflow's"
FRAMINGS: Final = ("lines", "document")

_MARKS: Final = (b'"spans"', b'"info"', b'"trace"', b'"mlflow.traceRequestId"')
_WHOLE: Final = frozenset({("info",), ("data",)})
_IDS: Final = frozenset({("info", "trace_id"), ("info", "request_id")})
_SPAN: Final = frozenset(
    {("spans", "context"), ("spans", "start_time_unix_nano"), ("spans", "parent_span_id")}
)
_SPLIT: Final = frozenset({("columns",), ("data",)})
"""How pandas writes a table whose columns are named once."""
_OF_A_SPAN: Final = ("attributes", "mlflow.traceRequestId")


def detect(head: bytes) -> Confidence | None:
    """By a trace's two halves, by an artifact's spans, by a table's columns, or by what each span says."""
    if not any(mark in head for mark in _MARKS):
        return None
    paths = outline(head)
    if _OF_A_SPAN in paths:
        return Confidence.CERTAIN
    if paths >= _WHOLE and paths & _IDS:
        return Confidence.CERTAIN if ("data", "spans") in paths else Confidence.LIKELY
    if ("info",) in paths and paths & _IDS and (("info", "trace_location") in paths or b'"mlflow.' in head):
        return Confidence.CERTAIN
    if b"mlflow." not in head:
        return None
    if paths >= _SPLIT and b'"trace"' in head and b'"spans"' in head:
        return Confidence.CERTAIN
    if ("trace",) in paths and paths & {("trace_id",), ("request_id",)}:
        return Confidence.CERTAIN
    return Confidence.CERTAIN if paths & _SPAN and ("data",) not in paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not MLflow's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)
