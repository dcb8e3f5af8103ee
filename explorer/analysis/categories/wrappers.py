"""The wrappers known by their words: how libraries print an error that holds another error.

Each is tried only where its literal occurs. Sources: urllib3 ``exceptions.py``, tenacity, SQLAlchemy ``exc.py``,
grpc (Python, Go, Java, Node, C#), botocore ``exceptions.py``, Spring ``NestedRuntimeException``, Spark
``DAGScheduler``, Rust ``core::result``, Celery ``worker/request.py``, OpenAI and Anthropic clients.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.analysis.categories.signals import Kind, Signal

_TEXT = r"(?P<inner>.*)"
_CODES: tuple[Kind, ...] = ("grpc", "http")


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A wrapper: tried where ``literal`` occurs; named groups give the parts.

    Groups: ``inner`` (the text of the inner error), ``type`` (its class), and ``grpc`` or ``http`` (a code).
    """

    literal: str
    pattern: re.Pattern[str]

    def peel(self, text: str) -> Peeled | None:
        """The inner error, the rest of the text and the codes met; None where it does not fit."""
        found = self.pattern.search(text)
        if found is None:
            return None
        parts = found.groupdict()
        inner, name = (parts.get("inner") or "").strip(), parts.get("type") or ""
        codes = tuple(Signal(kind, parts[kind]) for kind in _CODES if parts.get(kind))
        outer = f"{text[: found.start()]} {text[found.end() :]}".strip()
        return Peeled(outer, codes, f"{name}: {inner}" if name else inner)


@dataclass(frozen=True, slots=True)
class Peeled:
    """One layer taken off: the wrapper's own text, its codes, and the text of what it held."""

    outer: str
    codes: tuple[Signal, ...]
    inner: str


def _wrapper(literal: str, pattern: str) -> Wrapper:
    return Wrapper(literal, re.compile(pattern, re.DOTALL))


_GRPC_UPPER = (
    "CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|ALREADY_EXISTS|PERMISSION_DENIED|UNAUTHENTICATED"
    "|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED|OUT_OF_RANGE|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"
)

WRAPPERS: tuple[Wrapper, ...] = (
    _wrapper("RetryError", r"RetryError\[.{0,200}? raised (?P<type>[\w.]+)[^\]]{0,40}\]?"),
    _wrapper("(Caused by ", r"\(Caused by (?P<type>[\w.]+)\((?P<inner>.*)\)\)"),
    _wrapper(
        "status = StatusCode",
        r'status = StatusCode\.(?P<grpc>[A-Z_]+)\s+details = "(?P<inner>.*?)"\s*(?:debug_error.*|>|$)',
    ),
    _wrapper("Exception calling application", rf"Exception calling application:\s*{_TEXT}"),
    _wrapper("Exception iterating responses", rf"Exception iterating responses:\s*{_TEXT}"),
    _wrapper("rpc error: code", rf"rpc error: code = (?P<grpc>\w+) desc = {_TEXT}"),
    _wrapper(
        "StatusCode=", r'Status\(StatusCode="?(?P<grpc>\w+)"?, Detail="(?P<inner>.*?)"(?:, Debug|\)|$).*'
    ),
    _wrapper("code: ", r'code: (?P<grpc>[A-Z]\w{3,20}), message: "(?P<inner>.*?)"(?:, details| *\}|$).*'),
    _wrapper("status: ", r'status: (?P<grpc>[A-Z]\w{3,20}), message: "(?P<inner>.*?)"(?:, details| *\}|$).*'),
    _wrapper("StatusCode.", r"\[?StatusCode\.(?P<grpc>[A-Z_]+)\]?[\s:]*" + _TEXT),
    _wrapper(
        "An error occurred (",
        r"An error occurred \((?P<type>\w+)\) when calling the \w+ operation(?: \([^)]*\))?:?\s*" + _TEXT,
    ),
    _wrapper(
        "with message",
        r"Received (?:server|client) error \((?P<http>\d+)\) from \S+ with message \"(?P<inner>.*?)\"\.?\s*(?:See|$).*",
    ),
    _wrapper("Error code: ", rf"Error code: (?P<http>\d{{3}})\s*-?\s*{_TEXT}"),
    _wrapper("most recent failure:", rf"most recent failure: [^:]{{0,200}}\):\s*{_TEXT}"),
    _wrapper("nested exception is", rf";?\s*nested exception is\s*{_TEXT}"),
    _wrapper("Caused by:", r"Caused by:\s*(?P<inner>(?:(?!Caused by:).)*)$"),
    _wrapper("an `Err` value:", rf"called `Result::(?:unwrap|expect)\(\)` on an `Err` value:\s*{_TEXT}"),
    _wrapper("from daemon:", rf"Error response from daemon:\s*{_TEXT}"),
    _wrapper("raised unexpected", rf"raised unexpected:\s*{_TEXT}"),
    _wrapper("message=", r"\((?:code|status)=[\w.]+, (?:message|details?)=(?P<inner>.*)\)"),
    _wrapper("RayTaskError(", r"RayTaskError\((?P<type>\w+)\)"),
    _wrapper("(", r"^\((?P<type>[\w.]+\.[A-Z]\w+)\) (?P<inner>.*?)(?:\s*\[SQL: .*|$)"),
    _wrapper(": ", rf"^(?:Error: )?(?:\d{{1,2}} )?(?P<grpc>{_GRPC_UPPER}): {_TEXT}"),
)
