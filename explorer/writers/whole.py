"""What a writer puts down of one span or log record: decoded again, with what only the columns know."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.model.ids import span_number, trace_number
from explorer.model.raw import ChangedError
from explorer.model.records import Attributes, Detail, Resource
from explorer.model.store import Store, Table


def decoded(decode: Callable[[Store, int], Detail], store: Store, row: int) -> Detail:
    """A record decoded again; empty where its bytes are gone (the file changed on disk): the columns are left."""
    try:
        return decode(store, row)
    except ChangedError:
        return Detail()


def resource_attributes(attributes: Attributes, service: str, known: Resource) -> Attributes:
    """The record's own resource attributes, with what the columns know of it beyond them.

    Its service is that of the columns: a reader may have learned its name from another record.
    """
    attributes = tuple(
        (name, service if name == "service.name" and service else value) for name, value in attributes
    )
    names = {name for name, _ in attributes}
    extra = (
        ("service.name", service), ("service.version", known.version), ("service.namespace", known.namespace),
        ("service.instance.id", known.instance), ("host.name", known.host), ("k8s.pod.name", known.pod),
        ("k8s.container.name", known.container), ("container.image.name", known.image),
    )  # fmt: skip
    return (*attributes, *((name, value) for name, value in extra if value and name not in names))


def links_of(detail: Detail, store: Store, row: int) -> list[tuple[int, int]]:
    """Trace number and span number of each link of a span: as decoded, for the columns know only traces of the bundle.

    Where its bytes are gone, those that the columns know.
    """
    if detail.links:
        return [(trace_number(trace), span_number(span)) for trace, span in detail.links if trace]
    run = _run(store.links, "span", row)
    pairs = zip(store.links["trace"][run].tolist(), store.links["span_id"][run].tolist(), strict=True)
    return [(store.traces.number[trace], span) for trace, span in pairs if trace >= 0]


def trace_of_log(store: Store, row: int) -> str:
    """The trace of a log record in hex, also of one that no span of the bundle belongs to; empty for none."""
    logs = store.logs
    if logs.trace[row] >= 0:
        return f"{store.traces.number[int(logs.trace[row])]:032x}"
    known = store.correlation.rows[int(logs.id[row])] if logs.id[row] >= 0 else None
    return f"{trace_number(known.id):032x}" if known is not None and known.kind == "trace-id" else ""


def found_in_text(store: Store, row: int, known: Attributes) -> Attributes:
    """Correlation fields that were found in the words of a log record: attributes, so that they are found again."""
    table, names = store.log_fields, {name for name, _ in known}
    run = _run(table, "row", row)
    pairs = zip(table["field"][run].tolist(), table["value"][run].tolist(), strict=True)
    return tuple((store.texts[f], store.texts[v]) for f, v in pairs if store.texts[f] not in names)


def _run(table: Table, by: str, row: int) -> slice:
    column = table[by]
    return slice(int(np.searchsorted(column, row, "left")), int(np.searchsorted(column, row, "right")))
