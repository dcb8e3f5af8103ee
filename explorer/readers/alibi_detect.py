"""Predictions of alibi-detect: drift and outliers, as JSON, or as Python prints them; also behind Seldon and KServe.

Format: docs.seldon.ai alibi-detect, ``predict`` of detectors: ``{"data": {...}, "meta": {...}}``. ``is_drift`` is one
number for all features, or one each; thresholds are of p-values (drift below) or of distances (drift above).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, number, text
from explorer.decoding.logs.objects import flatten
from explorer.decoding.quality.results import service_in
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail, Finding

NAME: Final = "alibi-detect"
LABEL: Final = "alibi-detect prediction"
RECOGNISED_BY: Final = (
    "An object with data that tells is_drift or is_outlier, and meta that names a detector."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_DATA: Final = re.compile(rb"""["']is_(?:drift|outlier|adversarial)["']\s*:""")
_META: Final = re.compile(rb"""["'](?:detector_type|meta)["']\s*:""")
_ARRAY: Final = re.compile(r"array\((.*?)(?:,\s*dtype=[\w.]+)?\)", re.DOTALL)
_NUMPY: Final = re.compile(r"np\.\w+\(([^()]*)\)")
Verdict = Literal["pass", "fail"]
_MOST: Final = 1 << 20
"""Bytes of what Python printed that are parsed."""


def detect(head: bytes) -> Confidence | None:
    """By the two objects."""
    known = head[:1] == b"{" and b"is_" in head and _DATA.search(head) and _META.search(head)
    return Confidence.CERTAIN if known else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a finding for each verdict into the builder."""
    refused = []
    for i in range(len(records)):
        value = _value(records[i])
        if value is None or not _is_prediction(value):
            refused.append(i)
            continue
        doc = builder.document(records, i)
        for index, finding in enumerate(_findings(value, doc)):
            builder.findings.append(replace(finding, index=index))
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open a prediction again."""
    value = _value(raw) or {}
    data = {
        name: item for name, item in named(value.get("data")).items() if not isinstance(item, list | dict)
    }
    pairs = tuple(flatten({**named(value.get("meta")), **data}))
    detail = Detail(attributes=pairs, raw=raw[: 1 << 16].decode("utf-8", "replace"))
    return lambda _: detail


def _value(raw: bytes) -> dict[str, Any] | None:
    """The object, of JSON or of a dictionary that Python printed; None for neither."""
    try:
        value = lenient.loads(raw)
    except ValueError:
        if len(raw) > _MOST:
            return None
        printed = _NUMPY.sub(r"\1", _ARRAY.sub(r"\1", raw.decode("utf-8", "replace")))
        try:
            value = ast.literal_eval(printed)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _is_prediction(value: dict[str, Any]) -> bool:
    data = named(value.get("data"))
    return bool(named(value.get("meta"))) and any(f"is_{kind}" in data for kind in _KINDS)


def _findings(value: dict[str, Any], doc: int) -> Iterator[Finding]:
    data, meta = named(value["data"]), named(value["meta"])
    detector = text(meta.get("name")) or "detector"
    time = moment(value.get("time") or value.get("timestamp") or meta.get("time"))
    service = service_in(value, meta)
    for kind, scores in _KINDS.items():
        told = data.get(f"is_{kind}")
        if told is None:
            continue
        score_of = next((name for name in scores if data.get(name) is not None), "")
        if kind == "drift":
            whole = Finding("alibi-detect", detector, "pass", "", time_ns=time, service=service, doc=doc)
            yield from _drift(data, told, score_of, whole)
        else:
            marks = [bool(number(one)) for one in (told if isinstance(told, list) else [told])]
            found = sum(marks)
            said = f"{detector}: {found} of {len(marks)} instances are {kind}s"
            threshold = _first(data.get("threshold"))
            status: Verdict = "fail" if found else "pass"
            yield Finding(
                "alibi-detect", detector, status, said, float(found), threshold, time, service, doc=doc
            )


def _drift(data: dict[str, Any], told: Any, score_of: str, whole: Finding) -> Iterator[Finding]:
    """A finding for the batch, or one a feature where the verdicts are of features."""
    marks = told if isinstance(told, list) else [told]
    scores, thresholds = data.get(score_of), data.get("threshold")
    for i, mark in enumerate(marks):
        at = None if len(marks) == 1 else i
        value, threshold = _pick(scores, at), _pick(thresholds, at)
        drifted = bool(number(mark))
        subject = whole.subject if at is None else f"{whole.subject}, feature {i}"
        said = f"{subject}: {'drift' if drifted else 'no drift'}"
        if value is not None:
            least = "least " if at is None and isinstance(scores, list) else ""
            said += f", {least}{_WORDS.get(score_of, score_of)} {value:.4g}"
            said += f" (threshold {threshold:.4g})" if threshold is not None else ""
        status: Verdict = "fail" if drifted else "pass"
        yield replace(whole, subject=subject, status=status, text=said, value=value, threshold=threshold)


def _pick(values: Any, at: int | None) -> float | None:
    """The value of a feature; of a whole batch the one, or the least of its p-values."""
    if not isinstance(values, list):
        return number(values)
    plain = [one for item in values if (one := number(item)) is not None]
    if at is not None:
        return plain[at] if at < len(plain) else None
    return min(plain, default=None)


def _first(value: Any) -> float | None:
    return number(next(iter(listed(value)), None)) if isinstance(value, list) else number(value)


_KINDS: Final = {
    "drift": ("p_val", "distance", "test_stat"), "outlier": ("instance_score",), "adversarial": ("instance_score",),
}  # fmt: skip
_WORDS: Final = {"p_val": "p-value", "distance": "distance", "test_stat": "test statistic"}
