"""HTTP archives (HAR 1.2) that browsers and proxies save: one log record a request.

Format: W3C Web Performance, HTTP Archive; ``startedDateTime``, ``time`` in ms, status 0 where no answer came. Ids are
taken from the headers of request and answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.logs.entries import Entry, open_decoded, pages, read_decoded
from explorer.decoding.logs.hits import object_entry
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.fields import role

NAME = "har"
LABEL = "HTTP archive (HAR)"
RECOGNISED_BY = "A log of entries with a request and when it was started."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_LIMIT: Final = 4096
_SECRETS: Final = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"})


def detect(head: bytes) -> Confidence | None:
    """By the names of the log and its entries."""
    if b'"log"' not in head:
        return None
    paths = outline(head)
    if ("log", "entries", "startedDateTime") in paths:
        return Confidence.CERTAIN
    return Confidence.LIKELY if {("log", "version"), ("log", "creator")} <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the requests into the builder."""
    refused = []
    for i, page in pages(records):
        try:
            log = named(named(lenient.loads(page[0])).get("log"))
        except ValueError:
            log = {}
        found = [_entry(one) for one in listed(log.get("entries"))]
        entries = [one for one in found if one is not None]
        if not isinstance(log.get("entries"), list) or (found and not entries):
            refused.append(i)
            continue
        if len(entries) < len(found):
            told = "entries without a time or request are left out"
            builder.skip("warning", "broken-entry", told, offset=page.offset, count=len(found) - len(entries))
        read_decoded(page, builder, NAME, entries)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open one request again."""
    return open_decoded(raw)


def _entry(value: Any) -> Entry | None:
    told = named(value)
    request, response = named(told.get("request")), named(told.get("response"))
    time = moment(told.get("startedDateTime"))
    if not time or not request:
        return None
    status = response.get("status")
    url = text(request.get("url"))[:_LIMIT]
    failed = not status
    error = text(response.get("_error") or told.get("_error") or response.get("statusText"))
    words = (text(request.get("method")), url, "failed" if failed else text(status), error)
    plain: dict[str, Any] = {
        "timestamp": told["startedDateTime"], "message": " ".join(word for word in words if word),
        "duration_ms": told.get("time"), "timings": told.get("timings"), "server.address": _host(url),
    }  # fmt: skip
    if failed:
        plain["severity"] = "ERROR"
    else:
        plain["http.status_code"] = status
    for side, part in (("request", request), ("response", response)):
        for name, item in _headers(part):
            plain[name if role(name) else f"http.{side}.header.{name}"] = item
    return object_entry({name: item for name, item in plain.items() if item not in (None, "")}, time)


def _headers(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Headers without those that hold secrets."""
    for header in listed(part.get("headers")):
        name = text(named(header).get("name")).lower()
        if name and name not in _SECRETS:
            yield name, text(named(header).get("value"))[:_LIMIT]


def _host(url: str) -> str:
    """The host of a URL, ``""`` where it has none or is broken."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
