"""Log records of a document into rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from explorer.decoding.carried import FINDINGS, MARKS, SCOPES, finding_of, mark_of
from explorer.decoding.lenient import LATEST_NS, loads, text_of
from explorer.decoding.logs.lines import Lines
from explorer.decoding.logs.severity import word_severity
from explorer.decoding.logs.text_ids import find_ids
from explorer.decoding.traces.processes import Memory
from explorer.model.builder import Builder
from explorer.model.fields import GROUP_ROLES, ROW_ROLES, Role, role
from explorer.model.ids import span_number
from explorer.model.schema import LogFlag
from explorer.readers.otlp_json.shapes import LogRecord, ResourceLogs, log_scopes
from explorer.readers.otlp_json.values import attributes, plain

_FIELDS: Final = frozenset({*ROW_ROLES, *GROUP_ROLES})
_EXCEPTION: Final = frozenset({Role.EXCEPTION_TYPE, Role.EXCEPTION_MESSAGE})
_LONGEST: Final = 256
_SEARCHED: Final = 64 << 10
_ENUM: Final = {
    f"SEVERITY_NUMBER_{word}{step or ''}": base + max(step - 1, 0)
    for base, word in ((1, "TRACE"), (5, "DEBUG"), (9, "INFO"), (13, "WARN"), (17, "ERROR"), (21, "FATAL"))
    for step in (0, 2, 3, 4)
}


class LogReader:
    """Log records of OTLP documents; ids in the text of their bodies are looked for once for a whole run."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._rows: list[int] = []
        self._bodies: list[bytes] = []

    def add(self, groups: Iterable[ResourceLogs], doc: int, first: int) -> None:
        """Append the log records of a document; their ordinals count from ``first``."""
        builder = self.memory.builder
        index = first
        before = 0
        for group in groups:
            process = self.memory.process(bytes(group.resource))
            for record, reserved in _records(group):
                if reserved:
                    _take_back(builder, reserved, record, doc, index)
                    index += 1
                    continue
                time, flags = _time(record), 0
                if not time:
                    time, flags = before, int(LogFlag.TIME_INFERRED)
                before = time
                row = builder.logs.append(
                    time=time, severity=severity(record), flags=flags, service=process.log_service,
                    resource=process.resource, trace=builder.traces[record.trace_id or ""],
                    span_id=span_number(record.span_id or ""), doc=doc, index=index,
                )  # fmt: skip
                _add_fields(self.memory, row, attributes(bytes(record.attributes)), process.fields)
                self._rows.append(row)
                self._bodies.append(body_text(bytes(record.body)))
                index += 1

    def finish(self) -> None:
        """Join records to what their bodies name, where their own fields did not."""
        builder, logs = self.memory.builder, self.memory.builder.logs
        if not self._rows:
            return
        found = find_ids(Lines.of(self._bodies), builder.traces, builder.options.id_fields)
        for at in np.flatnonzero(found.trace >= 0).tolist():
            row = self._rows[at]
            if logs.trace[row] < 0:
                logs.trace[row], logs.span_id[row] = int(found.trace[at]), int(found.span_id[at])
                logs.flags[row] |= int(LogFlag.ID_FROM_TEXT)
        for ats, name, texts in found.fields:
            for at, text in zip(ats.tolist(), texts, strict=True):
                builder.log_field(self._rows[at], name, text)
                logs.flags[self._rows[at]] |= int(LogFlag.ID_FROM_TEXT)


def _records(group: ResourceLogs) -> Iterator[tuple[LogRecord, str]]:
    """Log records with the reserved scope that they stand in, empty for all others."""
    for scope in log_scopes(group):
        said = bytes(scope.scope)
        reserved = next((name for name in SCOPES if name.encode() in said), "") if _RESERVED in said else ""
        for record in scope.records:
            yield record, reserved


def _take_back(builder: Builder, scope: str, record: LogRecord, doc: int, index: int) -> None:
    """A mark or finding that a conversion carried as a log record."""
    told = dict(attributes(bytes(record.attributes)))
    mark = mark_of(told, doc, index) if scope == MARKS else None
    finding = finding_of(told, doc, index) if scope == FINDINGS else None
    if mark is not None:
        builder.marks.append(mark)
    elif finding is not None:
        builder.findings.append(finding)
    else:
        text = "a mark or finding is broken"
        builder.skip("warning", "broken-record", text, offset=-1)


_RESERVED: Final = b"trace-explorer."


def body_text(raw: bytes) -> bytes:
    """The text of a body, as far as it is searched for ids."""
    try:
        value = plain(loads(raw)) if raw else None
    except ValueError:
        return b""
    return text_of(value).encode("utf-8", "replace")[:_SEARCHED]


def _time(record: LogRecord) -> int:
    """Its own time, else when it was observed, ns; 0 for neither."""
    for time in (record.time_unix_nano, record.observed_time_unix_nano):
        if 0 < time <= LATEST_NS:
            return time
    return 0


def severity(record: LogRecord) -> int:
    """The severity number 0 to 24: as a number, else by its enum name, else by the severity text."""
    said = record.severity_number
    if isinstance(said, str):
        said = int(said) if said.isdecimal() else _ENUM.get(said, 0)
    if 0 < said <= 24:
        return said
    return word_severity(record.severity_text) if record.severity_text else 0


def _add_fields(
    memory: Memory, row: int, pairs: list[tuple[str, Any]], shared: tuple[tuple[str, str], ...]
) -> None:
    """Correlation fields, and what an exception record says (it is evidence for the span it names)."""
    builder = memory.builder
    for name, value in shared:
        builder.log_field(row, name, value)
    for name, value in pairs:
        found = role(name)
        if found in _EXCEPTION:
            builder.log_field(row, name, text_of(value)[:_LONGEST])
        elif found in _FIELDS or memory.harvest.is_id_field(name):
            builder.log_field(row, name, text_of(value))
