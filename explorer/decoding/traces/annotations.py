"""Annotations of Zipkin's, whose only text may hold an event of OpenTelemetry's with its attributes.

Source: OpenTelemetry's specification, "Zipkin", Events (``"name":{…}``, as Java writes it), and what others write:
``name: {…}`` (Go), ``{"name": {…}}`` (Python), ``name|{…}|0`` (the collector).
"""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.documents import named
from explorer.decoding.lenient import loads
from explorer.model.records import SpanEvent

_WITH_ATTRIBUTES: Final = re.compile(
    r'("?)(?P<name>[^"{|]+?)\1\s*[:|]\s*(?P<said>\{.*\})(?:\|\d+)?', re.DOTALL
)


def event_of(time_ns: int, value: str) -> SpanEvent:
    """The event that an annotation tells of; one without attributes is called as the annotation."""
    match = _WITH_ATTRIBUTES.fullmatch(value)
    if match is None and not value.startswith('{"'):
        return SpanEvent(time_ns, value, ())
    try:
        said = loads((match["said"] if match else value).encode("utf-8", "replace"))
    except ValueError:
        return SpanEvent(time_ns, value, ())
    if match:
        return SpanEvent(time_ns, match["name"], tuple(named(said).items()))
    name, inner = next(iter(named(said).items()), ("", None))
    if len(said) != 1 or not isinstance(inner, dict):
        return SpanEvent(time_ns, value, ())
    return SpanEvent(time_ns, name, tuple(inner.items()))
