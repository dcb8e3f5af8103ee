"""Metrics as Prometheus answers ``query_range``: every quarter of a minute, some of them counted from the requests."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.incident.fleet import Pod, pods
from tests.incident.moments import (
    ALERT,
    BEGIN,
    DEPLOY,
    END,
    OUT_OF_MEMORY,
    RESTART,
    SECOND,
    STORE_ALERT,
    STORE_DOWN,
)
from tests.incident.otlp import Json, dumped
from tests.incident.recorder import Span

STEP_US = 15 * SECOND
TIMES = range(BEGIN, END + 1, STEP_US)
_WINDOW_US = 60 * SECOND
_JOB = {"job": "kubernetes-pods", "namespace": "ml"}


def files(entries: Sequence[Span], seed: str) -> dict[str, bytes]:
    """File name to answer. ``entries`` are the edge's spans of the requests."""
    rng = random.Random(f"{seed} metrics")
    measured: dict[str, tuple[str, dict[str, str], Callable[[int], float]]] = {
        "feature_null_ratio": ("feature-store", {"view": "user_v4"}, lambda t: _null_ratio(rng, t)),
        "service:request_error_ratio:rate1m": ("edge-gateway", {}, lambda t: _error_ratio(entries, t)),
        "service:requests:rate1m": ("edge-gateway", {}, lambda t: round(len(_recent(entries, t)) / 60, 3)),
        "service:request_duration_seconds:p95": ("edge-gateway", {}, lambda t: _p95(entries, t)),
        "redis_up": ("online-store", {"instance": "online-store-0:9121"}, lambda t: float(not _is_down(t))),
    }
    found = {
        f"{name.replace(':', '_')}.json": _answer([_series(name, {"service": service, **labels}, value)])
        for name, (service, labels, value) in measured.items()
    }
    memory = (
        _series(
            "DCGM_FI_DEV_FB_USED",
            {"service": "model-server", "pod": pod.name, "gpu": "0"},
            _gpu_memory(rng, pod),
        )
        for pod in pods("model-server")
    )
    alerts = (
        _alert("RankingErrorRate", "edge-gateway", range(ALERT, END + 1, STEP_US)),
        _alert("OnlineStoreDown", "online-store", range(STORE_ALERT, STORE_DOWN[1], STEP_US)),
    )
    return found | {"dcgm_fb_used.json": _answer(memory), "alerts.json": _answer(alerts)}


def _answer(series: Iterable[Json]) -> bytes:
    return dumped({"status": "success", "data": {"resultType": "matrix", "result": list(series)}}) + b"\n"


def _series(
    name: str, labels: Mapping[str, str], value: Callable[[int], float], times: Sequence[int] = TIMES
) -> Json:
    values = [[time_us / SECOND, f"{value(time_us):.6g}"] for time_us in times]
    return {"metric": {"__name__": name, **_JOB, **labels}, "values": values}


def _alert(name: str, service: str, times: Sequence[int]) -> Json:
    labels = {"alertname": name, "alertstate": "firing", "severity": "page", "service": service}
    return _series("ALERTS", labels, lambda _: 1.0, times)


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


def _is_down(time_us: int) -> bool:
    return STORE_DOWN[0] <= time_us < STORE_DOWN[1]


def _gpu_memory(rng: random.Random, pod: Pod) -> Callable[[int], float]:
    """MiB; the last pod's memory fills up before it is restarted."""
    full = pod is pods("model-server")[2]

    def value(time_us: int) -> float:
        level = 16.4 + 0.5 * rng.random()
        if full and time_us >= OUT_OF_MEMORY - 90 * SECOND:
            level = 22.0 if time_us < RESTART else 3.1
        return round(level * 1024)

    return value
