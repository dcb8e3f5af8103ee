"""Metrics of training step by step: history and summary of Weights & Biases, the state of Hugging Face's Trainer.

Formats: wandb (``_step``, ``_timestamp`` and ``_runtime`` beside the metrics), transformers ``TrainerState``
(``log_history``, which has no times). A value that is no number or infinite is a finding: training went wrong there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, moment, named, number, open_whole, read_documents
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Finding, Series

NAME: Final = "training-history"
LABEL: Final = "Weights & Biases history, Hugging Face Trainer state"
RECOGNISED_BY: Final = "JSON with _step and _timestamp, or with global_step and log_history."
FRAMINGS: Final = frozenset({"lines", "document"})

_ROW: Final = {("_step",), ("_timestamp",)}
_STATE: Final = {("global_step",), ("log_history", "step")}
_HISTORY: Final = "log_history"
_BESIDE: Final = frozenset({"step", "epoch"})
_WORDS: Final = frozenset({"NaN", "Infinity", "-Infinity"})
"""How numbers that JSON has not are written."""


def detect(head: bytes) -> Confidence | None:
    """By the keys of the first object."""
    paths = outline(head)
    return Confidence.CERTAIN if paths >= _ROW or paths >= _STATE else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the metrics into the builder as series, and those that are no numbers as findings."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    value = document.value
    tool = "Hugging Face Trainer" if _HISTORY in named(value) else "Weights & Biases"
    rows = named(value).get(_HISTORY, value)
    told = [row for row in (rows if isinstance(rows, list) else [rows]) if named(row)]
    builder, known = document.builder, document.builder.memory.setdefault(NAME, set())
    untimed = 0
    for row in told:
        time, step = moment(row.get("_timestamp")), row.get("_step", row.get("step"))
        untimed += not time
        for name, metric in _metrics(row):
            key = (len(builder.files), name)
            if not math.isfinite(metric) and key not in known:
                known.add(key)
                odd = "not a number" if math.isnan(metric) else "infinite"
                said = f"{name} is {odd} at step {step}"
                builder.findings.append(
                    Finding(tool, name, "fail", said, None, None, time, "", "", document.doc)
                )
            if time:
                code = builder.series_code(Series(name, (), "", "gauge", ""))
                builder.points.append(series=code, time=time, value=metric)
    said = "steps without a time: only values of them that are no numbers are told"
    document.skip("info" if untimed == len(told) else "warning", "no-time", said, untimed)
    return bool(told)


def _metrics(row: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Names and values of what was measured; pictures, tables and texts are none."""
    for name, item in row.items():
        if name.startswith("_") or name in _BESIDE or (isinstance(item, str) and item not in _WORDS):
            continue
        value = number(item)
        if value is not None:
            yield name, value
