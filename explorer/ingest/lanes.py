"""Blocks of lines that can be read apart from one another, shared out among processes.

What a reader remembers from block to block (where the telling attributes of a kind of span stand) goes by lanes:
block number n is read with the memory of lane n modulo :data:`LANES`, whether by this process or another. So the
store does not depend on how many processes there were. Their parts are joined in the order of the blocks.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from explorer.decoding.contract import Reader
from explorer.errors import Cancelled
from explorer.ingest.routing import dispatch, read_with, same_as_before
from explorer.ingest.worker import Result, Unit, Worker, work
from explorer.model.builder import Builder, Records
from explorer.model.parts import Joiner
from explorer.model.records import File

LANES: Final = 4
AHEAD: Final = 6
"""Blocks after which the processes are started: they take as long to begin as a few blocks take to read."""
APART: Final = 16
"""Blocks after which lanes are used: less is not worth it, and a reader learns as much in each lane anew."""

_LEAST_BYTES: Final = 1 << 20
_WAITING: Final = 2
_LOOK_SECONDS: Final = 0.05


def spare_processes() -> int:
    """How many more processes :func:`explorer.ingest.ingest` may use on this machine; 0 where there is one core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores - 1, LANES)


@dataclass(frozen=True, slots=True, eq=False)
class _Sent:
    """A block that waits for its turn to be joined, while it is read."""

    process: _Process | _Here
    reader: Reader
    records: Records
    lane: int


class Lanes:
    """Reads blocks for one builder, in this process or others.

    Args:
        processes: how many others there may be.
        cancelled: asked while waiting for them.
    """

    def __init__(self, builder: Builder, processes: int, cancelled: Callable[[], bool]) -> None:
        self._builder, self._count, self._cancelled = builder, processes, cancelled
        self._blocks = 0
        self._memories: list[dict[str, Any]] = [{} for _ in range(LANES)]
        self._processes: list[_Process | _Here] = []
        self._sent: deque[_Sent] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.end()

    def take(self, records: Records, framing: str) -> bool:
        """Read records, now or later, if they can be read apart from others; False where that is left to do."""
        reader = None
        if framing == "lines" and len(records.data) >= _LEAST_BYTES and len(records):
            reader = same_as_before(records, self._builder)
        if reader is None:
            self.drain()
            return False
        self._blocks += 1
        if self._blocks == AHEAD and not self._processes:
            self._processes = [_Process(self._builder) for _ in range(self._count)]
            self._processes += [_Here(self._builder)] if 0 < self._count < LANES else []
        self._builder.apart = self._blocks > APART
        if not self._builder.apart:
            self._read(reader, records, self._builder.memory)
        elif not self._processes:
            self._read(reader, records, self._memories[self._blocks % LANES])
        else:
            self._send(reader, records, self._blocks % LANES)
        return True

    def drain(self) -> None:
        """Wait for all that is read elsewhere."""
        while self._sent:
            self._join()

    def _read(self, reader: Reader, records: Records, memory: dict[str, Any]) -> None:
        builder = self._builder
        own, builder.memory = builder.memory, memory
        rejected = read_with(reader, records, builder)
        builder.memory = own
        self._leave(reader, records, rejected)

    def _leave(self, reader: Reader, records: Records, rejected: Sequence[int]) -> None:
        if len(rejected):
            dispatch(records.take(rejected), "lines", self._builder, {reader.NAME})

    def _send(self, reader: Reader, records: Records, lane: int) -> None:
        process = self._processes[lane % len(self._processes)]
        while self._sent and (process.waiting >= _WAITING or self._sent[0].process.ready):
            self._join()
        process.send(reader, records, self._builder.file, lane)
        self._sent.append(_Sent(process, reader, records, lane))

    def _join(self) -> None:
        """Add the block that was sent first."""
        sent = self._sent.popleft()
        result = sent.process.result(self._cancelled)
        if result is None or result.part is None:
            self._read(sent.reader, sent.records, self._memories[sent.lane])
        else:
            sent.process.joiner.add(result.part, sent.records.file)
            self._leave(sent.reader, sent.records, result.rejected)


class _Here:
    """This process as one of those that read: there is work for it while it waits for the others.

    Attributes:
        waiting: as of :class:`_Process`.
    """

    def __init__(self, builder: Builder) -> None:
        self._worker = Worker(builder.options)
        self._results: deque[Result] = deque()
        self.joiner = Joiner(builder)

    @property
    def waiting(self) -> int:
        return len(self._results)

    @property
    def ready(self) -> bool:
        """Whether there is a result."""
        return bool(self._results)

    def send(self, reader: Reader, records: Records, file: File, lane: int) -> None:
        """Read lines at once."""
        self._results.append(self._worker.read(reader, records, file, lane))

    def result(self, _: Callable[[], bool]) -> Result:
        """The next result."""
        return self._results.popleft()

    def end(self) -> None:
        """Nothing is left to be done."""


class _Process:
    """Another process, and a thread that takes its results, so that neither side waits for the other to listen.

    Attributes:
        waiting: units sent whose results were not asked for.
    """

    def __init__(self, builder: Builder) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(
            target=work, args=(there, builder.options), name="reading along", daemon=True
        )
        self._process.start()
        there.close()
        self._results: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        self._gone = False
        self.waiting = 0
        self.joiner = Joiner(builder)
        threading.Thread(target=self._listen, name="results of reading along", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether there is a result."""
        return not self._results.empty()

    def send(self, reader: Reader, records: Records, file: File, lane: int) -> None:
        """Have lines read."""
        self.waiting += 1
        data = records.data if file.path is None else b""
        try:
            self._pipe.send(Unit(file, reader.__name__, records.offset, len(records.data), data, lane))
        except OSError:
            self._gone = True

    def result(self, cancelled: Callable[[], bool]) -> Result | None:
        """Wait for the next result; None where the process is gone.

        Raises:
            Cancelled: ``cancelled()`` said so.
        """
        self.waiting -= 1
        while not self._gone:
            try:
                found = self._results.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if cancelled():
                    raise Cancelled("Opening was cancelled.") from None
                continue
            self._gone = found is None
            return found
        return None

    def end(self) -> None:
        """Have it end; what it still reads is not waited for."""
        self._process.terminate()
        self._process.join()
        self._pipe.close()

    def _listen(self) -> None:
        try:
            while True:
                self._results.put(self._pipe.recv())
        except (EOFError, OSError):
            self._results.put(None)
