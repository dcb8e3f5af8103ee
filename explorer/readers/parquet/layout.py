"""Which data set a Parquet file is of, and its cells as plain values, whichever engine wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.decoding.lenient import loads, text_of
from explorer.decoding.tables.columns import time_of

DataSet = Literal["spans", "logs", "points", ""]
Pairs = list[tuple[str, str]]

_NEEDED: Final[tuple[tuple[DataSet, frozenset[str]], ...]] = (
    ("spans", frozenset({"timestamp", "traceid", "spanid", "spanname", "duration"})),
    ("logs", frozenset({"timestamp", "body", "severitynumber"})),
    ("points", frozenset({"metricname", "timeunix"})),
)


def data_set(names: Sequence[str]) -> DataSet:
    """What a file with these columns holds; nothing where it is of no such layout."""
    known = {flat(name) for name in names}
    return next((kind for kind, needed in _NEEDED if needed <= known), "")


def flat(name: str) -> str:
    """A column's name as it is looked up: engines differ in case, and some write ``trace_id``."""
    return name.replace("_", "").lower()


class Cells:
    """The columns of some rows by name; one that is not there is empty in each row."""

    def __init__(self, rows: pa.RecordBatch) -> None:
        self.length: int = rows.num_rows
        self._columns = {flat(name): rows.column(i) for i, name in enumerate(rows.schema.names)}

    def __contains__(self, name: str) -> bool:
        return flat(name) in self._columns

    def texts(self, name: str) -> list[str]:
        """Texts, also where they were written as bytes."""
        column = self.strings(name)
        return [""] * self.length if column is None else pc.fill_null(column, "").to_pylist()

    def strings(self, name: str) -> pa.Array | None:
        """A column as an array of texts; None where there is none such."""
        column = self._columns.get(flat(name))
        if column is None:
            return None
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            return pa.array([None if one is None else _text(one) for one in column.to_pylist()], pa.string())
        return column.cast(pa.string())

    def items(self, name: str) -> tuple[pa.Array, pa.Array, NDArray[np.int64]]:
        """Keys and values of all attributes of a column as arrays of texts, and the row of each."""
        column = self._columns[flat(name)]
        if _is_map_of_texts(column.type):
            ends = column.offsets.to_numpy()
            keys, values = column.keys[ends[0] : ends[-1]], column.items[ends[0] : ends[-1]]
            return keys, values, np.repeat(np.arange(self.length), np.diff(ends))
        pairs = self.maps(name)
        owners = np.repeat(np.arange(self.length), [len(many) for many in pairs])
        keys, values = (pa.array([pair[i] for many in pairs for pair in many], pa.string()) for i in (0, 1))
        return keys, values, owners

    def numbers(self, name: str) -> list[int | float]:
        """Numbers, 0 where there is none."""
        return [value if isinstance(value, int | float) else 0 for value in self._values(name)]

    def times(self, name: str) -> list[int]:
        """Times in ns since 1970, 0 where there is none."""
        column = self._columns.get(flat(name))
        return [0] * self.length if column is None else _times(column)

    def maps(self, name: str) -> list[Pairs]:
        """Attributes: a map, a list of keys with values, or a JSON object as text."""
        column = self._columns.get(flat(name))
        if column is None or not _is_map_of_texts(column.type):
            return [_pairs(value) for value in self._values(name)]
        keys, values, _ = self.items(name)
        pairs = list(zip(keys.to_pylist(), pc.fill_null(values, "").to_pylist(), strict=True))
        ends = (column.offsets.to_numpy() - column.offsets[0].as_py()).tolist()
        return [pairs[begin:end] for begin, end in pairwise(ends)]

    def lists_of_texts(self, outer: str, inner: str) -> list[list[str]]:
        """A column of a nested table: ``Events.Name``, or field ``Name`` of a list of structures ``Events``."""
        return [[_text(one) for one in many] for many in self._lists(outer, inner)]

    def lists_of_times(self, outer: str, inner: str) -> list[list[int]]:
        """The same of times, in ns since 1970."""
        column = self._nested(outer, inner)
        if column is None:
            return [[]] * self.length
        whole = _with_values(column, pa.array(_times(column.values), pa.int64()))
        return [many or [] for many in whole.to_pylist()]

    def lists_of_maps(self, outer: str, inner: str) -> list[list[Pairs]]:
        """The same of attributes."""
        return [[_pairs(one) for one in many] for many in self._lists(outer, inner)]

    def lists_of_numbers(self, outer: str, inner: str = "") -> list[list[int | float]]:
        """The same of numbers; without ``inner`` a column of lists."""
        return [[one or 0 for one in many] for many in self._lists(outer, inner)]

    def _lists(self, outer: str, inner: str) -> list[list[Any]]:
        column = self._nested(outer, inner)
        return [[]] * self.length if column is None else [many or [] for many in column.to_pylist()]

    def _nested(self, outer: str, inner: str) -> pa.Array | None:
        column = self._columns.get(flat(f"{outer}.{inner}" if inner else outer))
        column = self._field(outer, inner) if column is None else column
        return column if column is not None and _is_list(column.type) else None

    def _field(self, outer: str, inner: str) -> pa.Array | None:
        column = self._columns.get(flat(outer))
        if column is None or not _is_list(column.type) or not pa.types.is_struct(column.type.value_type):
            return None
        names = {flat(field.name): field.name for field in column.type.value_type}
        name = names.get(flat(inner))
        return None if name is None else _with_values(column, column.values.field(name))

    def _values(self, name: str) -> list[Any]:
        column = self._columns.get(flat(name))
        return [None] * self.length if column is None else column.to_pylist()


def _is_map_of_texts(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_map(kind) and pa.types.is_string(kind.key_type) and pa.types.is_string(kind.item_type)
    )


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _with_values(lists: pa.Array, values: pa.Array) -> pa.Array:
    """Lists of the same lengths over other values."""
    make = pa.LargeListArray if pa.types.is_large_list(lists.type) else pa.ListArray
    return make.from_arrays(lists.offsets, values)


def _times(column: pa.Array) -> list[int]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        whole = column.cast(pa.timestamp("ns", tz=kind.tz), safe=False).cast(pa.int64())
        return [value or 0 for value in whole.to_pylist()]
    return [time_of(str(value)) if value else 0 for value in column.to_pylist()]


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else text_of(value)


def _pairs(value: object) -> Pairs:
    if isinstance(value, str | bytes):
        value = (
            loads(value.encode() if isinstance(value, str) else value) if value[:1] in ("{", b"{") else None
        )
    if isinstance(value, dict):
        value = list(value.items())
    found = []
    for pair in value if isinstance(value, list) else ():
        key, item = (pair.get("key"), pair.get("value")) if isinstance(pair, dict) else pair
        if item is not None:
            found.append((_text(key), _text(item)))
    return found
