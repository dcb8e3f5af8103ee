"""What happens beside the requests: rollouts, a restart, background work, a data quality report."""

from __future__ import annotations

import random

from tests.incident.fleet import pods
from tests.incident.moments import BEGIN, CANARY, END, RESTART, ROLLOUT, SECOND, STORE_DOWN, at
from tests.incident.otlp import dumped
from tests.incident.recorder import Fault, Log
from tests.incident.stacks import OUT_OF_MEMORY

Entry = tuple[int, str, dict[str, str]]


def rollouts() -> list[Entry]:
    """Time, level and fields of what the deployment tool logged."""
    old, new = pods("feature-store"), pods("feature-store-new")
    image = "registry.shop.example/ml/feature-store"
    entries: list[Entry] = [
        (at("13:57:38.402"), "info", {
            "msg": "Initiated automated sync to 'a41f7c2'", "application": "ml-serving", "service": "feature-store"}),
        (ROLLOUT[0], "info", {
            "msg": f"Updated deployment feature-store: image {image}:{old[0].version} -> {new[0].version}",
            "application": "ml-serving", "service": "feature-store", "reason": "ScalingReplicaSet"}),
        (CANARY[0] - 20 * SECOND, "info", {
            "msg": "Updated statefulset model-server-canary: ranker v37 -> v38, weight 3%",
            "application": "ml-serving", "service": "model-server"}),
        (CANARY[1], "info", {
            "msg": "Scaled statefulset model-server-canary to 0: analysis run failed", "application": "ml-serving",
            "service": "model-server"}),
        (RESTART, "warning", {
            "msg": "Container model-server in pod model-server-2 terminated with exit code 1 and is restarted",
            "application": "ml-serving", "service": "model-server", "reason": "BackOff", "pod": "model-server-2"}),
    ]  # fmt: skip
    for nth, (step, gone, came) in enumerate(zip(ROLLOUT, old, new, strict=True)):
        entries.append((step + 900_000, "info", {
            "msg": f"Created pod {came.name}, deleted pod {gone.name} ({nth + 1} of {len(new)} updated)",
            "application": "ml-serving", "service": "feature-store", "reason": "SuccessfulCreate"}))  # fmt: skip
    return sorted(entries, key=lambda entry: entry[0])


def background(seed: str) -> list[Log]:
    """Log records of no request: the chronic ones, those of starts and stops."""
    rng = random.Random(f"{seed} background")
    logs: list[Log] = []
    for pod in pods("ranking-api"):
        logs += _chronic(rng, pod.name, 47)
    new, gpu = pods("feature-store-new"), pods("model-server")[2]
    for step, pod in zip(ROLLOUT, new, strict=True):
        logs.append(Log(pod, step - 2 * SECOND, "INFO", "feature_store.main",
                        f"feature-store {pod.version} ready, schema user_v4 without registered defaults"))  # fmt: skip
    logs.append(Log(new[0], STORE_DOWN[0] + 3 * SECOND, "ERROR", "feature_store.pool",
                    "health check of online-store failed: Connection refused"))  # fmt: skip
    logs.append(Log(gpu, RESTART - 1 * SECOND, "ERROR", "triton.server", "ranker v37 is unhealthy, exiting",
                    fault=Fault(OUT_OF_MEMORY.type, OUT_OF_MEMORY.message)))  # fmt: skip
    logs.append(Log(gpu, RESTART + 8 * SECOND, "INFO", "triton.server", "started, loading ranker v37"))
    return logs


def _chronic(rng: random.Random, name: str, every_s: int) -> list[Log]:
    """An error that always happens and hurts nobody."""
    pod = next(pod for pod in pods("ranking-api") if pod.name == name)
    times = range(BEGIN + round(rng.random() * every_s * SECOND), END, every_s * SECOND)
    return [
        Log(pod, time_us + round(rng.random() * SECOND), "ERROR", "ranking.flags",
            "feature flag refresh failed: HTTP 304 is no JSON, keeping the flags at hand")
        for time_us in times
    ]  # fmt: skip


def evidently() -> bytes:
    """A test suite of Evidently over the features of user_v4 in the quarter of an hour before 14:10."""
    name, limit, value = "embedding_user_v4", 0.05, 0.412
    return dumped({
        "version": "0.4.40", "timestamp": "2026-11-18 14:10:04.113817",
        "tests": [
            {"name": "Share of Missing Values in a Column", "description":
             f"The share of missing values in the column **{name}** is {value}. The test threshold is lte={limit}.",
             "status": "FAIL", "group": "data_quality",
             "parameters": {"condition": {"lte": limit}, "value": value, "column_name": name}},
            {"name": "Share of Missing Values in a Column", "description":
             f"The share of missing values in the column **age_band** is 0.004. The test threshold is lte={limit}.",
             "status": "SUCCESS", "group": "data_quality",
             "parameters": {"condition": {"lte": limit}, "value": 0.004, "column_name": "age_band"}},
        ],
        "summary": {"all_passed": False, "total_tests": 2, "success_tests": 1, "failed_tests": 1,
                    "by_status": {"FAIL": 1, "SUCCESS": 1}},
    }) + b"\n"  # fmt: skip
