"""Jobs of GitHub Actions as the REST API and ``gh run view --json`` answer them: each a span, its steps within it.

Source: docs.github.com, "REST API endpoints for workflow jobs" and "... for workflow runs" (``started_at``,
``completed_at``, ``conclusion``); cli/cli writes the same names in camel case. Each attempt of a run is a trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "github-actions"
LABEL: Final = "GitHub Actions runs and jobs"
RECOGNISED_BY: Final = "jobs with steps and a conclusion, or workflow_runs"
FRAMINGS: Final = ("lines", "document")

_FAILED: Final = frozenset({"failure", "timed_out", "startup_failure", "action_required"})
_DONE: Final = frozenset({"success", "skipped", "neutral"})
_TOLD: Final = ("status", "conclusion", "head_branch", "headBranch", "head_sha", "headSha", "event", "runner_name",
                "html_url", "url", "number")  # fmt: skip

Object = Mapping[str, Any]


def detect(head: bytes) -> Confidence | None:
    """By jobs with their steps, or by runs of workflows."""
    if b'"conclusion"' not in head:
        return None
    paths = outline(head)
    jobs = {("jobs", "conclusion"), ("jobs", "steps")} <= {path[:2] for path in paths}
    runs = {("workflow_runs", "conclusion"), ("workflow_runs", "run_number")} <= paths
    job = {("conclusion",), ("run_id",), ("steps",)} <= {path[:1] for path in paths}
    return Confidence.CERTAIN if jobs or runs or job else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write jobs and steps into the builder as spans."""
    return read_plain(records, builder, parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The runs, jobs and steps of a document; None where there is none."""
    whole = named(value)
    runs, jobs = listed(whole.get("workflow_runs")), listed(whole.get("jobs"))
    if not runs and not jobs and "steps" not in whole:
        return None
    parsed = Parsed()
    for run in map(named, runs):
        parsed.spans.append(_run(run))
    if jobs and _of(whole, "databaseId"):  # of gh: the run is around its jobs
        parsed.spans.append(_run(whole))
    for job in map(named, jobs or ([] if runs else [whole])):
        parsed.spans += _job(job, whole)
    untimed = [one for one in parsed.spans if not one.start]
    parsed.spans = [one for one in parsed.spans if one.start]
    if untimed:
        parsed.skipped.append(("info", "nothing-to-show", "jobs and steps that have not begun", len(untimed)))
    return parsed


def _of(one: Object, *names: str) -> Any:
    """The first of some names that is told."""
    return next((one[name] for name in names if one.get(name)), None)


def _trace(run_id: object, attempt: object) -> str:
    return f"github-actions {text(run_id)}/{text(attempt) or 1}"


def _run(run: Object) -> PlainSpan:
    number = _of(run, "id", "databaseId")
    trace = _trace(number, _of(run, "run_attempt", "attempt"))
    start = _of(run, "run_started_at", "startedAt", "created_at", "createdAt")
    end = _of(run, "updated_at", "updatedAt") if run.get("status") == "completed" else None
    return _span(run, trace, (f"run {text(number)}", ""), (start, end), _origin(run))


def _job(job: Object, whole: Object) -> Iterator[PlainSpan]:
    own = f"job {text(_of(job, 'id', 'databaseId'))}"
    around = _of(whole, "databaseId") if "jobs" in whole else None
    attempt = _of(job, "run_attempt") or _of(whole, "attempt")
    trace = _trace(_of(job, "run_id") or around, attempt)
    origin = _origin(job if job.get("workflow_name") else whole)
    yield _span(job, trace, (own, f"run {text(around)}" if around else ""), _times(job), origin)
    for step in map(named, listed(job.get("steps"))):
        yield _span(step, trace, (f"{own} step {text(step.get('number'))}", own), _times(step), origin)


def _times(one: Object) -> tuple[object, object]:
    return _of(one, "started_at", "startedAt"), _of(one, "completed_at", "completedAt")


def _origin(one: Object) -> Origin:
    """The workflow is what works; a job that does not name it is of the service of that name alone."""
    return Origin(
        text(_of(one, "workflow_name", "workflowName")) or text(one.get("name")) or "GitHub Actions"
    )


def _span(
    one: Object, trace: str, ids: tuple[str, str], times: tuple[object, object], origin: Origin
) -> PlainSpan:
    start, end = (moment(time) for time in times)
    said = text(one.get("conclusion")).lower()
    status = Status.ERROR if said in _FAILED else Status.OK if said in _DONE else Status.UNSET
    attributes: Pairs = [(name, one[name]) for name in _TOLD if one.get(name) not in (None, "")]
    return PlainSpan(
        trace, ids[0], ids[1], text(_of(one, "name", "displayTitle")), origin, start,
        end - start if end >= start > 0 else None, int(Kind.INTERNAL), int(status),
        message=said.replace("_", " ") if status is Status.ERROR else "", attributes=attributes, source=one,
    )  # fmt: skip
