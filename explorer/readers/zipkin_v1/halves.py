"""One span of Zipkin's version 1 to the spans that it holds: one for each endpoint that speaks in it.

Source: openzipkin/zipkin, ``V1SpanConverter``: ``cs``/``cr`` are of the client, ``sr``/``ss`` of the server, ``ms``/
``ws`` of the producer, ``mr``/``wr`` of the consumer; ``ca``, ``sa`` and ``ma`` are the addresses of the other side.
"""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.annotations import event_of
from explorer.decoding.traces.otel_names import faults_in, status_of
from explorer.decoding.traces.plain import Origin, PlainSpan
from explorer.model.schema import Kind, SpanFlag, Status

_US: Final = 1000
_KINDS: Final = {
    "cs": Kind.CLIENT, "cr": Kind.CLIENT, "sr": Kind.SERVER, "ss": Kind.SERVER,
    "ms": Kind.PRODUCER, "ws": Kind.PRODUCER, "mr": Kind.CONSUMER, "wr": Kind.CONSUMER,
}  # fmt: skip
_SIDES: Final = (("cs", "cr"), ("sr", "ss"), ("ms", "ws"), ("wr", "mr"))
"""Begin and end of each side; a consumer that waited on the wire begins with that."""

_ADDRESSES: Final = {"sa": Kind.CLIENT, "ca": Kind.SERVER, "ma": Kind.UNSPECIFIED}


def halves(span: dict[str, Any]) -> list[PlainSpan]:
    """The spans in a span of version 1, the calling side first."""
    return _Splitting(span).spans()


class _Splitting:
    def __init__(self, span: dict[str, Any]) -> None:
        self._span = span
        self._start = _time(span.get("timestamp"))
        self._duration = nanoseconds(span.get("duration"), _US)
        self._moments: dict[str, int] = {}
        self._halves: dict[tuple[str, int], PlainSpan] = {}

    def spans(self) -> list[PlainSpan]:
        notes = [{**one, "value": text(one.get("value"))} for one in _objects(self._span.get("annotations"))]
        core = [one for one in notes if one["value"] in _KINDS]
        for note in core:
            self._half(note.get("endpoint"), _KINDS[note["value"]])
            self._moments.setdefault(note["value"], _time(note.get("timestamp")))
        tags = [{**one, "key": text(one.get("key"))} for one in _objects(self._span.get("binaryAnnotations"))]
        addresses = {tag["key"]: named(tag.get("endpoint")) for tag in tags if _is_address(tag)}
        for tag in tags:
            if not _is_address(tag):
                self._tag(tag)
        if core:
            for name, endpoint in addresses.items():
                self._address(_ADDRESSES[name], endpoint)
        elif addresses:
            self._address_without_core(addresses)
        for note in notes:
            if note["value"] not in _KINDS:
                half = self._of(note.get("endpoint"))
                half.events.append(event_of(_time(note.get("timestamp")), note["value"]))
                half.faults += faults_in(half.events[-1:])
        if not self._halves:
            self._half(None, Kind.UNSPECIFIED)
        found = sorted(self._halves.values(), key=lambda half: half.kind in (Kind.SERVER, Kind.CONSUMER))
        for half in found:
            self._time(half, alone=len(found) == 1)
        return found

    def _half(self, endpoint: Any, kind: int) -> PlainSpan:
        """The span of an endpoint on one side of the call; a service that calls itself has both sides."""
        place = named(endpoint)
        service = text(place.get("serviceName"))
        known = self._halves.get((service, kind))
        if known is not None:
            return known
        address = place.get("ipv4") or place.get("ipv6")
        made = PlainSpan(
            trace=text(self._span.get("traceId")),
            span_id=text(self._span.get("id")),
            parent_id=text(self._span.get("parentId")),
            name=text(self._span.get("name")),
            origin=Origin(service, [("host.name", address)] if address else []),
            kind=kind,
            source=self._span,
        )
        self._halves[service, kind] = made
        return made

    def _of(self, endpoint: Any) -> PlainSpan:
        """The span to which something belongs that an endpoint says, or that nobody in particular says."""
        service = text(named(endpoint).get("serviceName"))
        found = [half for (name, _), half in self._halves.items() if name == service]
        if not found and (not service or not self._halves):
            found = list(self._halves.values())
        if not found and len(self._halves) == 1 and (only := next(iter(self._halves.values()))).kind == 0:
            found = [only]
        return found[0] if found else self._half(endpoint, Kind.UNSPECIFIED)

    def _tag(self, tag: dict[str, Any]) -> None:
        name, value = tag["key"], tag.get("value")
        half = self._of(tag.get("endpoint"))
        if name == "lc":  # names the service of a local span
            half.kind = half.kind or Kind.INTERNAL
        if name == "error":
            half.status, half.message = Status.ERROR, text(value)
        if name == "otel.status_code":
            half.status = half.status or status_of(value)
        half.attributes.append((name, value))

    def _address(self, side: int, endpoint: dict[str, Any]) -> None:
        """Note the remote side at those that speak with it."""
        for half in self._halves.values():
            if side in (half.kind, Kind.UNSPECIFIED) and half.origin.service != text(
                endpoint.get("serviceName")
            ):
                half.peer = _address(endpoint)

    def _address_without_core(self, addresses: dict[str, dict[str, Any]]) -> None:
        """Nobody says which side speaks: a server address alone makes no client, a client address makes a server."""
        remote = addresses.get("sa") or addresses.get("ca")
        if not self._halves:
            self._half(addresses["ca"] if {"sa", "ca"} <= addresses.keys() else None, Kind.UNSPECIFIED)
        half = next(iter(self._halves.values()))
        if "sa" not in addresses and "ca" in addresses:
            half.kind = Kind.SERVER
        half.peer = _address(remote or next(iter(addresses.values())))

    def _time(self, half: PlainSpan, *, alone: bool) -> None:
        """Its times: the client's and a lone one's as the span says, else by its own annotations."""
        begin, end = next((side for side in _SIDES if _KINDS[side[0]] == half.kind), ("", ""))
        start, stop = self._moments.get(begin, 0), self._moments.get(end, 0)
        if half.kind == Kind.CONSUMER and not start:
            start, stop = stop, 0
        shared = half.kind in (Kind.SERVER, Kind.CONSUMER) and (not alone or not self._start)
        if shared:
            half.flags |= SpanFlag.SHARED
            half.start, half.duration = start, stop - start if start and stop else None
        else:
            half.start = self._start or start
            half.duration = self._duration
            if half.duration is None and start and stop:
                half.duration = stop - start


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in listed(value) if isinstance(one, dict)]


def _is_address(tag: dict[str, Any]) -> bool:
    """Address annotations are true; some writers made a text or number of it."""
    return tag["key"] in _ADDRESSES and tag.get("value") in (True, "true", "1", 1)


def _time(value: Any) -> int:
    return nanoseconds(value, _US) or 0


def _address(endpoint: dict[str, Any]) -> str:
    service, address, port = text(endpoint.get("serviceName")), endpoint.get("ipv4"), endpoint.get("port")
    address = text(address or endpoint.get("ipv6"))
    return service or (f"{address}:{port}" if address and port else address)
