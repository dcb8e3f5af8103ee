"""Evidently's reports, test suites and snapshots, old (0.4) and new (0.7).

Formats: what ``save_json`` of these versions writes. A report of 0.7 has neither a version nor a time. Whether a low
score or a high one means drift depends on the method: what the file says of it is taken, never worked out, save
where only score, method and threshold are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, open_items, read_documents, text
from explorer.decoding.outline import outline
from explorer.decoding.quality.results import add_finding, service_in
from explorer.model.builder import Builder, Records
from explorer.readers.evidently.drift import column_drifts, dataset_drifts, profile_checks
from explorer.readers.evidently.metrics_v2 import report_of, v2_checks
from explorer.readers.evidently.suites import suite_checks
from explorer.readers.evidently.verdicts import Check

NAME: Final = "evidently"
LABEL: Final = "Evidently report"
RECOGNISED_BY: Final = (
    "JSON with metrics or tests as Evidently names them, of a report, test suite or snapshot."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_MARK: Final = b"evidently:"
_RESULT: Final = b"evidently:metric_result_v2:"
_TEST: Final = frozenset({"name", "description", "status", "group"})
_V2: Final = frozenset({"id", "metric_name", "config"})
_METRICS: Final = (b"DataDriftTable", b"DatasetDriftMetric", b"ColumnDriftMetric", b"DatasetSummaryMetric",
                   b"DatasetMissingValuesMetric", b"ColumnSummaryMetric")  # fmt: skip


_PROFILE: Final = re.compile(
    rb'\s*\{\s*(?:"timestamp"\s*:\s*"[^"]*"\s*,\s*)?"(?P<name>\w+)"\s*:\s*\{\s*"name"\s*:\s*"(?P=name)"\s*,\s*"datetime"\s*:'
)
"""A section of a profile of 0.1."""


def detect(head: bytes) -> Confidence | None:
    """By the types that new files and snapshots name, else by the fields of tests and metrics."""
    if _PROFILE.match(head):
        return Confidence.CERTAIN
    if not any(key in head for key in (b'"metrics"', b'"tests"', b'"suite"', b'"metric_results"')):
        return None
    paths = outline(head)
    if _RESULT in head and ("metric_results",) in paths:
        return Confidence.CERTAIN
    under = {
        name: {path[1] for path in paths if len(path) == 2 and path[0] == name}
        for name in ("metrics", "tests")
    }
    if _MARK in head and (under["metrics"] or under["tests"] or ("suite", "metrics") in paths):
        return Confidence.CERTAIN
    if {"metric", "result"} <= under["metrics"]:
        known = ("version",) in paths or any(name in head for name in _METRICS)
        return Confidence.CERTAIN if known else Confidence.LIKELY
    if under["metrics"] >= _V2:
        return Confidence.CERTAIN
    return Confidence.CERTAIN if under["tests"] >= _TEST else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the findings into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, check by check."""

    def told(value: Any) -> list[Any]:
        return [dict(check.told) for check in _checks(report_of(named(value)))]

    return open_items(raw, told, lambda one: text(one.get("text")))


def _read(document: Document) -> bool:
    value = report_of(named(document.value))
    listed_any = any(isinstance(value.get(key), list) for key in ("metrics", "tests"))
    if not listed_any and "suite" not in value and not _is_profile(value):
        return False
    time = moment(value.get("timestamp"))
    run = text(value.get("id")) or text(value.get("name"))
    service = service_in(value.get("metadata"), value)
    checks = _checks(value)
    for i, check in enumerate(checks):
        finding = check.finding("Evidently", time, service, run, document.doc, i)
        add_finding(document, finding, check.series, column=check.column, method=check.method)
    if not checks:
        document.remark("info", "no-checks", "measurements without a check or a drift score are not shown")
    return True


def _is_profile(value: Mapping[str, Any]) -> bool:
    return any({"name", "data"} <= named(section).keys() for section in value.values())


def _checks(one: Mapping[str, Any]) -> list[Check]:
    """All checks of a report, in order; a drift that a test repeats is told once."""
    if _is_profile(one):
        return profile_checks(one)
    suite = named(one.get("suite"))
    metrics = [*listed(one.get("metrics")), *listed(suite.get("metric_results"))]
    tests = suite_checks([*listed(one.get("tests")), *listed(suite.get("test_results"))], metrics)
    found = [*v2_checks(metrics, listed(one.get("tests"))), *dataset_drifts(metrics), *column_drifts(metrics)]
    tested = {check.column for check in tests if check.series == "drift_score"}
    return [
        *tests,
        *(check for check in found if check.series != "drift_score" or check.column not in tested),
    ]
