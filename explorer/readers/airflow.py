"""Airflow's runs and task instances: answers of its REST API (v1 and v2) and of ``airflow … --output json``.

Source: apache/airflow-client-python docs (TaskInstanceResponse, DAGRunResponse) and airflow/cli. A run is a trace; its
tasks and their tries are spans of it. Which task follows which is the DAG's to tell, and not in these files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "airflow"
LABEL: Final = "Airflow runs and task instances"
RECOGNISED_BY: Final = "task_instances or dag_runs, or objects with a dag_id, a state and a run or task id"
FRAMINGS: Final = ("lines", "document")

_S: Final = 10**9
_LISTS: Final = ("task_instances", "dag_runs", "task_instances_history")
_FAILED: Final = frozenset({"failed", "upstream_failed", "shutdown"})
_DONE: Final = frozenset({"success", "skipped", "removed"})
_RUN: Final = ("dag_run_id", "run_id", "logical_date", "execution_date")
_OWN: Final = frozenset({"start_date", "end_date", "duration", "hostname", "dag_id", *_LISTS})
_TELLING: Final = frozenset(
    {"operator", "try_number", "run_type", "execution_date", "logical_date", "start_date"}
)


def detect(head: bytes) -> Confidence | None:
    """By the keys of a run or a task instance."""
    if b'"dag_id"' not in head and b'"task_instances"' not in head and b'"dag_runs"' not in head:
        return None
    paths = outline(head)
    for above in ((), *((name,) for name in _LISTS)):
        keys = {path[-1] for path in paths if path[:-1] == above}
        if {"dag_id", "state"} <= keys and keys & {"task_id", *_RUN} and keys & _TELLING:
            return Confidence.CERTAIN
    empty = any((name,) in paths for name in _LISTS) and ("total_entries",) in paths
    return Confidence.CERTAIN if empty else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not Airflow's, or does not parse, is returned."""
    return read_plain(records, builder, parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The runs and tasks of a document, None where there are none."""
    parsed = Parsed()
    for one in _objects(value):
        if not isinstance(one, dict) or not text(one.get("dag_id")) or "state" not in one:
            parsed.dropped += 1
        else:
            parsed.spans.append(_span(one))
    answered = isinstance(value, dict) and any(isinstance(value.get(name), list) for name in _LISTS)
    return parsed if parsed.spans or answered else None


def _objects(value: Any) -> Iterator[Any]:
    for one in value if isinstance(value, list) else [value]:
        inner = [listed(named(one).get(name)) for name in _LISTS if name in named(one)]
        if inner:
            for found in inner:
                yield from found
        else:
            yield one


def _span(one: dict[str, Any]) -> PlainSpan:
    dag, task = text(one["dag_id"]), text(one.get("task_id"))
    run = next((text(one[name]) for name in _RUN if one.get(name)), "")
    trace, state = f"{dag} {run}", text(one["state"])
    start, end = moment(one.get("start_date")), moment(one.get("end_date"))
    said = nanoseconds(one.get("duration"), _S)
    if end and not start:  # set by hand, or run by ``dags test``
        start = end - max(said or 0, 0)
    host = text(one.get("hostname"))
    return PlainSpan(
        trace=trace,
        span_id=" ".join((trace, *_instance(one))) if task else trace,
        parent_id=trace if task else "",
        name=text(one.get("task_display_name")) or task or dag,
        origin=Origin(dag, [("host.name", host)] if host else []),
        start=start or moment(one.get("queued_when") or one.get("queued_dttm") or one.get("queued_at")),
        duration=end - start if start and end else said if start else None,
        kind=Kind.INTERNAL,
        status=Status.ERROR if state in _FAILED else Status.OK if state in _DONE else Status.UNSET,
        message=text(one.get("note")) or (state if state in _FAILED else ""),
        attributes=[("run.id", run), *_attributes(one)],
        source=one,
    )


def _instance(one: dict[str, Any]) -> tuple[str, ...]:
    """What tells one try of a task from another."""
    return tuple(text(one.get(name)) for name in ("task_id", "map_index", "try_number"))


def _attributes(one: dict[str, Any]) -> Pairs:
    pairs: Pairs = []
    for name, item in one.items():
        if name not in _OWN and not isinstance(item, list | dict) and item not in (None, ""):
            pairs.append((name, item))
    return pairs + [
        (f"conf.{name}", item) for name, item in named(one.get("conf")).items() if item is not None
    ]
