"""Langfuse: exported traces with their observations, answers of its API, batches for its ingestion.

Source: langfuse/langfuse ``fern/apis/server`` (Trace, ObservationsView, IngestionEvent) and its trace downloads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import loads
from explorer.decoding.logs.objects import flatten
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import NOWHERE, Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "langfuse"
LABEL: Final = "Langfuse"
RECOGNISED_BY: Final = "observations with traceId and parentObservationId, or a batch of observation events"
FRAMINGS: Final = ("lines", "document")

_OBSERVATION: Final = frozenset({"parentObservationId", "parent_observation_id"})
_TRACE: Final = frozenset({"traceId", "trace_id"})
_TRACES: Final = frozenset(
    {"projectId", "sessionId", "userId", "bookmarked", "public", "environment", "release"}
)
_PLACES: Final = frozenset({(), ("observations",), ("data",), ("trace", "observations")})
_MARKS: Final = (b"bservation", b'"bookmarked"', b'"sessionId"')
_EVENT: Final = re.compile(rb'"type"\s*:\s*"(?:trace|span|generation|event|observation)-(?:create|update)"')
_SNAKE: Final = re.compile(r"_([a-z])")
_REMOTE: Final = frozenset({"GENERATION", "EMBEDDING"})
_OWN: Final = frozenset(
    {
        "id", "traceId", "parentObservationId", "name", "startTime", "endTime", "level", "statusMessage", "metadata",
        "observations", "createdAt", "updatedAt", "projectId",
    }
)  # fmt: skip


def detect(head: bytes) -> Confidence | None:
    """By the keys of observations, wherever they are listed, or by the types of a batch's events."""
    if not any(mark in head for mark in _MARKS) and not (b'"batch"' in head and _EVENT.search(head)):
        return None
    paths = outline(head)
    if ("batch", "body") in paths and ("batch", "type") in paths and _EVENT.search(head):
        return Confidence.CERTAIN
    if ("trace",) in paths and ("observations",) in paths:
        return Confidence.CERTAIN
    if len({path[1] for path in paths if len(path) == 2 and path[0] == "trace"} & _TRACES) > 3:
        return Confidence.CERTAIN
    keys = {path[-1] for path in paths if path[:-1] in _PLACES}
    return Confidence.CERTAIN if keys & _OBSERVATION and keys & _TRACE else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not Langfuse's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The observations of a document as spans, None where it is not Langfuse's."""
    parsed = Parsed()
    known = [_read(one, parsed) for one in (value if isinstance(value, list) else [value])]
    parsed.dropped += known.count(False)
    return parsed if any(known) else None


def _read(one: Any, parsed: Parsed) -> bool:
    if not isinstance(one, dict):
        return False
    if isinstance(one.get("batch"), list):
        traces, observations = _merged(one["batch"])
    else:
        trace = named(one.get("trace"))
        nested = listed(trace.get("observations"))
        observations = listed(one.get("observations")) or nested or listed(one.get("data"))
        traces = {text(trace.get("id")): trace} if trace else {}
        if not trace and "observations" in one:
            traces = {text(one.get("id")): one}
        if not observations and not traces and one.keys() & _OBSERVATION:
            observations = [one]
    if not observations and not traces:
        return False
    _spans(traces, observations, parsed)
    return True


def _spans(traces: dict[str, dict[str, Any]], observations: list[Any], parsed: Parsed) -> None:
    origins: dict[str, Origin] = {}
    seen: set[str] = set()
    for raw in observations:
        observation = _camel(raw) if isinstance(raw, dict) else {}
        if not text(observation.get("id")):
            parsed.dropped += 1
            continue
        trace = text(observation.get("traceId"))
        known = traces.get(trace, {})
        if trace not in origins:
            origins[trace] = _origin(known, observation)
        parsed.spans.append(_span(observation, origins[trace], known if trace not in seen else {}))
        seen.add(trace)
    for trace, known in traces.items():
        if trace and trace not in seen:
            parsed.spans.append(_summary(known))
            parsed.remarks.append(
                ("info", "trace-without-spans", "a trace without its spans is shown as one")
            )


def _merged(batch: list[Any]) -> tuple[dict[str, dict[str, Any]], list[Any]]:
    """Traces and observations of an ingestion batch: what comes later is added to what came before."""
    traces: dict[str, dict[str, Any]] = {}
    found: dict[str, dict[str, Any]] = {}
    for event in map(named, batch):
        kind, _, _ = text(event.get("type")).rpartition("-")
        body = _camel(named(event.get("body")))
        said = {name: value for name, value in body.items() if value is not None}
        target = traces if kind == "trace" else found
        if kind in ("trace", "span", "generation", "event", "observation") and said.get("id"):
            known = target.setdefault(text(said["id"]), {} if kind == "trace" else {"type": kind.upper()})
            known.update(said)
    return traces, list(found.values())


def _span(one: dict[str, Any], origin: Origin, trace: dict[str, Any]) -> PlainSpan:
    start, end = moment(one.get("startTime")), moment(one.get("endTime"))
    kind = text(one.get("type")).upper()
    level = text(one.get("level")).upper()
    pairs = _attributes(one)
    provider = text(dict(pairs).get("gen_ai.provider.name", dict(pairs).get("gen_ai.system")))
    scores = [(f"score.{text(score.get('name'))}", score.get("value")) for score in _scores(trace)]
    return PlainSpan(
        trace=text(one.get("traceId")),
        span_id=text(one.get("id")),
        parent_id=text(one.get("parentObservationId")),
        name=text(one.get("name")) or kind.lower(),
        origin=origin,
        start=start,
        duration=end - start if start and end else 0 if kind == "EVENT" else None,
        kind=Kind.CLIENT if kind in _REMOTE else Kind.INTERNAL,
        status=Status.ERROR if level == "ERROR" else Status.UNSET,
        message=text(one.get("statusMessage")),
        peer=provider or text(one.get("model")) if kind in _REMOTE else "",
        attributes=pairs + scores,
        source=one,
    )


def _summary(trace: dict[str, Any]) -> PlainSpan:
    """A trace as one span, where its observations are not there."""
    return PlainSpan(
        trace=text(trace.get("id")),
        span_id=text(trace.get("id")),
        name=text(trace.get("name")),
        origin=_origin(trace, {}),
        start=moment(trace.get("timestamp")),
        kind=Kind.INTERNAL,
        attributes=[(name, item) for name, item in trace.items() if name not in _OWN and item is not None],
        source=trace,
    )


def _attributes(one: dict[str, Any]) -> Pairs:
    """What an observation says; what OpenTelemetry said is in its metadata."""
    metadata = _decoded(one.get("metadata"))
    pairs: Pairs = [
        (name, item) for name, item in one.items() if name not in _OWN and item not in (None, {}, [])
    ]
    if isinstance(metadata, dict):
        pairs += list(named(metadata.get("attributes")).items())
        rest = {
            name: item for name, item in metadata.items() if name not in ("attributes", "resourceAttributes")
        }
        pairs += [(f"metadata.{name}", item) for name, item in flatten(rest)]
    elif metadata:
        pairs.append(("metadata", metadata))
    return pairs


def _origin(trace: dict[str, Any], observation: dict[str, Any]) -> Origin:
    """The process, and whose session it was."""
    said: dict[str, Any] = {}
    for one in (observation, trace):
        said.update(named(named(_decoded(one.get("metadata"))).get("resourceAttributes")))
    pairs = list(said.items())
    for name, field in (
        ("sessionId", "session.id"),
        ("userId", "user.id"),
        ("environment", "deployment.environment"),
    ):
        value = trace.get(name) or observation.get(name)
        if value:
            pairs.append((field, value))
    if trace.get("release") and "service.version" not in said:
        pairs.append(("service.version", trace["release"]))
    return Origin(text(said.get("service.name")), pairs) if pairs else NOWHERE


def _scores(trace: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (score for score in map(named, listed(trace.get("scores"))) if score.get("name"))


def _decoded(value: Any) -> Any:
    """Metadata, which is JSON in a text (in a text)."""
    for _ in range(2):
        if isinstance(value, str) and value[:1] in ("{", '"', "["):
            try:
                value = loads(value.encode("utf-8", "replace"))
            except ValueError:
                return value
    return value


def _camel(one: dict[str, Any]) -> dict[str, Any]:
    """Field names as the API writes them; exports to storage write them in snake case."""
    return {_SNAKE.sub(lambda match: match[1].upper(), name): value for name, value in one.items()}
