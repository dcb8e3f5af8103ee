"""A small bundle of two requests as OTLP JSON lines and a log, for tests of whole ways through the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

START = 1_790_000_000_000_000_000
MS = 1_000_000
FAILING, HEALTHY = "4bf92f3577b34da6a3ce929d0e0e4736", "7ad6b7169203331a4bf92f3577b34da6"
SECRET = "ana.silva@example.com"


def attributes(**values: object) -> list[dict[str, Any]]:
    """OTLP attributes; ``__`` in a name is a dot."""
    kinds = {str: "stringValue", int: "intValue", bool: "boolValue", float: "doubleValue"}
    return [{"key": k.replace("__", "."), "value": {kinds[type(v)]: str(v) if type(v) is int else v}}
            for k, v in values.items()]  # fmt: skip


def span(
    trace: str, number: int, parent: int, name: str, begin_ms: int, length_ms: int, **more: Any
) -> dict[str, Any]:
    """An OTLP span; times in ms since :data:`START`."""
    begin = START + begin_ms * MS
    return {
        "traceId": trace, "spanId": f"{number:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name,
        "kind": 1, "startTimeUnixNano": str(begin), "endTimeUnixNano": str(begin + length_ms * MS), **more,
    }  # fmt: skip


def resource(service: str, *spans: dict[str, Any]) -> dict[str, Any]:
    """Spans of one service."""
    return {"resource": {"attributes": attributes(service__name=service, service__version="1.2.0")},
            "scopeSpans": [{"scope": {"name": "tests"}, "spans": list(spans)}]}  # fmt: skip


def failing_lines() -> list[dict[str, Any]]:
    """One request in which the payment service fails on a full disk, and the shop answers 500."""
    trace, failed = FAILING, {"code": 2}
    message = "[Errno 28] No space left on device"
    raised = {"timeUnixNano": str(START + 60 * MS), "name": "exception", "attributes": attributes(
        exception__type="OSError", exception__message=message,
        exception__stacktrace="Traceback (most recent call last):\n"
        f'  File "/app/charge.py", line 7, in charge\n    journal.write(entry)\nOSError: {message}')}  # fmt: skip
    shop = resource(
        "shop",
        span(trace, 1, 0, "POST /buy", 0, 100, kind=2, status=failed, attributes=attributes(
            http__response__status_code=500, http__request__header__x_request_id="rq-0001", user__email=SECRET)),
        span(trace, 2, 1, "charge", 20, 70, kind=3, status=failed, attributes=attributes(http__status_code=500)),
    )  # fmt: skip
    payment = resource("payment", span(trace, 3, 2, "POST /charge", 25, 60, kind=2, status=failed, events=[raised],
                                       attributes=attributes(http__status_code=500)))  # fmt: skip
    return [{"resourceSpans": [shop]}, {"resourceSpans": [payment]}]


def healthy_lines() -> list[dict[str, Any]]:
    """The same request, ending well."""
    trace = HEALTHY
    shop = resource(
        "shop",
        span(trace, 1, 0, "POST /buy", 5000, 40, kind=2, attributes=attributes(
            http__response__status_code=200, http__request__header__x_request_id="rq-0002")),
        span(trace, 2, 1, "charge", 5010, 20, kind=3, attributes=attributes(http__status_code=200)),
    )  # fmt: skip
    payment = resource("payment", span(trace, 3, 2, "POST /charge", 5012, 15, kind=2,
                                       attributes=attributes(http__status_code=200)))  # fmt: skip
    return [{"resourceSpans": [shop, payment]}]


LOG = """\
2026-09-21T14:13:20.050Z ERROR payment [request_id=rq-0001] journal full, mail ana.silva@example.com
Traceback (most recent call last):
  File "/app/charge.py", line 7, in charge
    journal.write(entry)
OSError: [Errno 28] No space left on device
2026-09-21T14:13:25.015Z INFO payment [request_id=rq-0002] charged
"""


def write_small(folder: Path) -> Path:
    """Write the bundle as a folder; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [*failing_lines(), *healthy_lines()]
    (folder / "spans.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    (folder / "payment.log").write_text(LOG, encoding="utf-8")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 8)
    return folder
