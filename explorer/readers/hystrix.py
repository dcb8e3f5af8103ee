"""Hystrix' dashboard stream: as it is sent (``data: {…}`` and ``ping:`` lines), as JSON lines, or as an array.

Format: Netflix/Hystrix SerialHystrixDashboardData. Counts are rolling ones over ten seconds or so: gauges that are
never added up. A breaker that is open is a mark from the first sample in which it is to the last; timeouts and failures
are the cause of that, short-circuited calls its effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import named, number, text, whole
from explorer.decoding.logs.objects import flatten
from explorer.decoding.logs.severity import ERROR, WARN
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail, Mark, Series

NAME: Final = "hystrix"
LABEL: Final = "Hystrix stream"
RECOGNISED_BY: Final = (
    "Objects of type HystrixCommand, HystrixThreadPool or HystrixCollapser, a line or after data:."
)
FRAMINGS: Final = frozenset({"lines", "document"})

_TYPE: Final = re.compile(rb'"type"\s*:\s*"Hystrix(?:Command|ThreadPool|Collapser)"')
_PING: Final = re.compile(rb"(?:ping\s*:\s*|:\s*ping\s*|data:\s*\{[^{}]*\"type\"\s*:\s*\"meta\"[^{}]*\})$")
"""What keeps a connection alive, also Turbine's."""
_US: Final = 1000
_US_IN_MS: Final = 1000
"""Milliseconds in a float hold whole microseconds exactly."""
_GAUGES: Final = {
    "errorPercentage": "%", "requestCount": "", "errorCount": "",
    "latencyExecute_mean": "ms", "latencyTotal_mean": "ms",
    "currentConcurrentExecutionCount": "", "currentActiveCount": "", "currentQueueSize": "",
    "rollingCountCommandRejections": "", "rollingCountSuccess": "", "rollingCountFailure": "",
    "rollingCountTimeout": "", "rollingCountShortCircuited": "", "rollingCountThreadPoolRejected": "",
    "rollingCountSemaphoreRejected": "", "rollingCountFallbackSuccess": "", "rollingCountFallbackFailure": "",
    "rollingCountExceptionsThrown": "", "rollingCountBadRequests": "",
}  # fmt: skip
_CAUSES: Final = (
    ("rollingCountTimeout", "timeouts"), ("rollingCountFailure", "failures"),
    ("rollingCountThreadPoolRejected", "rejected by the thread pool"),
    ("rollingCountSemaphoreRejected", "rejected by the semaphore"), ("rollingCountShortCircuited", "short-circuited"),
)  # fmt: skip


def detect(head: bytes) -> Confidence | None:
    """By the type of the first object, or the form of the stream."""
    if _TYPE.search(head):
        return Confidence.CERTAIN
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return Confidence.LIKELY if _PING.match(first.split(b"\n", 1)[0]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write samples as points, open breakers as marks, and the calls that failed as log records."""
    refused: list[int] = []
    doc = -1
    for i in range(len(records)):
        data = records[i].strip()
        if _PING.match(data):
            continue
        body = data[5:].lstrip() if data.startswith(b"data:") else data
        if body[:1] not in (b"{", b"["):
            if not _PING.match(data):
                refused.append(i)
            continue
        samples = list(_samples(body))
        if not samples:
            refused.append(i)
            continue
        doc = doc if doc >= 0 else builder.block(records)
        for sample in samples:
            _add(
                builder,
                sample,
                doc,
                int(records.starts[i]),
                int(records.ends[i] - records.starts[i]),
                records,
            )
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open one sample again."""
    body = raw.strip().removeprefix(b"data:").lstrip()
    sample = next(iter(_samples(body)), {})
    detail = Detail(
        attributes=tuple(flatten(sample)), message=_message(sample), raw=raw.decode("utf-8", "replace")
    )
    return lambda _: detail


def _samples(body: bytes) -> Iterator[dict[str, Any]]:
    try:
        value = lenient.loads(body)
    except ValueError:
        return
    for one in value if isinstance(value, list) else [value]:
        if text(named(one).get("type")).startswith("Hystrix"):
            yield one


def _add(
    builder: Builder, sample: dict[str, Any], doc: int, begin: int, length: int, records: Records
) -> None:
    time = round((number(sample.get("currentTime")) or 0) * _US_IN_MS) * _US if _in_range(sample) else 0
    if not time:
        builder.skip(
            "warning", "no-time", "samples without a time are left out", offset=records.offset + begin
        )
        return
    name, group = text(sample.get("name")), text(sample.get("group"))
    labels = tuple((label, value) for label, value in (("command", name), ("group", group)) if value)
    for field, unit in _GAUGES.items():
        value = number(sample.get(field))
        if value is not None:
            code = builder.series_code(Series(f"hystrix.{field}", labels, unit, "gauge", ""))
            builder.points.append(series=code, time=time, value=value)
    if not text(sample["type"]).endswith("Command"):
        return
    is_open = _is_open(sample)
    _mark(builder, (name, group), time, _message(sample), doc, is_open=is_open)
    if is_open or (number(sample.get("errorCount")) or 0) > 0:
        builder.logs.append(
            time=time, severity=ERROR if is_open else WARN, doc=doc, index=begin, length=length
        )


def _in_range(sample: dict[str, Any]) -> bool:
    return 0 < (number(sample.get("currentTime")) or 0) < 9.2e12


def _is_open(sample: dict[str, Any]) -> bool:
    """Whether the breaker is open; Turbine's sum over hosts counts how many are, by ``true`` and ``false``."""
    value = sample.get("isCircuitBreakerOpen")
    if isinstance(value, dict):
        return (number(value.get("true")) or 0) > 0
    return value is True or text(value).lower() == "true" or (number(value) or 0) > 0


def _mark(
    builder: Builder, command: tuple[str, str], time: int, message: str, doc: int, *, is_open: bool
) -> None:
    """Begin a mark, make it longer, or end it."""
    known: dict[tuple[str, str], int] = builder.memory.setdefault(NAME, {})
    at = known.get(command, -1)
    if at >= len(builder.marks) or (at >= 0 and builder.marks[at].kind != "breaker"):
        at = -1
    if at >= 0 and time > builder.marks[at].time_ns:
        builder.marks[at] = replace(builder.marks[at], end_ns=time)
    if is_open and at < 0:
        known[command] = len(builder.marks)
        builder.marks.append(Mark("breaker", time, -1, "", message, ERROR, doc))
    elif not is_open:
        known.pop(command, None)


def _message(sample: dict[str, Any]) -> str:
    """``Circuit breaker pay (shop) is open: 7 timeouts, 1 short-circuited of 7 calls, 100% errors``."""
    counts = [f"{count} {words}" for field, words in _CAUSES if (count := whole(sample.get(field)))]
    calls, share = whole(sample.get("requestCount")), number(sample.get("errorPercentage")) or 0
    state = "open" if _is_open(sample) else "closed"
    group = f" ({text(sample['group'])})" if sample.get("group") else ""
    told = f"{', '.join(counts) or 'no errors'} of {calls} calls, {share:g}% errors"
    return f"Circuit breaker {text(sample.get('name'))}{group} is {state}: {told}"
