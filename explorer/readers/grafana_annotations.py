"""Grafana's annotations as ``/api/annotations`` answers: marks, with a begin and perhaps an end in ms.

Format: grafana/docs/sources/developers/http_api/annotations.md. Tags that say so make one a deploy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, open_items, read_documents, text
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark, MarkKind

NAME: Final = "grafana-annotations"
LABEL: Final = "Grafana annotations"
RECOGNISED_BY: Final = "JSON objects with time, text and tags, and a dashboard, panel or end."
FRAMINGS: Final = frozenset({"document", "lines"})

_NEEDED: Final = frozenset({("time",), ("text",), ("tags",)})
_GRAFANA: Final = frozenset({("dashboardUID",), ("dashboardId",), ("panelId",), ("timeEnd",), ("alertId",)})
_DEPLOY: Final = re.compile(r"\b(?:deploy(?:ment|ed)?|release|rollout|rollback)\b", re.IGNORECASE)
_SERVICE: Final = re.compile(r"(?:service|app|application|component)[:=](.+)")
_MARKUP: Final = re.compile(r"<[^<>]{1,200}>")


def detect(head: bytes) -> Confidence | None:
    """By the fields of the first one."""
    if b'"tags"' not in head or b'"text"' not in head:
        return None
    paths = outline(head)
    return Confidence.CERTAIN if paths >= _NEEDED and paths & _GRAFANA else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the annotations into the builder as marks."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, annotation by annotation."""
    return open_items(raw, _items, lambda one: text(named(one).get("text")))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read(document: Document) -> bool:
    items = [named(one) for one in _items(document.value)]
    if items and not any("time" in one and ("text" in one or "tags" in one) for one in items):
        return False
    untimed = 0
    for i, one in enumerate(items):
        begin, end = moment(one.get("time")), moment(one.get("timeEnd"))
        if not begin:
            untimed += 1
            continue
        tags = [text(tag) for tag in listed(one.get("tags"))]
        told = _MARKUP.sub("", text(one.get("text"))).strip()
        service = next((match[1] for tag in tags if (match := _SERVICE.fullmatch(tag))), "")
        shown = told or text(one.get("alertName")) or ", ".join(tags)
        mark = Mark(
            _kind(one, tags), begin, end if end > begin else -1, service, shown[:500], 0, document.doc, i
        )
        document.builder.marks.append(mark)
    document.skip("warning", "no-time", "annotations without a time are left out", untimed)
    return True


def _kind(one: dict[str, Any], tags: list[str]) -> MarkKind:
    if one.get("alertId") or one.get("alertName"):
        return "alert"
    return "deploy" if any(_DEPLOY.search(tag) for tag in tags) else "annotation"
