"""Spans of Zipkin's version 1 that say little: no core annotations, one side only."""

from __future__ import annotations

from typing import Any

from explorer.model.schema import Kind, SpanFlag
from explorer.readers.zipkin_v1.halves import halves

DB = {"serviceName": "mysql", "ipv4": "10.0.0.3", "port": 3306}
SHOP = {"serviceName": "shop", "ipv4": "10.0.0.1"}


def span(annotations: list[Any], tags: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "traceId": "a1",
        "id": "b1",
        "name": "x",
        "annotations": annotations,
        "binaryAnnotations": tags,
        **more,
    }


def note(value: str, time: int, endpoint: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": time, "value": value, "endpoint": endpoint}


def test_a_server_address_alone_makes_no_client() -> None:
    (half,) = halves(span([], [{"key": "sa", "value": True, "endpoint": DB}], timestamp=5, duration=2))
    assert (half.kind, half.peer, half.start, half.duration) == (Kind.UNSPECIFIED, "mysql", 5000, 2000)


def test_a_client_address_alone_makes_a_server() -> None:
    (half,) = halves(span([], [{"key": "ca", "value": True, "endpoint": SHOP}], timestamp=5))
    assert half.kind == Kind.SERVER


def test_both_addresses_tell_who_calls_whom() -> None:
    tags = [{"key": "sa", "value": True, "endpoint": DB}, {"key": "ca", "value": True, "endpoint": SHOP}]
    (half,) = halves(span([], tags))
    assert (half.origin.service, half.peer) == ("shop", "mysql")


def test_a_server_without_the_spans_own_time_shares_its_id() -> None:
    (half,) = halves(span([note("sr", 10, SHOP), note("ss", 14, SHOP)], []))
    assert (half.flags, half.start, half.duration) == (SpanFlag.SHARED, 10_000, 4000)


def test_a_consumer_has_no_duration_that_nobody_told() -> None:
    first, second = halves(span([note("ms", 10, SHOP), note("mr", 14, DB)], []))
    assert (first.kind, second.kind) == (Kind.PRODUCER, Kind.CONSUMER)
    assert (second.start, second.duration) == (14_000, None)


def test_a_service_that_calls_itself_has_both_sides() -> None:
    found = halves(
        span([note("cs", 1, SHOP), note("sr", 2, SHOP), note("ss", 3, SHOP), note("cr", 4, SHOP)], [])
    )
    assert [(half.kind, half.start, half.duration) for half in found] == [
        (Kind.CLIENT, 1000, 3000), (Kind.SERVER, 2000, 1000),
    ]  # fmt: skip
