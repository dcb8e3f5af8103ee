"""``trace_info.yaml`` of MLflow's file store: how a trace began and ended; its spans lie in ``artifacts/traces.json``.

Source: mlflow/store/tracking/file_store.py, entities/trace_info.py of versions 2.14 to 3. It is shown as a log record
of the trace, so that a trace whose spans were not kept is there too, and one whose spans were is there once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.block_yaml import documents
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, named, text
from explorer.decoding.gathering import gather
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainLog
from explorer.decoding.traces.plain_documents import open_parsed
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records

NAME: Final = "mlflow-trace-info"
LABEL: Final = "MLflow trace (trace_info.yaml)"
RECOGNISED_BY: Final = "Lines of execution_time_ms or execution_duration_ms, and a request_id or trace_id."
FRAMINGS: Final = ("lines",)

_HEADER: Final = re.compile(rb"\nexecution_(?:time|duration)_ms: ")
_ID: Final = re.compile(rb"\n(?:request_id|trace_id): ")
_FIRST: Final = re.compile(rb"\s*(?:assessments|client_request_id): ?")
_FIRST_OF_ALL: Final = re.compile(rb"\s*execution_(?:time|duration)_ms: \d+\r?\n")
_INFO, _ERROR = 9, 17


def detect(head: bytes) -> Confidence | None:
    """By the names of a trace's header at the beginnings of lines, in alphabetical order."""
    begin = b"\n" + head[:4096]
    if _FIRST_OF_ALL.match(head):
        return Confidence.CERTAIN
    sure = _FIRST.match(head) and _HEADER.search(begin) and _ID.search(begin)
    return Confidence.CERTAIN if sure else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Gather the lines of the file; it is read when it ends."""
    gather(records, builder, NAME, lambda whole: _read(whole, builder))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open the header again, which is kept as JSON."""
    return open_parsed(Parsed(logs=[_log(loads(raw))]), raw)


def _read(data: bytes, builder: Builder) -> None:
    try:
        found = [named(one) for one in documents(data.decode("utf-8", "replace"))]
    except ValueError as error:
        builder.skip("warning", "broken-yaml", f"YAML that is not understood: {error}", offset=0)
        return
    rows = PlainRows(builder)
    nowhere = Records(len(builder.files) - 1, b"", 0, np.zeros(0, np.int64), np.zeros(0, np.int64))
    for one in found:
        rows.logs([_log(one)], builder.document(builder.canonical(nowhere, [dumps(one)]), 0), 0)
    rows.finish()


def _log(info: dict[str, Any]) -> PlainLog:
    place = named(named(info.get("trace_location")).get("mlflow_experiment"))
    experiment = text(place.get("experiment_id") or info.get("experiment_id"))
    trace = text(info.get("trace_id") or info.get("request_id"))
    state = text(info.get("state") or info.get("status"))
    took = text(info.get("execution_duration_ms") or info.get("execution_time_ms"))
    asked = text(info.get("request_preview"))
    said = f"the trace ended with {state or 'no state'}" + (f" after {took} ms" if took else "")
    attributes: Pairs = [(name, item) for name, item in info.items() if item not in (None, "", [], {})]
    return PlainLog(
        time=moment(info.get("request_time") or info.get("timestamp_ms")),
        message=f"{said}: {asked}" if asked else said,
        severity=_ERROR if state == "ERROR" else _INFO,
        trace=trace,
        origin=Origin(f"experiment {experiment}" if experiment else ""),
        attributes=attributes,
        source=info,
    )
