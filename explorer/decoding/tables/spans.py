"""Rows of a table of spans as plain spans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from explorer.decoding.logs.origin import workload_of
from explorer.decoding.tables.columns import Role, amount_of, names_unit, roles_of, time_of
from explorer.decoding.tables.faults import Columns, fault_columns, fault_of
from explorer.decoding.tables.rows import Header
from explorer.decoding.tables.values import list_of, mapping_of
from explorer.decoding.traces.harvest import KINDS, STATUSES
from explorer.decoding.traces.otel_names import code_attribute
from explorer.decoding.traces.plain import Fault, Origin, Pairs, PlainSpan
from explorer.model.fields import normalise
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

_S, _MS, _US = 10**9, 10**6, 1000
_NUMBERS: Final = {"0": "", "1": "internal", "2": "server", "3": "client", "4": "producer", "5": "consumer"}
_FALSE: Final = frozenset({"false", "0", "no", "failed", "failure", "error"})
_TRUE: Final = frozenset({"true", "1", "yes", "t"})
_SPAN_KIND: Final = "span.kind"
_REFERENCES: Final = "references"
_LISTS: Final = ("Events.Timestamp", "Events.Name", "Events.Attributes", "Links.TraceId", "Links.SpanId")
_EVENTS: Final = "events"
_FLATTENED: Final = "attributes."
_OPERATION: Final = "operationid"
_CALL_PATH: Final = "rpcid"
_DEPENDENCY: Final = ("DependencyType", "dependencyType", "type")
"""``Type`` is the name of the table where these are columns of Log Analytics."""
_HOST: Final = ("nodename", "node", "hostname", "host", "host.name", "host_ip")
_URL: Final = re.compile(r"https?://[^\s\[\]]+\Z")
_SHOWN: Final = frozenset({Role.STATUS, Role.POD, Role.SERVICE, Role.MESSAGE, Role.METRIC, Role.VALUE})
"""Roles whose columns are attributes too."""
_OWN: Final = (Role.TRACE, Role.SPAN, Role.PARENT, Role.START, Role.END, Role.DURATION)
"""Roles of ids and times, by which rows differ that are alike in all else."""
_ALIKE: Final = 4096
"""Rows kept for others like them."""
_EMPTY: Final = frozenset({"", "null", "NULL", "None", "nan", "[]", "{}"})
_EARLIEST: Final = 631_152_000 * _S
"""1990: what began before counts from elsewhere."""
_PAIRS: Final = 5
"""Calls whose caller is known, at least, from which the unit of durations is told."""
_FITTING: Final = 0.9
_GRPC: Final = range(3, 17)
"""Status codes of gRPC that mean nothing else; 2 is an error of OpenTelemetry's too."""


@dataclass(slots=True)
class SpanColumns:
    """Which columns of a table of spans hold what.

    Attributes:
        names: all columns.
        at: column by role.
        units: nanoseconds in one unit of start, end and duration; 0: by magnitude.
        assumed: the unit of the duration is not told, only likely.
        time_format: how times are written, "" for known ways.
        events: the column of events that are objects, -1 for none.
        azure: a trace is called operation, and the parent of its first span.
        dependency: the column that says what kind of thing was called, -1 for none.
        alike: a span by all cells of its row but ids and times.
    """

    names: tuple[str, ...]
    at: dict[Role, int]
    units: dict[Role, int] = field(default_factory=dict)
    assumed: bool = False
    time_format: str = ""
    origins: dict[tuple[str, ...], Origin] = field(default_factory=dict)
    lists: tuple[int, ...] = ()
    other_times: tuple[int, ...] | None = None
    call_paths: bool = False
    events: int = -1
    azure: bool = False
    dependency: int = -1
    others: tuple[tuple[int, str], ...] | None = None
    faulty: Columns | None = None
    alike: dict[tuple[str, ...], PlainSpan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        trace = self.at.get(Role.TRACE, -1)
        flat = [normalise(name) for name in self.names]
        self.azure = trace >= 0 and flat[trace] == _OPERATION
        self.events = next((i for i, name in enumerate(flat) if name == _EVENTS), -1)
        if self.azure:
            self.dependency = next((self.names.index(one) for one in _DEPENDENCY if one in self.names), -1)

    @staticmethod
    def of(header: Header, sample: Sequence[Sequence[str]]) -> SpanColumns:
        """Columns by what is known of them; the unit of durations also by the first rows."""
        at = header.roles
        found = SpanColumns(header.names, at, time_format=header.time_format)
        if Role.SPAN in at and normalise(header.names[at[Role.SPAN]]) == _CALL_PATH:
            found.take_call_paths()
        for role in (Role.START, Role.END, Role.DURATION):
            if role in at:
                found.units[role] = found.units.get(role) or header.unit(role, at[role])
        if Role.DURATION in at and Role.END not in at and not found.units[Role.DURATION]:
            found.units[Role.DURATION], found.assumed = _likely_unit(found, sample)
        return found

    def span(self, row: Sequence[str], values: Sequence[Any] | None = None) -> PlainSpan:
        """A row as a span; ``values`` are its cells where they are more than text."""
        span = self._placed(self._still(row, values or row), row)
        span.source = dict(zip(self.names, values or row, strict=True))
        return span

    def spans(self, rows: Sequence[Sequence[str]]) -> list[PlainSpan]:
        """Rows as spans without their source; of rows that differ in ids and times only, the rest is read once."""
        own = {self.at.get(role, -1) for role in _OWN}
        rest = [i for i in range(len(self.names)) if i not in own]
        found = []
        for row in rows:
            key = tuple([row[i] for i in rest])
            still = self.alike.get(key)
            if still is None:
                if len(self.alike) >= _ALIKE:
                    self.alike.clear()
                still = self.alike[key] = self._still(row, row)
                still.told = still.picked()
            found.append(self._placed(still, row))
        return found

    def _placed(self, still: PlainSpan, row: Sequence[str]) -> PlainSpan:
        """A span with the ids and times of its row."""
        start, span = self.start(row), self.cell(row, Role.SPAN)
        return still.again(
            self.cell(row, Role.TRACE),
            f"call {span}" if self.call_paths else span,
            self._parent(row),
            start,
            self._duration(row, start),
        )

    def _still(self, row: Sequence[str], values: Sequence[Any]) -> PlainSpan:
        """What a row tells but for ids and times."""
        message = self.cell(row, Role.STATUS_MESSAGE)
        attributes, status = self._attributes(row, values), self._status(row)
        if self.faulty is None:
            self.faulty = fault_columns(self.names)
        fault = fault_of(self.faulty, values) if self.faulty else None
        if fault and not any(self.cell(row, role) for role in (Role.STATUS, Role.SUCCESS, Role.FAILED)):
            status = int(Status.ERROR)
        return PlainSpan(
            trace="",
            span_id="",
            name=self._name(row),
            origin=self._origin(row),
            kind=_kind(self.cell(row, Role.KIND) or str(dict(attributes).get(_SPAN_KIND, "")))
            or _kind_of_call(self._called(row)),
            status=status,
            message=message,
            peer=self.cell(row, Role.PEER),
            attributes=attributes,
            events=(events := self._events(row)),
            links=self._links(row),
            faults=[*_faults(events), *([fault] if fault else ())],
        )

    def take_call_paths(self) -> None:
        """Alibaba's microservice traces: a call's id is its path (``0.1.2`` within ``0.1``); times are in ms.

        Source: alibaba/clusterdata cluster-trace-microservices of 2021 and 2022: ``um`` calls ``dm``.
        """
        self.call_paths = True
        flat = [normalise(name) for name in self.names]
        if Role.SERVICE not in self.at or "dm" in flat:
            self.at |= {Role.SERVICE: flat.index("dm")} if "dm" in flat else {}
        self.units |= {Role.START: _MS, Role.DURATION: _MS}

    def _name(self, row: Sequence[str]) -> str:
        """The operation: of a whole URL its path."""
        cell = self.cell(row, Role.NAME)
        return (urlsplit(cell).path or cell) if _URL.match(cell) else cell

    def _parent(self, row: Sequence[str]) -> str:
        if self.call_paths:
            above = self.cell(row, Role.SPAN).rpartition(".")[0]
            return f"call {above}" if above else ""
        if Role.PARENT not in self.at and _REFERENCES in self.names:  # Jaeger's, as a data frame keeps them
            told = [one for one in list_of(row[self.names.index(_REFERENCES)]) if isinstance(one, dict)]
            told.sort(key=lambda one: one.get("refType") != "CHILD_OF")
            return str(told[0].get("spanID") or "") if told else ""
        above = self.cell(row, Role.PARENT)
        if above.startswith("["):  # of several the first
            above = str(next(iter(list_of(above)), ""))
        return "" if self.azure and above == self.cell(row, Role.TRACE) else above

    def start(self, row: Sequence[str]) -> int:
        """When a row's span began, in ns since 1970; 0: not known. Some tools also count from the first span on."""
        start = self._time(row, Role.START)
        if start >= _EARLIEST:
            return start
        others = (time_of(row[at].strip()) for at in self._other_times)
        return next((found for found in others if found > max(start, _EARLIEST)), start)

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
        if self.call_paths:
            cell = cell.lstrip("-")  # the side that was called writes it with a minus
        return (
            amount_of(cell, self.units.get(Role.DURATION) or _MS)
            if cell and Role.END not in self.at
            else None
        )

    def _status(self, row: Sequence[str]) -> int:
        said = STATUSES.get(self.cell(row, Role.STATUS).upper())
        if said is not None:
            return said
        if self._code(row) == int(Status.ERROR):
            return int(Status.ERROR)
        success, failed = (self.cell(row, role).lower() for role in (Role.SUCCESS, Role.FAILED))
        if success in _FALSE or failed in _TRUE:
            return int(Status.ERROR)
        return int(Status.OK) if success in _TRUE else int(Status.UNSET)

    def _code(self, row: Sequence[str]) -> int:
        """The number in the column of the status, -1 for none; spreadsheets write it with a fraction."""
        cell = self.cell(row, Role.STATUS).removesuffix(".0")
        coded = cell.isascii() and cell.isdigit() and len(cell) <= len("599")
        return int(cell) if coded else -1

    def _events(self, row: Sequence[str]) -> list[SpanEvent]:
        """Events of a span: objects, or columns of lists as OpenTelemetry's exporter of ClickHouse writes them."""
        if self.events >= 0:
            return [_event(one) for one in list_of(row[self.events]) if isinstance(one, dict)]
        times, names, attributes = (list_of(row[at]) if at >= 0 else [] for at in self._lists[:3])
        return [
            SpanEvent(
                time_of(str(times[i])) if i < len(times) else 0, str(name),
                tuple(attributes[i].items()) if i < len(attributes) and isinstance(attributes[i], dict) else (),
            )
            for i, name in enumerate(names)
        ]  # fmt: skip

    def _links(self, row: Sequence[str]) -> list[tuple[str, str]]:
        traces, spans = (list_of(row[at]) if at >= 0 else [] for at in self._lists[3:])
        return [(str(trace), str(span)) for trace, span in zip(traces, spans, strict=False)]

    @property
    def _other_times(self) -> tuple[int, ...]:
        """Columns that tell a time too; some tools leave the begin at zero."""
        if self.other_times is None:
            found = [i for i, name in enumerate(self.names) if roles_of((name,)).keys() == {Role.START}]
            self.other_times = tuple(i for i in found if i != self.at.get(Role.START))
        return self.other_times

    @property
    def _lists(self) -> tuple[int, ...]:
        if not self.lists:
            self.lists = tuple(self.names.index(name) if name in self.names else -1 for name in _LISTS)
        return self.lists

    def _attributes(self, row: Sequence[str], values: Sequence[Any]) -> Pairs:
        if self.others is None:
            own = {at for role, at in self.at.items() if role not in _SHOWN}
            self.others = tuple(
                (i, name.removeprefix(_FLATTENED))
                for i, name in enumerate(self.names)
                if i not in own and i not in self._lists
            )
        pairs: Pairs = []
        status, name = self.at.get(Role.STATUS, -1), self.at.get(Role.NAME, -1)
        code = self._code(row) if status >= 0 else -1
        if (called := self._called(row)) and not code_attribute(called):
            code = -1
        if name >= 0 and _URL.match(row[name]):
            pairs.append(("url.full", row[name]))
        for i, shown in self.others:
            if i == status and 100 <= code < 600:
                pairs.append(("http.status_code", str(code)))
            elif i == status and code in _GRPC:
                pairs.append(("rpc.grpc.status_code", str(code)))
            elif row[i] not in _EMPTY:
                pairs.append((shown, values[i]))
        attributes = self.at.get(Role.ATTRIBUTES, -1)
        if attributes >= 0:
            held = values[attributes]
            pairs += held.items() if isinstance(held, dict) else mapping_of(row[attributes])
        return pairs

    def _called(self, row: Sequence[str]) -> str:
        """What kind of thing a row is a call of, empty where that is not told."""
        return row[self.dependency].strip() if self.dependency >= 0 else ""

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


def _event(one: dict[str, Any]) -> SpanEvent:
    names = tuple(one)
    roles = roles_of(names)
    at, name = roles.get(Role.START), roles.get(Role.NAME)
    time = 0 if at is None else time_of(str(one[names[at]]))
    told = one.get("attributes")
    return SpanEvent(
        time,
        "" if name is None else str(one[names[name]]),
        tuple(told.items()) if isinstance(told, dict) else (),
    )


def _faults(events: Sequence[SpanEvent]) -> list[Fault]:
    return [
        Fault(*(str(told.get(f"exception.{part}") or "") for part in ("type", "message", "stacktrace")))
        for told in (dict(event.attributes) for event in events if event.name == "exception")
    ]


def _kind(cell: str) -> int:
    word = cell.lower().removeprefix("span_kind_")
    return KINDS.get(_NUMBERS.get(word, word), int(Kind.UNSPECIFIED))


def _kind_of_call(dependency: str) -> int:
    """Work within the process is told as a dependency too."""
    if not dependency:
        return int(Kind.UNSPECIFIED)
    return int(Kind.INTERNAL if dependency.startswith("InProc") else Kind.CLIENT)


def _likely_unit(columns: SpanColumns, sample: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Of durations whose unit is not told: ClickHouse's are ns, New Relic's s, Kusto's ms, else that of the start."""
    if "SpanName" in columns.names:
        return 1, False
    if "guid" in columns.names:
        return _S, False
    if any(name.lower() == "operation_id" for name in columns.names):
        return _MS, False
    if sample and all(names_unit(columns.cell(row, Role.DURATION)) for row in sample):
        return _MS, False
    nested = _nesting_unit(columns, sample)
    if nested:
        return nested, False
    if "spanName" in columns.names:  # as those do that keep OpenTelemetry's spans in ClickHouse
        return 1, True
    # The layout of the AIOps challenge of 2022: begins in ms, durations in µs.
    if {"cmdb_id", "parent_span"} <= set(columns.names):
        return _US, True
    for row in sample:
        cell = columns.cell(row, Role.START)
        digits = len(cell.partition(".")[0])
        if cell[:1].isdigit() and cell.replace(".", "", 1).isdigit():
            return {10: _S, 13: _MS, 16: _US, 19: 1}.get(digits, _MS), True
    return _MS, True


def _nesting_unit(columns: SpanColumns, sample: Sequence[Sequence[str]]) -> int:
    """The finest unit in which calls lie within their callers; 0 where too few of the first rows can tell."""
    whole = {(columns.cell(row, Role.TRACE), columns.cell(row, Role.SPAN)): row for row in sample}
    pairs = []
    for row in sample:
        above = whole.get((columns.cell(row, Role.TRACE), columns.cell(row, Role.PARENT)))
        if above is None or above is row:
            continue
        starts = [columns.start(one) for one in (above, row)]
        lengths = [amount_of(columns.cell(one, Role.DURATION), 1) for one in (above, row)]
        if all(starts) and lengths[0] is not None and lengths[1] is not None:
            pairs.append((starts[1] - starts[0], lengths[0], lengths[1]))
    telling = [one for one in pairs if one[0] > 2 * _MS]  # begins may be rounded to ms
    if len(telling) < _PAIRS:
        return 0
    for unit in (1, _US, _MS, _S):
        within = sum(begin + inner * unit <= outer * unit + 2 * _MS for begin, outer, inner in telling)
        if within >= _FITTING * len(telling):
            return unit
    return 0
