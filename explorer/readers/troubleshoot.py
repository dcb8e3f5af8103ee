"""What a support bundle of troubleshoot.sh says in its own words: collectors, probes of databases, analysers.

Format: troubleshoot.sh documentation, "Collect" and "Analyze". The logs and the cluster's resources in such a bundle
are read by the readers of those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, open_items, read_documents, text
from explorer.decoding.logs.severity import ERROR, INFO, WARN
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME: Final = "troubleshoot"
LABEL: Final = "Support bundle (troubleshoot.sh)"
RECOGNISED_BY: Final = (
    "isConnected with its error or version, a collector's error, a source with errors, or an insight"
)
FRAMINGS: Final = frozenset({"document"})

_SHAPES: Final = (
    {("isConnected",), ("error",)}, {("isConnected",), ("version",)},
    {("source", "secret"), ("errors",)}, {("source", "configMap"), ("errors",)},
    {("insight", "primary"), ("insight", "severity")},
)  # fmt: skip
_FAILED: Final = {("collector",), ("error",), ("timestamp",)}
"""Of a collector that failed there is nothing else; more is somebody's own record."""
_SEVERITIES: Final = {"error": ERROR, "warn": WARN}


class _Note(NamedTuple):
    """One statement."""

    severity: int
    message: str
    time_ns: int = 0


def detect(head: bytes) -> Confidence | None:
    """By the keys that one of its own documents has."""
    told = outline(head)
    return Confidence.CERTAIN if told == _FAILED or any(shape <= told for shape in _SHAPES) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the statements into the builder as log records, at the time of the file where they have none."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, statement by statement."""

    def told(value: Any) -> list[Any]:
        return [{**one, "message": note.message} for one in _objects(value) for note in _notes(one)]

    return open_items(raw, told, lambda one: text(one.get("message")))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in map(named, value if isinstance(value, list) else [value]) if one]


def _read(document: Document) -> bool:
    builder = document.builder
    notes = [(one, note) for one in _objects(document.value) for note in _notes(one)]
    stem = PurePosixPath(builder.file.name).stem
    for index, (one, note) in enumerate(notes):
        # A probe's file has the name that the bundle's maker gave to what was probed.
        service = stem if "isConnected" in one else ""
        builder.logs.append(
            time=note.time_ns or max(builder.file.mtime_ns, 0), severity=note.severity,
            service=builder.services[service], doc=document.doc, index=index,
        )  # fmt: skip
    return bool(notes)


def _notes(one: dict[str, Any]) -> Iterator[_Note]:
    error = text(one.get("error")).strip()
    insight = named(one.get("insight"))
    if "isConnected" in one:
        version = text(one.get("version"))
        yield (
            _Note(ERROR, error or "not connected")
            if one["isConnected"] is not True
            else _Note(INFO, f"connected{f', version {version}' if version else ''}")
        )
    elif insight:
        said = [text(insight.get("primary")), error or text(insight.get("detail"))]
        severity = _SEVERITIES.get(text(one.get("severity") or insight.get("severity")), INFO)
        yield _Note(severity, ": ".join(part for part in said if part))
    elif "collector" in one:
        time = moment(one.get("timestamp"))
        yield _Note(WARN, f"collector {text(one['collector'])} failed: {error}", time)
    elif "source" in one:
        of = " ".join(f"{key} {text(value)}" for key, value in named(one["source"]).items())
        yield from (_Note(WARN, f"{of}: {text(each)}") for each in listed(one.get("errors")))
        for each in map(named, listed(one.get("certificateChain"))):
            good = each.get("isValid") is True
            name, end = text(each.get("subject") or each.get("certificate")), text(each.get("notAfter"))
            state = "is valid until" if good else "has expired or is not valid: valid until"
            yield _Note(INFO if good else ERROR, f"certificate {name} of {of} {state} {end}")
