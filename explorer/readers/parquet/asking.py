"""Rows of a Parquet file as columns of a query: what spans and logs can answer before anything is read of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.model.fields import Role, normalise, role
from explorer.model.schema import severity_word
from explorer.query.columns import Coded, Mask, Numbers
from explorer.query.fields import ID_STATUS
from explorer.query.syntax import Compare, Not, Query, Word
from explorer.readers.parquet.layout import Cells, DataSet
from explorer.readers.parquet.weakening import Answer

_EXACT: Final[dict[DataSet, frozenset[str]]] = {
    "spans": frozenset({"trace", "span", "service", "operation", "kind", "duration", "start"}),
    "logs": frozenset({"trace", "span", "service", "level", "log", "start"}),
}
_OF_ID: Final = frozenset({"id", "status", "category", "cause", "self", "error"})
_COLUMN: Final = {
    "trace": "TraceId", "span": "SpanId", "service": "ServiceName", "operation": "SpanName", "kind": "SpanKind",
    "log": "Body", "level": "SeverityNumber",
}  # fmt: skip
_MAPS: Final = ("SpanAttributes", "LogAttributes", "ResourceAttributes")
_IN_EVENTS: Final = "Events.Attributes"
_NAMES: Final = ("ServiceName", "SpanName", "StatusMessage", "Body")
_STATUSES: Final = ("unset", "ok", "error")
_TELLING: Final = frozenset(
    {Role.HTTP_STATUS, Role.GRPC_STATUS, Role.ERROR_TYPE, Role.ERROR_FLAG, Role.EXCEPTION_TYPE}
)
_FINE: Final = r"(?i)^(?:|0|ok|false|no|[123]\d\d)$"

ALWAYS: Final = ("TraceId", "Timestamp", "Duration")
"""Columns that are looked at whatever is asked."""


def answers(data_set: DataSet, condition: Word | Compare) -> Answer:
    """How rows of a data set answer a condition."""
    if isinstance(condition, Word) or condition.attribute:
        return "wider"
    if condition.field in _EXACT[data_set]:
        return "exact"
    if condition.field == "status" and condition.value.lower() not in ID_STATUS:
        fails = condition.operator in (":", "=") and condition.value.lower() == "error"
        return "exact" if data_set == "logs" else "wider" if fails else "unknown"
    return "unknown" if condition.field in _OF_ID else "exact"


def columns_for(query: Query) -> frozenset[str]:
    """The columns that a query is asked of, besides :data:`ALWAYS`."""
    if isinstance(query, Word):
        return frozenset({*_NAMES, *_MAPS, _IN_EVENTS, "SpanId"})
    if isinstance(query, Compare):
        if query.attribute:
            return frozenset(_MAPS)
        if query.field == "status":
            return frozenset({"StatusCode", *_MAPS, _IN_EVENTS})
        return frozenset({_COLUMN[query.field]} if query.field in _COLUMN else ())
    terms = (query.term,) if isinstance(query, Not) else query.terms
    return frozenset().union(*map(columns_for, terms))


class Asked:
    """The rows of a batch. Implements :class:`explorer.query.columns.Columns`."""

    def __init__(self, rows: pa.RecordBatch, day_start_ns: int) -> None:
        self.cells = Cells(rows)
        self.length = self.cells.length
        self.day_start_ns = day_start_ns

    def strings(self, field: str) -> Coded | None:
        """As the protocol says."""
        if field == "status":
            return self._failing().astype(np.int64) * 2, _STATUSES
        column = self.cells.strings(_COLUMN.get(field, field))
        if column is None:
            return None
        codes, table = _coded(column)
        if field in ("trace", "span"):
            table = [text.lower() for text in table]
        if field == "kind":
            table = [text.rpartition("_")[2].lower() for text in table]
        if field == "level":
            table = [severity_word(int(text)).lower() if text.isdigit() else "" for text in table]
        return codes, table

    def numbers(self, field: str) -> Numbers | None:
        """As the protocol says."""
        if field == "start":
            return self.times()
        return self.durations() if field == "duration" else None

    def times(self) -> NDArray[np.int64]:
        """When each row begins, in ns since 1970."""
        return np.array(self.cells.times("Timestamp"), np.int64)

    def durations(self) -> NDArray[np.int64]:
        """How long each row lasts, in ns; 0 of logs."""
        return np.array(self.cells.numbers("Duration"), np.int64)

    def text_match(self, needle: str, exact: bool) -> Mask:  # noqa: ARG002 - rows too many are allowed
        """Words in names and messages, and in attributes, from which peers and errors are taken."""
        hit = self.any_value(needle)
        for name in _NAMES:
            column = self.cells.strings(name)
            if column is not None:
                hit |= _mask(pc.match_substring(column, needle, ignore_case=True))
        return hit

    def attribute(self, name: str) -> Coded | None:
        """An attribute of the row, else of its resource."""
        wanted, found = normalise(name), np.full(self.length, None, object)
        for column in reversed(_MAPS):
            if column not in self.cells:
                continue
            keys, values, owners = self.cells.items(column)
            fits = _keys_that(keys, lambda key: normalise(key) == wanted)
            found[owners[fits]] = values.filter(pa.array(fits)).to_pylist()
        return _coded(pa.array(found, pa.string()))

    def any_value(self, needle: str, *, beginning: bool = False) -> Mask:
        """Rows with an attribute in whose value a text stands, whatever its case, or that begins with it."""
        holds = pc.starts_with if beginning else pc.match_substring
        hit = np.zeros(self.length, np.bool_)
        for _, values, owners in self._attributes():
            hit[owners[_mask(holds(values, needle, ignore_case=True))]] = True
        return hit

    def _failing(self) -> Mask:
        """Rows that say that they failed, or hold an attribute from which it may follow."""
        hit = np.zeros(self.length, np.bool_)
        codes = self.cells.strings("StatusCode")
        if codes is not None:
            hit |= _mask(pc.ends_with(codes, "error", ignore_case=True))
        for keys, values, owners in self._attributes():
            telling = _keys_that(keys, lambda key: role(key) in _TELLING)
            hit[owners[telling & ~_mask(pc.match_substring_regex(values, _FINE))]] = True
        return hit

    def _attributes(self) -> Iterator[tuple[pa.Array, pa.Array, NDArray[np.int64]]]:
        """Keys and values of all attributes of a column, and the row of each."""
        for name in _MAPS:
            if name in self.cells:
                yield self.cells.items(name)
        if _IN_EVENTS in self.cells:
            pairs = [
                [pair for one in many for pair in one]
                for many in self.cells.lists_of_maps("Events", "Attributes")
            ]
            owners = np.repeat(np.arange(self.length), [len(many) for many in pairs])
            flat = [pair for many in pairs for pair in many]
            keys, values = (pa.array([pair[i] for pair in flat], pa.string()) for i in (0, 1))
            yield keys, values, owners


def _keys_that(keys: pa.Array, test: Any) -> Mask:
    """Which keys meet a test, which is asked of each distinct one once."""
    codes, table = _coded(keys)
    met: Mask = np.array([*map(test, table), False], np.bool_)[codes]
    return met


def _mask(found: pa.Array) -> Mask:
    mask: Mask = pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False)
    return mask


def _coded(values: pa.Array) -> Coded:
    encoded = values.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return codes, encoded.dictionary.to_pylist()
