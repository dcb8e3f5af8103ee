"""Real logs of many systems: every line is in a record, times and levels are found, none is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.ingest import ingest
from explorer.model.options import ReadOptions
from explorer.model.schema import LogFlag
from explorer.readers.details import log_detail
from tests.shared import needs_shared, shared

pytestmark = needs_shared

COUNTS = {  # file: format, records, of them errors (17 and up)
    "loghub/Apache_2k.log": ("text-log", 2000, 595),
    "loghub/BGL_2k.log": ("text-log", 2000, 395),
    "loghub/HDFS_2k.log": ("text-log", 2000, 0),
    "loghub/Hadoop_2k.log": ("text-log", 2000, 152),
    "loghub/Linux_2k.log": ("text-log", 2000, 43),
    "loghub/OpenStack_2k.log": ("text-log", 2000, 0),
    "loghub/Spark_2k.log": ("text-log", 2000, 0),
    "loghub/Zookeeper_2k.log": ("text-log", 2000, 13),
    "loki/agent-logfmt.txt": ("text-log", 1000, 103),
    "loki/distributor-logfmt.txt": ("text-log", 5000, 0),
    "loki/drone-json.txt": ("json-log", 210, 0),
    "loki/kafka.txt": ("text-log", 1000, 0),
    "loki/kubernetes.txt": ("text-log", 1000, 0),
    "kafka/kafka0-controller.log": ("text-log", 16, 0),
    "kafka/kafka0-server.log": ("text-log", 60, 0),
    "istio/envoy-access-istio-failed.log": ("text-log", 4, 1),
    "istio/envoy-access-istio-json.log": ("json-log", 2, 0),
    "istio/envoy-access-istio-text.log": ("text-log", 4, 0),
    "istio/envoy-in-docker-json.log": ("json-log", 2, 2),
    "istio/istio-proxy-ingress.log": ("text-log", 83, 0),
    "istio/istiod-json.log": ("json-log", 12, 0),
    "istio/multi_line_entries.log": ("text-log", 4, 0),
    "misc-logs/bunyan.log": ("json-log", 10, 0),
    "misc-logs/caddy_access.log": ("text-log", 39, 0),
    "misc-logs/ecs_log.json": ("json-log", 5, 2),
    "misc-logs/glog.log": ("text-log", 7, 2),
    "misc-logs/grafana_server.log": ("text-log", 5, 0),
    "misc-logs/haproxy.log": ("text-log", 17, 0),
    "misc-logs/journald.json": ("journald-json", 2, 1),
    "misc-logs/json_invalid.json": ("json-log", 13, 3),
    "misc-logs/logrus_logfmt.log": ("text-log", 5, 2),
    "misc-logs/pino.log": ("json-log", 1, 0),
    "misc-logs/rust_tracing.log": ("json-log", 5, 1),
    "misc-logs/syslog.3": ("text-log", 7, 0),
    "misc-logs/with_zones.log": ("text-log", 3, 0),
    "misc-logs/zap_console.log": ("text-log", 3, 1),
    "python-logs/ecs_logging_python.json": ("json-log", 3, 2),
    "python-logs/loguru_default.log": ("text-log", 3, 1),
    "python-logs/otel_logging_format.log": ("text-log", 3, 2),
    "python-logs/python_json_logger.log": ("json-log", 3, 2),
    "python-logs/stdlib_asctime.log": ("text-log", 3, 2),
    "python-logs/stdlib_basic_format.log": ("text-log", 3, 2),
    "python-logs/structlog_json.log": ("json-log", 3, 1),
    "python-logs/structlog_logfmt.log": ("text-log", 3, 1),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_log(name: str) -> None:
    store = ingest([shared("samples", *name.split("/"))], options=ReadOptions(year=2026))
    errors = int((store.logs.severity >= 17).sum())
    assert (store.counts[0].format, len(store.logs), errors) == COUNTS[name]
    assert store.counts[0].skipped == 0
    if name != "python-logs/stdlib_basic_format.log":  # this one has no times
        assert not (store.logs.flags & LogFlag.TIME_INFERRED).any()
    step = max(1, len(store.logs) // 20)
    for row in range(0, len(store.logs), step):
        assert log_detail(store, row).message


@pytest.mark.parametrize("path", ["python-logs/stdlib_asctime.log", "python-logs/ecs_logging_python.json"])
def test_the_stack_trace_of_a_real_log(path: str) -> None:
    store = ingest([shared("samples", *path.split("/"))])
    found = [log_detail(store, int(row)) for row in np.flatnonzero(store.logs.severity == 17)]
    assert [detail.exception_type for detail in found] == ["ValueError"]
    assert found[0].exception_message.startswith("Input X contains NaN.")
    assert "validation.py" in found[0].stack


def test_ids_of_real_logs_are_joined() -> None:
    folder: Path = shared("samples", "python-logs")
    store = ingest([folder])
    ids = {row.id for row in store.correlation.rows}
    assert {"4bf92f3577b34da6a3ce929d0e0e4736", "req-81", "7d2c1b7e-4c3a-4c52-9a57-0f9a3f0e8b11"} & ids
    openstack = ingest([shared("samples", "loghub", "OpenStack_2k.log")])
    assert sum(row.id.startswith("req-") for row in openstack.correlation.rows) > 200
