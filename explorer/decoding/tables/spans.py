"""Rows of a table of spans as plain spans."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.decoding.lenient import loads
from explorer.decoding.logs.origin import workload_of
from explorer.decoding.tables.columns import Role, amount_of, time_of
from explorer.decoding.tables.rows import Header
from explorer.decoding.traces.harvest import KINDS, STATUSES
from explorer.decoding.traces.plain import Origin, Pairs, PlainSpan
from explorer.model.schema import Kind, Status

_S, _MS, _US = 10**9, 10**6, 1000
_NUMBERS: Final = {"0": "", "1": "internal", "2": "server", "3": "client", "4": "producer", "5": "consumer"}
_FALSE: Final = frozenset({"false", "0", "no", "failed", "failure", "error"})
_HOST: Final = ("nodename", "node", "hostname", "host", "host.name")


@dataclass(slots=True)
class SpanColumns:
    """Which columns of a table of spans hold what.

    Attributes:
        names: all columns.
        at: column by role.
        units: nanoseconds in one unit of start, end and duration; 0: by magnitude.
        assumed: the unit of the duration is not told, only likely.
        time_format: how times are written, "" for known ways.
    """

    names: tuple[str, ...]
    at: dict[Role, int]
    units: dict[Role, int] = field(default_factory=dict)
    assumed: bool = False
    time_format: str = ""
    origins: dict[tuple[str, ...], Origin] = field(default_factory=dict)

    @staticmethod
    def of(header: Header, sample: Sequence[Sequence[str]]) -> SpanColumns:
        """Columns by what is known of them; the unit of durations also by the first rows."""
        at = header.roles
        found = SpanColumns(header.names, at, time_format=header.time_format)
        for role in (Role.START, Role.END, Role.DURATION):
            if role in at:
                found.units[role] = header.unit(role, at[role])
        if Role.DURATION in at and Role.END not in at and not found.units[Role.DURATION]:
            found.units[Role.DURATION], found.assumed = _likely_unit(found, sample)
        return found

    def span(self, row: Sequence[str]) -> PlainSpan:
        """A row as a span."""
        start = self._time(row, Role.START)
        message = self.cell(row, Role.STATUS_MESSAGE)
        attributes, status = self._attributes(row), self._status(row)
        return PlainSpan(
            trace=self.cell(row, Role.TRACE),
            span_id=self.cell(row, Role.SPAN),
            parent_id=self.cell(row, Role.PARENT),
            name=self.cell(row, Role.NAME),
            origin=self._origin(row),
            start=start,
            duration=self._duration(row, start),
            kind=_kind(self.cell(row, Role.KIND)),
            status=status,
            message=message,
            attributes=attributes,
            source=dict(zip(self.names, row, strict=True)),
        )

    def cell(self, row: Sequence[str], role: Role) -> str:
        """The cell of a role, empty where there is none."""
        at = self.at.get(role, -1)
        return row[at].strip() if at >= 0 else ""

    def _time(self, row: Sequence[str], role: Role) -> int:
        return time_of(self.cell(row, role), self.units.get(role, 0), self.time_format)

    def _duration(self, row: Sequence[str], start: int) -> int | None:
        end = self._time(row, Role.END)
        if end and start:
            return end - start
        cell = self.cell(row, Role.DURATION)
        return (
            amount_of(cell, self.units.get(Role.DURATION) or _MS)
            if cell and Role.END not in self.at
            else None
        )

    def _status(self, row: Sequence[str]) -> int:
        said = STATUSES.get(self.cell(row, Role.STATUS).upper())
        if said is not None:
            return said
        success = self.cell(row, Role.SUCCESS).lower()
        return int(Status.ERROR) if success in _FALSE else int(Status.UNSET)

    def _attributes(self, row: Sequence[str]) -> Pairs:
        own = {at for role, at in self.at.items() if role not in (Role.STATUS, Role.POD, Role.SERVICE)}
        pairs: Pairs = []
        for i, (name, cell) in enumerate(zip(self.names, row, strict=True)):
            if i == self.at.get(Role.ATTRIBUTES):
                pairs += mapping_of(cell)
            elif i == self.at.get(Role.STATUS) and cell.isdigit() and 100 <= int(cell) < 600:
                pairs.append(("http.status_code", cell))
            elif i not in own and cell not in ("", "null", "NULL", "None", "nan", "[]", "{}"):
                pairs.append((name, cell))
        return pairs

    def _origin(self, row: Sequence[str]) -> Origin:
        hosts = [i for i, name in enumerate(self.names) if name.lower() in _HOST]
        told = (
            self.cell(row, Role.SERVICE), self.cell(row, Role.POD), self.cell(row, Role.RESOURCE),
            row[hosts[0]] if hosts else "",
        )  # fmt: skip
        known = self.origins.get(told)
        if known is None:
            service, pod, resource, host = told
            pairs = mapping_of(resource)
            pairs += [(name, text) for name, text in (("k8s.pod.name", pod), ("host.name", host)) if text]
            service = (
                service or str(dict(pairs).get("service.name") or "") or (workload_of(pod) if pod else "")
            )
            known = self.origins[told] = Origin(service, pairs)
        return known


def mapping_of(cell: str) -> Pairs:
    """Names and values of a cell that holds a map: as JSON, or as ClickHouse and Python write it."""
    cell = cell.strip()
    if cell[:1] not in ("{", "["):
        return []
    value: Any = None
    try:
        value = loads(cell.encode("utf-8", "replace"))
    except ValueError:
        try:
            value = ast.literal_eval(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return []
    if isinstance(value, dict):
        return [(str(name), item) for name, item in value.items()]
    if isinstance(value, list) and all(isinstance(one, dict) and "key" in one for one in value):
        return [(str(one["key"]), one.get("value")) for one in value]
    return []


def _kind(cell: str) -> int:
    word = cell.lower().removeprefix("span_kind_")
    return KINDS.get(_NUMBERS.get(word, word), int(Kind.UNSPECIFIED))


def _likely_unit(columns: SpanColumns, sample: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Of durations whose unit is not told: ClickHouse's are ns, Kusto's ms, others mostly in the unit of the start."""
    if "SpanName" in columns.names:
        return 1, False
    if any(name.lower() == "operation_id" for name in columns.names):
        return _MS, False
    for row in sample:
        cell = columns.cell(row, Role.START)
        digits = len(cell.partition(".")[0])
        if cell[:1].isdigit() and cell.replace(".", "", 1).isdigit():
            return {10: _S, 13: _MS, 16: _US, 19: 1}.get(digits, _MS), True
    return _MS, True
