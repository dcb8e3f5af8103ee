"""Lines and what was read from them, as columns: the common ground of JSON lines, text lines and peeled layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

Rows = Longs | slice
"""Numbers of rows, as a slice where they follow one another: reading and writing those is several times as fast."""

BRACE: Final = 0x7B
NO_TIME: Final = 0
"""Stands for "no time of its own" in ``LineValues.time`` (1970-01-01 itself is no time of a log)."""


COLUMNS: Final = ("kind", "time", "severity", "flags", "service", "resource", "trace", "span_id", "behind")
"""Names of the columns of :class:`LineValues`."""


def run_of(rows: Longs) -> Rows:
    """Ascending row numbers, as a slice if none is left out."""
    if len(rows) and int(rows[-1] - rows[0]) == len(rows) - 1:
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class LineKind(IntEnum):
    """What a line turned out to be."""

    UNKNOWN = 0  # no format knows it: continues the record before it, or stands alone
    TEXT = 1  # begins a record of text
    OBJECT = 2  # is a JSON record (never continued)
    REST = 3  # belongs to the JSON record before it (an object over several lines)
    FOREIGN = 4  # JSON that is no log: not ours
    ALONE = 5  # no format knows it, and it is a record of its own


@dataclass(frozen=True, slots=True)
class Lines:
    """Line i is ``data[starts[i]:ends[i]]``; int64 arrays of shape (n,)."""

    data: bytes
    starts: Longs
    ends: Longs

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, i: int) -> bytes:
        return self.data[self.starts[i] : self.ends[i]]

    def texts(self) -> list[bytes]:
        """All lines, cut out."""
        data, places = self.data, zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [data[start:end] for start, end in places]

    def take(self, which: NDArray[np.int64]) -> Lines:
        """The lines named, over the same bytes."""
        return Lines(self.data, self.starts[which], self.ends[which])

    @staticmethod
    def of(texts: Sequence[bytes]) -> Lines:
        """Lines over the joined texts, one newline behind each."""
        ends = np.cumsum(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))) - 1
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)) if len(texts) else ends
        return Lines(b"\n".join(texts) + b"\n", starts, ends)

    @property
    def first_bytes(self) -> NDArray[np.uint8]:
        """uint8 (n,): the first byte of each line (0 for an empty one)."""
        buffer = np.frombuffer(self.data, np.uint8)
        full = self.ends > self.starts
        if full.all():
            return buffer[self.starts]
        first = np.zeros(len(self), np.uint8)
        first[full] = buffer[self.starts[full]]
        return first


@dataclass(slots=True)
class LineValues:
    """What lines told, one row a line; see :data:`explorer.model.schema.LOG` for the columns.

    Attributes:
        kind: :class:`LineKind`.
        time: ns, :data:`NO_TIME` for none.
        behind: where the text behind a prefix begins that wraps lines of other logs; 0: there is none.
        fields: correlation fields as (rows, name, values).
    """

    kind: NDArray[np.uint8]
    time: Longs
    severity: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    service: NDArray[np.int32]
    resource: NDArray[np.int32]
    trace: NDArray[np.int32]
    span_id: NDArray[np.uint64]
    behind: Longs
    fields: list[tuple[Longs, str, Sequence[str]]] = field(default_factory=list)

    @staticmethod
    def empty(count: int) -> LineValues:
        """Values of lines of which nothing is known yet."""
        return LineValues(
            kind=np.zeros(count, np.uint8), time=np.zeros(count, np.int64), severity=np.zeros(count, np.uint8),
            flags=np.zeros(count, np.uint8), service=np.zeros(count, np.int32), resource=np.zeros(count, np.int32),
            trace=np.full(count, -1, np.int32), span_id=np.zeros(count, np.uint64),
            behind=np.zeros(count, np.int64),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.kind)

    def put(self, rows: Longs, values: LineValues) -> None:
        """Write the values of some lines into their rows."""
        for name in COLUMNS:
            getattr(self, name)[rows] = getattr(values, name)
        self.fields += [(rows[of], name, texts) for of, name, texts in values.fields]

    def take(self, keep: Mask) -> LineValues:
        """The values of the lines for which ``keep``, bool (n,), is set."""
        if keep.all():
            return self
        taken = LineValues(**{name: getattr(self, name)[keep] for name in COLUMNS})
        position = np.cumsum(keep) - 1
        for of, name, texts in self.fields:
            kept = keep[of]
            told = (
                texts if kept.all() else [text for text, one in zip(texts, kept.tolist(), strict=True) if one]
            )
            taken.fields.append((position[of[kept]], name, told))
        return taken

    def add_field(self, row: int, name: str, value: str) -> None:
        """One correlation field of one line."""
        self.fields.append((np.array([row], np.int64), name, [value]))

    def rows_with_fields(self) -> Mask:
        """Bool (n,): lines that have a correlation field."""
        mask = np.zeros(len(self), bool)
        for rows, _, _ in self.fields:
            mask[rows] = True
        return mask
