"""Events of resilience4j as its Spring endpoints tell them: ``/actuator/circuitbreakerevents`` and those of retries,
bulkheads, rate limiters and time limiters (resilience4j-spring-boot ``*EventDTO``).

Changes of a breaker's state are marks; failures and refusals are log records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, open_items, read_documents, text
from explorer.decoding.logs.severity import ERROR, INFO, WARN
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark
from explorer.model.schema import LogFlag

NAME: Final = "resilience4j"
LABEL: Final = "resilience4j events"
RECOGNISED_BY: Final = "JSON with circuitBreakerEvents, retryEvents, bulkheadEvents or the like."
FRAMINGS: Final = frozenset({"document", "lines"})

_KINDS: Final = {
    "circuitBreakerEvents": ("circuitBreakerName", "Circuit breaker"), "retryEvents": ("retryName", "Retry"),
    "bulkheadEvents": ("bulkheadName", "Bulkhead"), "rateLimiterEvents": ("rateLimiterName", "Rate limiter"),
    "timeLimiterEvents": ("timeLimiterName", "Time limiter"),
    "threadPoolBulkheadEvents": ("bulkheadName", "Thread pool bulkhead"),
}  # fmt: skip
_SEVERITIES: Final = {
    "ERROR": ERROR, "FAILURE_RATE_EXCEEDED": ERROR, "SLOW_CALL_RATE_EXCEEDED": ERROR, "TIMEOUT": ERROR,
    "NOT_PERMITTED": WARN, "CALL_REJECTED": WARN, "FAILED_ACQUIRE": WARN, "RETRY": WARN, "IGNORED_ERROR": INFO,
}  # fmt: skip
_ZONE: Final = re.compile(r"\[[^\]]*\]$")


def detect(head: bytes) -> Confidence | None:
    """By the name of the list and of what is in it."""
    if b"Events" not in head:
        return None
    paths = outline(head)
    found = [key for key in _KINDS if (key,) in paths]
    if not found:
        return None
    return Confidence.CERTAIN if any((key, _KINDS[key][0]) in paths for key in found) else Confidence.LIKELY


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the events into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, event by event."""
    return open_items(raw, _events, lambda event: _message(named(event)))


def _events(value: Any) -> list[Any]:
    return [{**named(event), "": key} for key in _KINDS for event in listed(named(value).get(key))]


def _read(document: Document) -> bool:
    if not any(isinstance(named(document.value).get(key), list) for key in _KINDS):
        return False
    builder = document.builder
    untimed = 0
    for i, event in enumerate(_events(document.value)):
        time = moment(_ZONE.sub("", text(event.get("creationTime"))))
        untimed += not time
        kind, message = text(event.get("type")), _message(event)
        transition = text(event.get("stateTransition"))
        opened = transition.endswith("OPEN") and not transition.endswith("HALF_OPEN")
        severity = ERROR if opened else _SEVERITIES.get(kind, INFO)
        builder.logs.append(
            time=time or max(builder.file.mtime_ns, 0), severity=severity, doc=document.doc, index=i,
            flags=0 if time else int(LogFlag.TIME_INFERRED),
        )  # fmt: skip
        if kind == "STATE_TRANSITION" and time:
            builder.marks.append(Mark("breaker", time, -1, "", message, severity, document.doc, i))
    if untimed:
        document.remark("info", "no-time", "events without a time are placed where the file was written")
    return True


def _message(event: dict[str, Any]) -> str:
    """``Circuit breaker pay: CLOSED to OPEN``, ``Retry pay: ERROR after 3 attempts: java.net.ConnectException``."""
    name_field, what = _KINDS.get(text(event.get("")), ("name", "Event"))
    kind = text(event.get("type"))
    transition = text(event.get("stateTransition")).replace("_TO_", " to ")
    attempts = text(event.get("numberOfAttempts"))
    message = f"{what} {text(event.get(name_field))}: {transition or kind}"
    message += f" after {attempts} attempts" if attempts not in ("", "0") else ""
    return f"{message}: {text(event['errorMessage'])}" if event.get("errorMessage") else message
