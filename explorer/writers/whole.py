"""What a writer puts down of one span or log record: decoded again, with what only the columns know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.traces.resources import UNKNOWN_SERVICE
from explorer.model.fields import Role, role
from explorer.model.ids import span_number, trace_number
from explorer.model.records import Attributes, Detail, Resource, SpanEvent
from explorer.model.store import Store, Table

Ints = NDArray[np.integer]
Longs = NDArray[np.int64]
Decode = Callable[[Store, int], Detail]

PART = 16_384
"""Records that are decoded and written together."""
_EXCEPTION = ("exception.type", "exception.message", "exception.stacktrace")
_RAISED = {Role.EXCEPTION_TYPE, Role.EXCEPTION_MESSAGE}


def parts_of(rows: Iterable[Ints]) -> Iterator[Ints]:
    """Rows in parts of at most :data:`PART`; of the runs given (the spans of a trace, say) only longer ones are cut."""
    waiting: list[Ints] = []
    count = 0
    for run in rows:
        if count and count + len(run) > PART:
            yield np.concatenate(waiting)
            waiting, count = [], 0
        for begin in range(0, len(run), PART):
            waiting.append(run[begin : begin + PART])
            count += len(waiting[-1])
            if count >= PART:
                yield np.concatenate(waiting)
                waiting, count = [], 0
    if waiting:
        yield np.concatenate(waiting)


def decoded(decode: Decode, store: Store, rows: Ints, docs: Ints) -> list[Detail]:
    """Some records decoded again, in the order of ``rows``; document by document, so that each is opened once.

    Raises:
        ChangedError: a file is no longer the one that was read; what its columns know would not be the whole.
    """
    numbers = rows.tolist()
    found = {at: decode(store, numbers[at]) for at in np.argsort(docs[rows], kind="stable").tolist()}
    return [found[at] for at in range(len(numbers))]


class Resources:
    """Resource attributes of a part: thousands of records have the same, often decoded to the same object."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._same: dict[tuple[int, int, int], tuple[int, Attributes]] = {}
        self._equal: dict[tuple[str, int, int], int] = {}
        self.all: list[Attributes] = []

    def number(self, attributes: Attributes, service: int, resource: int) -> int:
        """Place in ``all`` of what a record says of its resource, with what the columns (codes) say."""
        known = self._same.get((id(attributes), service, resource))
        if known is None:
            number = self._equal.setdefault((repr(attributes), service, resource), len(self.all))
            if number == len(self.all):
                told = self._store.services[service], self._store.resources[resource]
                self.all.append(resource_attributes(attributes, *told))
            # The object is kept, so that no other one gets its identity.
            known = self._same[id(attributes), service, resource] = number, attributes
        return known[0]


def resource_attributes(attributes: Attributes, service: str, known: Resource) -> Attributes:
    """The record's own resource attributes, with what the columns know of it beyond them.

    Its service is that of the columns: a reader may have learned its name from another record.
    """
    attributes = tuple(
        (name, service if name == "service.name" and service else value) for name, value in attributes
    )
    names = {name for name, _ in attributes}
    if service == UNKNOWN_SERVICE and not known.service:
        names.add("service.name")  # nobody said so
    extra = (
        ("service.name", service), ("service.version", known.version), ("service.namespace", known.namespace),
        ("service.instance.id", known.instance), ("host.name", known.host), ("k8s.pod.name", known.pod),
        ("k8s.container.name", known.container), ("container.image.name", known.image),
    )  # fmt: skip
    return (*attributes, *((name, value) for name, value in extra if value and name not in names))


def links_of(detail: Detail, store: Store, row: int) -> list[tuple[int, int]]:
    """Trace number and span number of each link of a span, as decoded: columns know only traces of the bundle."""
    if detail.links:
        return [(trace_number(trace), span_number(span)) for trace, span in detail.links if trace]
    if not len(store.links["span"]):
        return []
    run = _run(store.links, "span", row)
    pairs = zip(store.links["trace"][run].tolist(), store.links["span_id"][run].tolist(), strict=True)
    return [(store.traces.number[trace], span) for trace, span in pairs if trace >= 0]


def events_of(detail: Detail, time_ns: int) -> tuple[SpanEvent, ...]:
    """The events of a span. An exception that its format tells in another way becomes one too, where nothing else
    would tell it in OTLP; at that time.
    """
    told = {role(name) for name, _ in detail.attributes}
    raised = (detail.exception_type, detail.exception_message, detail.stack)
    said = any(raised[1:]) or (raised[0] and Role.ERROR_TYPE not in told)
    if not said or told & _RAISED or any(event.name == "exception" for event in detail.events):
        return detail.events
    pairs = tuple((name, text) for name, text in zip(_EXCEPTION, raised, strict=True) if text)
    return (*detail.events, SpanEvent(time_ns, "exception", pairs))


def trace_of_log(store: Store, row: int) -> str:
    """The trace of a log record in hex, also of one that no span of the bundle belongs to; empty for none."""
    logs = store.logs
    if logs.trace[row] >= 0:
        return f"{store.traces.number[int(logs.trace[row])]:032x}"
    known = store.correlation.rows[int(logs.id[row])] if logs.id[row] >= 0 else None
    return f"{trace_number(known.id):032x}" if known is not None and known.kind == "trace-id" else ""


def found_in_text(store: Store, row: int, detail: Detail) -> Attributes:
    """Correlation fields and the exception in the words of a record: attributes, so that they are found again."""
    known = {name for name, _ in detail.attributes}
    table = store.log_fields
    run = _run(table, "row", row)
    fields = zip(table["field"][run].tolist(), table["value"][run].tolist(), strict=True)
    found = [(store.texts[f], store.texts[v]) for f, v in fields if store.texts[f] not in known]
    if detail.stack or detail.exception_type:
        told = {role(name) for name in known}
        raised = zip(_EXCEPTION, (detail.exception_type, detail.exception_message, detail.stack), strict=True)
        found += [(name, text) for name, text in raised if text and role(name) not in told]
    return tuple(found)


def _run(table: Table, by: str, row: int) -> slice:
    column = table[by]
    wanted = column.dtype.type(row)  # or the column would be copied each time
    return slice(int(column.searchsorted(wanted, "left")), int(column.searchsorted(wanted, "right")))
