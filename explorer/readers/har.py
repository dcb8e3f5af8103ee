"""HTTP archives (HAR 1.2) that browsers and proxies save: one span a request, seen by the client.

Format: W3C Web Performance, HTTP Archive; ``startedDateTime``, ``time`` in ms, status 0 where no answer came. A request
whose headers carry a trace context is the span named there, so that the spans of the servers join it; requests
without one are spans of the page they belong to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.logs.propagation import trace_context
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role, role
from explorer.model.schema import Kind, Status

NAME = "har"
LABEL = "HTTP archive (HAR)"
RECOGNISED_BY = "A log of entries with a request and when it was started."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_MS: Final = 10**6
_PARTS: Final = ("blocked", "dns", "connect", "send", "wait", "receive")
"""Of the time an entry took; ``ssl`` lies within ``connect``."""
_LIMIT: Final = 4096
_SECRETS: Final = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"})
_FAILED: Final = 400
_SERVICE: Final = "browser"


def detect(head: bytes) -> Confidence | None:
    """By the names of the log and its entries."""
    if b'"log"' not in head:
        return None
    paths = outline(head)
    if ("log", "entries", "startedDateTime") in paths:
        return Confidence.CERTAIN
    return Confidence.LIKELY if {("log", "version"), ("log", "creator")} <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read archives; what is none, or does not parse, is returned."""
    return read_plain(records, builder, parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open an archive again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The requests of an archive, None where it is none."""
    log = named(named(value).get("log"))
    if not isinstance(log.get("entries"), list):
        return None
    origin = Origin(_SERVICE, _client(log))
    parsed = Parsed()
    for ordinal, one in enumerate(log["entries"]):
        span = _span(named(one), ordinal, origin)
        if span is None:
            parsed.dropped += 1
        else:
            parsed.spans.append(span)
    used = {span.trace for span in parsed.spans}
    for page in map(named, listed(log.get("pages"))):
        if _trace_of(text(page.get("id"))) in used and moment(page.get("startedDateTime")):
            parsed.spans.append(_page(page, origin))
    return parsed if parsed.spans or not log["entries"] else None


def _client(log: dict[str, Any]) -> Pairs:
    told = named(log.get("browser")) or named(log.get("creator"))
    pairs = (("user_agent.name", text(told.get("name"))), ("user_agent.version", text(told.get("version"))))
    return [(name, item) for name, item in pairs if item]


def _trace_of(page: str) -> str:
    return f"page {page}" if page else "requests without a page"


def _page(page: dict[str, Any], origin: Origin) -> PlainSpan:
    timings = named(page.get("pageTimings"))
    return PlainSpan(
        trace=_trace_of(text(page.get("id"))),
        span_id=text(page.get("id")),
        name=text(page.get("title"))[:_LIMIT] or text(page.get("id")),
        origin=origin,
        start=moment(page.get("startedDateTime")),
        duration=nanoseconds(timings.get("onLoad"), _MS),
        kind=Kind.INTERNAL,
        attributes=[(f"page.{name}", item) for name, item in timings.items() if item is not None],
        source=page,
    )


def _span(one: dict[str, Any], ordinal: int, origin: Origin) -> PlainSpan | None:
    request, response = named(one.get("request")), named(one.get("response"))
    start = moment(one.get("startedDateTime"))
    if not start or not request:
        return None
    url = text(request.get("url"))[:_LIMIT]
    status, code = _outcome(response)
    headers = [*_headers("request", request), *_headers("response", response)]
    trace, span_id = _context(request)
    page = text(one.get("pageref"))
    return PlainSpan(
        trace=trace or _trace_of(page),
        span_id=span_id or f"request {page} {ordinal}",
        parent_id="" if trace else page,
        name=f"{text(request.get('method'))} {_place(url)[1]}".strip(),
        origin=origin,
        start=start,
        duration=_duration(one),
        kind=Kind.CLIENT,
        status=status,
        message=_error(one, response) if status == Status.ERROR else "",
        peer=_place(url)[0],
        attributes=[
            ("http.request.method", request.get("method")), ("url.full", url),
            *([("http.response.status_code", code)] if code else []), *headers,
            *((f"timings.{name}", item) for name, item in named(one.get("timings")).items()),
            *((name, one[name]) for name in ("serverIPAddress", "connection") if one.get(name)),
        ],
        source=one,
    )  # fmt: skip


def _duration(one: dict[str, Any]) -> int | None:
    """How long an entry took; of its parts, where the sum was not written (older Firefox)."""
    told = nanoseconds(one.get("time"), _MS)
    if told and told > 0:
        return told
    timings = named(one.get("timings"))
    parts = [nanoseconds(timings.get(name), _MS) for name in _PARTS]
    known = [part for part in parts if part is not None and part >= 0]
    return sum(known) if known else told


def _outcome(response: dict[str, Any]) -> tuple[int, int]:
    """Status of the span and code of the answer, 0 where none came."""
    found = nanoseconds(response.get("status"))
    code = found if found is not None and found > 0 else 0
    return int(Status.ERROR if not code or code >= _FAILED else Status.UNSET), code


def _error(one: dict[str, Any], response: dict[str, Any]) -> str:
    told = (response.get("_error"), one.get("_error"), response.get("statusText"))
    return next((text(item) for item in told if item), "no answer")


def _context(request: dict[str, Any]) -> tuple[str, str]:
    """Trace and span id that the request carried, empty where it carried none."""
    for header in map(named, listed(request.get("headers"))):
        found = (
            trace_context(header.get("value"))
            if role(text(header.get("name"))) is Role.TRACE_CONTEXT
            else None
        )
        if found is not None:
            trace, span = found
            return f"{trace:032x}", f"{span:016x}" if span else ""
    return "", ""


def _headers(side: str, part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Headers without those that hold secrets."""
    for header in listed(part.get("headers")):
        name = text(named(header).get("name")).lower()
        if name and name not in _SECRETS:
            yield (
                name if role(name) else f"http.{side}.header.{name}",
                text(named(header).get("value"))[:_LIMIT],
            )


def _place(url: str) -> tuple[str, str]:
    """Host and path of a URL, empty where it is broken."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""
