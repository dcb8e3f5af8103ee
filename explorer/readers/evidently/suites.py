"""Tests of a suite, old and new, and of a snapshot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer.decoding.documents import named, number, text
from explorer.readers.evidently.verdicts import STATUSES, Check

_BOUNDS: Final = ("lt", "lte", "gt", "gte", "eq", "not_eq", "threshold")
_WORD: Final = re.compile(r"[^a-z0-9]+")
_ACTUAL: Final = re.compile(r"Actual value (-?[\d.]+(?:e-?\d+)?)", re.IGNORECASE)
_DATASET: Final = "data set"


def suite_checks(tests: Sequence[Any], metrics: Sequence[Any] = ()) -> list[Check]:
    """The tests with a status; a status that is not known counts as a warning.

    Args:
        tests: as they stand in the file.
        metrics: those of the file, whose exact values tests of 0.7 only name.
    """
    values = {text(metric.get("id")): number(metric.get("value")) for metric in map(named, metrics)}
    return [_check(test, values) for test in map(named, tests) if test.get("status") is not None]


def _check(test: Mapping[str, Any], values: Mapping[str, float | None]) -> Check:
    parameters = named(test.get("parameters"))
    settings = named(named(test.get("metric_config")).get("params"))
    name, description = text(test.get("name")), text(test.get("description")).replace("**", "")
    column = text(parameters.get("column_name") or settings.get("column"))
    drift = "score" in parameters or text(settings.get("type")).endswith(":ValueDrift")
    value = next((v for key in ("score", "value") if (v := number(parameters.get(key))) is not None), None)
    if value is None:
        value = values.get(text(named(test.get("metric_config")).get("metric_id")) or "-")
    if value is None and (actual := _ACTUAL.search(description)):
        value = number(actual[1])
    method = text(parameters.get("stattest") or settings.get("method"))
    begins = description.startswith(name.partition(":")[0])
    said = f"{name}: {description}" if name and description and not begins else description or name
    return Check(
        subject=column or _DATASET, status=STATUSES.get(text(test["status"]).upper(), "warn"), text=said[:500],
        value=value, threshold=_threshold(test, parameters, settings),
        series="drift_score" if drift else _slug(name.partition(": ")[0]), column=column, method=method,
        told={**test, "text": said},
    )  # fmt: skip


def _threshold(
    test: Mapping[str, Any], parameters: Mapping[str, Any], settings: Mapping[str, Any]
) -> float | None:
    """The bound, where it is one number."""
    condition = named(parameters.get("condition"))
    for place in (parameters, condition, named(test.get("test_config")), settings):
        for bound in _BOUNDS:
            value = place.get(bound)
            found = number(value.get("value") if isinstance(value, dict) else value)
            if found is not None:
                return found
    return None


def _slug(name: str) -> str:
    return _WORD.sub("_", name.lower()).strip("_")
