"""MLflow traces of versions 2 and 3, whatever they stand in, as plain spans.

Source: mlflow/entities/trace.py and span.py of versions 2.16 to 3.17. Ids are hex, 0x hex or base64; times of events
that users record are in µs where others of the same trace are in ns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import loads, nanoseconds
from explorer.decoding.logs.times import epoch_ns
from explorer.decoding.traces.plain import NOWHERE, Fault, Origin, Pairs, Parsed, PlainSpan
from explorer.model.ids import parse_id
from explorer.model.records import Finding, SpanEvent
from explorer.model.schema import Kind, Status

_MS: Final = 10**6
_ERRORS: Final = frozenset({"ERROR", "STATUS_CODE_ERROR"})
_VERDICTS: Final[dict[str, Literal["pass", "fail"]]] = {
    "true": "pass", "yes": "pass", "pass": "pass", "correct": "pass",
    "false": "fail", "no": "fail", "fail": "fail", "incorrect": "fail",
}  # fmt: skip
"""Values of judgements that say good or bad; numbers say so only with a bound, which is not told."""
_RENAMED: Final = {
    "mlflow.trace.session": "session.id",
    "mlflow.trace.user": "user.id",
    "mlflow.sourceRun": "mlflow.run_id",
}


def parse(value: Any) -> Parsed | None:
    """The spans of a document, None where it is not MLflow's."""
    parsed = Parsed()
    known = [_trace(one, parsed) for one in _rows(value)]
    parsed.dropped += known.count(False)
    return parsed if any(known) else None


def _rows(value: Any) -> Iterator[Any]:
    """Single traces; a table of pandas' may be written by rows, by columns, or by rows without the names of columns."""
    if isinstance(value, list):
        yield from value
    elif (
        isinstance(value, dict)
        and isinstance(value.get("trace"), dict)
        and isinstance(value.get("spans"), dict)
    ):
        for key in value["trace"]:
            yield {name: named(column).get(key) for name, column in value.items()}
    elif isinstance(value, dict) and "trace" in listed(value.get("columns")):
        for row in listed(value.get("data")):
            yield dict(zip(map(text, value["columns"]), listed(row), strict=False))
    else:
        yield value


def _trace(one: Any, parsed: Parsed) -> bool:
    """Read one trace, whatever holds it; False where it is none."""
    if not isinstance(one, dict):
        return False
    whole = one.get("trace")
    if isinstance(whole, str):
        try:
            whole = loads(whole.encode("utf-8", "replace"))
        except ValueError:
            whole = None
    if isinstance(whole, dict) and ("info" in whole or "data" in whole):
        one = whole
    info = named(one.get("info")) or {
        name: one[name] for name in ("request_id", "trace_metadata") if name in one
    }
    spans = named(one.get("data")).get("spans", one.get("spans"))
    if not isinstance(spans, list) and "info" not in one:
        if _is_span(one):
            parsed.spans.append(_About({}).span(one))
        return _is_span(one)
    about = _About(info)
    parsed.findings += [
        _finding(one, about) for one in map(named, listed(info.get("assessments"))) if _judged(one)
    ]
    for span in listed(spans):
        if isinstance(span, dict) and _is_span(span):
            parsed.spans.append(about.span(span))
        else:
            parsed.dropped += 1
    if not spans:
        parsed.spans.append(about.summary())
        parsed.remarks.append(("info", "trace-without-spans", "a trace without its spans is shown as one"))
    return True


def _is_span(one: dict[str, Any]) -> bool:
    return bool(one.get("span_id") or named(one.get("context")).get("span_id"))


def _judged(assessment: dict[str, Any]) -> bool:
    """Whether it judges; an expectation only says what would have been right."""
    return "feedback" in assessment


def _finding(one: dict[str, Any], about: _About) -> Finding:
    """What a person, a judge or a scorer said of a trace."""
    value = named(one.get("feedback")).get("value")
    name = text(one.get("assessment_name") or one.get("name"))
    source = named(one.get("source"))
    by = " ".join(part for part in (text(source.get("source_type")), text(source.get("source_id"))) if part)
    error = text(named(one.get("error")).get("error_message") or named(one["feedback"]).get("error_message"))
    said = f"{name}: {text(value) or error or 'no value'}" + (f" ({by})" if by else "")
    why = text(one.get("rationale"))
    return Finding(
        tool="MLflow",
        subject=name,
        status="error" if error else _VERDICTS.get(text(value).lower(), "pass"),
        text=f"{said}: {why}" if why else said,
        value=float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None,
        time_ns=moment(one.get("create_time") or one.get("create_time_ms")),
        service=about.origin.service,
        run=about.id,
    )


class _About:
    """What a trace says about all its spans."""

    def __init__(self, info: dict[str, Any]) -> None:
        self.info = info
        said = {
            **named(info.get("tags")),
            **named(info.get("request_metadata")),
            **named(info.get("trace_metadata")),
        }
        self.id = text(info.get("trace_id")) or text(info.get("request_id"))
        location = named(named(info.get("trace_location")).get("mlflow_experiment"))
        experiment = text(location.get("experiment_id")) or text(info.get("experiment_id"))
        service = text(said.get("mlflow.source.name")) or (f"experiment {experiment}" if experiment else "")
        self.name = text(said.get("mlflow.traceName"))
        self.origin = NOWHERE
        if info:
            fields: Pairs = [("mlflow.experiment_id", experiment)] if experiment else []
            fields += [(_RENAMED.get(name, name), item) for name, item in said.items()]
            self.origin = Origin(service, fields)

    def span(self, span: dict[str, Any]) -> PlainSpan:
        """One span of either version."""
        context = named(span.get("context"))
        trace = text(span.get("trace_id")) or text(context.get("trace_id")) or self.id
        attributes = [(name, _decoded(item)) for name, item in named(span.get("attributes")).items()]
        start, end = (
            _first(span, f"{side}_unix_nano", f"{side}_ns", side) for side in ("start_time", "end_time")
        )
        start, end = nanoseconds(start), nanoseconds(end)
        status = named(span.get("status")) or {**span, "code": span.get("status")}
        code = text(_first(status, "status_code", "code")).upper()
        events = [_event(event) for event in map(named, listed(span.get("events")))]
        return PlainSpan(
            trace=trace,
            span_id=text(span.get("span_id")) or text(context.get("span_id")),
            parent_id=text(span.get("parent_span_id", span.get("parent_id"))),
            name=text(span.get("name")),
            origin=self.origin,
            start=start or 0,
            duration=end - start if start and end else None,
            kind=Kind.INTERNAL,
            status=Status.ERROR if code in _ERRORS else Status.OK if code.endswith("OK") else Status.UNSET,
            message=text(_first(status, "message", "description", "status_message")),
            attributes=attributes + _request(trace, attributes),
            events=events,
            links=[(text(link.get("trace_id")), text(link.get("span_id")))
                   for link in map(named, listed(span.get("links")))],
            faults=[_fault(event) for event in events if event.name == "exception"],
            source=span,
        )  # fmt: skip

    def summary(self) -> PlainSpan:
        """The whole trace as one span, where its spans are not there."""
        info = self.info
        state = text(info.get("state", info.get("status"))).upper()
        milliseconds = info.get("execution_duration_ms", info.get("execution_time_ms"))
        return PlainSpan(
            trace=self.id,
            span_id=self.id,
            name=self.name,
            origin=self.origin,
            start=moment(info.get("request_time", info.get("timestamp_ms"))),
            duration=nanoseconds(milliseconds, _MS),
            kind=Kind.INTERNAL,
            status=Status.ERROR if state in _ERRORS else Status.OK if state == "OK" else Status.UNSET,
            source=info,
        )


def _first(one: dict[str, Any], *names: str) -> Any:
    """What stands under the first of some names; pandas writes a span's properties, which are called otherwise."""
    return next((one[name] for name in names if name in one), None)


def _decoded(value: Any) -> Any:
    """An attribute's value, which is JSON in a text, mostly."""
    if not isinstance(value, str):
        return value
    try:
        return loads(value.encode("utf-8", "replace"))
    except ValueError:
        return value


def _request(trace: str, attributes: Pairs) -> Pairs:
    """Version 2 calls a trace by an id of its own, which is not that of its spans."""
    request = text(dict(attributes).get("mlflow.traceRequestId"))
    return [("request_id", request)] if request and parse_id(request) != parse_id(trace) else []


def _event(event: dict[str, Any]) -> SpanEvent:
    time = nanoseconds(event.get("time_unix_nano", event.get("timestamp"))) or 0
    return SpanEvent(
        epoch_ns(time) or 0, text(event.get("name")), tuple(named(event.get("attributes")).items())
    )


def _fault(event: SpanEvent) -> Fault:
    said = dict(event.attributes)
    return Fault(*(text(said.get(f"exception.{part}")) for part in ("type", "message", "stacktrace")))
