"""Elasticsearch and OpenSearch: answers of ``_search``, elasticdump's lines, and bodies of ``_bulk``.

Format: Elasticsearch REST API, search and bulk; elasticsearch-dump writes a hit a line. A hit's ``_source`` is the log
object; where only ``fields`` were asked for, each holds a list of values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named
from explorer.decoding.logs.elements import ANSWERS, FAILED
from explorer.decoding.logs.entries import Entry
from explorer.decoding.logs.hits import object_entry, open_element, read_elements
from explorer.decoding.logs.objects import FAULT_ROLES, role_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role

NAME = "elastic-hits"
LABEL = "Elasticsearch hits"
RECOGNISED_BY = "Hits with an index and their source or fields, in an answer or one a line."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_NEAR: Final = 4096
_TELLING: Final = frozenset({Role.TIME, Role.MESSAGE, Role.SEVERITY, Role.HTTP_STATUS, *FAULT_ROLES})
_EMPTY: Final = re.compile(rb'"hits"\s*:\s*\[\s*\]')
_EMPTY_PATHS: Final = frozenset({("hits", "hits"), ("hits", "total")})
_HIT: Final = re.compile(rb'"_(?:source|index|id)"')


def detect(head: bytes) -> Confidence | None:
    """By the names of a hit; those of spans are other readers', who are certain of theirs."""
    if not _HIT.search(head):
        return Confidence.LIKELY if _EMPTY.search(head) and outline(head) >= _EMPTY_PATHS else None
    paths = outline(head)
    for above in (("hits", "hits"), *((name, "hits", "hits") for name in ANSWERS), ()):
        below = {path[len(above) :] for path in paths if path[: len(above)] == above}
        inner = {".".join(path[1:]) for path in below if len(path) > 1 and path[0] in ("_source", "fields")}
        if below & {("_index",), ("_id",), ("_source",)} and {role_of(name) for name in inner} & _TELLING:
            return Confidence.LIKELY
        if ("_index",) in below and ("_source",) in below:
            return Confidence.POSSIBLE
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the hits into the builder."""
    refused = set(read_elements(records, builder, NAME, _entry))
    for i in [i for i in refused if _EMPTY.search(records[i])]:
        where = records.offset + int(records.starts[i])
        builder.remark("info", "empty-page", "an empty page of a search", offset=where)
        refused.remove(i)
    for i in range(len(records)):
        here, total = (
            _counted(records[i]) if i not in refused and b'"total"' in records[i][:_NEAR] else (0, 0)
        )
        if total > here:
            builder.remark("warning", "partial-export", f"{here} of {total} hits are in this export",
                           offset=records.offset + int(records.starts[i]))  # fmt: skip
    return sorted(refused)


def open_record(raw: bytes) -> OpenRecord:
    """Open one hit again."""
    return open_element(raw, _entry)


class _Hits(msgspec.Struct):
    hits: list[msgspec.Raw]
    total: int | dict[str, int | str] = 0


class _Answer(msgspec.Struct):
    hits: _Hits | None = None
    responses: list[_Answer] = msgspec.field(default_factory=list)
    response: _Answer | None = None
    rawResponse: _Answer | None = None  # noqa: N815 - Kibana's name


_answer: Final = msgspec.json.Decoder(_Answer)


def _counted(raw: bytes) -> tuple[int, int]:
    """How many hits an answer holds, and how many the search found; zeros where it does not say."""
    try:
        answer = _answer.decode(raw)
    except FAILED:
        return 0, 0
    answers = [answer, *answer.responses, answer.response, answer.rawResponse]
    pages = [one.hits for one in answers if one is not None and one.hits is not None]
    totals = [page.total.get("value", 0) if isinstance(page.total, dict) else page.total for page in pages]
    return sum(len(page.hits) for page in pages), sum(one for one in totals if isinstance(one, int))


def _entry(hit: dict[str, Any]) -> Entry | None:
    if not hit.keys() & {"_source", "fields"}:
        return None
    fields = {name: _single(item) for name, item in named(hit.get("fields")).items()}
    value = {**fields, **named(hit.get("_source"))}
    time = next((found for one in listed(hit.get("sort")) if (found := moment(one))), 0)
    return object_entry(value, time) if value else None


def _single(item: Any) -> Any:
    return item[0] if isinstance(item, list) and len(item) == 1 else item
