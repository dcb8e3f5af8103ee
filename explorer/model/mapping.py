"""What a user may state about a table whose columns do not say what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TableKind = Literal["spans", "logs", "metrics"]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How the columns of some tables are meant; :mod:`explorer.decoding.tables.mapping` reads them from TOML.

    Attributes:
        kind: what a row is.
        columns: role and name of a column; a table that has all of them is meant.
        values: names of the columns of numbers, of metrics.
        units: role of a time or duration and the nanoseconds in its unit.
        time_format: how times are written, in the directives of :mod:`explorer.decoding.logs.times`; "" for known ways.
        delimiter: between cells, "" for the one found.
        header: names of the columns of files without a line of them.
        files: only files of this name, with ``*`` and ``?``; "" for all.
    """

    kind: TableKind
    columns: tuple[tuple[str, str], ...]
    values: tuple[str, ...] = ()
    units: tuple[tuple[str, int], ...] = ()
    time_format: str = ""
    delimiter: str = ""
    header: tuple[str, ...] = ()
    files: str = ""

    @property
    def needed(self) -> frozenset[str]:
        """The columns a table must have."""
        return frozenset({name for _, name in self.columns} | {*self.values})
