"""What the lines of a training job say: steps, losses, figures, and who waits for whom.

Wordings: PyTorch ``ProcessGroupNCCL.cpp`` (watchdog), ``monitoredBarrier``, torchelastic's failure report, Horovod's
stall inspector, DeepSpeed and Megatron-LM progress lines, Lightning, Hugging Face Trainer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

_NUMBER: Final = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
_VALUE: Final = rf"(?P<value>nan|[-+]?inf(?:inity)?|{_NUMBER})(?![\w.]*[\w])"
STEP: Final = re.compile(
    r"\b(?:global[_ ]?)?(?:steps?|iter(?:ation)?s?|batch(?:_idx)?)\b[\s\]\"'=:#]*(?P<value>\d+)",
    re.IGNORECASE,
)
_LOSS: Final = re.compile(rf"\b(?:\w+[_ /])?loss\b[\s\"'=:]*(?:tensor\()?{_VALUE}", re.IGNORECASE)
_GRADIENT: Final = re.compile(rf"\bgrad(?:ient)?[_ ]?norm\b[\s\"'=:]*(?:tensor\()?{_VALUE}", re.IGNORECASE)
_FIGURE: Final = re.compile(
    rf"(?P<name>[A-Za-z][\w./-]*(?: [A-Za-z][\w./-]*){{0,3}})[\"']?(?: ?\([a-z]+\))?"
    rf"(?:\s*[=:]\s*|\s)(?P<value>{_NUMBER})"
    r"\s*(?P<unit>ms|us|µs|s|sec|seconds)?(?![\w%])"
)
_OF_TIME: Final = re.compile(
    r"time|(?:^|[_ .])(?:ms|sec(?:onds)?|secs?|duration|elapsed|latency|forward|backward|fwd|bwd|dataload\w*"
    r"|load(?:ing)?|data|compute|optimi[sz]er|step_s)(?:$|[_ .])",
    re.IGNORECASE,
)
_OF_RATE: Final = re.compile(
    r"throughput|(?:samples|tokens|images|it|iter\w*|steps)(?:/| per |_per_)s", re.IGNORECASE
)
_NO_FIGURE: Final = re.compile(
    r"timestamp|datetime|timeout|\btime$|^ts$|epoch|\beta\b|remaining|total|since", re.IGNORECASE
)
_WAITING: Final = re.compile(
    r"wait|comm|all[_ -]?(?:reduce|gather|to[_ -]?all)|reduce[_ -]?scatter|broadcast|barrier|(?<!a)sync"
    r"|nccl|rccl|hccl|gloo|c10d",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"ProfilerStep#?\d*|(?:train\w*[ _])?(?:step|iteration)[ _#]*\d*\Z", re.IGNORECASE)
WATCHDOG: Final = re.compile(
    r"collective (?:operation )?timeout|watchdog.{0,40}time(?:d )?out", re.IGNORECASE
)
_COLLECTIVE: Final = re.compile(
    r"Seq(?:Num|uence(?: number)?)?\s*[=:]\s*(?P<seq>\d+)(?:.{0,8}OpType\s*=\s*(?P<op>\w+))?"
)
_LIST: Final = r"(?P<ranks>\d+(?:\s*(?:,|and)\s*\d+)*)"
_NAMED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:missing|stalled|dead|lost|unresponsive) ranks?\s*:?\s*\[?\s*{_LIST}(?!\s*:)",
        rf"\branks? {_LIST} (?:failed to pass|did not (?:join|reach|call|enter|respond)|never (?:joined|reached))",
        rf"\branks? {_LIST} (?:is|are) not (?:joined|ready|responding)",
        rf"(?:waiting|waited|timed out) (?:\w+ ){{0,4}}(?:for|from) ranks? \[?{_LIST}",
    )
)
_HOROVOD: Final = re.compile(
    r"(?:stalled|missing) ranks:\s*\n?(?P<lines>(?:\s*\d+: ?\[.*\n?)+)", re.IGNORECASE
)
SYMPTOM: Final = re.compile(
    r"collective operation|watchdog|heartbeat monitor|monitoredBarrier|nccl\w*Error"
    r"|NCCL (?:error|communicator|operations)"
    r"|remote process exited|connection (?:closed|reset) by (?:remote )?peer|broken pipe|socketProgress|SIGTERM|SIGABRT"
    r"|closing signal|taking the entire process down|ChildFailedError|Root Cause \(first observed|DistBackendError"
    r"|ProcessGroup|process group|TCPStore|rendezvous|stall_inspector|one or more tensors were submitted|missing ranks"
    r"|stalled ranks|exit ?code: ?-(?:6|15)\b|gloo/transport|shut ?down|worker group|terminate called"
    r"|peer .{0,20}(?:closed|gone)|other ranks|aborted by|Horovod has been shut down",
    re.IGNORECASE,
)
"""Lines that tell what a failure did to the others, not what it was."""
_EXIT: Final = re.compile(r"exit ?code\s*:\s*(?P<code>-?\d+)", re.IGNORECASE)
_EXIT_RANK: Final = re.compile(r"(?<!_)rank\s*:\s*(\d+)", re.IGNORECASE)
_EXIT_LOCAL: Final = re.compile(r"local_rank\s*:\s*(\d+)", re.IGNORECASE)
_WORLD: Final = re.compile(r"world[_ ]?size\W{1,3}(?P<size>\d{1,6})\b", re.IGNORECASE)
_UNIT_MS: Final = {"ms": 1.0, "us": 1e-3, "µs": 1e-3, "s": 1e3, "sec": 1e3, "seconds": 1e3}


class Figure(NamedTuple):
    """A number that tells how fast something went: its name, the value, whether less of it is slower."""

    name: str
    value: float
    is_rate: bool


class Exit(NamedTuple):
    """How a launcher says that a process ended, of which rank and which process of its host; -1: it does not say."""

    rank: int
    local: int
    code: int


def step_of(text: str) -> int:
    """The number of the step a line is about, -1 for none."""
    found = STEP.search(text)
    return int(found["value"]) if found and len(found["value"]) < 12 else -1


def loss_of(text: str) -> float | None:
    """The loss a line states; None for none."""
    found = _LOSS.search(text)
    return _float(found["value"]) if found else None


def gradient_of(text: str) -> float | None:
    """The norm of the gradients a line states; None for none."""
    found = _GRADIENT.search(text)
    return _float(found["value"]) if found else None


def figures_of(text: str, attributes: Iterable[tuple[str, object]]) -> list[Figure]:
    """How long things took, or how much was done a second, as a line and its attributes say."""
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        _add(found, match["name"].strip(), float(match["value"]) * _UNIT_MS.get(match["unit"] or "", 1.0))
    for name, value in attributes:
        if isinstance(value, int | float) and not isinstance(value, bool):
            _add(found, name, float(value))
    return found


def _add(found: list[Figure], name: str, value: float) -> None:
    name = name.lower()
    if _NO_FIGURE.search(name) or _WAITING.search(name) or not math.isfinite(value) or value <= 0:
        return
    if _OF_RATE.search(name):
        found.append(Figure(name, value, is_rate=True))
    elif _OF_TIME.search(name):
        found.append(Figure(name, value, is_rate=False))


def is_waiting(name: str) -> bool:
    """Whether an operation of that name waits for the other processes."""
    return _WAITING.search(name) is not None


def is_whole_step(name: str) -> bool:
    """Whether an operation of that name stands for a step and all that is done, and waited for, in it."""
    return _WHOLE.match(name) is not None


def collective_of(text: str) -> tuple[int, str]:
    """Number and kind of the collective a line is about, -1 and ``""`` where it does not say."""
    found = _COLLECTIVE.search(text)
    return (int(found["seq"]), found["op"] or "") if found else (-1, "")


def named_missing(text: str) -> tuple[int, ...]:
    """Ranks that a line says are waited for."""
    lines = _HOROVOD.search(text)
    if lines:
        return tuple(sorted({int(rank) for rank in re.findall(r"(\d+): ?\[", lines["lines"])}))
    found = next(filter(None, (pattern.search(text) for pattern in _NAMED)), None)
    return tuple(sorted({int(rank) for rank in re.findall(r"\d+", found["ranks"])})) if found else ()


def exit_of(text: str) -> Exit | None:
    """How a process ended, as its launcher reports it; None where a line does not say, or all went well."""
    found = _EXIT.search(text)
    if found is None or int(found["code"]) == 0:
        return None
    rank, local = (int(who[1]) if (who := one.search(text)) else -1 for one in (_EXIT_RANK, _EXIT_LOCAL))
    return Exit(rank, local, int(found["code"]))


def world_size(text: str) -> int:
    """How many processes a job has, as a line says; 0 where it does not."""
    found = _WORLD.search(text)
    return int(found["size"]) if found else 0


def ranks_word(ranks: Sequence[int]) -> str:
    """``rank 5``, ``ranks 0–4, 6 and 7``."""
    ordered = sorted(ranks)
    runs: list[list[int]] = []
    for rank in ordered:
        if runs and rank == runs[-1][-1] + 1:
            runs[-1].append(rank)
        else:
            runs.append([rank])
    parts = [part for run in runs for part in _run(run)]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"rank{'s' if len(ordered) > 1 else ''} {listed}"


def _run(run: Sequence[int]) -> list[str]:
    return [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(rank) for rank in run]


def _float(text: str) -> float:
    return float(text.lower().replace("infinity", "inf"))
