"""Real exports of tracing systems: recognised, and counted as their list says."""

from __future__ import annotations

import pytest

from explorer.ingest import ingest
from explorer.model.schema import Status
from explorer.readers.details import log_detail, span_detail
from tests.shared import needs_shared, shared

# file, reader, spans, failed spans, logs
EXPORTS = (
    ("zipkin/v1-trainticket-login.json", "zipkin-v1", 5, 0, 0),  # 3 spans, of which 2 hold two sides
    ("zipkin/v1-trainticket-success.json", "zipkin-v1", 157, 0, 0),  # 79 spans
    ("jaeger/es_01.json", "jaeger-elastic", 1, 1, 0),
    ("jaeger/es_search_spans.json", "jaeger-elastic", 15, 0, 0),
    ("jaeger/domain_01.json", "jaeger-model", 5, 1, 0),  # 4 ids, one of them twice
    ("jaeger/thrift_batch_01.json", "jaeger-model", 1, 0, 0),
    ("jaeger/cas_01.json", "jaeger-model", 1, 1, 0),
    ("elastic-apm/7_17_docs.json", "elastic-apm", 2, 2, 1),
    ("elastic-apm/fields-Events.approved.json", "elastic-apm", 2, 0, 1),
    ("elastic-apm/apm-ruby-minimal-4.5.0.ndjson", "elastic-intake", 41, 1, 2),
    ("elastic-apm/python-test.ndjson", "elastic-intake", 16, 0, 0),
    ("elastic-apm/intake-errors.ndjson", "elastic-intake", 0, 0, 5),
    ("elastic-apm/intake-logs.ndjson", "elastic-intake", 0, 0, 7),
    ("elastic-apm/intake-spans.ndjson", "elastic-intake", 10, 0, 0),
    ("opensearch/raw-span-1.json", "otel-documents", 1, 0, 0),
    ("opensearch/raw-span-error.json", "otel-documents", 1, 0, 0),
    ("datadog/test_multi_trace.json", "datadog-traces", 4, 0, 0),
    ("datadog/test_api_fake_runners.test_manual_api_fake_runner_mix_fail.json", "datadog-traces", 27, 1, 0),
    ("datadog/v2_list_spans.json", "datadog-spans", 10, 0, 0),
    ("sentry/application_x_sentry_envelope-1701423930091.txt", "sentry-envelope", 89, 0, 0),
    ("sentry/application_x_sentry_envelope-1706290053204.txt", "sentry-envelope", 0, 0, 1),
    ("sentry/envelope_php.txt", "sentry-envelope", 6, 0, 0),
    ("sentry/envelope_python.txt", "sentry-envelope", 75, 0, 0),
    ("sentry/envelope_with_screenshot.bin", "sentry-envelope", 0, 0, 1),
    ("sentry/log_envelope.txt", "sentry-envelope", 0, 0, 7),
    ("sentry/api-event.json", "sentry-json", 0, 0, 1),
    ("sentry/api-trace-event.json", "sentry-json", 1, 1, 0),
    ("sentry/api-trace-mixed.json", "sentry-json", 4, 0, 2),
    ("sentry/api-events-spans.json", "sentry-json", 2, 0, 0),
    ("sentry/kafka-basic_insert_dev.json", "sentry-json", 6, 0, 0),
    ("sentry/kafka-basic_span.json", "sentry-json", 1, 0, 0),
    ("otlp-generated/python-console-exporter.txt", "otel-python", 15, 4, 0),
    ("otlp-generated/python-to_json.jsonl", "otel-python", 15, 4, 0),
    ("otlp/go-stdouttrace.json", "otel-go", 1, 1, 0),
)


@needs_shared
@pytest.mark.parametrize(
    ("name", "reader", "spans", "failed", "logs"), EXPORTS, ids=[one[0] for one in EXPORTS]
)
def test_a_real_export_is_counted(name: str, reader: str, spans: int, failed: int, logs: int) -> None:
    store = ingest([shared("samples", *name.split("/"))])
    assert [count.format for count in store.counts] == [reader]
    assert (len(store.spans), int((store.spans.status == Status.ERROR).sum()), len(store.logs)) == (
        spans,
        failed,
        logs,
    )
    assert all(span_detail(store, row).raw for row in range(spans))
    assert all(log_detail(store, row).message for row in range(logs))
