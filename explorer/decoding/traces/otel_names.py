"""OpenTelemetry's enumerations and attributes in the spellings of SDKs, indices and consoles."""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.picking import pick
from explorer.decoding.traces.plain import Fault, Pairs
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

_PROTOCOLS: Final = (
    ("grpc", "rpc.grpc.status_code"),
    *((start, "http.response.status_code") for start in ("http", "ajax", "fetch", "azure", "web")),
)


def code_attribute(dependency: str) -> str:
    """What the result of a call is called, by Application Insights' type of what was called.

    Nothing where it is no protocol whose codes mean the same everywhere: a database's do not.
    """
    return next((name for start, name in _PROTOCOLS if dependency.lower().startswith(start)), "")


def kind_of(value: Any) -> int:
    """``SPAN_KIND_CLIENT``, ``SpanKind.CLIENT``, ``Client`` or OTLP's number; 0 for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= max(Kind) else 0
    name = str(value).rpartition(".")[2].upper().removeprefix("SPAN_KIND_")
    return Kind[name] if name in Kind.__members__ else int(name) if name in {"1", "2", "3", "4", "5"} else 0


def status_of(value: Any) -> int:
    """``STATUS_CODE_ERROR``, ``StatusCode.ERROR``, ``Error`` or OTLP's number; 0 for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= max(Status) else 0
    name = str(value).rpartition(".")[2].upper().removeprefix("STATUS_CODE_")
    return Status[name] if name in Status.__members__ else int(name) if name in {"1", "2"} else 0


def faults_in(events: list[SpanEvent]) -> list[Fault]:
    """The exceptions among the events of a span."""
    found = []
    for event in events:
        told = pick(event.attributes) if event.name == "exception" else None
        if told is not None and (told.exception_type or told.exception_message):
            found.append(Fault(told.exception_type, told.exception_message, told.stack))
    return found


def listed_pairs(attributes: Any) -> Pairs:
    """Attributes as OTLP lists them: keys, and values that tell their type; any other form gives none."""
    if not isinstance(attributes, list):
        return []
    return [
        (str(one["key"]), _plain(one.get("value")))
        for one in attributes
        if isinstance(one, dict) and "key" in one
    ]


def _plain(value: Any) -> Any:
    """The value within ``{"stringValue": …}`` and the like; lists of them are told as they stand."""
    if not isinstance(value, dict):
        return value
    said = {
        name: item for name, item in value.items() if item is not None
    }  # some write all its types, but one as null
    if len(said) != 1:
        return said or None
    ((name, inner),) = said.items()
    is_number = name in ("intValue", "int_value") and isinstance(inner, str)
    return int(inner) if is_number and inner.lstrip("-").isdecimal() else inner
