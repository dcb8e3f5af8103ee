"""LangSmith: runs as its API returns them, nested or not, and as its SDK posts them.

Source: langchain-ai/langsmith-sdk ``python/langsmith/schemas.py`` (Run, RunBase), ``/runs/batch``. A posted run has no
end: that is in the patch with the same id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.logs.objects import flatten
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Fault, Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

NAME: Final = "langsmith"
LABEL: Final = "LangSmith"
RECOGNISED_BY: Final = (
    "runs with run_type and dotted_order, parent_run_id or child_runs, alone or in post and patch"
)
FRAMINGS: Final = ("lines", "document")

_RUN: Final = frozenset({"dotted_order", "parent_run_id", "child_runs", "child_run_ids", "session_id"})
_TIMED: Final = frozenset({"trace_id", "start_time", "name"})
_PLACES: Final = frozenset({(), ("post",), ("patch",), ("runs",)})
_DOTTED: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{6})Z([0-9a-fA-F-]{32,36})")
_OWN: Final = frozenset(
    {
        "id", "run_id", "trace_id", "parent_run_id", "parent_run_ids", "dotted_order", "name", "start_time", "end_time",
        "error", "events", "child_runs", "child_run_ids", "extra", "serialized", "status",
    }
)  # fmt: skip
_REMOTE: Final = frozenset({"llm", "embedding"})
_THREAD: Final = frozenset({"session_id", "thread_id", "conversation_id"})
_LAST_LINE: Final = re.compile(r"^([A-Za-z_][\w.]*)(?:: (.*))?\Z", re.DOTALL)


def detect(head: bytes) -> Confidence | None:
    """By the keys of runs, alone, listed, or in what the SDK posts."""
    if b'"run_type"' not in head and b'"dotted_order"' not in head:
        return None
    keys = {path[-1] for path in outline(head) if path[:-1] in _PLACES}
    beside = bool(keys & _RUN) or keys >= _TIMED
    telling = ("run_type" in keys and beside) or ("dotted_order" in keys and "trace_id" in keys)
    return Confidence.CERTAIN if telling and keys & {"id", "run_id"} else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not LangSmith's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The runs of a document as spans, None where it is not LangSmith's."""
    parsed = Parsed()
    runs: dict[str, dict[str, Any]] = {}
    for run in _runs(value):
        own = _id(run) if isinstance(run, dict) else ""
        if not own:
            parsed.dropped += 1
            continue
        known = runs.setdefault(own, {"id": own})
        for name, item in run.items():
            if item not in (None, {}, [], "") or name not in known:
                known[name] = item
    if not any("run_type" in run or "dotted_order" in run for run in runs.values()):
        return None
    parsed.spans += [_span(run) for run in runs.values()]
    return parsed


def _id(run: dict[str, Any]) -> str:
    """A run's id; a patch may tell only its place among its ancestors, which ends with it."""
    ancestry = _DOTTED.findall(text(run.get("dotted_order")))
    return text(run.get("id") or run.get("run_id")) or (ancestry[-1][-1] if ancestry else "")


def _runs(value: Any) -> Iterator[Any]:
    """All runs, those that lie in others behind these."""
    waiting = value if isinstance(value, list) else [value]
    if isinstance(value, dict):
        lists = [listed(value.get(name)) for name in ("post", "patch", "runs")]
        waiting = [run for one in lists for run in one] if any(lists) else [value]
    at = 0
    waiting = list(waiting)
    while at < len(waiting):
        run = waiting[at]
        yield run
        if isinstance(run, dict):
            parent = _id(run)
            for place, child in enumerate(listed(run.get("child_runs"))):
                inherited = {name: run[name] for name in ("trace_id", "session_name") if run.get(name)}
                own = {"parent_run_id": parent, "trace_id": parent, **inherited}
                if isinstance(child, dict) and not _id(child):  # shortened by who saved it
                    own["id"] = f"{parent} / {place}"
                waiting.append({**own, **child} if isinstance(child, dict) else child)
        at += 1


def _span(run: dict[str, Any]) -> PlainSpan:
    ancestry = _DOTTED.findall(text(run.get("dotted_order")))
    start, end = moment(run.get("start_time")), moment(run.get("end_time"))
    if not start and ancestry:
        year, month, day, *clock, micros, _ = ancestry[-1]
        start = moment(f"{year}-{month}-{day}T{':'.join(clock)}.{micros}Z")
    parent = text(run.get("parent_run_id")) or (ancestry[-2][-1] if len(ancestry) > 1 else "")
    metadata = named(named(run.get("extra")).get("metadata"))
    kind = text(run.get("run_type"))
    error = text(run.get("error"))
    failed = bool(error) or text(run.get("status")) == "error"
    return PlainSpan(
        trace=text(run.get("trace_id")) or (ancestry[0][-1] if ancestry else text(run.get("id"))),
        span_id=text(run.get("id")),
        parent_id=parent,
        name=text(run.get("name")) or kind,
        origin=_origin(run, metadata),
        start=start,
        duration=end - start if start and end else None,
        kind=Kind.CLIENT if kind in _REMOTE else Kind.INTERNAL,
        status=Status.ERROR if failed else Status.UNSET,
        peer=text(metadata.get("ls_provider")) or text(metadata.get("ls_model_name"))
        if kind in _REMOTE
        else "",
        attributes=_attributes(run, metadata),
        events=[
            SpanEvent(
                moment(event.get("time")), text(event.get("name")), tuple(named(event.get("kwargs")).items())
            )
            for event in map(named, listed(run.get("events")))
            if event
        ],
        faults=[_fault(error)] if error else [],
        source=run,
    )


def _attributes(run: dict[str, Any], metadata: dict[str, Any]) -> Pairs:
    pairs: Pairs = [
        (name, item)
        for name, item in run.items()
        if name not in _OWN | _THREAD and item not in (None, {}, [])
    ]
    pairs += [(name if name not in _THREAD else "session.id", item) for name, item in flatten(metadata)]
    runtime = named(named(run.get("extra")).get("runtime"))
    return pairs + [(f"runtime.{name}", item) for name, item in flatten(runtime)]


def _origin(run: dict[str, Any], metadata: dict[str, Any]) -> Origin:
    """LangSmith calls a project a session."""
    version = text(metadata.get("revision_id"))
    return Origin(text(run.get("session_name")), [("service.version", version)] if version else [])


def _fault(error: str) -> Fault:
    """Type and message of a traceback, or of what stands before it."""
    if "Traceback (most recent call last)" not in error:
        found = _LAST_LINE.match(error.split("\n\n", maxsplit=1)[0].strip())
        return Fault(found[1], found[2], "") if found and found[2] else Fault("", error)
    before = error.partition("Traceback (most recent call last)")[0].strip()
    lines = [line for line in error.splitlines() if line and not line[0].isspace()]
    last = next((match for line in reversed(lines) if (match := _LAST_LINE.match(line))), None)
    if last is None:
        return Fault("", before, error)
    return Fault(last[1], last[2] or "", error)
