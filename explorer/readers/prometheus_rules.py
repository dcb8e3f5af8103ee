"""Rule files of Prometheus, and PrometheusRule objects of its operator: kept as they are, to be evaluated later.

Source: prometheus/docs/configuration/recording_rules.md, alerting_rules.md; prometheus-operator's PrometheusRule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.gathering import gather
from explorer.decoding.lenient import dumps, loads
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail
from explorer.model.store import Store

NAME: Final = "prometheus-rules"
LABEL: Final = "Prometheus rules"
RECOGNISED_BY: Final = "YAML: groups of rules with an alert or record and an expr."
FRAMINGS: Final = ("lines",)

_GROUPS: Final = re.compile(rb"(?m)^(?:  )?groups:[ \t]*(?:#.*)?\r?$")
_RULE: Final = re.compile(rb"(?m)^[ \t]*(?:-[ \t]+)?(?:alert|record):[ \t]*\S")
_EXPR: Final = re.compile(rb"(?m)^[ \t]*(?:-[ \t]+)?expr:")
_GROUP: Final = re.compile(rb"(?m)^groups:[ \t]*\r?\n(?:[ -]*(?:name|interval|limit):[^\n]*\n)+[ \t]*rules:")
_TEXT: Final = "rules"


def detect(head: bytes) -> Confidence | None:
    """By the keys of a group and of a rule, or of a group alone in a short head."""
    if b"groups:" not in head:  # lines are looked at byte by byte
        return None
    if _GROUPS.search(head) and _RULE.search(head) and _EXPR.search(head):
        return Confidence.CERTAIN
    return Confidence.LIKELY if _GROUP.search(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Keep the whole file; nothing of it has a time."""
    gather(records, builder, NAME, lambda whole: _keep(whole, builder))
    return ()


def _keep(data: bytes, builder: Builder) -> None:
    nowhere = Records(len(builder.files) - 1, b"", 0, np.zeros(0, np.int64), np.zeros(0, np.int64))
    line = dumps({_TEXT: data.decode("utf-8", "replace")})
    builder.document(builder.canonical(nowhere, [line]), 0)


def open_record(raw: bytes) -> OpenRecord:
    """The file again."""
    detail = Detail(raw=str(loads(raw)[_TEXT]))
    return lambda _: detail


def rule_files(store: Store) -> list[tuple[str, str]]:
    """Name and text of each rule file of a bundle.

    Raises:
        ChangedError: the user's file is no longer the one that was read.
    """
    if NAME not in store.readers:
        return []
    documents = store.documents
    found = []
    for doc in np.flatnonzero(documents["reader"] == store.readers.index(NAME)).tolist():
        file = int(documents["file"][doc])
        raw = store.raw.read(file, int(documents["offset"][doc]), int(documents["length"][doc]))
        found.append((store.files[file].name, str(loads(raw)[_TEXT])))
    return found
