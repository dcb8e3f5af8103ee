"""Real exports of metrics, alerts, Kubernetes objects and quality results, counted as they are described."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ingest import ingest
from tests.shared import needs_shared, shared

Counts = tuple[str, int, int, int, int]
"""Format, log records, points, findings and marks."""

REAL: dict[str, Counts] = {
    "prometheus/dump-test-1.prom": ("prometheus-text", 0, 15, 0, 0),
    "prometheus/dump-openmetrics-test.prom": ("prometheus-text", 0, 10, 0, 0),
    "prometheus/client_python_openmetrics_exemplars.om.txt": ("prometheus-text", 0, 14, 0, 0),
    "prometheus/client_side_timestamp.prom": ("prometheus-text", 0, 2, 0, 0),
    "k8s/events-failed-mount.json": ("kubernetes", 76, 0, 0, 31),
    "k8s/events-image-pull-fail.json": ("kubernetes", 17, 0, 0, 7),
    "k8s/pods-oomkilled.json": ("kubernetes", 1, 0, 0, 1),
    "k8s/pods-crashloop.json": ("kubernetes", 2, 0, 0, 2),
    "evidently/data_drift_report-0.4.28.json": ("evidently", 0, 25, 25, 0),
    "evidently/report_data_drift-0.7.23.json": ("evidently", 0, 0, 6, 0),
    "evidently/testsuite-0.4.40.json": ("evidently", 0, 15, 19, 0),
    "great_expectations/validation_result_summary_gx1.24.1.json": ("great-expectations", 0, 4, 6, 0),
    "whylogs/drift_scores.json": ("whylogs", 0, 0, 4, 0),
    "whylogs/v1_profile_current.bin": ("whylogs", 0, 0, 4, 0),
    "whylogs/v1_profile_current_to_pandas.csv": ("whylogs", 0, 0, 4, 0),
    "hystrix/hystrix.stream.txt": ("hystrix", 1, 19, 0, 1),
    "datadog/metrics_v1_query_1.json": ("datadog-metrics", 0, 288, 0, 0),
    "mlflow/export-run-sklearn_wine.json": ("mlflow-runs", 0, 2, 1, 0),
}


def samples_in(path: Path) -> int:
    """Lines that are neither blank nor comments."""
    lines = path.read_bytes().split(b"\n")  # a label's value may hold other line breaks
    return sum(1 for line in lines if line.strip() and not line.startswith(b"#"))


@needs_shared
@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_counted_as_described(name: str) -> None:
    store = ingest([shared("samples", *name.split("/"))])
    counts = store.counts[0]
    assert (counts.format, counts.logs, counts.points, counts.findings, counts.marks) == REAL[name]
    assert counts.skipped == 0


@needs_shared
@pytest.mark.parametrize(
    "name", ["node_exporter_e2e-output.txt", "alltypes.237mfs.prom.txt", "metrics-test.prom"]
)
def test_each_sample_of_an_exposition_is_a_point(name: str) -> None:
    path = shared("samples", "prometheus", name)
    assert ingest([path]).counts[0].points == samples_in(path)


@needs_shared
def test_what_the_great_expectations_sample_is_said_to_hold() -> None:
    """Six expectations; one cannot be computed, which is an error and no failure."""
    path = shared("samples", "great_expectations", "validation_result_summary_gx1.24.1.json")
    statuses = sorted(finding.status for finding in ingest([path]).findings)
    assert statuses == ["error", "fail", "fail", "fail", "fail", "pass"]


@needs_shared
def test_an_exemplar_of_the_python_client_names_its_trace() -> None:
    path = shared("samples", "prometheus", "client_python_openmetrics_exemplars.om.txt")
    store = ingest([path])
    assert len(store.exemplars["time"]) == 2
    assert 1_795_338_883_730_157_000 in store.exemplars["time"].tolist()
