"""Drift in the metrics of 0.4, reports and snapshots: of the data set and of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from explorer.decoding.documents import named, number, text
from explorer.readers.evidently.verdicts import Check, drifts


def _results(metrics: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """What each metric found: under ``result`` in reports, the metric itself in snapshots."""
    for metric in map(named, metrics):
        yield named(metric.get("result")) or metric


def dataset_drifts(metrics: Sequence[Any]) -> list[Check]:
    """Whether the data set as a whole drifted; metrics that say the same are one."""
    found: dict[tuple[object, ...], Check] = {}
    for result in _results(metrics):
        if not isinstance(result.get("dataset_drift"), bool):
            continue
        share, count = (
            number(result.get("share_of_drifted_columns")),
            number(result.get("number_of_drifted_columns")),
        )
        of, drifted = number(result.get("number_of_columns")), result["dataset_drift"]
        said = f"{count or 0:.0f} of {of or 0:.0f} columns drifted"
        check = Check(
            "data set", "fail" if drifted else "pass", said, share, number(result.get("drift_share")),
            "share_of_drifted_columns", "", "", {**_plain(result), "text": said},
        )  # fmt: skip
        key = (share, count, of, drifted)
        if key not in found or found[key].threshold is None:
            found[key] = check
    return list(found.values())


def column_drifts(metrics: Sequence[Any]) -> list[Check]:
    """The drift of each column, once; a column may have drifted where the data set has not."""
    found: dict[str, Check] = {}
    for result in _results(metrics):
        columns = list(named(result.get("drift_by_columns")).items())
        if not columns and "drift_score" in result:
            columns = [(text(result.get("column_name")), result)]
        for name, value in columns:
            column = named(value)
            if column:
                check = _column(name, column)
                found.setdefault(check.column, check)
    return list(found.values())


def profile_checks(value: Mapping[str, Any]) -> list[Check]:
    """Drift in the profiles of 0.1: of the data set, of its columns and of the target, which is a p-value alone."""
    found: list[Check] = []
    for section in map(named, value.values()):
        metrics = named(named(section.get("data")).get("metrics"))
        renamed = {
            "share_of_drifted_columns": metrics.get("share_drifted_features"),
            "number_of_drifted_columns": metrics.get("n_drifted_features"),
            "number_of_columns": metrics.get("n_features"),
        }
        found += dataset_drifts([{**metrics, **renamed}])
        target, score = text(metrics.get("target_name")), metrics.get("target_drift")
        columns = {
            **metrics,
            **({target: {"p_value": score}} if target and number(score) is not None else {}),
        }
        for name, column in columns.items():
            score = named(column).get("p_value", named(column).get("drift_score"))
            if score is not None:
                told = {
                    "stattest_threshold": 0.05,
                    "stattest_name": named(column).get("stattest") or "p_value",
                }
                found.append(_column(name, {**told, **named(column), "drift_score": score}))
    return found


def _column(name: str, column: Mapping[str, Any]) -> Check:
    score, threshold = number(column.get("drift_score")), number(column.get("stattest_threshold"))
    method = text(column.get("stattest_name"))
    drifted = column.get("drift_detected")
    if not isinstance(drifted, bool):
        drifted = score is not None and threshold is not None and drifts(score, threshold, method)
    subject = text(column.get("column_name")) or name
    result = "drifted" if drifted else "did not drift"
    said = f"{subject} {result}: {method} {_short(score)}, threshold {_short(threshold)}"
    return Check(subject, "fail" if drifted else "pass", said, score, threshold, "drift_score", subject, method,
                 {**_plain(column), "text": said})  # fmt: skip


def _short(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g}"


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """Its scalars: the distributions drawn in a report are long."""
    return {name: item for name, item in value.items() if not isinstance(item, dict | list)}
