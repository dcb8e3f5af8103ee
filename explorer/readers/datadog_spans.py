"""Datadog's search for spans: answers of ``/api/v2/spans/events`` (single spans of many traces, page by page).

Source: DataDog/datadog-api-client-python (SpansAttributes). Begin and end are exact to the millisecond only; the exact
duration, in ns, is among the custom attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.traces.datadog import faults_of, hexadecimal, kind_of, origin_of
from explorer.decoding.traces.elastic import flat
from explorer.decoding.traces.harvest import is_truthy
from explorer.decoding.traces.plain import Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Status

NAME: Final = "datadog-spans"
LABEL: Final = "Datadog span search"
RECOGNISED_BY: Final = "an object data of items whose attributes have span_id, trace_id and start_timestamp"
FRAMINGS: Final = ("lines", "document")

_NAMES: Final = frozenset({"span_id", "trace_id", "start_timestamp"})
_OWN: Final = frozenset(
    "span_id trace_id parent_id start_timestamp end_timestamp custom attributes tags service host env".split()
)


def detect(head: bytes) -> Confidence | None:
    """By the names of a found span's attributes."""
    if b'"start_timestamp"' not in head or b'"attributes"' not in head:
        return None
    paths = outline(head)
    for above in (("data", "attributes"), ("attributes",)):
        if {(*above, name) for name in _NAMES} <= paths:
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read answers; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open an answer again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    parsed = Parsed()
    for answer in value if isinstance(value, list) else [value]:
        inner = named(answer).get("data", answer)
        for found in inner if isinstance(inner, list) else [inner]:
            fields = named(named(found).get("attributes"))
            if "span_id" in fields:
                parsed.spans.append(_span(fields, found))
            else:
                parsed.dropped += 1
        if named(named(answer).get("links")).get("next"):
            parsed.remarks.append(("info", "more-pages", "the search has more spans on further pages"))
    return parsed if parsed.spans else None


def _span(fields: dict[str, Any], source: Any) -> PlainSpan:
    custom = dict(flat({**named(fields.get("attributes")), **named(fields.get("custom"))}))
    tags = _tags(fields.get("tags"))
    said = {**dict(tags), **custom}
    start, end = moment(fields.get("start_timestamp")), moment(fields.get("end_timestamp"))
    duration = nanoseconds(custom.get("duration"))
    failed = text(fields.get("status")) == "error" or is_truthy(custom.get("error", fields.get("error")))
    faults = faults_of(custom)
    type_ = text(fields.get("type"))
    return PlainSpan(
        trace=hexadecimal(fields.get("trace_id")),
        span_id=hexadecimal(fields.get("span_id")),
        parent_id=hexadecimal(fields.get("parent_id")),
        name=text(
            custom.get("operation_name") or fields.get("operation_name") or fields.get("resource_name")
        ),
        origin=origin_of(
            text(fields.get("service")), {**said, "env": fields.get("env")}, text(fields.get("host"))
        ),
        start=start,
        duration=duration if duration is not None else end - start if start and end else None,
        kind=kind_of(custom.get("span.kind"), type_),
        status=Status.ERROR if failed or faults else Status.UNSET,
        attributes=[*((n, v) for n, v in fields.items() if n not in _OWN), *custom.items(), *tags],
        faults=faults,
        source=source,
    )


def _tags(tags: Any) -> Pairs:
    """Tags of a list, ``key:value`` or a bare word."""
    pairs = [text(one).partition(":") for one in listed(tags)]
    return [(name, value) for name, _, value in pairs]
