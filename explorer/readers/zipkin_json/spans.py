"""Spans of a document into rows, and one decoded whole for the row on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Raw

from explorer.decoding.contract import OpenRecord
from explorer.decoding.lenient import LATEST_NS, dumps, loads, nanoseconds, text_of
from explorer.decoding.picking import Picked, pick
from explorer.decoding.traces.annotations import event_of
from explorer.decoding.traces.collector import SpanCollector
from explorer.decoding.traces.harvest import Meanings
from explorer.decoding.traces.otel_names import faults_in
from explorer.decoding.traces.plain import Fault
from explorer.decoding.traces.processes import Memory
from explorer.decoding.traces.rows import FULL, UNKNOWN, SpanRows
from explorer.decoding.traces.stretch import all_bytes
from explorer.model.ids import span_number
from explorer.model.records import Detail
from explorer.model.schema import FailureKind, Kind, SpanFlag
from explorer.readers.zipkin_json import shapes
from explorer.readers.zipkin_json.links import links_in, with_links
from explorer.readers.zipkin_json.loose import spans_in
from explorer.readers.zipkin_json.shapes import Endpoint, Span

KIND: Final[dict[str | None, int]] = {
    "CLIENT": Kind.CLIENT,
    "SERVER": Kind.SERVER,
    "PRODUCER": Kind.PRODUCER,
    "CONSUMER": Kind.CONSUMER,
}
_US: Final = 1000


class SpanReader(SpanCollector[Span]):
    """Spans of Zipkin documents."""

    silent = Span()

    def __init__(self, memory: Memory, rows: SpanRows) -> None:
        super().__init__(memory, rows)
        self._looked_at = 0
        self._names: dict[bytes, set[bytes]] = {}
        self._needles: list[bytes] = []

    def add(self, spans: list[Span], doc: int, index: int = 0) -> None:
        """Take spans of a document from ordinal ``index`` on."""
        process = self.memory.process
        if len(spans) == 1:  # a line
            self.take(spans, process(self._processes(spans)[0]))
            self.place(doc, index, 1)
            return
        for begin in range(0, len(spans), FULL):
            part = spans[begin : begin + FULL]
            raws = self._processes(part)
            known = {raw: process(raw) for raw in dict.fromkeys(raws)}
            self.take_mixed(part, [known[raw] for raw in raws])
            self.place(doc, index + begin, len(part))

    def _processes(self, spans: Sequence[Span]) -> list[bytes]:
        """What tells the process of each span: its local endpoint and, behind zero bytes, what tags say of it."""
        raws = all_bytes([span.local_endpoint for span in spans])
        self._learn(b"\n".join([span.tags for span in self._telling(raws, spans)]))
        if not self._needles:
            return raws
        tags = all_bytes([span.tags for span in spans])
        columns = [_texts(tags, needle) for needle in self._needles]
        return [_AND.join(parts) for parts in zip(raws, *columns, strict=True)]

    def _telling(self, raws: Sequence[bytes], spans: Sequence[Span]) -> Sequence[Span]:
        """Those whose tags are looked at for names of a resource's: all at first, later one of each endpoint and some.

        An exporter writes them on every span of a process, and to look at all costs as much as half of decoding them.
        """
        if self._looked_at >= _ENOUGH:
            spans = [*dict(zip(reversed(raws), reversed(spans), strict=True)).values(), *spans[::_SOME]]
        self._looked_at += len(spans)
        return spans

    def _learn(self, tags: bytes) -> None:
        """Look for names of a resource's attributes; where all that may be one are known, they are only counted."""
        for begin in _BEGINNINGS:
            known = self._names.setdefault(begin, set())
            if (count := tags.count(begin)) and count != sum(map(tags.count, known)):
                known |= _quoted(tags, begin)
                found = {needle for name in known for needle in _needles(name) if needle in tags}
                self._needles = sorted(found.union(self._needles))

    def columns(self, spans: Sequence[Span]) -> None:
        """As :meth:`SpanCollector.columns`."""
        rows, operations = self.rows, self.rows.builder.operations
        traces = rows.builder.traces
        rows.trace += [traces[span.trace_id] for span in spans]
        rows.span_id += [span.id for span in spans]
        rows.parent_id += [span.parent_id or "" for span in spans]
        rows.name += [operations[span.name or ""] for span in spans]
        rows.start += [span.timestamp or 0 for span in spans]
        rows.end += [UNKNOWN if span.duration is None else span.duration for span in spans]
        rows.kind += [KIND.get(span.kind, 1) for span in spans]
        rows.status += [0] * len(spans)

    def attributes(self, spans: Sequence[Span]) -> Sequence[Any]:
        """As :meth:`SpanCollector.attributes`."""
        return [span.tags for span in spans]

    def more(self, spans: Sequence[Span]) -> Sequence[object]:
        """As :meth:`SpanCollector.more`."""
        linked = with_links([span.tags for span in spans])
        return [span.annotations or span.shared or link for span, link in zip(spans, linked, strict=True)]

    def peers(self, spans: Sequence[Span]) -> Sequence[str]:
        """As :meth:`SpanCollector.peers`: the remote endpoint."""
        return [
            "" if span.remote_endpoint is None else remote_of(span, span.remote_endpoint) for span in spans
        ]

    def tell(self, at: int, span: Span, picked: Picked | None) -> None:
        """As :meth:`SpanCollector.tell`."""
        rows = self.rows
        if span.shared:
            rows.flags[at] |= SpanFlag.SHARED
        for annotation in span.annotations or ():
            time = annotation.timestamp if annotation.timestamp > 0 else span.timestamp or 0
            time, name = time * _US if 0 < time <= LATEST_NS // _US else 0, annotation.value
            if "{" in name:
                event = event_of(time, name)
                name = event.name
                for fault in faults_in([event]) if picked is not None else ():
                    rows.failure(at, FailureKind.EXCEPTION, fault.type, fault.message)
            rows.event(at, time, name)
        if any(with_links([span.tags])):
            for trace, linked in links_in(dict(tags_of(bytes(span.tags)))):
                rows.link(at, trace, span_number(linked))
        if picked is not None:
            for kind, type_, message in picked.reasons():
                rows.failure(at, kind, type_, message)


def remote_of(span: Span, remote: Endpoint) -> str:
    """The remote side as a caller names it: its service, else its address; of a server, nothing."""
    if span.kind == "SERVER":
        return ""
    if remote.service_name:
        return remote.service_name
    address = remote.ipv4 or remote.ipv6 or ""
    return f"{address}:{remote.port}" if address and remote.port else address


def tags_of(raw: bytes) -> list[tuple[str, Any]]:
    """Decode the bytes of a span's tags; of broken ones, nothing."""
    try:
        value = loads(raw) if raw else None
    except ValueError:
        return []
    return list(value.items()) if isinstance(value, dict) else []


def telling_tags(raw: bytes, meanings: Meanings) -> list[tuple[str, Any]]:
    """Decode those tags that have a meaning."""
    return [(name, value) for name, value in tags_of(raw) if meanings[name] is not None]


_RESOURCE: Final = frozenset(
    "service.namespace service.instance.id service.version host.name host.id k8s.namespace.name k8s.node.name"
    " k8s.pod.name k8s.container.name container.name container.id container.image.name container.image.tag".split()
)
"""OpenTelemetry's exporters write the attributes of a resource among the tags of each of its spans."""
_BEGINNINGS: Final = (b'"service.', b'"host.', b'"k8s.', b'"container.')
_COLONS: Final = (b":", b": ", b" : ", b" :")
"""What programs that indent JSON write between a name and its value, Jackson with a blank on both sides."""
_AND: Final = b"\0"
_ENOUGH: Final = 4096
"""Spans of a document after which most are no longer asked what their resource's attributes are called."""
_SOME: Final = 16


def _quoted(data: bytes, begin: bytes) -> set[bytes]:
    """All that begins so and goes on to the next quote."""
    found, at = set[bytes](), data.find(begin)
    while at >= 0 and (end := data.find(b'"', at + len(begin)) + 1):
        found.add(data[at:end])
        at = data.find(begin, end)
    return found


def _needles(name: bytes) -> list[bytes]:
    """How a tag of that name begins, up to its text; nothing for those that are no attribute of a resource."""
    known = name.strip(b'"').decode("utf-8", "replace") in _RESOURCE
    return [name + colon + b'"' for colon in _COLONS] if known else []


def _texts(tags: Sequence[bytes], needle: bytes) -> list[bytes]:
    """A tag of each span, as JSON; nothing where there is none."""
    size, begins = len(needle), [one.find(needle) for one in tags]
    return [
        one[begin : one.find(b'"', begin + size) + 1] if begin >= 0 else b""
        for one, begin in zip(tags, begins, strict=True)
    ]


def describe(raw: bytes) -> tuple[str, list[tuple[str, Any]]]:
    """Service and resource of what :func:`_processes` gives; without a host's name, its address stands for it."""
    endpoint, *tags = raw.split(_AND)
    said = dict(tags_of(endpoint))
    told = [pair for tag in tags for pair in tags_of(b"{" + tag + b"}")]
    address = said.get("ipv4") or said.get("ipv6")
    named = not address or any(name == "host.name" for name, _ in told)
    return text_of(said.get("serviceName")), told if named else [*told, ("host.name", address)]


def open_document(data: bytes) -> OpenRecord:
    """Access to the spans of a document by ordinal."""
    parts = located(data) if shapes.decode(data) is not None else _spelt_out(data)

    def opened(index: int) -> Detail:
        if not 0 <= index < len(parts):
            return Detail(raw=data.decode("utf-8", "replace"))
        return span_detail(parts[index])

    return opened


_LIST: Final = msgspec.json.Decoder(list[Raw])
_LISTS: Final = msgspec.json.Decoder(list[list[Raw]])


def located(data: bytes) -> list[Raw]:
    """The spans of a document that fits the shapes, not decoded."""
    match shapes.nesting(data):
        case 0:
            return [Raw(data)]
        case 1:
            return _LIST.decode(data)
    return [span for trace in _LISTS.decode(data) for span in trace]


def _spelt_out(data: bytes) -> list[Raw]:
    return [Raw(dumps(span)) for span in spans_in(loads(data)) if isinstance(span, dict)]


def span_detail(data: Raw) -> Detail:
    """Everything that a span says."""
    span = loads(bytes(data))
    tags = _items(span.get("tags"))
    told = pick(tags)
    notes = span.get("annotations")
    events = [
        event_of(nanoseconds(note.get("timestamp"), _US) or 0, text_of(note.get("value")))
        for note in (notes if isinstance(notes, list) else ())
        if isinstance(note, dict)
    ]
    last = (faults_in(events) or [Fault("", "")])[-1]
    return Detail(
        attributes=(*tags, *remote_items(span.get("remoteEndpoint"))),
        resource=tuple(_items(span.get("localEndpoint"))),
        events=tuple(events),
        links=tuple(links_in(dict(tags))),
        message=text_of(dict(tags).get("error")),
        exception_type=told.exception_type or last.type or told.error_type,
        exception_message=told.exception_message or last.message,
        stack=told.stack or last.stack,
        raw=bytes(data).decode("utf-8", "replace"),
    )


def remote_items(endpoint: Any) -> list[tuple[str, Any]]:
    """What is told of the remote side, as attributes."""
    return [(f"remoteEndpoint.{name}", value) for name, value in _items(endpoint)]


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
