"""Links of OpenTelemetry's, which its collector writes as numbered tags of Zipkin's.

Source: opentelemetry-collector-contrib pkg/translator/zipkin: ``otlp.link.0`` is ``trace|span|state|{…}|dropped``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from explorer.decoding.lenient import text_of

_NAME: Final = "otlp.link."
_FIRST: Final = b'"otlp.link.0"'

Link = tuple[str, str]
"""Trace and span."""


def with_links(tags: Sequence[Any]) -> list[bool]:
    """Which of some spans have any: hardly ever one does, so all tags are looked at together first."""
    if _FIRST not in b"\0".join(tags):
        return [False] * len(tags)
    return [_FIRST in bytes(one) for one in tags]


def links_in(tags: dict[str, Any]) -> list[Link]:
    """The links among the tags of a span."""
    found = list[Link]()
    for number in count():
        value = tags.get(f"{_NAME}{number}")
        if value is None:
            return found
        trace, _, rest = text_of(value).partition("|")
        span = rest.partition("|")[0]
        if trace and span:
            found.append((trace, span))
    return found
