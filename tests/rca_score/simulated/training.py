"""Made-up training jobs: what their processes, launchers and kernels write when one rank fails, hangs or is slow.

The forms are those of torchrun, Lightning, DeepSpeed, Megatron-LM, Horovod and JSON loggers.
Words and figures come from the seed.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.drawn import BASE_NS
from tests.rca_score.simulated.faults import Truth

_OOM = (
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.11"
    " GiB of which 1.20 GiB is free."
)
_COLLECTIVES = ("ALLREDUCE", "_ALLGATHER_BASE", "REDUCE_SCATTER", "BROADCAST")


@dataclass(frozen=True)
class Line:
    """A line of a rank (-1: of the launcher) at a second; ``fields`` are those that a JSON logger keeps apart."""

    at_s: float
    rank: int
    level: str
    text: str
    fields: tuple[tuple[str, object], ...] = ()


@dataclass
class Job:
    """A job while it is made: its ranks, the seconds of a step, and all lines."""

    rng: random.Random
    ranks: int
    hosts: list[str]
    step_s: float
    steps: int
    chatty: bool
    lines: list[Line] = field(default_factory=list)
    kernel: list[tuple[float, str, str]] = field(default_factory=list)

    def host_of(self, rank: int) -> str:
        """Ranks lie on hosts one after the other."""
        return self.hosts[rank * len(self.hosts) // self.ranks]

    def say(self, at_s: float, rank: int, level: str, text: str, **fields: object) -> None:
        """A line."""
        self.lines.append(Line(at_s, rank, level, text, tuple(fields.items())))

    def work(
        self,
        first: int,
        last: int,
        without: frozenset[int] = frozenset(),
        loss: Callable[[int, int], float] | None = None,
        slow: int = -1,
        times: float = 1.0,
    ) -> float:
        """Steps of all ranks that write of them; gives when the last one ended."""
        at = 0.0
        for step in range(first, last + 1):
            at = 5 + step * self.step_s * (times if slow >= 0 else 1)
            for rank in range(self.ranks) if self.chatty else (0,):
                if rank in without:
                    continue
                own = self.step_s * 620 * self.rng.uniform(0.97, 1.03) * (times if rank == slow else 1)
                value = loss(rank, step) if loss else 8 / (1 + 0.05 * step) + self.rng.uniform(-0.05, 0.05)
                norm = self.rng.uniform(0.6, 1.4)
                self.say(
                    at + self.rng.uniform(0, 0.01), rank, "INFO",
                    f"step {step}/5000 loss {value:.4f} grad_norm {norm:.3f} forward_backward_ms {own:.1f}",
                    step=step, loss="NaN" if math.isnan(value) else value, forward_backward_ms=round(own, 1),
                )  # fmt: skip
        return at

    def begin(self) -> None:
        """What all say first."""
        for rank in range(self.ranks):
            host = self.host_of(rank)
            self.say(
                0.5 + 0.01 * rank,
                rank,
                "INFO",
                f"initialised process group, rank {rank}, world_size={self.ranks}, host {host}",
            )

    def time_out(self, at_s: float, ranks: list[int], minutes: int = 10) -> float:
        """The watchdogs of some ranks give up."""
        number, kind = self.rng.randint(900, 90_000), self.rng.choice(_COLLECTIVES)
        begin = at_s + minutes * 60
        for rank in ranks:
            self.say(
                begin + self.rng.uniform(0, 2), rank, "ERROR",
                f"[Rank {rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum={number}, OpType={kind}, "
                f"NumelIn=2097152, NumelOut=2097152, Timeout(ms)={minutes * 60000}) ran for "
                f"{minutes * 60000 + rank + 11} milliseconds before timing out.",
            )  # fmt: skip
            self.say(
                begin + 2.5, rank, "ERROR",
                "Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, "
                "subsequent GPU operations might run on corrupted/incomplete data. To avoid data inconsistency, we are "
                "taking the entire process down.",
            )  # fmt: skip
        return begin + 3

    def closed(self, at_s: float, ranks: list[int]) -> None:
        """Ranks lose their connection to one that died."""
        for rank in ranks:
            self.say(
                at_s + self.rng.uniform(0.2, 3), rank, "ERROR",
                "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:2062, remote process exited "
                "or there was a network error, NCCL version 2.21.5\nncclRemoteError: A call failed possibly due to a "
                "network error or a remote process exiting prematurely.",
            )  # fmt: skip

    def report(self, at_s: float, rank: int, code: int) -> None:
        """What the launcher says of the process that failed first."""
        self.say(
            at_s,
            -1,
            "ERROR",
            f"failed (exitcode: {code}) local_rank: {rank % 8} (pid: {4000 + rank}) of binary: /usr/bin/python3",
        )
        self.say(
            at_s + 0.1, -1, "ERROR",
            f"Root Cause (first observed failure): rank: {rank} (local_rank: {rank % 8}) exitcode: {code} "
            f"(pid: {4000 + rank})",
        )  # fmt: skip


Told = tuple[Truth, str]


def _truth(kind: str, job: Job, ranks: list[int], categories: set[str], *, hosts: bool = False) -> Truth:
    names = {f"rank {rank}" for rank in ranks}
    names |= {job.host_of(ranks[0])} if hosts else set()
    return Truth(kind, frozenset(names), frozenset(), frozenset(categories))


def _stack(file: str, line: str, error: str) -> str:
    return f'Traceback (most recent call last):\n  File "/workspace/{file}", line 77, in step\n    {line}\n{error}'


def missing_rank(job: Job) -> Truth:
    """A rank hangs and says nothing."""
    rank, at = job.rng.randrange(1, job.ranks), job.steps
    job.work(1, at)
    job.lines = [line for line in job.lines if line.rank != rank or line.at_s < 5 + (at - 1) * job.step_s]
    others = [one for one in range(job.ranks) if one != rank]
    if job.rng.random() < 0.3:
        end = 5 + at * job.step_s + 1800
        job.say(end, 0, "ERROR", f"RuntimeError: Rank {rank} failed to pass monitoredBarrier in 1800000 ms")
    else:
        job.time_out(5 + at * job.step_s, others)
    return _truth("missing rank", job, [rank], {"infrastructure", "unknown", "system"})


def rank_out_of_memory(job: Job) -> Truth:
    """A rank runs out of GPU memory; the others lose it, or wait."""
    rank = job.rng.randrange(job.ranks)
    end = job.work(1, job.steps)
    job.say(
        end + 0.4,
        rank,
        "ERROR",
        _stack("train.py", "loss = model(batch)", _OOM),
    )
    others = [one for one in range(job.ranks) if one != rank]
    if job.rng.random() < 0.5:
        job.closed(end + 1, others)
    else:
        job.time_out(end, others)
    if job.rng.random() < 0.6:
        job.report(end + 700, rank, 1)
    return _truth("rank out of memory", job, [rank], {"system"})


def rank_killed(job: Job) -> Truth:
    """The host kills a process."""
    rank = job.rng.randrange(job.ranks)
    end = job.work(1, job.steps)
    job.closed(end + 0.5, [one for one in range(job.ranks) if one != rank])
    job.report(end + 6, rank, -9)
    if job.rng.random() < 0.5:
        job.kernel.append(
            (
                end,
                job.host_of(rank),
                f"Out of memory: Killed process {4000 + rank} (python3) total-vm:214748364kB, anon-rss:198234112kB",
            )
        )
    return _truth("rank killed", job, [rank], {"system"}, hosts=True)


def rank_gpu_lost(job: Job) -> Truth:
    """A GPU falls off the bus: the kernel says so, its rank hangs."""
    rank = job.rng.randrange(job.ranks)
    end = job.work(1, job.steps)
    job.kernel.append(
        (
            end + 0.1,
            job.host_of(rank),
            "NVRM: Xid (PCI:0000:3b:00): 79, pid=4711, name=python3, GPU has fallen off the bus.",
        )
    )
    if job.rng.random() < 0.5:
        job.say(end + 0.3, rank, "ERROR", "RuntimeError: CUDA error: unspecified launch failure")
    job.time_out(end, [one for one in range(job.ranks) if one != rank])
    return _truth("GPU lost", job, [rank], {"system"}, hosts=True)


def straggler(job: Job) -> Truth:
    """A rank is slow in what it does itself."""
    job.chatty = True
    rank = job.rng.randrange(job.ranks)
    job.work(1, job.steps, slow=rank, times=job.rng.choice((1.5, 2.0, 4.0)))
    return _truth("straggler", job, [rank], {"system", "infrastructure", "application", "capacity"})


def nan_loss(job: Job) -> Truth:
    """The loss of a rank is no number, then that of all."""
    at, rank = job.steps - 6, job.rng.randrange(job.ranks)
    job.chatty = job.chatty or job.rng.random() < 0.5

    def loss(one: int, step: int) -> float:
        if step > at or (step == at and one == rank):
            return float("nan")
        return 8 / (1 + 0.05 * step)

    end = job.work(1, job.steps, loss=loss)
    if job.rng.random() < 0.5:
        job.say(end + 0.5, 0, "ERROR", "FloatingPointError: Loss is NaN, stopping training")
    names = {f"rank {rank}"} if job.chatty else {"training job"}
    return Truth("NaN loss", frozenset(names), frozenset(), frozenset({"model", "data"}))


def bad_batch(job: Job) -> Truth:
    """A rank reads a broken shard."""
    rank = job.rng.randrange(job.ranks)
    end = job.work(1, job.steps)
    text = job.rng.choice((
        "webdataset.gopen: tarfile.ReadError: unexpected end of data in shard-00417.tar",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        "ValueError: Expected input batch_size (64) to match target batch_size (63)",
    ))  # fmt: skip
    job.say(
        end + 0.2,
        rank,
        "ERROR",
        _stack("data.py", "sample = next(self.it)", text),
    )
    job.closed(end + 1, [one for one in range(job.ranks) if one != rank])
    return _truth("bad batch", job, [rank], {"data", "application"})


def wrong_setting(job: Job) -> Truth:
    """All ranks fail at once for the same reason."""
    for rank in range(job.ranks):
        job.say(
            2 + 0.05 * rank,
            rank,
            "ERROR",
            "FileNotFoundError: [Errno 2] No such file or directory: '/mnt/ckpt/step_12000/model.safetensors'",
        )
    job.report(4, 0, 1)
    return Truth(
        "wrong setting",
        frozenset({"training job", "all"}),
        frozenset(),
        frozenset({"configuration", "data", "system", "model", "application"}),
    )


def job_well(job: Job) -> Truth:
    """Nothing."""
    end = job.work(1, job.steps)
    job.say(end + 1, 0, "INFO", "training finished, saving checkpoint")
    return Truth("healthy")


JOBS: tuple[Callable[[Job], Truth], ...] = (
    missing_rank, rank_out_of_memory, rank_killed, rank_gpu_lost, straggler, nan_loss, bad_batch, wrong_setting,
    job_well,
)  # fmt: skip


def job_incident(make: Callable[[Job], Truth], seed: int) -> tuple[Truth, str, Callable[[Path], None]]:
    """A job of a seed: what is true of it, its form, and what writes it."""
    rng = random.Random(f"{make.__name__} {seed}")
    ranks = rng.choice((2, 4, 8, 8, 16, 32)) if make is not straggler else rng.choice((4, 8, 16))
    hosts = [f"gpu-{rng.choice('abc')}{n:02}" for n in range(max(1, ranks // 8))]
    job = Job(rng, ranks, hosts, rng.uniform(0.4, 3), rng.choice((12, 40, 90)), rng.random() < 0.6)
    job.begin()
    truth = make(job)
    job.lines.sort(key=lambda line: line.at_s)
    form = rng.choice(list(_FORMS))
    return truth, f"{form}, {ranks} ranks", lambda folder: _write(job, folder, form)


def _write(job: Job, folder: Path, form: str) -> None:
    _FORMS[form](job, folder)
    if job.kernel:
        lines = [
            f"{_stamp(at, '%Y-%m-%dT%H:%M:%S')}+00:00 {host} kernel: {text}" for at, host, text in job.kernel
        ]
        (folder / "kern.log").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _stamp(at_s: float, form: str) -> str:
    return datetime.fromtimestamp(BASE_NS / 1e9 + at_s, UTC).strftime(form)


def _python(line: Line) -> str:
    if line.text.startswith("Traceback"):  # printed by the interpreter, not by a logger
        return line.text
    milliseconds = round(line.at_s * 1000) % 1000
    return f"{_stamp(line.at_s, '%Y-%m-%d %H:%M:%S')},{milliseconds:03} {line.level} [train] {line.text}"


def _prefixed(prefix: str) -> Callable[[Job, Path], None]:
    def write(job: Job, folder: Path) -> None:
        out: list[str] = []
        for line in job.lines:
            head = prefix.format(line.rank) if line.rank >= 0 else ""
            out += [head + part for part in _python(line).split("\n")]
        (folder / "job.log").write_text("\n".join(out) + "\n", encoding="utf-8")

    return write


def _files(pattern: str) -> Callable[[Job, Path], None]:
    def write(job: Job, folder: Path) -> None:
        for rank in range(-1, job.ranks):
            path = folder / (pattern.format(rank) if rank >= 0 else "launcher.log")
            lines = [_python(line) for line in job.lines if line.rank == rank]
            if lines:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return write


def _json(job: Job, folder: Path) -> None:
    def objects() -> Iterator[str]:
        for line in job.lines:
            at = _stamp(line.at_s, "%Y-%m-%dT%H:%M:%S") + f".{round(line.at_s * 1000) % 1000:03}Z"
            who = {"rank": line.rank, "host": job.host_of(line.rank)} if line.rank >= 0 else {}
            yield json.dumps(
                {"time": at, "level": line.level, **who, "message": line.text, **dict(line.fields)}
            )

    (folder / "train.jsonl").write_text("\n".join(objects()) + "\n", encoding="utf-8")


_FORMS: dict[str, Callable[[Job, Path], None]] = {
    "torchrun": _prefixed("[rank{}]: "), "tee": _prefixed("[default{}]:"), "horovod": _prefixed("[1,{}]<stderr>:"),
    "lightning": _prefixed("[rank: {}] "), "files": _files("rank_{}.log"), "log-dir": _files("attempt_0/{}/stderr.log"),
    "json": _json,
}  # fmt: skip
"""How a job's lines are written, by the name of the form."""
