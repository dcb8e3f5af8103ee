"""Metrics as Prometheus answers ``query_range``: every quarter of a minute, some of them counted from the requests."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

from tests.incident.fleet import pods
from tests.incident.moments import ALERT, BEGIN, DEPLOY, END, OUT_OF_MEMORY, RESTART, SECOND, STORE_DOWN
from tests.incident.otlp import Json, dumped
from tests.incident.recorder import Span

STEP_US = 15 * SECOND
_WINDOW_US = 60 * SECOND
_JOB = {"job": "kubernetes-pods", "namespace": "ml"}


def files(entries: Sequence[Span], seed: str) -> dict[str, bytes]:
    """File name to answer. ``entries`` are the edge's spans of the requests."""
    rng = random.Random(f"{seed} metrics")
    times = range(BEGIN, END + 1, STEP_US)
    edge = {"service": "edge-gateway"}
    return {
        "feature_null_ratio.json": _answer([_series(
            "feature_null_ratio", {"service": "feature-store", "view": "user_v4"}, times, lambda t: _null_ratio(rng, t))]),
        "request_error_ratio.json": _answer([_series(
            "service:request_error_ratio:rate1m", edge, times, lambda t: _error_ratio(entries, t))]),
        "requests_per_second.json": _answer([_series(
            "service:requests:rate1m", edge, times, lambda t: round(len(_recent(entries, t)) / 60, 3))]),
        "latency_p95_seconds.json": _answer([_series(
            "service:request_duration_seconds:p95", edge, times, lambda t: _p95(entries, t))]),
        "gpu_memory_used_bytes.json": _answer([
            _series("DCGM_FI_DEV_FB_USED", {"service": "model-server", "pod": pod.name, "gpu": "0"}, times,
                    _gpu_memory(rng, last=pod is pods("model-server")[2]))
            for pod in pods("model-server")
        ]),
        "redis_up.json": _answer([_series(
            "redis_up", {"service": "online-store", "instance": "online-store-0:9121"}, times,
            lambda t: float(not STORE_DOWN[0] <= t < STORE_DOWN[1]))]),
        "alerts.json": _answer([_series(
            "ALERTS", {"alertname": "RankingErrorRate", "alertstate": "firing", "severity": "page", **edge},
            range(ALERT, END + 1, STEP_US), lambda _: 1.0)]),
    }  # fmt: skip


def _answer(series: list[Json]) -> bytes:
    return dumped({"status": "success", "data": {"resultType": "matrix", "result": series}}) + b"\n"


def _series(name: str, labels: Mapping[str, str], times: Sequence[int], value: Callable[[int], float]) -> Json:
    values = [[time_us / SECOND, f"{value(time_us):.6g}"] for time_us in times]
    return {"metric": {"__name__": name, **_JOB, **labels}, "values": values}


def _null_ratio(rng: random.Random, time_us: int) -> float:
    since = (time_us - DEPLOY - 20 * SECOND) / SECOND
    level = 0.02 + 0.39 * (1 - math.exp(-since / 75)) if since > 0 else 0.02
    return round(level * (1 + 0.06 * (rng.random() - 0.5)), 4)


def _recent(entries: Sequence[Span], time_us: int) -> list[Span]:
    return [span for span in entries if time_us - _WINDOW_US < span.end_us <= time_us]


def _error_ratio(entries: Sequence[Span], time_us: int) -> float:
    recent = _recent(entries, time_us)
    return round(sum(span.failed for span in recent) / max(len(recent), 1), 4)


def _p95(entries: Sequence[Span], time_us: int) -> float:
    times = sorted(span.end_us - span.start_us for span in _recent(entries, time_us))
    return times[int(0.95 * (len(times) - 1))] / SECOND if times else 0.0


def _gpu_memory(rng: random.Random, *, last: bool) -> Callable[[int], float]:
    def value(time_us: int) -> float:
        level = 16.4 + 0.5 * rng.random()
        if last and time_us >= OUT_OF_MEMORY - 90 * SECOND:
            level = 22.0 if time_us < RESTART else 3.1
        return round(level * 2**30)

    return value
