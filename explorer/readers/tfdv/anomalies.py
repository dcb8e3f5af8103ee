"""The message Anomalies as findings, from its fields in either form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from explorer.decoding.documents import listed, number, text
from explorer.model.records import Finding

_TOOL: Final = "TFDV"
Pairs = Sequence[tuple[str, Any]]
Verdict = Literal["pass", "warn", "fail", "error"]


def anomaly_findings(fields: Pairs, doc: int) -> Iterator[Finding]:
    """A finding for each anomaly, and for each measure of drift or skew with its threshold."""
    for name, value in fields:
        match name:
            case "anomaly_info" | "anomalyInfo":
                for feature, info in _by_key(value):
                    yield _anomaly(feature, info, doc)
            case "dataset_anomaly_info" | "datasetAnomalyInfo":
                yield _anomaly("data set", _pairs(value), doc)
            case "drift_skew_info" | "driftSkewInfo":
                for one in [value] if _is_message(value) else listed(value):
                    yield from _drifts(_pairs(one), doc)
            case "data_missing" | "dataMissing" if text(value) == "true":
                yield Finding(_TOOL, "data set", "error", "the data is missing", doc=doc)


def _anomaly(subject: str, info: Pairs, doc: int) -> Finding:
    short, long = _one(info, "short_description"), _one(info, "description")
    said = f"{short}: {long}" if short and long else short or long or "anomaly"
    status: Verdict = "warn" if _one(info, "severity").upper() == "WARNING" else "fail"
    shown = f"{subject}: {said}" if subject not in said else said
    return Finding(_TOOL, subject, status, shown[:500], doc=doc)


def _drifts(info: Pairs, doc: int) -> Iterator[Finding]:
    subject = _path(_message(info, "path")) or "data set"
    for kind in ("drift", "skew"):
        for name, value in info:
            if _snake(name) != f"{kind}_measurements":
                continue
            for one in [value] if _is_message(value) else listed(value):
                pairs = _pairs(one)
                measured, bound = number(_one(pairs, "value")), number(_one(pairs, "threshold"))
                if measured is None:
                    continue
                bad = bound is not None and measured > bound
                method = _one(pairs, "type")
                limit = f", threshold {bound:.3g}" if bound is not None else ""
                said = f"{subject}: {kind} {method} {measured:.3g}{limit}"
                yield Finding(_TOOL, subject, "fail" if bad else "pass", said, measured, bound, doc=doc)


def _by_key(value: Any) -> Iterator[tuple[str, Pairs]]:
    """Entries of a map: an object in JSON, a message of key and value each in text."""
    if isinstance(value, dict):
        yield from ((text(key), _pairs(item)) for key, item in value.items())
        return
    pairs = _pairs(value)
    yield _one(pairs, "key"), _message(pairs, "value")


def _pairs(value: Any) -> Pairs:
    if isinstance(value, dict):
        return list(value.items())
    return [pair for pair in listed(value) if isinstance(pair, tuple)]


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], tuple)
    )


def _message(pairs: Pairs, name: str) -> Pairs:
    return next((_pairs(value) for key, value in pairs if _snake(key) == name), ())


def _one(pairs: Pairs, name: str) -> str:
    return next(
        (text(value) for key, value in pairs if _snake(key) == name and not isinstance(value, list | dict)),
        "",
    )


def _path(pairs: Pairs) -> str:
    steps = [value for key, value in pairs if _snake(key) == "step"]
    return ".".join(text(step) for step in (steps[0] if steps and isinstance(steps[0], list) else steps))


def _snake(name: str) -> str:
    """``shortDescription`` of JSON as the field's own name."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
