"""Spans of version 1 as the Thrift model's field names and types write them in JSON: as the JSON's own.

Source: openzipkin/zipkin-api thrift/zipkinCore.thrift. Ids are signed integers of 64 bits, ``ipv4`` an integer, the
bytes of a binary annotation base64; ``host`` is the endpoint.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import struct
from typing import Any, Final

from explorer.decoding.documents import listed, named, text

_MASK: Final = (1 << 64) - 1
_DECIMAL: Final = re.compile(r"-?[0-9]{1,20}\Z")
_IDS: Final = {"trace_id": "traceId", "id": "id", "parent_id": "parentId"}
_NUMBERS: Final = {"I16": ">h", "I32": ">i", "I64": ">q", "DOUBLE": ">d"}
_NUMBERED: Final = ("BOOL", "BYTES", "I16", "I32", "I64", "DOUBLE", "STRING")


def is_thrift(span: dict[str, Any]) -> bool:
    """Whether a span has Thrift's names."""
    return "trace_id" in span and "id" in span


def from_thrift(span: dict[str, Any]) -> dict[str, Any]:
    """The span with the names and types of Zipkin's JSON."""
    ids = {json: _id(span.get(name)) for name, json in _IDS.items()}
    high = _id(span.get("trace_id_high"))
    if high and ids["traceId"]:
        ids["traceId"] = high + ids["traceId"].rjust(16, "0")
    notes = [{**one, "endpoint": _endpoint(one)} for one in map(named, listed(span.get("annotations")))]
    tags = [
        {"key": one.get("key"), "value": _value(one), "endpoint": _endpoint(one)}
        for one in map(named, listed(span.get("binary_annotations")))
    ]
    rest = {name: item for name, item in span.items() if name in ("name", "timestamp", "duration", "debug")}
    return {**rest, **ids, "annotations": notes, "binaryAnnotations": tags}


def _id(value: Any) -> str:
    """A number as hex; other text as it stands."""
    said = text(value)
    whole = int(said) if _DECIMAL.match(said) else 0
    return f"{whole & _MASK:016x}" if whole else "" if said == "0" else said


def _endpoint(one: dict[str, Any]) -> dict[str, Any]:
    host = named(one.get("host") or one.get("endpoint"))
    address = host.get("ipv4")
    if isinstance(address, int):
        address = str(ipaddress.IPv4Address(address & 0xFFFFFFFF)) if address else ""
    return {
        "serviceName": host.get("service_name", host.get("serviceName")),
        "ipv4": address,
        "ipv6": host.get("ipv6"),
        "port": host.get("port"),
    }


def _value(tag: dict[str, Any]) -> Any:
    """The value of a binary annotation; text that is no base64 stands as it is."""
    value, type_ = tag.get("value"), tag.get("annotation_type")
    type_ = type_ if isinstance(type_, int) else text(type_)
    if isinstance(type_, int) and 0 <= type_ < len(_NUMBERED):
        type_ = _NUMBERED[type_]
    if not isinstance(value, str):
        return value
    try:
        data = base64.b64decode(value, validate=True)
        if type_ == "BOOL":
            return data != b"\0"
        if type_ in _NUMBERS:
            return struct.unpack(_NUMBERS[type_], data)[0]
        return data.decode() if type_ == "STRING" else value
    except (ValueError, struct.error):
        return value
