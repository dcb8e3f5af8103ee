"""whylogs: profiles (binary, or as CSV or JSON by ``to_pandas``), drift scores, and reports of constraints.

A profile holds no bounds: what is told of a column is how many of its values are missing, not numbers or infinite.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, named, open_whole, read_documents, text
from explorer.decoding.lenient import dumps
from explorer.decoding.outline import outline
from explorer.decoding.quality.results import service_in
from explorer.model.builder import Builder, Records
from explorer.model.records import Finding
from explorer.readers.whylogs.binary import MARK, profile_of
from explorer.readers.whylogs.columns import column_finding, constraint_finding, drift_finding

NAME: Final = "whylogs"
LABEL: Final = "whylogs profile"
RECOGNISED_BY: Final = (
    "Columns with counts/n and types/…, scores with drift_category, or constraints with a summary."
)
FRAMINGS: Final = frozenset({"document", "lines", "binary"})

_NEEDED: Final = "counts/n"
_COUNTED: Final = "whylogs, rows by file"
_SCORE: Final = frozenset({"algorithm", "drift_category"})
_CONSTRAINT: Final = frozenset({"name", "passed", "failed", "summary"})


def detect(head: bytes) -> Confidence | None:
    """By the names of the columns, or of the fields of scores and constraints."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if first.startswith(MARK):
        return Confidence.CERTAIN
    if first[:1] not in (b"{", b"["):
        line = first.split(b"\n", 1)[0]
        return Confidence.CERTAIN if b"counts/n" in line and b"cardinality/est" in line else None
    head = head.replace(b"\\/", b"/")  # as pandas writes JSON
    if not any(name in head for name in (b"counts/n", b"drift_category", b'"passed"')):
        return None
    paths = outline(head)
    under = {path[-1] for path in paths if len(path) == 2}
    if _NEEDED in {path[-1] for path in paths} or under >= _SCORE:
        return Confidence.CERTAIN
    return Confidence.CERTAIN if {path[0] for path in paths if len(path) == 1} >= _CONSTRAINT else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a finding for each column, score or constraint into the builder."""
    first = records[0].lstrip()
    if first.startswith(MARK):
        _read_binary(records, builder)
        return ()
    return (
        read_documents(records, builder, _read_json)
        if first[:1] in (b"{", b"[")
        else _read_csv(records, builder)
    )


def open_record(raw: bytes) -> OpenRecord:
    """Open the document again."""
    profile = profile_of(raw) if raw.startswith(MARK) else None
    return open_whole(raw if profile is None else dumps({**profile.tags, **profile.columns}))


def _read_binary(records: Records, builder: Builder) -> None:
    """A finding for each column of a binary profile."""
    profile = profile_of(records[0])
    if profile is None:
        builder.skip(
            "warning", "broken-record", "a binary profile whose headers are broken", offset=records.offset
        )
        return
    doc = builder.document(records, 0)
    service = service_in(profile.tags)
    for name, column in profile.columns.items():
        finding = column_finding(name, column, doc)
        builder.findings.append(replace(finding, time_ns=profile.time_ns, service=service))
    if profile.lost:
        text = "columns whose part of the profile is cut or broken"
        builder.skip("warning", "truncated-record", text, offset=records.offset, count=profile.lost)
    if profile.segments > 1:
        text = "only the first segment of a profile is read"
        builder.skip("warning", "not-read", text, offset=records.offset, count=profile.segments - 1)


def _read_json(document: Document) -> bool:
    found = _findings(document.value, document)
    document.builder.findings += found
    return bool(found)


def _findings(value: Any, document: Document) -> list[Finding]:
    if isinstance(value, list) and any(named(one).keys() >= _CONSTRAINT for one in value):
        return [
            constraint_finding(named(one), document.doc) for one in value if named(one).keys() >= _CONSTRAINT
        ]
    return [
        drift_finding(name, column, document.doc) if "drift_category" in column
        else column_finding(name, column, document.doc)
        for name, column in _columns(value, document.builder) if _NEEDED in column or "drift_category" in column
    ]  # fmt: skip


def _columns(value: Any, builder: Builder) -> list[tuple[str, Mapping[str, Any]]]:
    """The columns of a profile in any orientation of pandas: by column, by what is told of them, as rows or one row.

    Rows that do not name their column, for pandas leaves the index out, are numbered throughout a file.
    """
    if isinstance(value, list) or _NEEDED in named(value):
        if isinstance(named(value).get(_NEEDED), dict):  # by what is told
            names = dict.fromkeys(name for told in value.values() for name in named(told))
            return [(name, {key: named(told).get(name) for key, told in value.items()}) for name in names]
        rows = [named(row) for row in (value if isinstance(value, list) else [value])]
        counted = builder.memory.setdefault(_COUNTED, Counter())
        file = len(builder.files)
        before = counted[file]
        counted[file] += len(rows)
        return [(text(row.get("column")) or f"column {i}", row) for i, row in enumerate(rows, before + 1)]
    return [(name, named(column)) for name, column in named(value).items()]


def _read_csv(records: Records, builder: Builder) -> Sequence[int]:
    """Rows under the header, which is remembered for the blocks that follow."""
    known: dict[int, list[str]] = builder.memory.setdefault(NAME, {})
    file = len(builder.files) - 1
    doc, refused = builder.block(records), []
    for i in range(len(records)):
        try:
            row = next(csv.reader(io.StringIO(records[i].decode("utf-8", "replace").strip("\ufeff\r"))), [])
        except csv.Error:
            row = []
        header = known.get(file)
        if _NEEDED in row:
            known[file] = row
        elif header is None or len(row) != len(header):
            refused.append(i)
        else:
            column = dict(zip(header, row, strict=True))
            builder.findings.append(column_finding(column.get("column") or row[0], column, doc))
    return refused
