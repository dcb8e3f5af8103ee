"""Spark's event log: an application's jobs, stages and tasks as one trace.

Source: apache/spark core/src/main/scala/org/apache/spark/util/JsonProtocol.scala. Lines tell begin and end apart; what
has not ended when the file does is shown unfinished.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named, read_documents, text
from explorer.decoding.lenient import loads, nanoseconds
from explorer.decoding.logs.objects import flatten
from explorer.decoding.traces.plain import Fault, Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_parsed
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark
from explorer.model.schema import Kind, Status

NAME: Final = "spark-events"
LABEL: Final = "Spark event log"
RECOGNISED_BY: Final = "lines with an Event that a SparkListener knows"
FRAMINGS: Final = ("lines", "document")

_EVENT: Final = re.compile(rb'"Event"\s*:\s*"(?:org\.apache\.spark\.[\w.]*)?SparkListener')
_BEGINS: Final = re.compile(rb'SparkListener(?:LogStart|ApplicationStart)"')
_MS: Final = 10**6
_PREFIX: Final = "SparkListener"
_PLAIN: Final = frozenset({"LogStart", "EnvironmentUpdate", "TaskGettingResult", "ExecutorMetricsUpdate"})


@dataclass(slots=True)
class _Application:
    """What is known of the application of a file.

    Attributes:
        id, trace: the application's id, and as that of a trace.
        open: spans that have begun, by their id, with the document that tells it.
        job_of: the job that a stage runs for, by the stage's id.
        first: the earliest begin of a span so far, 0 before any.
        early: spans whose begin lies before this file.
        ended: its end was told.
    """

    file: int
    id: str = ""
    trace: str = "spark application"
    origin: Origin = field(default_factory=lambda: Origin("spark"))
    open: dict[str, tuple[PlainSpan, int]] = field(default_factory=dict)
    job_of: dict[str, str] = field(default_factory=dict)
    unshown: int = 0
    first: int = 0
    early: int = 0
    ended: bool = False


def detect(head: bytes) -> Confidence | None:
    """By the name of the event."""
    return Confidence.CERTAIN if b'"Event"' in head and _EVENT.search(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write what ends in these lines into the builder."""
    known = builder.memory.get(NAME)
    number_ = len(builder.files) - 1
    if not isinstance(known, _Application) or known.file != number_:
        known = builder.memory[NAME] = _application(known, records, builder)
        builder.at_end(lambda: _finish(known, builder))
    application = known
    rows = PlainRows(builder)
    refused = read_documents(records, builder, lambda document: _read(document, application, rows))
    rows.finish()
    cut = [i for i in refused if _EVENT.search(records[i][:4096])]
    if cut:
        why = "lines that are cut or broken are left out"
        place = records.offset + int(records.starts[cut[0]])
        builder.skip("warning", "broken-record", why, offset=place, count=len(cut))
    return [i for i in refused if i not in cut]


def _application(before: Any, records: Records, builder: Builder) -> _Application:
    """The application of a new file: that of the file before in its folder, where this goes on with a rolled log.

    What had begun there was written as unfinished with that file, and is written again as it ends.
    """
    number_ = len(builder.files) - 1
    begins = _BEGINS.search(records[0][:4096]) is not None
    if not isinstance(before, _Application) or begins or before.ended:
        return _Application(number_)
    folders = [builder.files[one].name.rpartition("/")[0] for one in (before.file, number_)]
    if folders[0] != folders[1]:
        return _Application(number_)
    return replace(before, file=number_, unshown=0, early=0)


def open_record(raw: bytes) -> OpenRecord:
    """Open a line again."""
    event = loads(raw)
    span = _ended(named(event), _Application(-1)) or PlainSpan("", "")
    span.attributes = flatten({name: value for name, value in named(event).items() if name != "Task Metrics"})
    span.attributes += flatten(named(named(event).get("Task Metrics")))
    span.source = event
    return open_parsed(Parsed(spans=[span]), raw)


def _read(document: Document, application: _Application, rows: PlainRows) -> bool:
    event = document.value
    if not isinstance(event, dict) or _PREFIX not in text(event.get("Event")):
        return False
    begun = _begun(event, application)
    for span in begun:
        application.open[span.span_id] = (span, document.doc)
    ended = _ended(event, application)
    if ended is not None:
        before = application.open.pop(ended.span_id, None)
        rows.spans([_joined(before[0] if before else None, ended, application)], document.doc)
    elif not begun:
        _note(event, document, application)
    return True


def _name(event: dict[str, Any]) -> str:
    return text(event.get("Event")).rpartition(_PREFIX)[2]


def _begun(event: dict[str, Any], application: _Application) -> list[PlainSpan]:
    """The span that begins with an event."""
    match _name(event):
        case "ApplicationStart":
            application.id = text(event.get("App ID"))
            application.trace = application.id or application.trace
            application.origin = Origin(
                text(event.get("App Name")) or "spark", [("job.id", application.trace)]
            )
            return [
                _span(application, "application", "", text(event.get("App Name")), event.get("Timestamp"))
            ]
        case "JobStart":
            own = f"job {text(event.get('Job ID'))}"
            properties = named(event.get("Properties"))
            for stage in listed(event.get("Stage IDs")) or [
                named(one).get("Stage ID") for one in listed(event.get("Stage Infos"))
            ]:
                application.job_of[text(stage)] = own
            sql = text(properties.get("spark.sql.execution.id"))
            parent = f"sql {sql}" if sql else "application"
            name = text(properties.get("spark.job.description")) or own
            return [_span(application, own, parent, name, event.get("Submission Time"))]
        case "SQLExecutionStart":
            own = f"sql {text(event.get('executionId'))}"
            return [
                _span(
                    application, own, "application", text(event.get("description")) or own, event.get("time")
                )
            ]
        case "StageSubmitted":
            return [_stage(named(event.get("Stage Info")), application)]
        case "TaskStart":
            return [_task(event, application)]
    return []


def _ended(event: dict[str, Any], application: _Application) -> PlainSpan | None:
    """The span that ends with an event; what only its beginning tells is missing."""
    match _name(event):
        case "ApplicationEnd":
            application.ended = True
            return _end(_span(application, "application", "", "", None), event.get("Timestamp"))
        case "JobEnd":
            span = _span(application, f"job {text(event.get('Job ID'))}", "application", "", None)
            _judge_job(span, named(event.get("Job Result")))
            return _end(span, event.get("Completion Time"))
        case "SQLExecutionEnd":
            span = _span(application, f"sql {text(event.get('executionId'))}", "application", "", None)
            _fail(span, Fault("", text(event.get("errorMessage"))) if event.get("errorMessage") else None)
            return _end(span, event.get("time"))
        case "StageCompleted":
            info = named(event.get("Stage Info"))
            span = _stage(info, application)
            reason = text(info.get("Failure Reason"))
            _fail(span, Fault("", reason.split("\n")[0], reason) if reason else None)
            return _end(span, info.get("Completion Time"))
        case "TaskEnd":
            span = _task(event, application)
            _judge_task(span, named(event.get("Task End Reason")))
            return _end(span, named(event.get("Task Info")).get("Finish Time"))
    return None


def _span(application: _Application, own: str, parent: str, name: str, begun: Any) -> PlainSpan:
    start = _time(begun)
    application.first = min(start, application.first or start) if start else application.first
    return PlainSpan(
        application.trace, own, parent, name, application.origin, start=start, kind=Kind.INTERNAL,
        attributes=[("spark.app.id", application.id)],
    )  # fmt: skip


def _stage(info: dict[str, Any], application: _Application) -> PlainSpan:
    stage = text(info.get("Stage ID"))
    own = f"stage {stage}.{text(info.get('Stage Attempt ID')) or '0'}"
    parent = application.job_of.get(stage, "application")
    return _span(application, own, parent, text(info.get("Stage Name")) or own, info.get("Submission Time"))


def _task(event: dict[str, Any], application: _Application) -> PlainSpan:
    info = named(event.get("Task Info"))
    own = f"task {text(info.get('Task ID'))}"
    parent = f"stage {text(event.get('Stage ID'))}.{text(event.get('Stage Attempt ID')) or '0'}"
    span = _span(application, own, parent, text(event.get("Task Type")) or "Task", info.get("Launch Time"))
    place = (("host.name", info.get("Host")), ("service.instance.id", info.get("Executor ID")))
    span.origin = Origin(application.origin.service, [(name, text(value)) for name, value in place if value])
    return span


def _end(span: PlainSpan, time: Any) -> PlainSpan:
    """Note the end; the beginning may be told by another event."""
    end = _time(time)
    span.duration = end - span.start if end else None
    span.status = span.status or (Status.OK if end else Status.UNSET)
    return span


def _joined(begun: PlainSpan | None, ended: PlainSpan, application: _Application) -> PlainSpan:
    """A span that ended, with what its begin told; one that began before the file is shown from the first in it."""
    if not ended.start:
        start = begun.start if begun is not None and begun.start else application.first
        application.early += not (begun is not None and begun.start)
        ended.duration = ended.duration - start if ended.duration is not None and start else None
        ended.start = start
    if begun is not None:
        ended.name = ended.name or begun.name
        ended.parent_id = begun.parent_id or ended.parent_id
    ended.name = ended.name or ended.span_id
    return ended


def _judge_job(span: PlainSpan, result: dict[str, Any]) -> None:
    if text(result.get("Result")) not in ("", "JobSucceeded"):
        exception = named(result.get("Exception"))
        message = text(exception.get("Message")) or text(result.get("Result"))
        _fail(span, Fault("", message.split("\n")[0], message))


def _judge_task(span: PlainSpan, reason: dict[str, Any]) -> None:
    kind = text(reason.get("Reason"))
    if kind in ("", "Success"):
        return
    told = next(
        (
            reason[name]
            for name in ("Description", "Message", "Loss Reason", "Kill Reason")
            if reason.get(name)
        ),
        "",
    )
    stack = text(reason.get("Full Stack Trace"))
    _fail(span, Fault(text(reason.get("Class Name")) or kind, text(told), stack))


def _fail(span: PlainSpan, fault: Fault | None) -> None:
    if fault is not None:
        span.status = Status.ERROR
        span.faults.append(fault)


def _note(event: dict[str, Any], document: Document, application: _Application) -> None:
    """Executors that are lost are marks; what else is no span is counted."""
    name = _name(event)
    if name in (
        "ExecutorRemoved",
        "ExecutorExcluded",
        "NodeExcluded",
        "ExecutorBlacklisted",
        "NodeBlacklisted",
    ):
        which = text(event.get("Executor ID")) or text(event.get("Host ID"))
        told = f"{name} {which}: {text(event.get('Removed Reason'))}".rstrip(": ")
        mark = Mark("restart", _time(event.get("Timestamp") or event.get("time")), -1, application.origin.service, told,
                    doc=document.doc)  # fmt: skip
        document.builder.marks.append(mark)
    elif name not in _PLAIN:
        application.unshown += 1


def _time(value: Any) -> int:
    return max(nanoseconds(value, _MS) or 0, 0)


def _finish(application: _Application, builder: Builder) -> None:
    """Write what has not ended."""
    builder.begin_reader(NAME)
    rows = PlainRows(builder)
    for span, doc in application.open.values():
        span.name = span.name or span.span_id
        rows.spans([span], doc)
    rows.finish()
    if application.early:
        why = "some began before this file: they are shown from its first event on"
        builder.remark("info", "begin-unknown", why)
    if application.unshown:
        why = "events of executors, blocks and plans are not shown"
        builder.skip("info", "unshown-event", why, offset=-1, count=application.unshown)
