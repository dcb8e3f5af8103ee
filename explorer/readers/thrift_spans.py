"""Spans in Thrift: Jaeger's batches as clients send them, and Zipkin's lists of version 1.

Source: jaegertracing/jaeger-idl thrift/jaeger.thrift and agent.thrift, openzipkin/zipkin-api thrift/zipkinCore.thrift.
Each becomes the JSON of the same model, for the readers of that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence
from explorer.decoding.thrift import Binary, Compact, Struct, ThriftError
from explorer.decoding.translating import open_bytes, read_translated
from explorer.model.builder import Builder, Records

NAME: Final = "thrift"
LABEL: Final = "Jaeger or Zipkin (Thrift)"
RECOGNISED_BY: Final = (
    "a batch of Jaeger's, alone or within a call, or a list of Zipkin's spans, in a protocol of Thrift"
)
FRAMINGS: Final = ("binary",)


def _struct(**of: str) -> Struct:
    """Fields written as ``name="number struct"``."""
    split = {name: text.partition(" ") for name, text in of.items()}
    return {int(number): (name, within) for name, (number, _, within) in split.items()}


_STRUCTS: Final[Mapping[str, Struct]] = {
    "Batch": _struct(process="1 Process", spans="2 Span"),
    "Process": _struct(serviceName="1", tags="2 Tag"),
    "Span": _struct(
        traceIdLow="1", traceIdHigh="2", spanId="3", parentSpanId="4", operationName="5", references="6 Reference",
        flags="7", startTime="8", duration="9", tags="10 Tag", logs="11 Log",
    ),
    "Reference": _struct(refType="1", traceIdLow="2", traceIdHigh="3", spanId="4"),
    "Log": _struct(timestamp="1", fields="2 Tag"),
    "Tag": _struct(key="1", vType="2", vStr="3", vDouble="4", vBool="5", vLong="6", vBinary="7 bytes"),
    "Zipkin": _struct(
        trace_id="1", name="3", id="4", parent_id="5", annotations="6 Annotation", binary_annotations="8 Value",
        debug="9", timestamp="10", duration="11", trace_id_high="12",
    ),
    "Annotation": _struct(timestamp="1", value="2", host="3 Endpoint"),
    "Value": _struct(key="1", value="2 bytes", annotation_type="3", host="4 Endpoint"),
    "Endpoint": _struct(ipv4="1", port="2", service_name="3", ipv6="4 bytes"),
}  # fmt: skip
_NAME: Final = rb"[ -~\x80-\xff]"
_BATCH: Final = re.compile(rb"\x0c\x00\x01\x0b\x00\x01\x00\x00.." + _NAME, re.DOTALL)
_COMPACT_BATCH: Final = re.compile(rb"\x1c\x18[\x01-\xff][\x00-\x03]?" + _NAME)
_CALL: Final = re.compile(rb"\x80\x01\x00[\x01\x04]\x00\x00\x00.(?:emitBatch|submitBatches)....", re.DOTALL)
_COMPACT_CALL: Final = re.compile(rb"\x82[\x21\x81][\x00-\xff]{1,5}?(?:emitBatch|submitBatches)", re.DOTALL)
_ZIPKIN: Final = re.compile(rb"\x0c\x00...\x0a\x00\x01.{8}\x0b\x00\x03", re.DOTALL)


def detect(head: bytes) -> Confidence | None:
    """By how the first fields begin."""
    forms = (_BATCH, _COMPACT_BATCH, _CALL, _COMPACT_CALL, _ZIPKIN)
    return Confidence.CERTAIN if any(form.match(head) for form in forms) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read files; those in which no span is found are returned."""
    return read_translated(records, builder, NAME, _translated)


open_record = open_bytes


def _translated(data: bytes) -> tuple[dict[str, Any] | list[Any] | None, int]:
    """What is in a file as JSON, None where there are no spans; and 1 where it was not read to its end."""
    protocol = Compact if _COMPACT_BATCH.match(data) or _COMPACT_CALL.match(data) else Binary
    values, spans, batch = protocol(data, _STRUCTS), list[Any](), dict[str, Any]()
    try:
        if _ZIPKIN.match(data):
            values.items("Zipkin", spans)
            return spans or None, 0
        if _CALL.match(data) or _COMPACT_CALL.match(data):
            values.skip_call()
        values.struct("Batch", batch)
    except ThriftError:
        return spans or (batch if batch.get("spans") else None), 1
    return batch if batch.get("spans") else None, 0
