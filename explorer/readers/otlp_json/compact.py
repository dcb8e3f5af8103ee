"""Where the spans of a document lie that is written as collectors and SDKs do: no blanks, names in protobuf's order.

Then ``{"traceId":"…","spanId":"…",`` begins each span and each link and nothing else, which is found without parsing.
A quote within a text is escaped, so that no text looks like a name with its quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.extents import Extents, Shared
from explorer.decoding.finding import Finder
from explorer.decoding.naming import stands

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

SILENT: Final = frozenset(
    b"traceId spanId parentSpanId startTimeUnixNano endTimeUnixNano timeUnixNano observedTimeUnixNano key kind code"
    b" flags severityNumber schemaUrl droppedAttributesCount droppedEventsCount droppedLinksCount".split()
)
"""Names whose values are no text of a span or log record."""

_BEGIN: Final = b'{"resourceSpans":[{"resource":{'
_ID: Final = b'"spanId":"'
_HEAD: Final = b'{"traceId":"'
_IDS: Final = Finder(_ID, any_case=False)
_TRACE: Final = len(_HEAD) + 32 + len('",')
_BEHIND: Final = len(_ID) + 16
_ARRAY: Final = b'"spans":['
_RESOURCE: Final = b'{"resource":'
_SCOPES: Final = b'"scopeSpans":['
_MARKS: Final = (b',{"resource":', b',{"scope":', b',{"spans":', _BEGIN)


def compact(raw: bytes) -> Extents | None:
    """The places of all spans, with resources and scopes; None where a document is not quite as described."""
    begin = span_places(raw)
    if begin is None:
        return None
    view = np.frombuffer(raw, np.uint8)
    new = view[begin - 1] == ord("[")
    if not (
        stands(view, begin[new] - len(_ARRAY), _ARRAY).all() and (view[begin[~new] - 1] == ord(",")).all()
    ):
        return None
    bounds = np.flatnonzero(new)
    heads = [_head(raw, int(begin[at - 1]) if at else 0, int(begin[at])) for at in bounds.tolist()]
    known = [head for head in heads if head is not None]
    if len(known) < len(heads):
        return None
    end = np.append(begin[1:] - 1, len(raw))
    end[bounds[1:] - 1] = [head.begin for head in known[1:]]
    return Extents(begin, end, lambda: _shared(known, np.append(bounds, len(begin)).tolist()), SILENT)


def span_places(raw: bytes) -> Places | None:
    """Where each span begins, int64 (spans,), if the document is as described as far as that tells."""
    begin = _spans(raw) if raw.startswith(_BEGIN) else None
    return None if begin is None or _has_logs(raw, begin) else begin


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before the spans of a scope.

    Attributes:
        begin: where the spans before end.
        resource, scope: begin and end; the resource is None where it is that of the scope before.
    """

    begin: int
    resource: tuple[int, int] | None
    scope: tuple[int, int]


def _head(raw: bytes, before: int, behind: int) -> _Head | None:
    """What stands between two spans of different scopes; None for what is not known."""
    begins = [place for mark in _MARKS if (place := raw.find(mark, before, behind)) >= 0]
    if not begins:
        return None
    resource, scopes = (raw.rfind(mark, before, behind) for mark in (_RESOURCE, _SCOPES))
    if resource < 0:
        return _Head(begins[0], None, (begins[0], behind))
    return _Head(begins[0], (resource, scopes), (scopes, behind)) if scopes > resource else None


def _shared(heads: Sequence[_Head], bounds: Sequence[int]) -> list[Shared]:
    """Resources and scopes, each with the spans it is said of."""
    found = []
    for number, head in enumerate(heads):
        found.append(Shared(*head.scope, np.arange(bounds[number], bounds[number + 1])))
        if head.resource is not None:
            following = (
                later for later in range(number + 1, len(heads)) if heads[later].resource is not None
            )
            last = bounds[next(following, len(heads))]
            found.append(Shared(*head.resource, np.arange(bounds[number], last)))
    return found


def _spans(raw: bytes) -> Places | None:
    """Where the spans begin; None where one may begin otherwise."""
    begin, broken = span_marks(raw)
    return begin if len(begin) and not len(broken) else None


def span_marks(raw: bytes) -> tuple[Places, Places]:
    """Where spans begin, and the places of ids that may be of a span that begins otherwise; int64 ascending."""
    at, view = _IDS.places(raw), np.frombuffer(raw, np.uint8)
    begin = at - _TRACE
    whole = stands(view, begin, _HEAD) & stands(view, at - 2, b'",')
    # What follows the ids: a name that only spans have, or only links.
    behind = view[np.minimum(at + _BEHIND + 3, len(view) - 1)]
    is_link = stands(view, at + _BEHIND, b'"}') | (behind == ord("a"))
    is_span = stands(view, at + _BEHIND, b'","') & ((behind == ord("p")) | (behind == ord("n")))
    whole &= is_link ^ is_span
    return begin[whole & is_span], at[~whole]


def _has_logs(raw: bytes, begin: Places) -> bool:
    """Whether log records may stand before the first span or behind the last."""
    return b'"resourceLogs"' in raw[: begin[0]] or b'"resourceLogs"' in raw[begin[-1] :]
