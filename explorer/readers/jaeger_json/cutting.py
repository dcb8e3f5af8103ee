"""Where the tags of spans lie in documents that are written without blanks, names in the order of Jaeger's API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from explorer.decoding.cutting.layout import each_its_own, key_otherwise, marked, places_of
from explorer.decoding.cutting.region import Form, Layout, Mark, Region
from explorer.decoding.lenient import loads
from explorer.decoding.naming import same, stands
from explorer.decoding.needles import unescaped
from explorer.decoding.traces.opentracing import typed
from explorer.readers.jaeger_json.tags import pairs

_HEADS: Final = (b'{"data":[{"traceID":"', b'{"traceID":"', b'[{"traceID":"')
_NAMES: Final = (
    (b',"tags":', Mark.LIKE_OWN),
    (b'"logs":', Mark.OTHER),
    (b'"references":', Mark.OTHER),
    (b'"fields":', Mark.OTHER),
)
_NINE: Final = ord("9")
SERVICE: Final = "service.name"
WARNING: Final = "warning"
"""Names that are given to what is no tag."""


def layout(region: Region) -> Layout:
    """As :class:`Form` has it: a span's tags follow its duration, those of a process its name."""
    view = region.view
    openers = places_of(view, ord("["))
    marks = marked(view, openers, _NAMES)
    like = np.flatnonzero(marks == Mark.LIKE_OWN)
    before = view[openers[like] - len(_NAMES[0][0]) - 1]
    marks[like] = np.where((before >= ord("0")) & (before <= _NINE), Mark.OWN, Mark.SHARED)
    possible = np.zeros(len(region.begin), bool)
    for head in _HEADS:
        possible |= stands(view, region.begin, head)
    return each_its_own(region, openers, marks, possible)


def _attributes(value: Any) -> list[tuple[str, Any]]:
    return pairs(value)


def _said(kind: str, decoded: Callable[[bytes], Any]) -> Callable[[bytes], str]:
    """The text of a value of one type."""

    def tell(token: bytes) -> str:
        value = typed(decoded(token), kind)
        if value is None:
            raise ValueError
        return str(value)

    return tell


_KINDS: Final = ("string", "int64", "bool", "float64")

FORM: Final = Form(
    before=(b'{"key":"',),
    maybe_name=key_otherwise,
    kinds={
        b'","type":"%b","value":%b' % (kind.encode(), quote): _said(kind, unescaped if quote else loads)
        for kind in _KINDS
        for quote in (b'"', b"")
    },
    layout=layout,
    attributes=_attributes,
    elsewhere=lambda name: same(name, SERVICE) or same(name, WARNING),
)
