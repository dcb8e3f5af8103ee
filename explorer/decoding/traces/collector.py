"""Collects spans of documents until there are enough to be worth a round of column building."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

import numpy as np

from explorer.decoding.picking import Picked
from explorer.decoding.traces.processes import Memory, Process
from explorer.decoding.traces.rows import FULL, Fields, SpanRows

ROUND: Final = 4096
"""Spans in a round: with lines of one span each, a round a line costs more than reading them."""

S = TypeVar("S")


class SpanCollector(ABC, Generic[S]):
    """What the formats have in common; a subclass says how one format's spans become columns.

    Args:
        memory: the processes and the harvest of the bundle.
        rows: where the columns grow.
    """

    def __init__(self, memory: Memory, rows: SpanRows) -> None:
        self.memory, self.rows = memory, rows
        self._spans: list[S] = []
        self._shared: list[tuple[int, int, Fields]] = []

    @abstractmethod
    def columns(self, spans: Sequence[S]) -> None:
        """Append trace, ids, names, times, kind and status of the spans to the rows."""

    @abstractmethod
    def attributes(self, spans: Sequence[S]) -> Sequence[Any]:
        """The attributes of each span as JSON, for the harvest."""

    @abstractmethod
    def more(self, spans: Sequence[S]) -> Sequence[object]:
        """For each span, whether it has more to tell than its attributes."""

    @abstractmethod
    def tell(self, at: int, span: S, picked: Picked | None) -> None:
        """Write the events, links and, where ``picked`` is given, the failure of the span in pending row ``at``."""

    def peers(self, spans: Sequence[S]) -> Sequence[str]:  # noqa: ARG002 - for those who know peers
        """The remote side of each span where it stands apart from the attributes, and wins; else nothing at all."""
        return ()

    def take(self, spans: Sequence[S], process: Process) -> None:
        """Take spans of one process."""
        rows, count = self.rows, len(spans)
        if process.fields:
            self._shared.append((len(rows), len(rows) + count, process.fields))
        rows.service += array("i", (process.service,)) * count
        rows.resource += array("i", (process.resource,)) * count
        self._spans += spans

    def take_mixed(self, spans: Sequence[S], processes: Sequence[Process]) -> None:
        """Take spans, each of a process of its own."""
        rows = self.rows
        given = [process.fields for process in processes]
        if any(given):
            self._shared += [(at, at + 1, fields) for at, fields in enumerate(given, len(rows)) if fields]
        rows.service.fromlist([process.service for process in processes])
        rows.resource.fromlist([process.resource for process in processes])
        self._spans += spans

    def place(self, doc: int, index: int, count: int) -> None:
        """Say where the last ``count`` spans stand: in document ``doc``, from ordinal ``index`` on."""
        self.rows.doc += array("i", (doc,)) * count
        self.rows.index.frombytes(np.arange(index, index + count, dtype=np.int32).tobytes())
        if len(self._spans) >= ROUND:
            self.settle()

    def settle(self) -> None:
        """Build the columns of the spans collected."""
        rows, spans = self.rows, self._spans
        if not spans:
            return
        first = len(rows.name)
        self.columns(spans)
        rows.zeros(len(spans))
        rows.share(self._shared)
        self.memory.harvest.gather(
            rows,
            first,
            self.attributes(spans),
            self.peers(spans),
            self.more(spans),
            lambda at, picked: self.tell(at, spans[at - first], picked),
        )
        self._spans, self._shared = [], []
        if len(rows) >= FULL:
            rows.flush()

    def finish(self) -> None:
        """Write all that was collected into the builder."""
        self.settle()
        self.rows.flush()
