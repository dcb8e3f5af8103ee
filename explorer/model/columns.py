"""Columns that grow while a bundle is read."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.model.schema import Column

AnyArray = NDArray[Any]


class Columns:
    """Equally long growing columns, compact from the first row (:class:`array.array`).

    ``columns.start`` and so on are the arrays themselves, so that a reader can extend them
    with whole batches; :meth:`level` then fills what it left out with the column's default.
    """

    def __init__(self, schema: Sequence[Column]) -> None:
        self.schema = tuple(schema)
        self._arrays: dict[str, array[int] | array[float]] = {c.name: array(c.code) for c in self.schema}

    def __len__(self) -> int:
        return len(self._arrays[self.schema[0].name])

    def __getattr__(self, name: str) -> array[int]:
        try:
            return self.__dict__["_arrays"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    def append(self, **values: int | float) -> int:
        """Add one row; columns not named get their default. Returns the row's ordinal."""
        row = len(self)
        for column in self.schema:
            self._arrays[column.name].append(values.get(column.name, column.default))  # type: ignore[arg-type]
        return row

    def extend(self, count: int, **columns: Iterable[int] | int | float) -> int:
        """Add ``count`` rows; a number stands for a constant column. Returns the first row's ordinal.

        Raises:
            ValueError: a column has not ``count`` values (the columns are left as they were).
            OverflowError: a value does not fit its column (likewise).
        """
        row = len(self)
        try:
            for column in self.schema:
                value = columns.get(column.name, column.default)
                target = self._arrays[column.name]
                if isinstance(value, int | float):
                    target.extend(array(column.code, (value,)) * count)  # type: ignore[arg-type]
                elif isinstance(value, np.ndarray):
                    target.frombytes(np.ascontiguousarray(value, dtype=column.dtype).view(np.uint8).data)
                elif isinstance(value, list):
                    target.fromlist(value)  # twice as fast as extend
                else:
                    target.extend(value)
                if len(target) != row + count:
                    raise ValueError(f"column {column.name}: {len(target) - row} values for {count} rows")
        except (ValueError, OverflowError, TypeError):
            self.truncate(row)
            raise
        return row

    def truncate(self, rows: int) -> None:
        """Drop all rows from ``rows`` on."""
        for values in self._arrays.values():
            del values[rows:]

    def views(self) -> dict[str, AnyArray]:
        """The columns as read-only numpy arrays over the same memory; no row can be added while one of them lives."""
        views = {c.name: np.frombuffer(self._arrays[c.name], c.dtype) for c in self.schema}
        for view in views.values():
            view.flags.writeable = False
        return views

    def arrays(self) -> dict[str, AnyArray]:
        """The columns as numpy arrays (copies, so that the growing ones may be dropped)."""
        return {c.name: np.array(self._arrays[c.name], dtype=c.dtype) for c in self.schema}


class Interner(dict[str, int]):
    """Text to code, given out in order of first sight: ``codes[text]``. Code 0 is ``""``."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self)
        return code

    def table(self) -> list[str]:
        """Code to text."""
        return list(self)
