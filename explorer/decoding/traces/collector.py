"""Collects spans of documents: columns of those just decoded, and their attributes when there are enough for a round.

What was just decoded is still in the processor's cache, and what is let go at once gives its memory to what comes next.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Sequence
from itertools import compress
from typing import Any, Final, Generic, TypeVar

import numpy as np

from explorer.decoding.picking import Picked
from explorer.decoding.traces.processes import Memory, Process
from explorer.decoding.traces.rows import FULL, Fields, SpanRows

HOT: Final = 256
"""Spans whose columns are built at once: of lines of one span each, line by line costs more than decoding."""
ROUND: Final = 4096
"""Spans whose attributes are read at once."""

S = TypeVar("S")


class SpanCollector(ABC, Generic[S]):
    """What the formats have in common; a subclass says how one format's spans become columns.

    Args:
        memory: the processes and the harvest of the bundle.
        rows: where the columns grow.

    Attributes:
        silent: a span that has nothing to tell but its attributes.
    """

    silent: S

    def __init__(self, memory: Memory, rows: SpanRows) -> None:
        self.memory, self.rows = memory, rows
        self._clear()

    def _clear(self) -> None:
        self._spans: list[S] = []  # of which there are no columns yet
        self._attributes: list[Any] = []
        self._peers: list[str] = []
        self._more: dict[int, S] = {}
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
        if len(self._spans) >= HOT:
            self._take_columns()
            if len(self._attributes) >= ROUND:
                self.settle()

    def _take_columns(self) -> None:
        """Build the columns of the last spans, and let go of those that have no more to tell."""
        spans, first = self._spans, len(self.rows.name)
        self._spans = []
        self.columns(spans)
        self.rows.zeros(len(spans))
        self._attributes += self.attributes(spans)
        self._peers += self.peers(spans)
        self._more |= compress(enumerate(spans, first), self.more(spans))

    def settle(self) -> None:
        """Build all columns of the spans collected."""
        self._take_columns()
        attributes, more, rows = self._attributes, self._more, self.rows
        if not attributes:
            return
        rows.share(self._shared)
        self.memory.harvest.gather(
            rows,
            len(rows.name) - len(attributes),
            attributes,
            self._peers,
            more,
            lambda at, picked: self.tell(at, more.get(at, self.silent), picked),
        )
        self._clear()
        if len(rows) >= FULL:
            rows.flush()

    def finish(self) -> None:
        """Write all that was collected into the builder."""
        self.settle()
        self.rows.flush()
