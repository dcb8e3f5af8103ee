"""One JSON log object: dotted and nested names as one, and what its fields tell.

Names of the common encoders are roles in :mod:`explorer.model.fields`: ECS, logstash, zap, zerolog, logrus, slog,
pino, bunyan, winston, structlog, python-json-logger, loguru (``serialize``), Serilog, tracing-subscriber, istiod,
Envoy's JSON access log, journald, GELF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from explorer.decoding import lenient
from explorer.decoding.literals import literal
from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.propagation import is_trace, span_of, trace_context, trace_of
from explorer.decoding.logs.times import NO_REFERENCE, TimeReference, parse_time
from explorer.model.fields import GROUP_ROLES, ROW_ROLES, Role, normalise, rank, role
from explorer.model.ids import is_traceparent

PRINTED: Final = re.compile(rb"\{\s*(?:[A-Za-z_$][\w$]*\s*:|u?'(?:[^'\\\n]|\\.)*'\s*:)")
"""Begins an object as Node.js or Python prints it."""
_LOGGER: Final = re.compile(r"[a-z][\w]*(?:\.[a-z]\w*)+\.[A-Z][\w$]*")
DEPTH: Final = 6
LEAVES: Final = 2000
Pairs = list[tuple[str, object]]

RESOURCE_ROLES: Final = {
    Role.SERVICE: "service", Role.NAMESPACE: "namespace", Role.INSTANCE: "instance", Role.HOST: "host",
    Role.POD: "pod", Role.CONTAINER: "container", Role.VERSION: "version", Role.IMAGE: "image",
}  # fmt: skip
FIELD_ROLES: Final = frozenset({*ROW_ROLES, *GROUP_ROLES})
FAULT_ROLES: Final = frozenset({Role.STACK, Role.EXCEPTION_TYPE, Role.EXCEPTION_MESSAGE})
TELLING_ROLES: Final = frozenset(
    {
        *RESOURCE_ROLES,
        *FIELD_ROLES,
        *FAULT_ROLES,
        Role.TIME,
        Role.NANOSECOND,
        Role.SEVERITY,
        Role.MESSAGE,
        Role.HTTP_STATUS,
    }
    | {Role.TRACE_ID, Role.SPAN_ID, Role.TRACE_CONTEXT}
)
SCOPES: Final = (
    "log.logger",
    "logger",
    "logger_name",
    "loggerName",
    "@module",
    "record.name",
    "scope",
    "target",
    "category",
    "component",
    "name",
)
"""Names of what wrote a record, the most telling first."""
STATUS: Final = "status"
"""Is an HTTP status (a number) or a level (a word), by its value."""
FLAGS: Final = "response_flags"
"""Envoy's; ``-`` says that a status 0 is no failure."""
_ABSENT: Final = (None, "")
_LAST: Final = 999
"""Behind the rank of any name."""
LOGGER_OR_SERVICE: Final = "component"
SECONDS: Final = "instantepochsecond"
"""Ends the names of times whose nanoseconds stand beside them."""
BY_KEYS: Final = (
    (frozenset({"name", "hostname", "pid", "level", "v"}), "name", Role.SERVICE),  # bunyan
    (frozenset({"name", "hostname", "pid", "level", "time"}), "name", Role.SERVICE),  # pino
    (frozenset({"t", "s", "c", "ctx", "msg"}), "s", Role.SEVERITY),  # MongoDB
    (frozenset({"specversion", "id", "source", "type"}), "type", Role.MESSAGE),  # CloudEvents
    (frozenset({"specversion", "id", "source", "type"}), "id", Role.REQUEST_ID),
    (
        frozenset({"specversion", "inferenceservicename", "type"}),
        "inferenceservicename",
        Role.SERVICE,
    ),  # KServe
    (frozenset({"cluster_name", "upstream_url", "action", "type"}), "type", Role.MESSAGE),  # Envoy, outliers
    (frozenset({"line", "timestamp", "date", "fields"}), "line", Role.MESSAGE),  # Grafana, downloaded logs
    (frozenset({"time", "resourceId", "operationName"}), "operationName", Role.MESSAGE),  # Azure Monitor
    (frozenset({"time", "type", "auth", "request"}), "type", Role.MESSAGE),  # Vault, audit
    (frozenset({"time", "type", "auth", "response"}), "type", Role.MESSAGE),
    (frozenset({"L", "T", "M"}), "L", Role.SEVERITY),  # zap, as it is set up for developers
    (frozenset({"L", "T", "M"}), "M", Role.MESSAGE),
    (frozenset({"created", "levelname"}), "created", Role.TIME),  # Python's own names
    (frozenset({"created", "levelno"}), "created", Role.TIME),
    (frozenset({"created", "levelno"}), "levelno", Role.SEVERITY),
    (frozenset({"pri", "time", "msg"}), "pri", Role.SEVERITY),  # dmesg --json
    (frozenset({"time", "type", "record"}), "type", Role.MESSAGE),  # AWS Lambda, platform
    (frozenset({"status", "method", "path"}), STATUS, Role.HTTP_STATUS),  # access logs
    (frozenset({"status", "method", "uri"}), STATUS, Role.HTTP_STATUS),
    (frozenset({"status", "method", "url"}), STATUS, Role.HTTP_STATUS),
    (frozenset({"code", "method", "path"}), "code", Role.HTTP_STATUS),
    (frozenset({"status", "request_method"}), STATUS, Role.HTTP_STATUS),
    (frozenset({"status", "request_uri"}), STATUS, Role.HTTP_STATUS),
    (frozenset({"shortId", "culprit", "title"}), "title", Role.MESSAGE),  # Sentry, issues
    (frozenset({"Type", "Action", "Actor"}), "Action", Role.MESSAGE),  # docker events
    (frozenset({"type", "@timestamp", "tags", "pid"}), "tags", Role.SEVERITY),  # Kibana 7
)
"""Keys that together tell a writer, and what a name of its own means there."""
LISTED: Final = "tags"
"""The one of these names whose value is a list; with other writers it stands in many lines and tells nothing."""


@dataclass(slots=True)
class LogObject:
    """What one JSON object tells. ``pairs`` are its leaves in order, with dotted names."""

    pairs: Pairs
    time_ns: int = 0
    zoned: bool = False
    severity: int = 0
    has_content: bool = False
    trace: int | None = None
    trace_text: str = ""
    span: int = 0
    resource: dict[str, str] = field(default_factory=dict)
    fields: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_log(self) -> bool:
        """Whether it tells what happened, or when and how bad; metrics and spans do not."""
        return self.has_content


def parse_object(raw: bytes) -> dict[str, Any] | None:
    """A JSON object, also with NaN, Infinity, lone surrogates or wrong UTF-8 in it, or as a program prints it.

    None where it is none.
    """
    try:
        value = literal(raw.decode("utf-8", "replace")) if PRINTED.match(raw) else lenient.loads(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def flatten(value: Mapping[str, Any]) -> Pairs:
    """The leaves of an object with dotted names, in order; ``_source`` of Elasticsearch hits is peeled."""
    if dict not in map(type, value.values()):
        return list(value.items())[:LEAVES]
    pairs: Pairs = []
    stack: list[tuple[str, int, Iterable[tuple[str, Any]]]] = [("", 0, iter(value.items()))]
    while stack:
        prefix, depth, items = stack.pop()
        for name, item in items:
            if isinstance(item, dict) and item and depth < DEPTH:
                stack.append((prefix, depth, items))
                inner = prefix if not prefix and name == "_source" else f"{prefix}{name}."
                stack.append((inner, depth + 1, iter(item.items())))
                break
            pairs.append((prefix + name, item))
            if len(pairs) >= LEAVES:
                return pairs
    return pairs


def read_object(
    value: Mapping[str, Any], reference: TimeReference | None = NO_REFERENCE, is_id_field: Any = None
) -> LogObject:
    """What a JSON object tells as a log record.

    Args:
        value: the decoded object.
        reference: for times without a year; None: its time is not asked for.
        is_id_field: whether the user named a field as the correlation id.
    """
    pairs = flatten(value)
    found = LogObject(pairs)
    by_role: dict[Role, list[tuple[str, object]]] = {}
    for kind, leaves in _roles(tuple([name for name, _ in pairs]), tuple(value)):
        told = [
            (name, value[name] if at < 0 else pairs[at][1])
            for name, at in leaves
            if at < 0 or pairs[at][1] not in _ABSENT
        ]
        if told:
            by_role[kind] = told
    if is_id_field is not None:
        found.fields = [
            (name, str(item))
            for name, item in pairs
            if is_id_field(name) and role_of(name) not in FIELD_ROLES and is_scalar(item)
        ]
    if reference is not None:
        _take_time(found, by_role, reference)
    plain = dict(pairs)
    _take_severity(found, by_role, plain.get(STATUS), plain.get(FLAGS))
    _take_ids(found, by_role)
    if Role.SERVICE in by_role:
        by_role[Role.SERVICE] = [one for one in by_role[Role.SERVICE] if not is_logger(*one)]
    for kind, name in RESOURCE_ROLES.items():
        if kind in by_role and (text := first_text(by_role[kind])):
            found.resource[name] = text
    for kind in (*ROW_ROLES, *GROUP_ROLES):
        if kind in by_role:
            found.fields += [(name, str(item)) for name, item in by_role[kind] if is_scalar(item)]
    return found


@lru_cache(maxsize=1024)
def _roles(
    names: tuple[str, ...], keys: tuple[str, ...]
) -> tuple[tuple[Role, tuple[tuple[str, int], ...]], ...]:
    """The leaves of each role, the most telling first: name and place, -1 for the key itself.

    Args:
        names: of the leaves of an object.
        keys: of the object, which together may tell its writer.
    """
    found: dict[Role, list[tuple[int, str, int]]] = {}
    for at, name in enumerate(names):
        kind = role_of(name)
        if kind is not None:
            found.setdefault(kind, []).append((rank(name), name, at))
    for needed, name, kind in BY_KEYS:
        if needed <= {*keys}:
            found.setdefault(kind, []).append((_LAST, name, -1))
    for leaves in found.values():
        leaves.sort(key=lambda leaf: leaf[:2])
    return tuple((kind, tuple([leaf[1:] for leaf in leaves])) for kind, leaves in found.items())


class Places(NamedTuple):
    """Where the leaves of a log object stand that say what happened, each kind with the most telling first."""

    messages: tuple[int, ...]
    exceptions: tuple[int, ...]
    errors: tuple[int, ...]
    stacks: tuple[int, ...]
    scopes: tuple[int, ...]


def places_of(pairs: Pairs) -> Places:
    """Where the telling leaves stand."""
    return _places(tuple([name for name, _ in pairs]))


@lru_cache(maxsize=4096)
def _places(names: tuple[str, ...]) -> Places:
    inorder = sorted(range(len(names)), key=lambda at: (rank(names[at]), names[at], at))

    def of(*roles: Role) -> tuple[int, ...]:
        return tuple(at for wanted in roles for at in inorder if role(names[at]) is wanted)

    last = {name: at for at, name in enumerate(names)}
    return Places(
        messages=of(Role.MESSAGE),
        exceptions=of(Role.EXCEPTION_TYPE, Role.ERROR_TYPE),
        errors=of(Role.EXCEPTION_MESSAGE, Role.ERROR_FLAG),
        stacks=of(Role.STACK),
        scopes=tuple(last[name] for name in SCOPES if name in last),
    )


def message_of(pairs: Pairs) -> str:
    """The message among the leaves of a log object: the most telling text, ``""`` for none."""
    return message_at(pairs, places_of(pairs))


def message_at(pairs: Pairs, where: Places) -> str:
    """:func:`message_of`, where the places of the leaves are known."""
    told = [pairs[at][1] for at in where.messages]
    for item in told:
        if isinstance(item, str) and item:
            return item
    for item in told:  # journald writes bytes that are no UTF-8 as a list of numbers
        if isinstance(item, list) and item and all(isinstance(i, int) for i in item):
            return bytes(i & 255 for i in item).decode("utf-8", "replace")
    return next((str(item) for item in told if is_scalar(item)), "") or _message_by_keys(pairs)


def _message_by_keys(pairs: Pairs) -> str:
    """The message of an object that names it as no other writer does; ``""`` for none."""
    named = dict(pairs)
    keys = {name.partition(".")[0] for name in named}
    found = (named.get(name) for needed, name, kind in BY_KEYS if kind is Role.MESSAGE and needed <= keys)
    return next((item for item in found if isinstance(item, str)), "")


def is_logger(name: str, item: object) -> bool:
    """Whether a field that may name the service names a logger: Elasticsearch's ``component`` is ``o.e.n.Node``."""
    return name == LOGGER_OR_SERVICE and isinstance(item, str) and _LOGGER.fullmatch(item) is not None


def role_of(name: str) -> Role | None:
    """The role of a field of a log object; GCP's ``trace`` holds a path that ends in the trace id."""
    return Role.TRACE_ID if name == "trace" else role(name)


def first_text(candidates: Iterable[tuple[str, object]]) -> str:
    """The first value that is text or a number and not empty."""
    for _, item in candidates:
        if isinstance(item, str | int) and not isinstance(item, bool) and item != "":
            return str(item)
    return ""


def severity_value(name: str, item: object) -> int:
    """Severity number of a level as text or number, by the name of its field; 0 where it is none."""
    if isinstance(item, bool):
        return 0
    if isinstance(item, int | float):
        if normalise(name).endswith("severitynumber"):
            return int(item) if 1 <= item <= 24 else 0
        return levels.python_severity(item) if name == "levelno" else levels.number_severity(item)
    if isinstance(item, list):  # of tags the first that is a level
        return next(
            (found for one in item if isinstance(one, str) and (found := levels.word_severity(one))), 0
        )
    return levels.word_severity(item) if isinstance(item, str) else 0


def status_code(item: object) -> int | None:
    """An HTTP status, as number or text; 0 is Envoy's "no response"; None where it is none."""
    if isinstance(item, str) and item.isdecimal() and len(item) <= 3:
        item = int(item)
    is_code = isinstance(item, int) and not isinstance(item, bool) and (item == 0 or 100 <= item <= 599)
    return item if is_code else None  # type: ignore[return-value]


def nanoseconds(time: str, nano: object) -> int:
    """What stands beside a time in whole seconds (log4j2's ``instant``), by the name of that; 0 beside others."""
    within = isinstance(nano, int) and not isinstance(nano, bool) and 0 <= nano < 10**9
    return nano if within and normalise(time).endswith(SECONDS) else 0  # type: ignore[return-value]


def _take_time(found: LogObject, by_role: Mapping[Role, list[Any]], reference: TimeReference) -> None:
    for name, item in by_role.get(Role.TIME, ()):
        parsed = parse_time(item, reference)
        if parsed is not None:
            found.time_ns, found.zoned = parsed
            for _, nano in by_role.get(Role.NANOSECOND, ())[:1]:
                found.time_ns += nanoseconds(name, nano)
            return


def _take_severity(
    found: LogObject, by_role: Mapping[Role, list[Any]], status: object, flags: object
) -> None:
    found.severity = next(
        (number for name, item in by_role.get(Role.SEVERITY, ()) if (number := severity_value(name, item))),
        0,
    )
    found.has_content = bool(found.severity) or Role.MESSAGE in by_role
    codes = [code for _, item in by_role.get(Role.HTTP_STATUS, ()) if (code := status_code(item)) is not None]
    found.has_content = found.has_content or bool(codes) or bool(by_role.keys() & FAULT_ROLES)
    found.has_content = found.has_content or status == 0  # an access log's: the answer was not awaited
    if found.severity:
        return
    if isinstance(status, str) and not status.isdecimal():
        found.severity = levels.word_severity(status)
    if not found.severity and not codes and (code := status_code(status)):
        codes.append(code)
    if not found.severity and codes:
        found.severity = levels.status_severity(codes[0], plain=flags == "-")
    elif not found.severity and by_role.keys() & FAULT_ROLES:
        found.severity = levels.ERROR


def _take_ids(found: LogObject, by_role: Mapping[Role, list[Any]]) -> None:
    for name, item in by_role.get(Role.TRACE_ID, ()):
        if name == "trace" and not is_trace(item):
            continue
        found.trace = trace_of(name, item)
        if found.trace is not None:
            if isinstance(item, str) and found.trace >> 64 and not is_traceparent(item):
                found.trace_text = item.rpartition("/")[2]
            break
    for name, item in by_role.get(Role.SPAN_ID, ()):
        found.span = span_of(name, item)
        if found.span:
            break
    for _, item in by_role.get(Role.TRACE_CONTEXT, ()):
        context = trace_context(item)
        if context is not None and found.trace is None:
            found.trace = context[0]
            found.span = found.span or context[1]


def is_scalar(item: object) -> bool:
    """Whether the value of a field is text or a number, and not empty."""
    return isinstance(item, str | int | float) and not isinstance(item, bool) and item != ""
