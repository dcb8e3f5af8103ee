"""Where the tags of spans lie in documents that are written without blanks, the trace id first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from explorer.decoding.cutting.layout import marked, of_spans, places_of
from explorer.decoding.cutting.region import Bytes, Form, Layout, Mark, Mask, Places, Region
from explorer.decoding.lenient import loads
from explorer.decoding.naming import stands
from explorer.decoding.needles import unescaped
from explorer.model.fields import normalise

_HEADS: Final = (b'[{"traceId":"', b'[[{"traceId":"', b'{"traceId":"')
_SPAN: Final = b'{"traceId":"'
_NAMES: Final = (
    (b'"tags":', Mark.OWN),
    (b'"localEndpoint":', Mark.SHARED),
    (b'"remoteEndpoint":', Mark.OTHER),
)
_REMOTE: Final = "remoteendpoint"
_LOCAL: Final = frozenset({"servicename", "ipv4", "ipv6", "port"})
_BEFORE_OPENER: Final = np.isin(np.arange(256), list(b":,["))
_BEFORE_CLOSER: Final = np.isin(np.arange(256), list(b'"{}]0123456789el'))


def layout(region: Region) -> Layout:
    """As :class:`Form` has it."""
    view = region.view
    openers = places_of(view, ord("{"))
    # What stands in a text, as a path's parameter, mostly follows another sign.
    openers = openers[_BEFORE_OPENER[view[np.maximum(openers - 1, 0)]] | np.isin(openers, region.begin)]
    closers = places_of(view, ord("}"))
    closers = closers[_BEFORE_CLOSER[view[closers - 1]]]
    marks = marked(view, openers, _NAMES)
    rest = np.flatnonzero(marks == Mark.UNKNOWN)
    spans = rest[stands(view, openers[rest], _SPAN)]
    marks[spans] = Mark.OTHER
    begin = openers[spans]
    own = np.flatnonzero(marks == Mark.OWN)
    own = np.append(own, -1)[np.searchsorted(openers[own], begin)]
    behind = np.append(begin[1:], len(view))
    own = np.where((own >= 0) & (openers[own] < behind), own, -1) if len(begin) else own[:0]
    possible = np.zeros(len(region.begin), bool)
    for head in _HEADS:
        possible |= stands(view, region.begin, head)
    first, last = np.searchsorted(begin, (region.begin, region.end))
    known = possible & (last - first == region.count)
    return of_spans(region, openers, marks, begin, own, known, closers=closers)


def _attributes(value: Any) -> list[tuple[str, Any]]:
    tags = value.get("tags") if isinstance(value, dict) else None
    return list(tags.items()) if isinstance(tags, dict) else []


def _behind_blank(view: Bytes, at: Places) -> Mask:
    """Names follow blanks only where all is written with them."""
    return view[np.maximum(at - 2, 0)] <= ord(" ")


def _said(decoded: Callable[[bytes], Any]) -> Callable[[bytes], str]:
    def tell(token: bytes) -> str:
        value = decoded(token)
        if value is None:
            raise ValueError
        return str(value)

    return tell


def _elsewhere(name: str) -> bool:
    flat = normalise(name)
    return flat in _LOCAL or flat.startswith(_REMOTE)


FORM: Final = Form(
    before=(b'{"', b',"'),
    maybe_name=_behind_blank,
    kinds={b'":"': unescaped, b'":': _said(loads)},
    layout=layout,
    attributes=_attributes,
    elsewhere=_elsewhere,
)
