"""Traces drawn as text: a drawing to a store, or to OTLP JSON lines.

::

    trace rq-1 at=60                                  # a trace; its spans' times count from second 60 of the base
    gate: POST /pay    | server 0+500 error 500       # service: operation | kind start+duration (ms) status code
      gate: pay        | client 10+480 error peer=pay
        pay: charge    | server 15+470 error !ValueError(bad amount) pod=pay-1 version=4.2 cart.size=3
          - 20 WARN cart has no price                 # a log record of the span above: ms, level, text
          * 21 cache.miss key=7                       # an event of it
    log pay ERROR at=61 pool is empty                 # a log record of no trace; trace=rq-1 gives it one
    mark deploy pay at=30 pay 4.1 -> 4.2              # a mark: kind, service, second, text
    metric null_ratio service=feature every=10: 0.02 0.02 0.41
    finding fail evidently service=feature at=40 user_v4: share of missing values 41%

Indentation is parenthood. Kinds: ``server client internal producer consumer`` (default internal), ``none`` for
unspecified. ``10+`` has no end. ``!Type(message)`` is an exception event, ``says="…"`` the status message,
``grpc=14`` a gRPC status, three digits an HTTP status. ``name=x`` labels a span and ``link=x`` links to it,
``orphan`` cuts it from its parent, ``x3`` draws it and what hangs below three times, one after the other.
``request=rq-7``, ``pod=``, ``host=``, ``version=`` do what they say; any other ``key=value`` is an attribute.
"""

from __future__ import annotations

import hashlib
import random
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

BASE_NS = 1_790_000_000 * 10**9
"""2026-09-21 14:13:20 UTC: second 0 of every drawing."""
KINDS = {"none": 0, "internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
LEVELS = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}
_RESOURCE = {
    "pod": "k8s.pod.name", "host": "host.name", "version": "service.version", "image": "container.image.name",
}  # fmt: skip
_EXCEPTION = re.compile(r"!([\w.$]+)\((.*)\)\Z", re.DOTALL)
_QUOTED = re.compile(r"(?<=')[\w.-]+(?=')")
_TIME = re.compile(r"(-?[\d.]+)\+([\d.]*)\Z")


@dataclass(frozen=True)
class DrawnLog:
    """A log record; ``at_ms`` counts from its trace's start. ``span`` is the label of its span, "" for none."""

    service: str
    level: str
    text: str
    at_ms: float
    trace: str = ""
    span: str = ""


@dataclass(frozen=True)
class DrawnSpan:
    """A span; ``label`` names it within the drawing, ``parent`` is a label. ``duration_ms`` None: no end."""

    label: str
    parent: str
    service: str
    operation: str
    kind: int = 1
    start_ms: float = 0.0
    duration_ms: float | None = 0.0
    status: int = 0
    message: str = ""
    exceptions: tuple[tuple[str, str], ...] = ()
    events: tuple[tuple[float, str, tuple[tuple[str, object], ...]], ...] = ()
    attributes: tuple[tuple[str, object], ...] = ()
    resource: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    orphan: bool = False


@dataclass(frozen=True)
class DrawnTrace:
    """A trace: ``at_s`` seconds after :data:`BASE_NS`."""

    name: str
    at_s: float
    spans: tuple[DrawnSpan, ...]
    logs: tuple[DrawnLog, ...] = ()


@dataclass(frozen=True)
class DrawnMark:
    """A deploy, restart, alert …"""

    kind: str
    service: str
    at_s: float
    text: str


@dataclass(frozen=True)
class DrawnMetric:
    """A series with one point every ``every_s`` seconds."""

    name: str
    service: str
    every_s: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class DrawnFinding:
    """A quality result."""

    status: str
    tool: str
    service: str
    at_s: float
    text: str


@dataclass(frozen=True)
class Drawing:
    """Everything drawn."""

    traces: tuple[DrawnTrace, ...] = ()
    logs: tuple[DrawnLog, ...] = ()
    marks: tuple[DrawnMark, ...] = ()
    metrics: tuple[DrawnMetric, ...] = ()
    findings: tuple[DrawnFinding, ...] = ()

    def __add__(self, other: Drawing) -> Drawing:
        return Drawing(
            self.traces + other.traces, self.logs + other.logs, self.marks + other.marks,
            self.metrics + other.metrics, self.findings + other.findings,
        )  # fmt: skip


# -- parsing ---------------------------------------------------------------------------------------------


@dataclass
class _Open:
    """What is being drawn."""

    traces: list[DrawnTrace] = field(default_factory=list)
    spans: list[DrawnSpan] = field(default_factory=list)
    logs: list[DrawnLog] = field(default_factory=list)
    name: str = ""
    at_s: float = 0.0
    stack: list[tuple[int, str]] = field(default_factory=list)
    repeats: dict[str, int] = field(default_factory=dict)

    def close(self) -> None:
        if self.spans or self.logs:
            spans, logs = _repeated_subtrees(self.spans, self.logs, self.repeats)
            self.traces.append(DrawnTrace(self.name, self.at_s, tuple(spans), tuple(logs)))
        self.spans, self.logs, self.stack, self.repeats = [], [], [], {}


def draw(text: str) -> Drawing:
    """Parse a drawing."""
    state = _Open()
    rest = Drawing()
    for line in text.splitlines():
        bare = re.sub(r"\s+# .*", "", line).rstrip()
        if not bare.strip():
            continue
        indent = len(bare) - len(bare.lstrip())
        words = bare.split()
        if words[0] == "trace":
            state.close()
            options = dict(word.split("=", 1) for word in words[2:])
            state.name, state.at_s = words[1], float(options.get("at", 0))
        elif words[0] in ("log", "mark", "metric", "finding"):
            rest = rest + _directive(words[0], bare.strip())
        elif words[0] == "-":
            state.logs.append(_log(state, bare.strip()))
        elif words[0] == "*":
            _add_event(state, words)
        else:
            _add_span(state, indent, bare)
    state.close()
    return replace(rest, traces=tuple(state.traces))


def _directive(kind: str, line: str) -> Drawing:
    options = dict(re.findall(r"(?<=\s)(at|every|service|trace|span)=(\S+?):?(?=\s|$)", line))
    words = [word for word in line.split()[1:] if not re.match(r"(at|every|service|trace|span)=", word)]
    at_s = float(options.get("at", 0))
    if kind == "log":
        log = DrawnLog(words[0], words[1], " ".join(words[2:]), at_s * 1000, options.get("trace", ""))
        return Drawing(logs=(log,))
    if kind == "mark":
        return Drawing(marks=(DrawnMark(words[0], words[1], at_s, " ".join(words[2:])),))
    if kind == "metric":
        values = tuple(float(word) for word in line.split(": ", 1)[1].split())
        name, every = words[0].rstrip(":"), float(options["every"])
        series = DrawnMetric(name, options.get("service", ""), every, values)
        return Drawing(metrics=(series,))
    finding = DrawnFinding(words[0], words[1], options.get("service", ""), at_s, " ".join(words[2:]))
    return Drawing(findings=(finding,))


def _log(state: _Open, line: str) -> DrawnLog:
    _, at, level, text = line.split(None, 3)
    label = state.stack[-1][1] if state.stack else ""
    service = next((span.service for span in state.spans if span.label == label), "")
    return DrawnLog(service, level, text, float(at), state.name, label)


def _add_event(state: _Open, words: Sequence[str]) -> None:
    span = state.spans[-1]
    attributes = tuple(_value(word) for word in words[3:])
    state.spans[-1] = replace(span, events=(*span.events, (float(words[1]), words[2], attributes)))


def _add_span(state: _Open, indent: int, line: str) -> None:
    head, _, tail = line.partition("|")
    service, _, operation = head.strip().partition(": ")
    while state.stack and state.stack[-1][0] >= indent:
        state.stack.pop()
    parent = state.stack[-1][1] if state.stack else ""
    span = DrawnSpan(f"{state.name}/{len(state.spans)}", parent, service, operation.strip())
    for word in shlex.split(_quoted_exceptions(tail)):
        span = _with_word(span, word, state)
    state.spans.append(span)
    state.stack.append((indent, span.label))


def _quoted_exceptions(text: str) -> str:
    return re.sub(r"(![\w.$]+\((?:[^()]|\([^()]*\))*\))", lambda found: shlex.quote(found[1]), text)


def _with_word(span: DrawnSpan, word: str, state: _Open) -> DrawnSpan:
    if time := _TIME.match(word):
        return replace(span, start_ms=float(time[1]), duration_ms=float(time[2]) if time[2] else None)
    if raised := _EXCEPTION.match(word):
        return replace(span, exceptions=(*span.exceptions, (raised[1], raised[2])))
    if word in KINDS:
        return replace(span, kind=KINDS[word])
    if word in ("ok", "error"):
        return replace(span, status=1 if word == "ok" else 2)
    if word == "orphan":
        return replace(span, orphan=True)
    if re.fullmatch(r"x\d+", word):
        state.repeats[span.label] = int(word[1:])
        return span
    if re.fullmatch(r"\d{3}", word):
        return replace(span, attributes=(*span.attributes, ("http.response.status_code", int(word))))
    return _with_option(span, *_value(word))


def _with_option(span: DrawnSpan, key: str, value: object) -> DrawnSpan:
    if key == "name":
        return replace(span, label=str(value))
    if key == "link":
        return replace(span, links=(*span.links, str(value)))
    if key == "says":
        return replace(span, message=str(value))
    if key in _RESOURCE:
        return replace(span, resource=(*span.resource, (_RESOURCE[key], str(value))))
    names = {"peer": "server.address", "grpc": "rpc.grpc.status_code", "request": "http.request_id"}
    name = names.get(key, key)
    return replace(span, attributes=(*span.attributes, (name, value)))


def _value(word: str) -> tuple[str, object]:
    key, _, text = word.partition("=")
    if text in ("true", "false"):
        return key, text == "true"
    for kind in (int, float):
        try:
            return key, kind(text) if key not in ("version", "name", "link", "request", "says") else text
        except ValueError:
            continue
    return key, text


def _repeated_subtrees(
    spans: list[DrawnSpan], logs: list[DrawnLog], repeats: Mapping[str, int]
) -> tuple[list[DrawnSpan], list[DrawnLog]]:
    for label, times in repeats.items():
        top = next(span for span in spans if span.label == label)
        inside = {label}
        for span in spans:
            if span.parent in inside:
                inside.add(span.label)
        step = (top.duration_ms or 0) + 1
        for nth in range(1, times):
            for span in [s for s in spans if s.label in inside]:
                above = f"{span.parent}~{nth}" if span.parent in inside else span.parent
                start_ms = span.start_ms + nth * step
                spans.append(replace(span, label=f"{span.label}~{nth}", parent=above, start_ms=start_ms))
            logs.extend(
                replace(log, span=f"{log.span}~{nth}", at_ms=log.at_ms + nth * step)
                for log in [one for one in logs if one.span in inside]
            )
    return spans, logs


# -- variants --------------------------------------------------------------------------------------------


def repeated(drawing: Drawing, times: int, every_s: float = 1.0, prefix: str = "again") -> Drawing:
    """The traces drawn ``times`` times under new ids, each ``every_s`` later; marks and metrics once."""
    traces = []
    for nth in range(times):
        for trace in drawing.traces:
            name = f"{prefix}-{nth}-{trace.name}"
            labels = {span.label: f"{prefix}{nth}{span.label}" for span in trace.spans}
            spans = tuple(
                replace(
                    span, label=labels[span.label], parent=labels.get(span.parent, ""),
                    links=tuple(f"{prefix}{nth}{link}" for link in span.links),
                    attributes=tuple(
                        (k, f"{v}-{prefix}{nth}" if k == "http.request_id" else v) for k, v in span.attributes
                    ),
                )
                for span in trace.spans
            )  # fmt: skip
            logs = tuple(replace(log, trace=name, span=labels.get(log.span, "")) for log in trace.logs)
            traces.append(DrawnTrace(name, trace.at_s + nth * every_s, spans, logs))
    return replace(drawing, traces=tuple(traces))


def renamed(drawing: Drawing, names: Mapping[str, str]) -> Drawing:
    """Services called by other names, also where they are a peer, or stand in quotes in an exception."""

    def of(name: str) -> str:
        return names.get(name, name)

    def host(address: str) -> str:
        name, colon, port = address.partition(":")
        return of(name) + colon + port

    def span_of(span: DrawnSpan) -> DrawnSpan:
        attributes = tuple((k, host(str(v)) if k == "server.address" else v) for k, v in span.attributes)
        exceptions = tuple((k, _QUOTED.sub(lambda name: of(name[0]), said)) for k, said in span.exceptions)
        return replace(span, service=of(span.service), attributes=attributes, exceptions=exceptions)

    traces = tuple(
        replace(
            trace, spans=tuple(span_of(span) for span in trace.spans),
            logs=tuple(replace(log, service=of(log.service)) for log in trace.logs),
        )
        for trace in drawing.traces
    )  # fmt: skip
    marks = [
        replace(mark, service=of(mark.service), text=_in_words(mark.text, names)) for mark in drawing.marks
    ]
    return replace(
        drawing, traces=traces, logs=tuple(replace(log, service=of(log.service)) for log in drawing.logs),
        marks=tuple(marks),
        metrics=tuple(replace(metric, service=of(metric.service)) for metric in drawing.metrics),
        findings=tuple(replace(finding, service=of(finding.service)) for finding in drawing.findings),
    )  # fmt: skip


def _in_words(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"[\w.-]+?(?=-?\d*\b)", lambda found: names.get(found[0], found[0]), text)


def shuffled(drawing: Drawing, seed: int = 1) -> Drawing:
    """The same with spans, logs and traces recorded in another order."""
    order = random.Random(seed)
    traces = []
    for trace in drawing.traces:
        spans = order.sample(trace.spans, len(trace.spans))
        traces.append(
            replace(trace, spans=tuple(spans), logs=tuple(order.sample(trace.logs, len(trace.logs))))
        )
    return replace(drawing, traces=tuple(order.sample(traces, len(traces))))


def without_status(drawing: Drawing) -> Drawing:
    """The same with no status, code, exception or message on any span, as some exports come; logs stay."""
    codes = ("http.response.status_code", "rpc.grpc.status_code")

    def bare(span: DrawnSpan) -> DrawnSpan:
        attributes = tuple((k, v) for k, v in span.attributes if k not in codes)
        return replace(span, status=0, message="", exceptions=(), attributes=attributes)

    traces = tuple(replace(t, spans=tuple(bare(s) for s in t.spans)) for t in drawing.traces)
    return replace(drawing, traces=traces)


# -- numbers ---------------------------------------------------------------------------------------------


def trace_hex(name: str) -> str:
    """Trace id of a drawn trace: 32 hex digits."""
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def span_hex(label: str) -> str:
    """Span id of a drawn span: 16 hex digits."""
    return hashlib.blake2b(label.encode(), digest_size=8).hexdigest()


def time_ns(trace: DrawnTrace, ms: float) -> int:
    """Ns since the epoch of a moment of a trace."""
    return BASE_NS + round(trace.at_s * 10**9) + round(ms * 10**6)
