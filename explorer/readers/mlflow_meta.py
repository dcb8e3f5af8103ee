"""``meta.yaml`` of MLflow's file store: what a run is and how it ended; an experiment's only names it.

Flat lines of ``key: value`` as PyYAML writes them, read without a YAML parser. A run's status is a number there, or a
word (mlflow/entities/run_status.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.quality.runs import Run, run_finding
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail

NAME: Final = "mlflow-meta"
LABEL: Final = "MLflow run (meta.yaml)"
RECOGNISED_BY: Final = (
    "Lines of artifact_uri or artifact_location and the other fields of a run or experiment."
)
FRAMINGS: Final = frozenset({"lines"})

_FIRST: Final = re.compile(rb"artifact_(?:uri|location): ")
_PAIR: Final = re.compile(r"([A-Za-z_]\w*):(?: (.*))?$")


def detect(head: bytes) -> Confidence | None:
    """By the first key in alphabetical order, as the file store writes them."""
    return Confidence.CERTAIN if _FIRST.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a run's finding into the builder."""
    known: dict[int, dict[str, str]] = builder.memory.setdefault(NAME, {})
    file = len(builder.files) - 1
    pairs = known.setdefault(file, {})
    complete = "status" in pairs
    refused = []
    for i in range(len(records)):
        match = _PAIR.match(records[i].decode("utf-8", "replace").rstrip())
        if match is None:
            refused.append(i)
        else:
            pairs[match[1]] = _scalar(match[2] or "")
    run = run_of(pairs)
    if run is not None and not complete:
        builder.findings.append(run_finding(run, builder.block(records)))
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open the lines again."""
    text = raw.decode("utf-8", "replace")
    matches = [match for line in text.splitlines() if (match := _PAIR.match(line))]
    detail = Detail(attributes=tuple((match[1], _scalar(match[2] or "")) for match in matches), raw=text)
    return lambda _: detail


def run_of(pairs: Mapping[str, str]) -> Run | None:
    """The run that the fields tell of; None for an experiment, or while its status is not known."""
    run_id = pairs.get("run_id") or pairs.get("run_uuid") or ""
    if not run_id or "status" not in pairs:
        return None
    begin, end = pairs.get("start_time", ""), pairs.get("end_time", "")
    return Run(run_id, pairs.get("run_name", ""), pairs["status"], begin, end)


def _scalar(text: str) -> str:
    """A plain or quoted scalar; null is nothing."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == "'":
        return stripped[1:-1].replace("''", "'")
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        return stripped[1:-1].replace('\\"', '"')
    return "" if stripped in ("null", "~") else stripped
