"""Kubernetes objects as ``kubectl get -o json``, the API and support bundles write them: events, pods, rollouts; and
what kubectl prints of events and pods for people.

Events become log records; what changed or broke a service is a mark as well. Of other objects only what happened
to them is read: containers that ended, conditions that are bad, revisions that were rolled out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, named, open_items, read_documents
from explorer.decoding.outline import Outline, outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark
from explorer.model.schema import LogFlag
from explorer.readers.kubernetes.conditions import SHOWN_CONDITIONS, condition_notes
from explorer.readers.kubernetes.events import event_notes, is_event
from explorer.readers.kubernetes.notes import Note, kind_of, objects_of
from explorer.readers.kubernetes.pods import pod_notes
from explorer.readers.kubernetes.printed import Printed, is_printed
from explorer.readers.kubernetes.rollouts import REVISIONS, rollout_notes

NAME: Final = "kubernetes"
LABEL: Final = "Kubernetes events and objects"
RECOGNISED_BY: Final = (
    "JSON objects with apiVersion and kind, or lists of them: events, pods, deployments and others; tables of events "
    "or pods, and descriptions, as kubectl prints them."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_OWN: Final = frozenset({"Event", "Pod", *REVISIONS, *SHOWN_CONDITIONS})
_PRINTED: Final = f"{NAME} printed"
_KIND: Final = re.compile(rb'"kind"\s*:\s*"([A-Za-z]+)"')
_EVENT: Final = (("involvedObject",), ("regarding", "kind"))
_POD: Final = (("status", "containerStatuses"), ("status", "initContainerStatuses"))


def detect(head: bytes) -> Confidence | None:
    """By what only events and pods have, or by kinds; other objects of the API are known by their four keys."""
    if is_printed(head):
        return Confidence.CERTAIN
    if b'"metadata"' not in head and b'"items"' not in head and b'"involvedObject"' not in head:
        return None
    paths = outline(head)
    for prefix in ((), ("items",)):
        if any((*prefix, *mark) in paths for mark in (*_EVENT, *_POD)) and _has_marks(paths, prefix):
            return Confidence.CERTAIN
    if ("apiVersion",) not in paths and ("items", "apiVersion") not in paths:
        return None
    kinds = {kind.decode().removesuffix("List") for kind in _KIND.findall(head)}
    if not kinds or not paths & {("metadata",), ("items",)}:
        return None
    first = _KIND.search(head)
    own = first is not None and first[1].decode().removesuffix("List") in _OWN
    return Confidence.CERTAIN if own else Confidence.LIKELY


def _has_marks(paths: Outline, prefix: tuple[str, ...]) -> bool:
    return (*prefix, "metadata") in paths or (*prefix, "reason") in paths or (*prefix, "kind") in paths


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write what happened to the objects into the builder as log records and marks."""
    if bytes(records.view(0)[:1]) in (b"{", b"["):
        return read_documents(records, builder, _read)
    return _read_printed(records, builder)


def _read_printed(records: Records, builder: Builder) -> Sequence[int]:
    """Read text; its objects are kept as JSON."""
    printed = builder.memory.get(_PRINTED)
    if not isinstance(printed, Printed) or printed.file != records.file:
        printed = builder.memory[_PRINTED] = Printed(records.file, builder.file.mtime_ns)
        said = "ages are counted back from when the file was written"
        builder.remark("info", "no-time", said, offset=records.offset)
        builder.at_end(partial(_finish, printed, records, builder))
    refused = [i for i in range(len(records)) if not printed.feed(records[i])]
    _write_printed(printed, records, builder)
    return refused


def _finish(printed: Printed, records: Records, builder: Builder) -> None:
    """Tell the object that the file ends with."""
    builder.begin_reader(NAME)
    printed.close()
    _write_printed(printed, records, builder)


def _write_printed(printed: Printed, records: Records, builder: Builder) -> None:
    if printed.found:
        kept = builder.canonical(records, [lenient.dumps(one) for one in printed.found])
        read_documents(kept, builder, _read)
    if printed.well:
        text = "pods, nodes or deployments that are well hold nothing that is shown"
        builder.skip("info", "nothing-to-show", text, offset=records.offset, count=printed.well)
    printed.found, printed.well = [], 0


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, note by note."""
    return open_items(
        raw, lambda value: [_Opened(note) for note in _notes(value)], lambda note: note["message"]
    )


class _Opened(dict[str, Any]):
    """The object a note is about, with the note's text."""

    def __init__(self, note: Note) -> None:
        told = {name: item for name, item in note.subject.items() if name not in ("metadata", "spec")}
        metadata = {
            name: item
            for name, item in named(note.subject.get("metadata")).items()
            if name != "managedFields"
        }
        super().__init__({**told, "metadata": metadata, "message": note.message})


def _read(document: Document) -> bool:
    objects = objects_of(document.value)
    if objects is None:
        return False
    untimed = 0
    for i, note in enumerate(_notes(document.value)):
        untimed += not note.time_ns and note.is_log
        _add(document, note, i)
    if untimed:
        document.remark(
            "info", "no-time", "events without a time of their own are placed where the file was written"
        )
    rest = [kind_of(one) for one in objects if not is_event(one)]
    others = Counter(kind for kind in rest if kind == "Event" or kind not in _OWN)
    for kind, count in others.items():
        shown = f"objects of kind {kind[:60] or 'unknown'} hold nothing that is shown"
        document.skip("info", "nothing-to-show", shown, count)
    return True


def _notes(value: Any) -> list[Note]:
    """What all objects of a document tell, in order: the ordinals of its log records and marks."""
    notes: list[Note] = []
    for one in objects_of(value) or ():
        if is_event(one):
            notes += event_notes(one)
            continue
        if kind_of(one) == "Pod":
            notes += pod_notes(one)
        notes += rollout_notes(one)
        notes += condition_notes(one)
    return notes


def _add(document: Document, note: Note, index: int) -> None:
    builder = document.builder
    if note.is_log:
        builder.logs.append(
            time=note.time_ns or max(builder.file.mtime_ns, 0), severity=note.severity,
            flags=0 if note.time_ns else int(LogFlag.TIME_INFERRED), service=builder.services[note.resource.service],
            resource=builder.resource_value(note.resource), doc=document.doc, index=index,
        )  # fmt: skip
    if note.mark is not None and note.time_ns:
        end = note.end_ns if note.end_ns > note.time_ns else -1
        begin = note.begin_ns or note.time_ns
        end = note.time_ns if begin < note.time_ns else end
        builder.marks.append(
            Mark(
                note.mark,
                begin,
                end,
                note.resource.service,
                note.message[:500],
                note.severity,
                document.doc,
                index,
            )
        )
