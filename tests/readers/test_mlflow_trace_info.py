"""The header of a trace in MLflow's file store, beside its spans and without them."""

from __future__ import annotations

from pathlib import Path

from explorer.ingest import ingest
from tests.readers.reading import FIXTURES, read_copy

JUDGED = b"""assessments:
- assessment_name: relevance
  feedback:
    value: 'yes'
client_request_id: rq-81
execution_time_ms: 62
experiment_id: '4'
request_id: 0a59a986ea601888a5e142833b24d8a7
status: ERROR
timestamp_ms: 1790000000370
"""


def test_it_is_known_whatever_it_begins_with(tmp_path: Path) -> None:
    store = read_copy(JUDGED, tmp_path)
    assert [one.format for one in store.counts] == ["mlflow-trace-info"]
    assert (store.logs.time[0], store.logs.severity[0]) == (1_790_000_000_370_000_000, 17)


def test_beside_its_spans_it_is_of_the_same_id(tmp_path: Path) -> None:
    spans = (FIXTURES / "mlflow-traces" / "artifact.json").read_bytes()
    store = read_copy(spans, tmp_path, "traces.json")
    known = store.correlation.rows[0].id
    (tmp_path / "trace_info.yaml").write_text(
        f"execution_duration_ms: 62\nrequest_time: '2026-09-21T14:13:20.370Z'\nstate: OK\ntrace_id: tr-{known}\n"
    )
    both = ingest([tmp_path])
    assert [row.id for row in both.correlation.rows] == [known]
    assert both.logs.id.tolist() == [0]
