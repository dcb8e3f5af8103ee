"""Made-up profiles of the ranks of a training job, as PyTorch's profiler writes them: one rank is slow."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

from tests.drawn import BASE_NS
from tests.rca_score.simulated.faults import Truth


def slow_profile(seed: int) -> tuple[Truth, str, Callable[[Path], None]]:
    """Profiles of all ranks, of which one works longer and waits less."""
    rng = random.Random(f"profile {seed}")
    ranks, slow, times = rng.choice((2, 4, 8)), 0, rng.choice((1.4, 2.0, 3.0))
    slow = rng.randrange(ranks)
    part = rng.choice(("forward", "backward", "dataloader"))

    def write(folder: Path) -> None:
        for rank in range(ranks):
            (folder / f"worker_rank{rank}.pt.trace.json").write_text(
                json.dumps(_profile(rng, rank, ranks, times if rank == slow else 1.0, times, part)),
                encoding="utf-8",
            )

    truth = Truth(
        "slow profile",
        frozenset({f"rank {slow}"}),
        frozenset(),
        frozenset({"system", "infrastructure", "application"}),
    )
    return truth, f"profiles, {ranks} ranks", write


def _profile(
    rng: random.Random, rank: int, ranks: int, own: float, worst: float, part: str
) -> dict[str, object]:
    base, events = BASE_NS / 1e3, []
    usual = {"dataloader": 20_000.0, "forward": 60_000.0, "backward": 110_000.0}
    names = {
        "dataloader": "enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__",
        "forward": "aten::linear",
        "backward": "autograd::engine::evaluate_function: AddmmBackward0",
    }
    step_us = sum(usual.values()) + usual[part] * (worst - 1) + 8_000
    at = base
    for step in range(6):
        begin = at
        for name, mean in usual.items():
            took = mean * (own if name == part else 1.0) * rng.uniform(0.97, 1.03)
            events.append(_event(names[name], at, took, rank, "cpu_op"))
            at += took
        wait = max(begin + step_us - at, 1500.0)
        events.append(
            _event(
                "ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevComm*, unsigned long)",
                at,
                wait,
                rank,
                "kernel",
            )
        )
        at += wait
        events.append(_event(f"ProfilerStep#{step}", begin, at - begin, rank, "user_annotation"))
    return {
        "schemaVersion": 1, "distributedInfo": {"backend": "nccl", "rank": rank, "world_size": ranks},
        "traceEvents": events, "traceName": f"worker_rank{rank}.pt.trace.json",
    }  # fmt: skip


def _event(name: str, at_us: float, took_us: float, rank: int, kind: str) -> dict[str, object]:
    thread = 7 if kind == "kernel" else 4000 + rank
    return {
        "ph": "X",
        "cat": kind,
        "name": name,
        "pid": rank if kind == "kernel" else 4000 + rank,
        "tid": thread,
        "ts": at_us,
        "dur": took_us,
        "args": {},
    }
