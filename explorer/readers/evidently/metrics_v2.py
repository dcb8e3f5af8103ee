"""Drift in the metrics of 0.7: what no test of the file says already. Snapshots of it, as workspaces keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.decoding.documents import listed, named, number, text
from explorer.readers.evidently.verdicts import Check, drifts


def report_of(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A snapshot as the report that was made of it, which has its measurements and tests apart; any other as it is."""
    results = {key: named(one) for key, one in named(value.get("metric_results")).items()}
    if not results:
        return value
    metrics = [
        {"id": key, "config": named(named(one.get("metric_value_location")).get("metric")).get("params"),
         "metric_name": one.get("display_name"), "value": _plain(one)}
        for key, one in results.items()
    ]  # fmt: skip
    tests = [test for one in results.values() for test in listed(one.get("tests"))]
    return {**value, "metrics": metrics, "tests": tests}


def _plain(result: Mapping[str, Any]) -> Any:
    """The value of a result, or its values by name."""
    if "value" in result:
        return result["value"]
    return {name: one["value"] for name, one in result.items() if isinstance(one, dict) and "value" in one}


def v2_checks(metrics: Sequence[Any], tests: Sequence[Any]) -> list[Check]:
    """Drift of columns and of the data set, without those that a test is about."""
    tested = {text(named(named(test).get("metric_config")).get("metric_id")) for test in tests}
    found = []
    for metric in map(named, metrics):
        config = named(metric.get("config"))
        kind = (
            text(config.get("type")).rpartition(":")[2] or text(metric.get("metric_name")).partition("(")[0]
        )
        if text(metric.get("id")) in tested or not config:
            continue
        check = (
            _value_drift
            if kind == "ValueDrift"
            else _columns_drift
            if kind == "DriftedColumnsCount"
            else _none
        )(config, metric)
        if check is not None:
            found.append(check)
    return found


def _none(_config: Mapping[str, Any], _metric: Mapping[str, Any]) -> None:
    """A measurement without a bound."""


def _value_drift(config: Mapping[str, Any], metric: Mapping[str, Any]) -> Check | None:
    column, method = text(config.get("column")), text(config.get("method"))
    score, threshold = number(metric.get("value")), number(config.get("threshold"))
    if score is None or threshold is None:
        return None
    drifted = drifts(score, threshold, method)
    said = f"{column} {'drifted' if drifted else 'did not drift'}: {method} {score:.3g}, threshold {threshold:.3g}"
    return Check(column, "fail" if drifted else "pass", said, score, threshold, "drift_score", column, method,
                 {**metric, "text": said})  # fmt: skip


def _columns_drift(config: Mapping[str, Any], metric: Mapping[str, Any]) -> Check | None:
    value = named(metric.get("value"))
    share, count, bound = (
        number(value.get("share")),
        number(value.get("count")),
        number(config.get("drift_share")),
    )
    if share is None:
        return None
    drifted = bound is not None and share >= bound
    said = f"{count or 0:.0f} columns drifted, {share:.0%} of all"
    return Check("data set", "fail" if drifted else "pass", said, share, bound, "share_of_drifted_columns", "", "",
                 {**metric, "text": said})  # fmt: skip
