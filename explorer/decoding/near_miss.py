"""What a record resembles that no reader knows: said instead of a bare "unknown", with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import loads
from explorer.decoding.outline import outline
from explorer.decoding.tables.columns import Role as Column
from explorer.decoding.tables.columns import roles_of
from explorer.decoding.tables.rows import header_of
from explorer.model.fields import Role, role

_BLOCK: Final = (
    "this looks like a Tempo block, which is not read: "
    "save traces from Tempo's API (/api/v2/traces/ID) or Grafana"
)
_RUM: Final = (
    "this looks like events of Elastic's RUM agent (version 3), which hold no times and are not read"
)
_DEPENDENCIES: Final = "these are dependencies between services, not their traces"
_SUMMARIES: Final = (
    "these are summaries of X-Ray traces: save the traces themselves (aws xray batch-get-traces)"
)
_TAGS: Final = "these are names of tags that Tempo knows, not traces"
_NAMES: Final = "a list of names, as of services or operations: save the traces themselves"
_EXECUTION_GRAPH: Final = "this looks like a PyTorch execution graph: the profiler's trace is read"
_PIPELINE: Final = "this looks like the definition of a pipeline: its runs are read"
_INVOCATION: Final = (
    "this looks like what a pipeline's step was called with: it tells neither times nor results"
)
_SHAPES: Final[tuple[tuple[frozenset[tuple[str, ...]], str], ...]] = tuple(
    (frozenset(tuple(path.split("/")) for path in paths.split()), said)
    for paths, said in (
        ("blockID format", _BLOCK),
        ("meta/blockID created_at", _BLOCK),
        ("attributes/panelsJSON", "this looks like a Kibana dashboard, which holds no data"),
        ("configs/@type", "this looks like Envoy's configuration, which holds no telemetry"),
        ("data/parent data/child data/callCount", _DEPENDENCIES),
        ("parent child callCount", _DEPENDENCIES),
        ("TraceSummaries", _SUMMARIES),
        ("tagNames", _TAGS),
        ("tagValues", _TAGS),
        ("nodes/ctrl_deps schema", _EXECUTION_GRAPH),
        ("nodes/inputs schema start_ts", _EXECUTION_GRAPH),
        ("x/tid x/id", _RUM),
        ("e/tid e/id", _RUM),
        ("m/se/n", _RUM),
        ("inputs/artifacts outputs/artifacts", _INVOCATION),
        ("openapi paths", "this looks like the description of an interface, which holds no data"),
        ("$schema properties", "this looks like a JSON schema, which holds no data"),
        ("pipelineInfo root", _PIPELINE),
        ("ID SYSCALL", "this looks like audit records of laurel, which are not read: auditd's own log is"),
        ("pipeline_id display_name created_at", _PIPELINE),
    )
)
"""Keys that stand at these places, and what they are signs of."""
_ERRORS: Final = ("error", "errors", "errorType", "error_message")
_BESIDE_ERRORS: Final = frozenset(
    {"status", "code", "statusCode", "error", "errors", "errorType", "message", "data", "warnings", "reason", "details",
     "error_message", "path", "timestamp", "requestId", "took", "total", "limit", "offset"}
)  # fmt: skip
_MAGIC: Final = (
    (b"PAR1", "a Parquet file of other columns than spans, logs or points have"),
    (b"SQLite format 3\0", "an SQLite database of other tables than MLflow's, ML Metadata's or Phoenix's"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x80\x04\x95", "a Python pickle, which is never opened: it could run code"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\x7fELF", "a program"),
    (b"btsnoop", "a packet capture"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"regf", "a Windows registry hive"),
    (b":W&B", "a run of Weights & Biases (its history can be exported as CSV)"),
    (b"ElfFile", "a Windows event log: export it as CSV"),
)
_BEGINNINGS: Final = tuple(
    (re.compile(pattern, re.MULTILINE), said)
    for pattern, said in (
        (
            rb"[\x01-\xff]{1,3}\n[\x01-\x7f][a-zA-Z_:][\w:]+(?:\x12[\x00-\xff]|\x18[\x00-\x05])",
            "Prometheus' metrics as protobuf, which are not read: ask for them as text (Accept: text/plain)",
        ),
        (
            rb"(?:Alertname|Labels +Annotations) +Starts At +",
            "what amtool prints, which is not read: have it print JSON (amtool -o json)",
        ),
    )
)
"""Beginnings of what is known and not read."""
_BESIDE_RUN: Final = re.compile(
    r"(?:^|/)(?:(?:tr-)?[0-9a-f]{32}/(?:(?:params|tags|request_metadata|trace_metadata)/.)"
    r"|(?:0|\d{18})/tags/.)"
)
_OLD_PROFILE: Final = b"\x08\x01\x10\x02\x1a$"
_BEGINS_JSON: Final = re.compile(rb'\{|\[\s*(?:["{\[\]-]|\d[\d.eE+-]*\s*(?:,|\]\s*\Z)|true|false|null|$)')
"""Text may begin with a bracket too: ``[core:info] started``."""
_OF_A_SPAN: Final = (
    ("a trace id", {Column.TRACE}),
    ("a span id", {Column.SPAN}),
    ("a name", {Column.NAME}),
    ("a start", {Column.START}),
    ("an end or duration", {Column.END, Column.DURATION}),
)
_LISTS: Final = (
    "resourceSpans",
    "batches",
    "traces",
    "Traces",
    "spans",
    "hits",
    "data",
    "items",
    "results",
    "result",
)
"""Below which keys answers hold records."""
_PARSED_BYTES: Final = 4 << 20
_KEYS: Final = 6
_COLUMNS: Final = 8


def beside_run(name: str) -> bool:
    """Whether a file lies where MLflow's file store keeps a parameter or a tag of a run or trace."""
    return _BESIDE_RUN.search(name.replace("\\", "/").replace("!", "/")) is not None


def near_miss(record: bytes) -> tuple[str, str]:
    """Code and sentence of an issue about a record that no reader took."""
    begin = record.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, said in _MAGIC:
        if record.startswith(magic):
            return "not-read", f"this looks like {said}, which is not read"
    for beginning, said in _BEGINNINGS:
        if beginning.match(record[:4096]):
            return "not-read", f"this looks like {said}"
    if _BEGINS_JSON.match(begin):
        return _json(record)
    if _OLD_PROFILE in record[:16]:
        return (
            "not-read",
            "this looks like a whylogs profile of version 0, which is not read: version 1 and CSV are",
        )
    if begin.startswith((b"feature {", b"feature{")):
        return "not-read", "this looks like a TensorFlow schema, which holds no results: anomalies are read"
    header = header_of(record[: 64 << 10]) if b"\n" in record else None
    if header is not None:
        if {"TraceIDText", "ResourceSpans"} <= {*header.names} or {"TraceIDText", "rs"} <= {*header.names}:
            return "not-read", _BLOCK
        names = _some(header.names, _COLUMNS)
        return "unknown-table", (
            f"a table whose columns ({names}) tell neither spans, logs nor metrics{_missing(header.names)}: "
            "say what they hold (--columns, or Columns of tables in the settings)"
        )
    return "unknown-content", "content of no known format"


def _json(record: bytes) -> tuple[str, str]:
    paths = outline(record[: 64 << 10])
    for needed, said in _SHAPES:
        if needed <= paths:
            return "not-read", said
    if len(record) > _PARSED_BYTES:
        return "unknown-json", "JSON of no known kind"
    try:
        value = loads(record)
    except ValueError:
        return "broken-json", "JSON that does not parse"
    return _parsed(value)


def _parsed(value: Any) -> tuple[str, str]:
    if value in ([], {}, None):
        return "empty", "an empty list or object"
    first = next((one for one in value if isinstance(one, dict)), None) if isinstance(value, list) else value
    if any(_are_texts(one) for one in (value, named(first).get("data"))):
        sentence = next((one for one in listed(value) if " " in one.strip()), "") if first is None else ""
        return "not-read", f"a list of texts without times, such as: {sentence[:200]}" if sentence else _NAMES
    if not isinstance(first, dict):
        return "unknown-json", "JSON of no known kind"
    name = next((name for name in _LISTS if _is_empty(first.get(name))), "")
    if name:
        return "empty", f"an answer that holds no records ({name} is empty)"
    if any(first.get(name) for name in _ERRORS) and first.keys() <= _BESIDE_ERRORS and not first.get("data"):
        return "only-an-error", f"an answer that holds only an error: {_error(first)}"
    return "unknown-json", f"JSON of no known kind (its keys: {_some(first, _KEYS)}){_lacking(first)}"


def _missing(names: Sequence[str]) -> str:
    """What fields with the id of a trace or span lack to be a span."""
    columns = roles_of(names).keys()
    if not columns & {Column.TRACE, Column.SPAN}:
        return ""
    lacking = ", ".join(word for word, needed in _OF_A_SPAN if not columns & needed)
    return f"; as a span it lacks {lacking}" if lacking else ""


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _is_empty(value: Any) -> bool:
    """An empty list, or hits without any."""
    return value == [] or (isinstance(value, dict) and value.get("hits") == [])


def _error(answer: dict[str, Any]) -> str:
    for name in _ERRORS:
        told = answer.get(name)
        told = listed(told)[0] if listed(told) else told
        inner = named(told)
        said = text(inner.get("reason") or inner.get("message") or inner.get("msg")) if inner else text(told)
        if said and said != "true":
            return said[:120]
    return text(answer.get("message"))[:120] or "it says no more"


def _lacking(first: dict[str, Any]) -> str:
    """What a span or log record would need beside what is there."""
    roles = {role(name) for name in first}
    columns = roles_of(tuple(first)).keys()
    if Role.TRACE_ID in roles or Column.SPAN in columns:
        return f"{_missing(tuple(first))}, a log record needs a time and a message"
    if Role.TIME in roles:
        return "; it has a time, but a log record needs a message, level or status too"
    return ""


def _some(names: Collection[str], most: int) -> str:
    shown = [name[:40] for name in list(names)[:most]]
    return ", ".join(shown) + (" …" if len(names) > most else "")
