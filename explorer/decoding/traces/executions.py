"""Executions of ML Metadata as plain spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import loads, nanoseconds
from explorer.decoding.traces.plain import Fault, Origin, PlainSpan
from explorer.model.schema import Kind, Status

_MS: Final = 10**6
STATES: Final = ("UNKNOWN", "NEW", "RUNNING", "COMPLETE", "FAILED", "CACHED", "CANCELED")
_ENDED: Final = frozenset({"COMPLETE", "FAILED", "CACHED", "CANCELED"})
_RESULT: Final = "__execution_result__"
_OUTPUT: Final = frozenset({1, 4, 6, 7})
"""Types of events: DECLARED_OUTPUT, OUTPUT, INTERNAL_OUTPUT, PENDING_OUTPUT."""
_NAMES: Final = ("display_name", "task_name", "component_id", "name")


def execution_span(one: dict[str, Any]) -> PlainSpan:
    """An execution (a row with its properties, contexts and inputs) as a span of its run."""
    properties = named(one.get("properties"))
    run, pipeline = _places(one)
    word = _word(one)
    start, end = nanoseconds(one.get("created"), _MS) or 0, nanoseconds(one.get("updated"), _MS) or 0
    trace = " / ".join(
        filter(None, ("run", pipeline, run))
    )  # with blanks, so that it is like no hex or base64
    parent = properties.get("parent_dag_id") or one.get("within")
    failed = word == "FAILED"
    fault = _fault(properties) if failed else None
    return PlainSpan(
        trace=trace,
        span_id=_id(one.get("id")),
        parent_id=_id(parent) if parent not in (None, "") else "",
        name=_name(one, properties),
        origin=Origin(pipeline),
        start=start,
        duration=end - start if start and end >= start and word in _ENDED else None,
        kind=Kind.INTERNAL,
        status=Status.ERROR if failed else Status.OK if word in ("COMPLETE", "CACHED") else Status.UNSET,
        attributes=[
            ("type", text(one.get("type"))), ("state", word), *([("run.id", run)] if run else []),
            *((name, value) for name, value in properties.items() if value is not None),
        ],
        links=[(trace, _id(maker)) for maker in listed(one.get("from"))],
        faults=[fault] if fault else [],
        source=one,
    )  # fmt: skip


def with_runs(executions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The executions, and before them a row for each run that none of its executions stands for.

    A run of which no execution holds the others, as those of TFX, has a beginning and an end, but no execution of its
    own. It failed where the last try of one of its steps did.
    """
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in executions:
        if named(one.get("properties")).get("parent_dag_id") in (None, ""):
            runs.setdefault(_places(one), []).append(one)
    added = []
    for (run, pipeline), steps in runs.items():
        if not run or len(steps) == 1:
            continue
        whole = _run(run, pipeline, steps)
        added.append(whole)
        for one in steps:
            one["within"] = whole["id"]
    return [*added, *executions]


def _run(run: str, pipeline: str, steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The row of a run: from the first of its steps to the last."""
    last = {
        _name(one, named(one.get("properties"))): one
        for one in sorted(steps, key=lambda one: nanoseconds(one.get("created")) or 0)
    }
    states = {_word(one) for one in last.values()}
    word = next((word for word in ("FAILED", "CANCELED") if word in states), "COMPLETE")
    word = "RUNNING" if states - _ENDED else word
    begins, ends = ([nanoseconds(one.get(name)) or 0 for one in steps] for name in ("created", "updated"))
    return {
        "id": f"run {run}", "name": run, "type": "run", "state": STATES.index(word),
        "created": min(filter(None, begins), default=0), "updated": max(ends),
        "properties": {}, "contexts": [["pipeline", pipeline], ["run", run]], "from": [],
    }  # fmt: skip


def link(found: dict[Any, dict[str, Any]], events: Iterable[tuple[Any, Any, int, int]]) -> None:
    """Tell each execution whose artifacts it used, and how late it last wrote one.

    Args:
        found: rows by the id of their execution, each with the list ``from`` to be filled.
        events: execution, artifact, type (metadata_store.proto, Event.Type) and ms since the epoch.
    """
    makers: dict[Any, Any] = {}
    used: dict[Any, list[Any]] = {}
    for owner, artifact, kind, time in events:
        if owner not in found:
            continue
        if kind in _OUTPUT:
            makers[artifact] = owner
            found[owner]["updated"] = max(found[owner]["updated"] or 0, time or 0)
        else:
            used.setdefault(owner, []).append(artifact)
    for owner, artifacts in used.items():
        found[owner]["from"] = sorted({makers[one] for one in artifacts if makers.get(one, owner) != owner})


def _word(one: dict[str, Any]) -> str:
    """The name of an execution's state."""
    state = one.get("state")
    return STATES[state] if isinstance(state, int) and 0 <= state < len(STATES) else "UNKNOWN"


def _id(number: Any) -> str:
    return f"{int(number):016x}" if isinstance(number, int) and number > 0 else f"execution {text(number)}"


def _places(one: dict[str, Any]) -> tuple[str, str]:
    """Names of the run and the pipeline among the contexts, told by their types."""
    run = pipeline = ""
    for context in listed(one.get("contexts")):
        kind, name = (
            (text(part) for part in context) if isinstance(context, list) and len(context) == 2 else ("", "")
        )
        if "run" in kind.lower():
            run = run or name
        elif "pipeline" in kind.lower():
            pipeline = pipeline or name
    return run, pipeline


def _name(one: dict[str, Any], properties: dict[str, Any]) -> str:
    told = next((text(properties[name]) for name in _NAMES if properties.get(name)), "")
    return told or text(one.get("name")) or text(one.get("type")).rpartition(".")[2] or _id(one.get("id"))


def _fault(properties: dict[str, Any]) -> Fault | None:
    """What TFX keeps of a failure."""
    said = properties.get(_RESULT)
    try:
        result = named(loads(said.encode("utf-8", "replace"))) if isinstance(said, str) else {}
    except ValueError:
        result = {}
    message = text(result.get("resultMessage") or result.get("result_message"))
    if not message:
        return None
    kind, colon, rest = message.partition(": ")
    return Fault(kind, rest) if colon and kind.isidentifier() else Fault("", message)
