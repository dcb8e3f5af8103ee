"""Containers as ``docker inspect`` describes them: how each ended, and what its health checks said.

Format: docs.docker.com Engine API, ``GET /containers/{id}/json``. A container that runs and is healthy tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import (
    Document,
    listed,
    moment,
    named,
    number,
    open_items,
    read_documents,
    text,
    whole,
)
from explorer.decoding.logs.severity import ERROR, INFO, WARN
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark, Resource

NAME: Final = "docker-inspect"
LABEL: Final = "Docker containers (docker inspect)"
RECOGNISED_BY: Final = (
    "Objects with the state of a container: its exit code, and whether it ran out of memory."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_STATE: Final = frozenset({("State", "ExitCode"), ("State", "OOMKilled"), ("State", "FinishedAt")})
_STOPPED: Final = frozenset({0, 143})
"""Exit codes of a container that ended as it should, or was asked to (128 + SIGTERM)."""


class _Note(NamedTuple):
    """Something that happened to a container."""

    time_ns: int
    severity: int
    message: str
    is_end: bool


def detect(head: bytes) -> Confidence | None:
    """By the state of the first container."""
    return Confidence.CERTAIN if b'"OOMKilled"' in head and outline(head) >= _STATE else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write what happened to the containers into the builder as log records, and their ends as marks."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, note by note."""

    def told(value: Any) -> list[Any]:
        return [
            {
                "message": note.message,
                **{k: v for k, v in one.items() if k in ("Id", "Name", "State", "RestartCount")},
            }
            for one in _containers(value)
            for note in _notes(one)
        ]

    return open_items(raw, told, lambda one: text(one.get("message")))


def _containers(value: Any) -> list[dict[str, Any]]:
    return [one for one in map(named, value if isinstance(value, list) else [value]) if "State" in one]


def _read(document: Document) -> bool:
    containers, builder = _containers(document.value), document.builder
    index = well = 0
    for one in containers:
        name, image = _name(one), text(named(one.get("Config")).get("Image"))
        resource = Resource(service=name, container=name, image=image)
        notes = list(_notes(one))
        well += not notes
        for note in notes:
            builder.logs.append(
                time=note.time_ns, severity=note.severity, service=builder.services[name],
                resource=builder.resource_value(resource), doc=document.doc, index=index,
            )  # fmt: skip
            if note.is_end and note.severity > INFO:
                mark = Mark(
                    "restart", note.time_ns, -1, name, note.message, note.severity, document.doc, index
                )
                builder.marks.append(mark)
            index += 1
    if well:
        document.remark("info", "nothing-to-show", "containers that are well tell nothing that is shown")
    return bool(containers)


def _name(one: dict[str, Any]) -> str:
    """The service of compose, else the container's name."""
    labels = named(named(one.get("Config")).get("Labels"))
    return text(labels.get("com.docker.compose.service")) or text(one.get("Name")).lstrip("/")


def _notes(one: dict[str, Any]) -> Iterator[_Note]:
    """What happened to a container, as far as its time is told."""
    state, name = named(one["State"]), _name(one)
    ended, code = moment(state.get("FinishedAt")), whole(state.get("ExitCode"))
    if ended:
        killed = state.get("OOMKilled") is True
        said = f"{'OOMKilled: ' if killed else ''}container {name} ended with exit code {code}"
        restarts = whole(one.get("RestartCount"))
        said += f", {restarts} restarts" if restarts > 1 else f", {restarts} restart" if restarts else ""
        said += f": {text(state.get('Error'))}" if state.get("Error") else ""
        failed = killed or code not in _STOPPED or bool(state.get("Error"))
        yield _Note(ended, ERROR if failed else WARN if restarts else INFO, said, is_end=True)
    for check in map(named, listed(named(state.get("Health")).get("Log"))):
        time = moment(check.get("End")) or moment(check.get("Start"))
        if time and number(check.get("ExitCode")):
            said = f"health check of container {name} failed: {text(check.get('Output')).strip()}"
            yield _Note(time, WARN, said, is_end=False)
