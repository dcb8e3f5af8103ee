"""ML Metadata's messages on disk: lineage graphs and answers of its service, in JSON or binary, as traces of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.outline import outline
from explorer.decoding.traces.executions import execution_span, with_runs
from explorer.decoding.traces.lineage import graph_of, rows_of
from explorer.decoding.traces.plain import Parsed
from explorer.decoding.traces.plain_documents import open_parsed
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records

NAME: Final = "ml-metadata-graph"
LABEL: Final = "ML Metadata (lineage graphs and answers)"
RECOGNISED_BY: Final = (
    "executions with a lastKnownState or createTimeSinceEpoch, or a LineageGraph in protobuf"
)
FRAMINGS: Final = ("lines", "document", "binary")

_TELLING: Final = frozenset(
    {"lastKnownState", "last_known_state", "createTimeSinceEpoch", "create_time_since_epoch"}
)
_TYPES: Final = frozenset({"type", "typeId", "type_id"})
_BEGINS: Final = (b"\n", b"\x12", b"\x1a", b'"', b"*")
"""First bytes of a graph: keys of its fields 1 to 5."""


def detect(head: bytes) -> Confidence | None:
    """By the names of an execution, alone, listed or in a graph; in binary by what it decodes to."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        binary = head[:1] in _BEGINS and graph_of(head) is not None
        return Confidence.CERTAIN if binary else None
    if not any(name.encode() in head for name in _TELLING):
        return None
    paths = outline(head)
    for place in ((), ("executions",)):
        names = {path[-1] for path in paths if path[:-1] == place}
        if names & _TELLING and names & _TYPES and "id" in names and (place or "uri" not in names):
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the executions into the builder; what holds none, or does not parse, is returned."""
    refused = []
    rows = PlainRows(builder)
    for i in range(len(records)):
        executions = with_runs(_executions(records[i]))
        if not executions:
            refused.append(i)
            continue
        kept = builder.canonical(records.take([i]), [dumps(one) for one in executions])
        for place, execution in enumerate(executions):
            rows.spans([execution_span(execution)], builder.document(kept, place))
        text = "executions have no end of their own: their last update is taken"
        builder.remark("info", "end-inferred", text, offset=records.offset + int(records.starts[i]))
    rows.finish()
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open an execution again, which is kept as JSON."""
    return open_parsed(Parsed(spans=[execution_span(loads(raw))]), raw)


def _executions(data: bytes) -> list[dict[str, Any]]:
    try:
        value = graph_of(data) if data[:1] in _BEGINS else loads(data)
    except ValueError:
        return []
    return rows_of(value) if value is not None else []
