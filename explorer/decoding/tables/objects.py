"""Rows of tables that stores and query tools answer in JSON: objects, or lists of cells below named columns.

Shapes: lists of objects and one a line (BigQuery, ClickHouse ``JSONEachRow``), ``data`` (ClickHouse ``JSON``),
``results`` (Splunk), ``result`` (Splunk's export), ``tables`` with columns and rows (Kusto's query API, Log
Analytics), frames of a Kusto data table, ``columns`` with ``values`` or ``rows`` (Elasticsearch ES|QL and SQL),
``nrql.results`` (New Relic), ``common`` with ``spans`` or ``logs`` (New Relic's ingest), ``data`` beside a time
(Honeycomb's events), ``event`` beside a time (Splunk's HTTP event collector) and Grafana's data frames.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.outline import Outline
from explorer.decoding.tables.columns import Role, is_span, kind_of, roles_of
from explorer.decoding.tables.frames import frames_in, rows_of

Row = dict[str, Any]

LISTS: Final = ("data", "rows", "results", "result", "records")
"""Keys below which rows stand as objects."""
_NRQL: Final = ("data", "actor", "account", "nrql", "results")
_EXTENDED: Final = frozenset(
    {"$date", "$oid", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal"}
)
_OF_SPAN: Final = "span"
_CALLED: Final = ("name", "type")
"""Fields of an object of a span that say what it did, the one that says it best first."""
_CODES: Final = frozenset({"code", "status_code", "statusCode"})
_ALIASES: Final = ("Tables", "tables")


def rows_in(value: Any) -> Iterator[Row]:
    """The rows of a decoded document, each with its columns' names; the document itself where it is one row."""
    for one in value if isinstance(value, list) else [value]:
        if frames := list(frames_in(one)):
            for frame in frames:
                yield from rows_of(frame)
        elif isinstance(one, dict):
            yield from _rows_of(one)
        elif isinstance(one, list):
            yield from (row for row in one if isinstance(row, dict))


def _rows_of(one: Row) -> Iterator[Row]:
    tables = next((listed(one[name]) for name in _ALIASES if listed(one.get(name))), None)
    inner = one
    for name in _NRQL:
        inner = named(inner.get(name)) if name != "results" else inner
    if tables is not None:
        for table in map(named, tables):
            yield from _below_columns(table)
    elif _columns(one):
        yield from _below_columns(one)
    elif listed(inner.get("results")) and inner is not one:
        yield from (row for row in inner["results"] if isinstance(row, dict))
    elif "common" in one or (len(one) == 1 and one.keys() <= {"spans", "logs"}):
        yield from _with_common(one)
    elif "event" in one and ("time" in one or "sourcetype" in one):
        yield _collected(one)
    elif isinstance(one.get("data"), dict) and "time" in one:
        yield {"timestamp": one["time"], **one["data"]}
    else:
        below = next((one[name] for name in LISTS if isinstance(one.get(name), list | dict)), None)
        found = [below] if isinstance(below, dict) else listed(below)
        rows = [row for row in found if isinstance(row, dict)]
        yield from rows or [one]


def _columns(table: Row) -> list[str]:
    told = listed(table.get("columns") or table.get("Columns"))
    return [
        text(column.get("name") or column.get("ColumnName")) for column in told if isinstance(column, dict)
    ]


def _below_columns(table: Row) -> Iterator[Row]:
    names = _columns(table)
    for cells in listed(table.get("rows") or table.get("Rows") or table.get("values")):
        if isinstance(cells, list) and len(cells) == len(names):
            yield dict(zip(names, cells, strict=True))


def _with_common(batch: Row) -> Iterator[Row]:
    common = named(named(batch.get("common")).get("attributes"))
    for row in (*listed(batch.get("spans")), *listed(batch.get("logs"))):
        if isinstance(row, dict):
            own = {name: item for name, item in row.items() if name != "attributes"}
            yield {**common, **named(row.get("attributes")), **own}


def _collected(one: Row) -> Row:
    """What was sent to Splunk's collector: its own fields beside those of the event."""
    event = one["event"] if isinstance(one["event"], dict) else {"message": one["event"]}
    own = {name: item for name, item in one.items() if name not in ("event", "time", "fields")}
    return {**own, **named(one.get("fields")), "timestamp": one.get("time"), **event}


def extended(row: Row) -> Row:
    """A row with plain values for those that MongoDB exports as objects (Extended JSON), its service and its status."""
    changed = {
        name: inner
        for name, item in row.items()
        if isinstance(item, dict) and len(item) == 1 and (inner := _unwrapped(item)) is not item
    }
    process = named(row.get("process"))
    service = process.get("serviceName", process.get("service_name"))
    if isinstance(service, str):
        changed["process.serviceName"] = service
    status = named(row.get("status"))
    if _CODES & status.keys():
        changed["status"] = next(status[name] for name in sorted(_CODES) if name in status)
        changed["status_message"] = text(status.get("message") or status.get("description"))
    inner = {name: item for name, item in row.items() if isinstance(item, dict)}
    for name, (held, field) in _lent(tuple(row), inner).items():
        changed[name] = inner[held][field]
    return {**row, **changed} if changed else row


def _lent(names: tuple[str, ...], inner: Mapping[str, Collection[str]]) -> dict[str, tuple[str, str]]:
    """What a span lacks that one of the objects in it says: its name, in one that is of the span, and its times."""
    roles, lent = roles_of(names).keys(), dict[str, tuple[str, str]]()
    for held, fields in inner.items():
        if Role.NAME not in roles and held.lower().startswith(_OF_SPAN):
            called = next((one for one in _CALLED if one in fields), None)
            lent |= {"name": (held, called)} if called else {}
        if Role.END not in roles and Role.DURATION not in roles:
            order = tuple(fields)
            times = {role: at for role, at in roles_of(order).items() if role in (Role.START, Role.END)}
            lent |= {f"{role.value}_time": (held, order[at]) for role, at in times.items() if len(times) > 1}
    return lent


def _unwrapped(item: Any) -> Any:
    """The value within ``{"$date": {"$numberLong": "…"}}`` and the like."""
    while isinstance(item, dict) and len(item) == 1 and (name := next(iter(item))) in _EXTENDED:
        item = item[name]
    return item


def kind_of_row(names: Collection[str]) -> str:
    """Whether a row with these columns is of ``spans`` or ``logs``, or may be of ``both``; else nothing."""
    columns = tuple(names)
    if is_span(columns):
        return "spans"
    kind = kind_of(columns)
    if kind != "spans":
        return kind
    return "both" if Role.MESSAGE in roles_of(columns) else ""


def filled(row: Row) -> tuple[str, ...]:
    """The columns that say something: where tables of spans and logs were joined, they tell what a row is."""
    return tuple(name for name, item in row.items() if item not in (None, ""))


def has_span_rows(paths: Outline) -> bool:
    """Whether a document with these keys holds spans as rows, by itself or below one of :data:`LISTS`."""
    return any(is_span(_names(paths, above)) for above in ((), *((name,) for name in LISTS), ("spans",)))


def _names(paths: Outline, above: tuple[str, ...]) -> tuple[str, ...]:
    """The fields of the objects at a place, as :func:`extended` gives them."""
    own = tuple(path[-1] for path in paths if path[:-1] == above)
    inner = {name: sorted(path[-1] for path in paths if path[:-1] == (*above, name)) for name in own}
    return (*own, *_lent(own, inner))
