"""What was read elsewhere, with codes of its own, joined to what was read before.

A process that reads a part of a bundle keeps one builder for all of it, so that its string tables grow as those
of the whole do. :func:`take` tells what is new since it was last asked; :class:`Joiner` adds that to the builder
of the whole. Texts and traces get their codes in the order of the parts, so the store is the same as if one
builder had read all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.model.builder import Builder
from explorer.model.columns import Columns
from explorer.model.issue import Issue
from explorer.model.records import Finding, Mark, Resource, Series

Codes = Literal["services", "operations", "texts", "traces", "resources", "readers", "series"]
"""The tables that codes come from."""

_REFERS: Final[Mapping[str, Mapping[str, Codes]]] = {
    "spans": {"trace": "traces", "service": "services", "name": "operations", "resource": "resources",
              "peer": "texts"},
    "logs": {"trace": "traces", "service": "services", "resource": "resources"},
    "failures": {"type": "texts", "message": "texts"},
    "events": {"name": "texts"},
    "links": {"trace": "traces"},
    "span_fields": {"field": "texts", "value": "texts"},
    "log_fields": {"field": "texts", "value": "texts"},
    "documents": {"reader": "readers", "formats": "texts"},
    "points": {"series": "series"},
    "exemplars": {"series": "series", "trace": "traces"},
}  # fmt: skip
_ROWS_OF: Final[Mapping[tuple[str, str], str]] = {
    ("spans", "doc"): "documents",
    ("logs", "doc"): "documents",
    ("failures", "span"): "spans",
    ("events", "span"): "spans",
    ("links", "span"): "spans",
    ("span_fields", "row"): "spans",
    ("log_fields", "row"): "logs",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What a builder gained.

    Attributes:
        tables: rows by table and column; rows of other tables are counted from the first of this part, codes are
            those of the builder it comes from.
        texts: new entries of its string tables, by table.
        traces: number and text of new traces.
        resources, readers, series: new ones.
        formats: records taken, by reader.
        skipped: records not kept; what there is to say of them is among ``issues``.
    """

    tables: Mapping[str, Mapping[str, NDArray[Any]]]
    texts: Mapping[str, list[str]]
    traces: list[tuple[int, str]]
    resources: list[Resource]
    readers: list[str]
    series: list[Series]
    marks: list[Mark]
    findings: list[Finding]
    issues: tuple[Issue, ...]
    formats: Mapping[str, int]
    skipped: int


class Taking:
    """Takes from a builder, again and again, what it gained; its rows are dropped then."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._known = {"services": 0, "operations": 0, "texts": 0, "traces": 0, "resources": 0, "readers": 0,
                       "series": 0}  # fmt: skip

    def take(self) -> Part:
        """What is new. The builder's current file must not have changed since the last time."""
        builder = self._builder
        tables = {name: table_of(builder, name).arrays() for name in _REFERS}
        formats, skipped, issues = builder.take_counts()
        part = Part(
            tables=tables,
            texts={
                "services": self._new("services", builder.services),
                "operations": self._new("operations", builder.operations),
                "texts": self._new("texts", builder.texts),
            },
            traces=self._new("traces", zip(builder.traces.numbers, builder.traces.texts, strict=True)),
            resources=self._new("resources", builder.resources),
            readers=self._new("readers", builder.readers),
            series=self._new("series", builder.series),
            marks=list(builder.marks), findings=list(builder.findings),
            issues=issues, formats=formats, skipped=skipped,
        )  # fmt: skip
        builder.back_to((0,) * len(builder.lengths()))
        return part

    def _new(self, name: str, entries: Iterable[Any]) -> list[Any]:
        new = list(islice(entries, self._known[name], None))
        self._known[name] += len(new)
        return new


class Joiner:
    """Adds the parts of one other builder, in their order, to the builder of the whole."""

    def __init__(self, whole: Builder) -> None:
        self._whole = whole
        self._codes: dict[Codes, NDArray[np.int64]] = {}

    def add(self, part: Part, file: int) -> None:
        """Add a part of which all is of file number ``file``, the current one."""
        whole = self._whole
        self._learn(part)
        rows = {name: len(table_of(whole, name)) for name in _REFERS}
        for name, columns in part.tables.items():
            count = len(next(iter(columns.values())))
            if not count:
                continue
            new: dict[str, Any] = dict(columns)
            for column, codes in _REFERS[name].items():
                new[column] = self._codes[codes][columns[column]]
            for (table, column), other in _ROWS_OF.items():
                if table == name:
                    new[column] = columns[column] + rows[other]
            if name == "documents":
                new["file"] = file
            table_of(whole, name).extend(count, **new)
        documents = rows["documents"]
        whole.marks += [replace(mark, doc=_moved(mark.doc, documents)) for mark in part.marks]
        whole.findings += [replace(one, doc=_moved(one.doc, documents)) for one in part.findings]
        whole.add_counts(part.formats, part.skipped, part.issues)

    def _learn(self, part: Part) -> None:
        """Give codes to what the part names first."""
        whole = self._whole
        for name, table in (("services", whole.services), ("operations", whole.operations),
                            ("texts", whole.texts)):  # fmt: skip
            self._append(name, (table[text] for text in part.texts[name]))  # type: ignore[arg-type]
        traces = [whole.traces.number(number, text) for number, text in part.traces]
        known = self._codes.get("traces", np.array([-1]))
        self._codes["traces"] = np.concatenate((known[:-1], np.array([*traces, -1], np.int64)))
        self._append("resources", (whole.resource_value(one) for one in part.resources))
        self._append("readers", (whole.reader_code(name) for name in part.readers))
        self._append("series", (whole.series_code(one) for one in part.series))

    def _append(self, name: Codes, codes: Iterable[int]) -> None:
        new = np.fromiter(codes, np.int64)
        known = self._codes.get(name)
        self._codes[name] = new if known is None else np.concatenate((known, new))


def table_of(builder: Builder, name: str) -> Columns:
    """A table of a builder by its name."""
    table: Columns = getattr(builder, name)
    return table


def _moved(doc: int, by: int) -> int:
    return doc + by if doc >= 0 else doc
