"""Where the attributes of spans lie in documents that are written without blanks, names in protobuf's order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from explorer.decoding.cutting.layout import each_its_own, key_otherwise, marked, of_spans, places_of
from explorer.decoding.cutting.region import Form, Layout, Mark, Mask, Places, Region
from explorer.decoding.lenient import loads
from explorer.decoding.naming import same, stands
from explorer.decoding.needles import unescaped
from explorer.readers.otlp_json.compact import span_marks
from explorer.readers.otlp_json.values import pairs, plain

_HEADS: Final = (b'{"resourceSpans":[{"resource":{', b'{"batches":[{"resource":{')
_NAMES: Final = (
    (b'"attributes":', Mark.LIKE_OWN),
    (b'"events":', Mark.OTHER),
    (b'"scopeSpans":', Mark.GROUP),
    (b'"spans":', Mark.OTHER),
    (b'"links":', Mark.OTHER),
    (b'"scopeLogs":', Mark.GROUP),
    (b'"logRecords":', Mark.OTHER),
    (b'"scopeMetrics":', Mark.GROUP),
    (b'"metrics":', Mark.OTHER),
)
_RESOURCE: Final = b'{"resource":{"attributes":'
_TIME: Final = b'"endTimeUnixNano":"'
_DIGITS: Final = 19
_BETWEEN: Final = b'","attributes":'


def layout(region: Region) -> Layout:
    """As :class:`Form` has it."""
    view = region.view
    openers = places_of(view, ord("["))
    marks = marked(view, openers, _NAMES)
    like = np.flatnonzero(marks == Mark.LIKE_OWN)
    between = openers[like] - len(_BETWEEN)
    own = stands(view, between - _DIGITS - len(_TIME), _TIME)
    own[own] &= stands(view, between[own], _BETWEEN[:2])
    marks[like[own]] = Mark.OWN
    like = like[~own]
    # Events, links and scopes have a text before their attributes.
    before = stands(view, openers[like] - len(_BETWEEN), _BETWEEN[:2])
    marks[like[~before]] = Mark.DOUBTFUL
    marks[like[stands(view, openers[like] - len(_RESOURCE), _RESOURCE)]] = Mark.SHARED
    possible = np.zeros(len(region.begin), bool)
    for head in _HEADS:
        possible |= stands(view, region.begin, head)
    found = each_its_own(region, openers, marks, possible)
    return found if found.known.all() or not possible.any() else _some_without(region, found, possible)


def _some_without(region: Region, strict: Layout, possible: Mask) -> Layout:
    """The same where some spans have no attributes: spans begin where their ids do."""
    ids, broken = span_marks(region.data)
    begin = np.searchsorted(ids, (region.begin, region.end))
    hurt = np.searchsorted(broken, (region.begin, region.end))
    known = possible & (begin[1] - begin[0] == region.count) & (hurt[0] == hurt[1])
    return _of_ids(region, strict, ids, known)


def _of_ids(region: Region, strict: Layout, ids: Places, known: Mask) -> Layout:
    """By the ids in some documents, by the attributes in those where each span has some."""
    doc = np.searchsorted(region.begin, ids, "right") - 1
    ids = ids[(doc >= 0) & known[doc] & ~strict.known[doc]]
    following = np.searchsorted(strict.openers, ids)
    behind = np.append(ids[1:], len(region.data))
    has = (np.append(strict.openers, len(region.data))[following] < behind) & (
        np.append(strict.marks, Mark.UNKNOWN)[following] == Mark.OWN
    )
    begin = np.concatenate([strict.begin, ids])
    own = np.concatenate([strict.own, np.where(has, following, -1)])
    order = np.argsort(begin, kind="stable")
    known |= strict.known
    return of_spans(
        region, strict.openers, strict.marks, begin[order], own[order], known, strict=strict.known
    )


def _attributes(value: Any) -> list[tuple[str, Any]]:
    return pairs(value.get("attributes") if isinstance(value, dict) else value)


def _said(kind: str, decoded: Callable[[bytes], Any]) -> Callable[[bytes], str]:
    """The text of a value of one kind."""

    def tell(token: bytes) -> str:
        value = plain({kind: decoded(token)})
        if value is None:
            raise ValueError
        return str(value)

    return tell


def is_elsewhere(name: str) -> bool:
    """Whether this is told among the attributes of an opened span, but stands beside them."""
    return same(name, "tracestate")


FORM: Final = Form(
    before=(b'{"key":"',),
    maybe_name=key_otherwise,
    kinds={
        b'","value":{"stringValue":"': unescaped,
        b'","value":{"intValue":"': _said("intValue", unescaped),
        b'","value":{"intValue":': _said("intValue", loads),
        b'","value":{"boolValue":': _said("boolValue", loads),
        b'","value":{"doubleValue":': _said("doubleValue", loads),
    },
    layout=layout,
    attributes=_attributes,
    elsewhere=is_elsewhere,
)
