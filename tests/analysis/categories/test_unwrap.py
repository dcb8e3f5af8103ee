"""Wrappers peeled: what the error was that others wrapped."""

from __future__ import annotations

import pytest

from explorer.analysis.categories.rules import categorize
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.unwrap import unwrap
from tests.analysis.categories.shipped import judged, shipped

POOL = (
    "HTTPConnectionPool(host='stock', port=80): Max retries exceeded with url: /v1 (Caused by "
    "NewConnectionError('<urllib3.connection.HTTPConnection object>: Failed to establish a new connection: "
    "[Errno 111] Connection refused'))"
)
INNERMOST = {
    "RetryError[<Future at 0x7f state=finished raised ConnectTimeout>]": "ConnectTimeout",
    POOL: "NewConnectionError",
    "(psycopg2.OperationalError) server closed the connection\n[SQL: select 1]": "psycopg2.OperationalError",
    "An error occurred (SlowDown) when calling the PutObject operation (reached max retries: 4): Slow": "SlowDown",
    "outer.Error: cannot; nested exception is java.net.ConnectException: refused": "java.net.ConnectException",
    "ray.exceptions.RayTaskError(ValueError): ray::f()": "ray.exceptions.RayTaskError",
    "mlflow.exceptions.MlflowException: API request failed with exception KeyError('x')": "KeyError",
    "Job aborted: most recent failure: Lost task 1.0 (TID 3, host): java.lang.OutOfMemoryError: heap": (
        "java.lang.OutOfMemoryError"
    ),
}


@pytest.mark.parametrize("text", INNERMOST)
def test_the_innermost_error_comes_first(text: str) -> None:
    first = unwrap(text)[0]
    assert (first.text, first.layer) == (INNERMOST[text], 0)


def test_layers_count_outwards() -> None:
    layers = [signal.layer for signal in unwrap(POOL)]
    assert layers == sorted(layers)
    assert layers[-1] > 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rpc error: code = Unavailable desc = why", "Unavailable"),
        ('Status(StatusCode="Unavailable", Detail="why")', "Unavailable"),
        ("io.grpc.StatusRuntimeException: UNAVAILABLE: why", "UNAVAILABLE"),
        ("14 UNAVAILABLE: why", "UNAVAILABLE"),
        (
            '<_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.UNAVAILABLE\n\tdetails = "why"',
            "UNAVAILABLE",
        ),
        ('status: Unavailable, message: "why", details: []', "Unavailable"),
    ],
)
def test_statuses_of_grpc_in_every_spelling(text: str, code: str) -> None:
    signals = unwrap(text)
    assert Signal("grpc", code, "", 1) in signals
    assert (signals[0].text, signals[0].layer) == ("why", 0)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("503 Server Error: Service Unavailable for url: http://x", "http", "503"),
        ("Client error '429 Too Many Requests' for url 'http://x'", "http", "429"),
        ("Request failed with status code 502", "http", "502"),
        ("Response status code does not indicate success: 404 (Not Found).", "http", "404"),
        ("returned non-zero exit status 137", "exit", "137"),
        ("Command 'x' died with <Signals.SIGSEGV: 11>.", "exit", "SIGSEGV"),
        ("NVRM: Xid (PCI:0000:3b:00): 79, pid=1", "xid", "79"),
    ],
)
def test_codes_in_running_text(text: str, kind: str, code: str) -> None:
    assert (kind, code) in {(signal.kind, signal.text) for signal in unwrap(text)}


def test_a_json_body_gives_its_message() -> None:
    text = 'Error code: 429 - {"error": {"message": "slow down a bit", "type": "tokens", "code": null}}'
    signals = unwrap(text)
    assert signals[0].text.startswith("slow down a bit")
    assert any(signal.kind == "http" and signal.text == "429" for signal in signals)


def test_a_wrapper_gives_only_the_layer() -> None:
    assert (
        judged("exception", "requests.exceptions.ConnectionError", POOL).subcategory == "connection-refused"
    )
    assert (
        judged("message", "504 Gateway Timeout: CUDA out of memory. Tried to allocate").category == "system"
    )
    assert judged(
        "exception", "java.util.concurrent.ExecutionException", "java.lang.NullPointerException: x"
    ).category == ("application")


def test_a_runtime_that_stops_what_waits_is_no_cause() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/usr/lib/python3.11/asyncio/tasks.py", line 500, in wait_for\n'
        "asyncio.exceptions.CancelledError\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "/app/a.py", line 3, in f\n'
        "TimeoutError\n"
    )
    assert judged("log", text).subcategory == "timeout"


def test_a_client_who_left_is_more_than_a_broken_pipe() -> None:
    verdict = judged(
        "exception", "org.apache.catalina.connector.ClientAbortException", "java.io.IOException: Broken pipe"
    )
    assert (verdict.category, verdict.expected) == ("client", True)


@pytest.mark.parametrize(
    "text", ["", "(", "{'", "Caused by:", "RetryError[", "x" * 100_000, "((((((((((Error((("]
)
def test_nothing_raises(text: str) -> None:
    unwrap(text)


def test_a_stack_kept_apart_from_its_error_adds_no_words() -> None:
    error = Signal("exception", "ValueError", "stock -1")
    frames = "    at reserve (stock.py:9)\n    at handle (config/app.py:1)"
    assert unwrap(frames) == ()
    assert categorize([error, Signal("message", frames)], shipped()) == categorize([error], shipped())
    assert unwrap("at capacity (9 of 9)")
