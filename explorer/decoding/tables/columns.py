"""Columns of tables by their names, as OpenTelemetry's exporters, ClickHouse, Kusto and research sets write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from explorer.decoding.logs.times import (
    DAY,
    KNOWN,
    NO_REFERENCE,
    TimeReference,
    epoch_ns,
    left_out,
    number_ns,
    parse_time,
    time_format,
)
from explorer.model.fields import Role as FieldRole
from explorer.model.fields import normalise
from explorer.model.fields import role as field_role


class Role(StrEnum):
    """What a column holds."""

    TRACE = "trace"
    SPAN = "span"
    PARENT = "parent"
    NAME = "name"
    SERVICE = "service"
    POD = "pod"
    START = "start"
    END = "end"
    DURATION = "duration"
    PEER = "peer"
    KIND = "kind"
    STATUS = "status"
    STATUS_MESSAGE = "status message"
    SUCCESS = "success"
    FAILED = "failed"
    ATTRIBUTES = "attributes"
    RESOURCE = "resource"
    MESSAGE = "message"
    METRIC = "metric"
    VALUE = "value"

    __hash__ = object.__hash__  # an enumeration hashes its names, which costs more than all else about a row


_NAMES: Final = {
    Role.TRACE: "traceid trace_id operation_Id trace trace.trace_id context.trace_id",
    Role.SPAN: "spanid span_id trace.span_id context.span_id rpcid rpc_id childid",
    Role.PARENT: "parentid parentspanid parent_span_id parent_span parent operation_ParentId parentspan"
    " trace.parent_id span.parent_id span_parents",
    Role.NAME: "operationname operation_name spanname span_name operation name endpoint url method interface"
    " childoperation calltype op_name",
    Role.SERVICE: "servicename service_name service cloud_RoleName cmdb_id microservice app application"
    " appRoleName app_name entity.name childms childservice process.servicename localendpoint.servicename",
    Role.POD: "podname pod pod_name childpod",
    Role.START: "starttimeunixnano start_time_unix_nano starttime start_time start timestamp @timestamp time"
    " starttimemillis start_time_millis starttimems starttimeus starttimens begin begintime timeunixnano datetime"
    " startdate _time date timegenerated starttimestamp startedat ts epoch unixtime unixtimestamp logtime eventtime"
    " timecreated date_and_time",
    Role.END: "endtimeunixnano end_time_unix_nano endtime end_time end endtimemillis endtimems finishtime finish"
    " finishedat endedat endtimestamp stoptime",
    Role.DURATION: "duration durationnano duration_nano durationns duration_ns durationus duration_us durationms"
    " duration_ms durationmillis durationseconds elapsed elapsedtime latency rt responsetime childduration"
    " dur took timetaken executiontime processingtime spanduration",
    Role.PEER: "dsname",
    Role.KIND: "kind spankind span_kind",
    Role.STATUS: "status statuscode status_code resultcode statuscodestring otel.status_code span.status_code",
    Role.STATUS_MESSAGE: "statusmessage status_message otel.status_message span.status_message",
    Role.SUCCESS: "success",
    Role.FAILED: "haserror haserrors iserror err failed isfailed request.is_failed is_exception",
    Role.ATTRIBUTES: "spanattributes span_attributes attributes tags labels customdimensions logattributes properties",
    Role.RESOURCE: "resourceattributes resource_attributes resource resources",
    Role.MESSAGE: "message msg log body content text _raw line @message textpayload logmessage logentry outermessage"
    " syslogmessage renderedmessage jsonpayloadmessage document _source",
    Role.METRIC: "metric metricname metric_name kpiname kpi_name kpi series",
    Role.VALUE: "value",
}
_STATED: Final = {
    **{role.value: role for role in Role},
    "operation": Role.NAME,
    "span_kind": Role.KIND,
    "status_message": Role.STATUS_MESSAGE,
    "time": Role.START,
    "name": Role.METRIC,
}
"""Role by its name in a mapping; ``name`` is that of a metric."""
_ROLES: Final = {normalise(name): role for role, names in _NAMES.items() for name in names.split()}
_OWN_IDS: Final = {"operationid": ("id",), "traceid": ("id", "guid")}
"""How the span's own id is called beside a trace id of that name: Azure's, New Relic's, the AIOps challenge's."""
_FINENESS: Final = (("nano", "ns"), ("micros", "us"), (), ("ms", "millis"))
"""Endings of the names of times, the finest unit first; one that tells but that it begins is likely in µs, or text."""
_BEGINS: Final = ("start", "begin", "end", "finish")
_UNIT: Final = re.compile(
    r"(?:[\s_.-](?:s|secs?|in)|[\s_.-]?(?:in[\s_])?(?:ns|us|µs|ms|ts|nano|micro|milli)(?:s|seconds?)?"
    r"|[\s_.-]?seconds|[\s_.-](?:utc|epoch|unix))\Z",
    re.IGNORECASE,
)
"""What follows the name of a time or duration: its unit, or how it counts."""
_SEARCHED: Final = ("traceservice", "tracename")
"""Columns of Grafana's table of what a search in Tempo found: the first span of each trace, without its id."""
_UNITS: Final = (
    (re.compile(r"nanos?\Z|ns\Z|nanoseconds\Z", re.IGNORECASE), 1),
    (re.compile(r"micros?\Z|[uµ]s\Z|microseconds\Z", re.IGNORECASE), 1000),
    (re.compile(r"millis?\Z|ms\Z|milliseconds\Z", re.IGNORECASE), 10**6),
    (re.compile(r"(?<![a-zA-Z])s\Z|secs?\Z|seconds\Z", re.IGNORECASE), 10**9),
)
_ROOT: Final = "rootspanid"
_PARENT_PID: Final = "pid"
"""The parent's id beside ids that are called so, in the sets of the AIOps challenge of 2020."""
_AMOUNTS: Final = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 10**6,
    "s": 10**9,
    "min": 60 * 10**9,
    "m": 60 * 10**9,
}
_AMOUNT: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s?(ns|us|µs|μs|ms|s|min|m)\s*\Z")
_ISO: Final = re.compile(r"\s*P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?\s*\Z")
"""A duration as ISO 8601 writes it."""
_CLOCK: Final = re.compile(r"\s*(?:(\d+)\.)?(\d+):([0-5]?\d):([0-5]?\d(?:\.\d+)?)\s*\Z")
"""A duration as .NET and Kusto write it: days, hours, minutes, seconds."""
_ISO_NS: Final = (86400 * 10**9, 3600 * 10**9, 60 * 10**9, 10**9)
_MONOTONIC: Final = re.compile(r"\s+m=[+-][\d.]+\Z")
_GO: Final = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4}) [A-Z][A-Za-z]*\Z")


HIT: Final = "_source"
"""Kibana's column of all of a document: a JSON object, which tells its time."""


def role_of(word: str) -> Role | None:
    """The role that a mapping calls so; None for those that only give a column another name."""
    return _STATED.get(word)


def roles_of(names: Sequence[str]) -> dict[Role, int]:
    """The column of each role; of several the first, of times that with the finest unit, and of a begin before any.

    Of durations that of the same name that tells its unit.
    """
    found: dict[Role, int] = {}
    for i, name in enumerate(names):
        bare = re.sub(r"\s*[\[(][^\])]*[\])]\Z", "", name)
        flat = normalise(bare)
        role = _ROLES.get(flat) or _timed(bare)
        if role is None or (flat == normalise(HIT) and name != HIT):
            continue
        if role not in found or _is_finer(role, bare, names[found[role]]):
            found[role] = i
    root = next((i for i, name in enumerate(names) if normalise(name) == _ROOT), -1)
    if Role.TRACE not in found and root >= 0:  # Braintrust's: a trace is called as its first span
        found[Role.TRACE] = root
    own = _OWN_IDS.get(normalise(names[found[Role.TRACE]])) if Role.TRACE in found else None
    if own and Role.SPAN not in found:
        column = next((i for i, name in enumerate(names) if name.lower() in own), None)
        if column is not None:
            found[Role.SPAN] = column
            above = next((i for i, name in enumerate(names) if name == _PARENT_PID), None)
            if above is not None:
                found.setdefault(Role.PARENT, above)
    if Role.TRACE in found and Role.SPAN not in found:
        found |= _own_span([normalise(name) for name in names], found[Role.TRACE])
    if (
        Role.MESSAGE not in found
        and Role.VALUE in found
        and any(normalise(name) == "logname" for name in names)
    ):
        found[Role.MESSAGE] = found.pop(Role.VALUE)
    return found


def _is_finer(role: Role, name: str, other: str) -> bool:
    """Whether a column tells a time or duration more surely than another of its role."""
    if role is Role.DURATION:
        bare = _UNIT.sub("", name)
        return bare != name and normalise(bare) == normalise(other) and unit_of(name) > 0
    return role in (Role.START, Role.END) and _coarseness(normalise(name)) < _coarseness(normalise(other))


def _timed(name: str) -> Role | None:
    """The role of a time or duration whose name ends with its unit."""
    base = _UNIT.sub("", name)
    role = _ROLES.get(normalise(base)) if base and base != name else None
    return role if role in (Role.START, Role.END, Role.DURATION) else None


def _own_span(flat: Sequence[str], trace: int) -> dict[Role, int]:
    """The column of the span's id where none is called so."""
    if "span" in flat:
        return {Role.SPAN: flat.index("span")}
    if all(name in flat for name in _SEARCHED):
        service, name = map(flat.index, _SEARCHED)
        return {Role.SPAN: trace, Role.SERVICE: service, Role.NAME: name}
    return {}


def _coarseness(flat: str) -> int:
    """How coarse a time is likely to be, by the name of its column; other times than a begin or an end come last."""
    for rank, endings in enumerate(_FINENESS):
        if (
            flat.endswith(endings)
            if endings
            else flat.startswith(_BEGINS) and not flat.endswith(_FINENESS[-1])
        ):
            return rank
    return len(_FINENESS)


def is_span(names: Sequence[str]) -> bool:
    """Whether an object with these fields is a span and no log record that a span id stands in.

    What a log record is in has neither an end nor a parent.
    """
    if kind_of(names) != "spans":
        return False
    columns, roles = roles_of(names).keys(), {field_role(name) for name in names}
    of_log = roles & {FieldRole.MESSAGE, FieldRole.SEVERITY} and not columns >= {Role.END, Role.PARENT}
    return Role.NAME in columns and not of_log


def kind_of(names: Sequence[str]) -> str:
    """Whether a table of these columns holds ``spans`` or ``logs``, else nothing."""
    roles = roles_of(names)
    if any(name.startswith(("metrics.", "params.")) for name in names):
        return ""
    timed = Role.START in roles
    if {Role.TRACE, Role.SPAN} <= roles.keys() and timed and (Role.END in roles or Role.DURATION in roles):
        return "spans"
    return "logs" if Role.MESSAGE in roles and (timed or names[roles[Role.MESSAGE]] == HIT) else ""


def unit_of(name: str) -> int:
    """Nanoseconds in one unit of a column, by the end of its name or what stands in brackets; 0: it does not tell."""
    inside = re.search(r"[\[(]([^\])]*)[\])]\s*\Z", name)
    text = inside[1].strip() if inside else name
    return next((ns for pattern, ns in _UNITS if pattern.search(text)), 0)


_DIGITS: Final = len(str(1 << 62))
DAY_FIRST: Final = "day-first"
"""Stands for a time format where dates like 03/04/2026 begin with the day."""
_DAY_FIRST: Final = TimeReference(day_first=True)
_YEAR: Final = 365 * DAY
"""Of 1970, where times without a year lie."""


def time_of(cell: str, unit_ns: int = 0, spec: str = "") -> int:
    """A cell's time in ns since 1970, 0 for none; written as ``spec`` says, where it says so."""
    cell = cell.strip().strip("'")
    if spec and spec != DAY_FIRST:
        stated = time_format(spec).parse(cell.encode("utf-8", "replace"))
        return stated[0] if stated else 0
    if not cell:
        return 0
    if cell[0].isdigit() and (cell.isdigit() or cell.replace(".", "", 1).isdigit() or "e+" in cell.lower()):
        if unit_ns:
            return amount_of(cell, unit_ns) or 0
        return (epoch_ns(int(cell)) if cell.isdigit() else number_ns(cell)) or 0
    cell = _MONOTONIC.sub("", cell)
    if match := _GO.match(cell):
        cell = match[1]
    found = parse_time(cell, _DAY_FIRST if spec else NO_REFERENCE)
    if found and found[0] < _YEAR and left_out(cell.encode("utf-8", "replace"), KNOWN) == "year":
        return 0
    return found[0] if found else 0


def has_zone(cell: str, spec: str = "") -> bool:
    """Whether the time in a cell was written with a zone; numbers count from 1970 in UTC."""
    if not spec and cell.isdigit():
        return True
    cell = _MONOTONIC.sub("", cell.strip().strip("'"))
    if match := _GO.match(cell):
        cell = match[1]
    found = (
        time_format(spec).parse(cell.encode("utf-8", "replace"))
        if spec and spec != DAY_FIRST
        else parse_time(cell, NO_REFERENCE)
    )
    return found is None or found[1]


def names_unit(cell: str) -> bool:
    """Whether a duration is written with its unit."""
    return any(pattern.match(cell) for pattern in (_AMOUNT, _ISO, _CLOCK))


def amount_of(cell: str, unit_ns: int) -> int | None:
    """A duration in ns, in the given unit where the cell names none; None where it holds no number."""
    if cell.isdigit() and cell.isascii() and len(cell) <= _DIGITS:
        whole = int(cell) * unit_ns
        return whole if whole < 1 << 62 else None
    if (match := _AMOUNT.match(cell)) is not None:
        cell, unit_ns = match[1], _AMOUNTS[match[2]]
    elif (match := _ISO.match(cell) or _CLOCK.match(cell)) is not None:
        parts = zip(match.groups("0"), _ISO_NS, strict=True)
        return int(sum(Decimal(part) * unit for part, unit in parts))
    try:
        number = Decimal(cell.strip()) * unit_ns
        return int(number) if number.is_finite() and abs(number) < 1 << 62 else None
    except (InvalidOperation, ValueError, OverflowError):
        return None
