"""Real exports of cloud traces, profilers, model tools, pipelines and research sets, counted as they are described."""

from __future__ import annotations

import pytest

from explorer.ingest import ingest
from explorer.readers.details import log_detail, span_detail
from tests.shared import needs_shared, shared

# file: format, spans, of these failed, logs, points, left out
EXPECTED = {
    "chrome-trace/async_begin_end.json": ("chrome-trace", 15, 0, 0, 0, 1),
    "chrome-trace/backward_thread.json": ("chrome-trace", 7, 0, 0, 0, 0),
    "chrome-trace/event_sync_trace.json.gz": ("chrome-trace", 33, 0, 2, 0, 5),
    "chrome-trace/flow_simple.json": ("chrome-trace", 5, 0, 0, 0, 0),
    "chrome-trace/instance_counters.json": ("chrome-trace", 2, 0, 0, 8, 0),
    "chrome-trace/main_thread_has_unclosed_slices.json": ("chrome-trace", 1684, 0, 0, 0, 0),
    "chrome-trace/mi250_minitoy_train_ROCm6_2_kineto.json.gz": ("chrome-trace", 113, 0, 2, 0, 5),
    "chrome-trace/nanoseconds.json": ("chrome-trace", 8, 0, 0, 0, 0),
    "chrome-trace/nestable_async.json": ("chrome-trace", 9, 0, 0, 0, 1),
    "chrome-trace/rank-34.Jul_15_10_52_41.1074.pt.trace.json.gz": ("chrome-trace", 16, 0, 2, 0, 0),
    "chrome-trace/sampled_rank-0.json.gz": ("chrome-trace", 4811, 0, 0, 0, 0),
    "chrome-trace/simple_trace.json": ("chrome-trace", 12, 0, 3, 5, 3),
    "chrome-trace/trivial_trace.json": ("chrome-trace", 2, 0, 0, 0, 0),
    "chrome-trace/triton_example.json.gz": ("chrome-trace", 8, 0, 2, 0, 0),
    "ray/ray-2.60.0-timeline.json": ("chrome-trace", 90, 18, 0, 0, 0),
    "xray/batch-get-traces.json": ("xray", 2, 0, 0, 0, 1),
    "google-cloud-trace/google_cloud_trace.json": ("google-cloud-trace", 4, 0, 0, 0, 0),
    "mlflow/mlflow-2.22.5-trace0.json": ("mlflow-traces", 4, 2, 0, 0, 0),
    "mlflow/mlflow-2.22.5-trace1.json": ("mlflow-traces", 4, 0, 0, 0, 0),
    "mlflow/mlflow-3.17.2-trace0.json": ("mlflow-traces", 4, 2, 0, 0, 0),
    "mlflow/mlflow-3.17.2-traces.jsonl": ("mlflow-traces", 8, 2, 0, 0, 0),
    "mlflow/mlflow-3.17.2-search_traces-dataframe.json": ("mlflow-traces", 8, 2, 0, 0, 0),
    "mlflow/mlflow-3.17.2-search_traces-dataframe.csv": ("mlflow-table", 8, 2, 0, 0, 0),
    "mlflow/mlflow-2.22.5-search_traces-dataframe.csv": ("mlflow-table", 8, 2, 0, 0, 0),
    "langfuse/autogen-2025-06-06.trace.json": ("langfuse", 2, 0, 0, 0, 0),
    "langfuse/csharp-agent-with-gemini-2026-03-09.trace.json": ("langfuse", 8, 0, 0, 0, 0),
    "langfuse/langgraph-js-2025-10-30.trace.json": ("langfuse", 20, 0, 0, 0, 0),
    "langfuse/langgraph-python-2025-08-22.trace.json": ("langfuse", 9, 0, 0, 0, 0),
    "langfuse/openai-agents-2025-09-30.trace.json": ("langfuse", 5, 0, 0, 0, 0),
    "langsmith/langsmith_py_wrap_openai_stream.json": ("langsmith", 1, 0, 0, 0, 0),
    "phoenix/pxi_turn_trace.json": ("phoenix", 18, 1, 0, 0, 0),
    "openinference/openinference_client_span_tool_calls.json": ("phoenix", 0, 0, 0, 0, 1),
    "openinference/otel_genai_client_span_tool_calls.json": ("phoenix", 0, 0, 0, 0, 1),
    "nezha/2022-08-22_05_20_trace.csv": ("span-table", 5321, 0, 0, 0, 0),
    "nezha/2023-01-29_08_50_trace.csv": ("span-table", 4890, 0, 0, 0, 0),
    "nezha/2023-01-29_10_20_trace.csv": ("span-table", 604, 0, 0, 0, 0),
    "nezha/2023-01-29_08_50_log.csv": ("log-table", 0, 0, 2489, 0, 0),
    "nezha/2023-01-29_10_20_log.csv": ("log-table", 0, 0, 244, 0, 0),
    "argo/dag-exhausted-retries-xfail.yaml": ("argo", 8, 4, 0, 0, 0),
    "argo/steps-failed-retries.yaml": ("argo", 8, 5, 0, 0, 0),
    "kubeflow/argo-wf-coinflip.json": ("argo", 11, 0, 0, 0, 0),
    "kubeflow/argo-wf-xgboost-failed.json": ("argo", 16, 1, 0, 0, 0),
    "kubeflow/run_failed.json": ("kubeflow-run", 1, 1, 0, 0, 0),
    "kubeflow/run_completed_with_spec.json": ("kubeflow-run", 1, 0, 0, 0, 0),
    "spark/local-1532512550423.eventlog.jsonl": ("spark-events", 13, 0, 0, 0, 2),
    "kubeflow/run_failed.pb": ("kubeflow-run", 1, 1, 0, 0, 0),
    "mlflow/mlruns-3x/search_runs.csv": ("mlflow-run-table", 0, 0, 0, 2, 0),
    "datadog/v2_list_spans.cassette.yaml": ("vcr-cassette", 10, 0, 0, 0, 0),
    "tfx/metadata.sqlite": ("ml-metadata", 5, 2, 0, 0, 0),
}


@needs_shared
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_file_gives_what_it_holds(name: str) -> None:
    store = ingest([shared("samples", *name.split("/"))])
    counts = store.counts[0]
    failed = int((store.spans.status == 2).sum())
    told = (counts.format, counts.spans, failed, counts.logs, counts.points, counts.skipped)
    assert told == EXPECTED[name]
    for row in range(0, len(store.spans), max(1, len(store.spans) // 20)):
        assert span_detail(store, row).raw
    for row in range(0, len(store.logs.time), max(1, len(store.logs.time) // 20)):
        assert log_detail(store, row).message


@needs_shared
def test_times_count_from_where_the_profiler_says() -> None:
    store = ingest([shared("samples", "chrome-trace", "rank-34.Jul_15_10_52_41.1074.pt.trace.json.gz")])
    assert int(store.spans.start.min()) // 10**9 in range(
        1_721_065_900, 1_721_066_000
    )  # 2024-07-15 17:52 UTC
    groups = {group for row in store.correlation.rows for group in row.groups}
    assert ("rank", "34") in groups


@needs_shared
def test_logs_of_a_research_set_belong_to_its_traces() -> None:
    folder = shared("samples", "nezha")
    store = ingest([folder / "2023-01-29_10_20_log.csv", folder / "2023-01-29_10_20_trace.csv"])
    assert len(store.traces.number) == 26
    assert int((store.logs.trace >= 0).sum()) == len(store.logs.time)
