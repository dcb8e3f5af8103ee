"""Decoded rows of one shape to columns.

Rows come in chunks; of each chunk only compact values are kept (codes, numbers, joined texts), so that the
decoded objects of the next chunk find the memory of the last one still warm.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from explorer.decoding import lenient
from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.lines import LineKind, LineValues
from explorer.decoding.logs.objects import (
    FAULT_ROLES,
    FIELD_ROLES,
    FLAGS,
    LOGGER_OR_SERVICE,
    RESOURCE_ROLES,
    STATUS,
    is_logger,
    is_scalar,
    nanoseconds,
    severity_value,
    status_code,
)
from explorer.decoding.logs.propagation import is_decimal_field, span_of, trace_code, trace_context
from explorer.decoding.logs.shape import Leaf, Shape
from explorer.decoding.logs.time_columns import times_in_lines
from explorer.decoding.logs.times import parse_time
from explorer.model.fields import Role
from explorer.model.ids import span_numbers
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Column = Sequence[Any]
Columns = dict[Leaf, list[Any]]


class Memo(dict[Any, int]):
    """Remembers what a function says of each value (of which there are few)."""

    def __init__(self, of: Callable[[Any], int]) -> None:
        super().__init__()
        self.of = of

    def __missing__(self, value: Any) -> int:
        found = self[value] = self.of(value)
        return found


class Gathered:
    """Columns of the telling keys of one shape, filled from chunks of decoded rows."""

    def __init__(self, shape: Shape, context: FileContext) -> None:
        self.shape = shape
        self.context = context
        self._at: list[Longs] = []
        self._count = 0
        self._odd: list[int] = []
        self._severity, self._content = bytearray(), bytearray()
        self._trace, self._resource = array("i"), array("i")
        self._spans: list[NDArray[np.uint64]] = []
        self._time_texts: list[str] = []
        self._nanoseconds: list[Any] = []
        self._times_parsed: dict[int, tuple[int, bool]] = {}
        self._fields: list[tuple[Longs, str, Sequence[str]]] = []
        self._by_role = {role.value: shape.with_role(role) for role in Role}
        self._columns = [leaf for leaf in shape.leaves if leaf.role is not Role.MESSAGE]
        self._objects = [leaf for leaf in shape.leaves if leaf.may_be_object]
        self._named = [
            leaf for leaf in shape.leaves if leaf.role in FIELD_ROLES or context.is_id_field(leaf.name)
        ]
        self._levels = {
            leaf: Memo(partial(severity_value, leaf.name)) for leaf in shape.with_role(Role.SEVERITY)
        }
        self._traces = {
            leaf: Memo(partial(self._trace_code, leaf.name)) for leaf in shape.with_role(Role.TRACE_ID)
        }
        self._resource_names = [name for role, name in RESOURCE_ROLES.items() if shape.with_role(role)]
        self._processes = [leaves for role in RESOURCE_ROLES if (leaves := shape.with_role(role))]
        self._resources = Memo(self._resource_code)
        self._resource_codes: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return self._count

    @property
    def at(self) -> Longs:
        """int64 (n,): the number of each row among the caller's lines."""
        return np.concatenate(self._at) if self._at else np.empty(0, np.int64)

    def add(self, rows: list[Any], at: Longs) -> None:
        """Take in decoded rows, which may then be dropped; ``at`` are their numbers among the caller's lines."""
        first = self._count
        self._at.append(at)
        self._count += len(rows)
        columns = {leaf: leaf.column(rows) for leaf in self._columns}
        odd = self._take_objects_out(columns, rows)
        self._add_times(columns, len(rows))
        for leaf in self.shape.with_role(Role.NANOSECOND)[:1]:
            self._nanoseconds.extend(columns[leaf])
        severity, content = self._severities(columns, rows)
        self._severity += severity
        self._content += content
        if 0 in content:
            odd.update(i for i, told in enumerate(content) if not told)
        self._add_ids(columns, len(rows))
        self._add_resources(columns, len(rows))
        self._add_fields(columns, first, odd)
        self._odd.extend(first + i for i in sorted(odd))

    def values(self) -> tuple[LineValues, Longs]:
        """Values of all rows, and the rows that must be read one by one."""
        values = LineValues.empty(len(self))
        text = ("\n".join(self._time_texts) + "\n").encode("ascii", "replace")  # no time has other characters
        ns, found, zoned = times_in_lines(text, len(self), self.context.reference)
        for row, (one, has_zone) in self._times_parsed.items():
            ns[row], found[row], zoned[row] = one, True, has_zone
        for leaf in self.shape.with_role(Role.TIME)[:1] if self._nanoseconds else ():
            ns = ns + np.array([nanoseconds(leaf.name, one) for one in self._nanoseconds], np.int64) * found
        values.time[:] = ns
        values.flags[:] = np.where(found & ~zoned, LogFlag.NO_ZONE, 0)
        values.severity[:] = np.frombuffer(self._severity, np.uint8)
        values.kind[:] = np.where(
            np.frombuffer(self._content, np.uint8) > 0, LineKind.OBJECT, LineKind.FOREIGN
        )
        values.trace[:] = np.array(self._trace, np.int32)
        if self._spans:
            values.span_id[:] = np.concatenate(self._spans)
        codes = np.array(self._resource_codes, np.int32)[np.array(self._resource, np.int32)]
        values.service[:], values.resource[:] = codes[:, 0], codes[:, 1]
        values.fields = self._fields
        odd = set(self._odd)
        if len(self.shape.with_role(Role.TIME)) > 1:  # the first may be no time and the second one
            odd.update(np.flatnonzero(~found).tolist() if not self._nanoseconds else range(len(self)))
            values.fields = [_without(rows, odd) for rows in self._fields]
        return values, np.array(sorted(odd), np.int64)

    def _take_objects_out(self, columns: Columns, rows: list[Any]) -> set[int]:
        """Rows that hold an object or list where others hold a value; taken out of the columns."""
        odd: set[int] = set()
        for leaf in self._objects:
            column = columns.get(leaf) or leaf.column(rows)
            odd.update(i for i, value in enumerate(column) if isinstance(value, dict | list))
            columns[leaf] = [None if isinstance(value, dict | list) else value for value in column]
        return odd

    def _add_times(self, columns: Columns, count: int) -> None:
        leaves = self._by_role["time"]
        texts: list[Any] = columns[leaves[0]] if leaves else [""] * count
        for leaf in leaves[1:]:
            if not all(texts):
                texts = [a or b for a, b in zip(texts, columns[leaf], strict=True)]
        if not (len(leaves) == 1 and leaves[0].is_text):
            first = self._count - count
            for i, value in enumerate(texts):
                if isinstance(value, str):
                    continue
                digits = bytes(value) if isinstance(value, msgspec.Raw) else b""
                texts[i] = digits.decode() if digits.replace(b".", b"").isdigit() else ""
                if not texts[i] and (parsed := parse_time(_exact(value), self.context.reference)):
                    self._times_parsed[first + i] = parsed
        joined = "\n".join(texts)
        if joined.count("\n") != count - 1:  # a time with a line break in it is none
            joined = "\n".join(["" if "\n" in text else text for text in texts])
        self._time_texts.append(joined)

    def _severities(self, columns: Columns, rows: list[Any]) -> tuple[bytes, bytes]:
        """Severities, and for each row whether it tells what happened, a byte a row."""
        found = bytearray(len(rows))
        for leaf in reversed(self._by_role["severity"]):
            numbers = bytearray(list(map(self._levels[leaf].__getitem__, columns[leaf])))
            found = numbers if 0 not in numbers else bytearray(map(or_else, numbers, found))
        if 0 not in found:
            return bytes(found), b"\x01" * len(rows)
        content = bytearray(map(bool, found))
        for leaf in self.shape.with_role(Role.MESSAGE):
            told = [value not in (None, "") for value in leaf.column(rows)]
            content = bytearray(a or b for a, b in zip(content, told, strict=True))
        for row in [i for i, number in enumerate(found) if not number]:
            found[row], otherwise = self._severity_otherwise(columns, row)
            content[row] |= otherwise
        return bytes(found), bytes(content)

    def _severity_otherwise(self, columns: Columns, row: int) -> tuple[int, bool]:
        """Severity of a row without level: by its HTTP status or its exception; and whether it has one of them."""
        codes = [status_code(columns[leaf][row]) for leaf in self.shape.with_role(Role.HTTP_STATUS)]
        code = next((code for code in codes if code is not None), None)
        leaves = [leaf for role in FAULT_ROLES for leaf in self.shape.with_role(role)]
        faulty = any(columns[leaf][row] not in (None, "") for leaf in leaves)
        told = faulty or code is not None
        status = self._value(columns, STATUS, row)
        if isinstance(status, str) and not status.isdecimal() and (number := levels.word_severity(status)):
            return number, told
        code = status_code(status) or None if code is None else code
        if code is not None:
            return levels.status_severity(code, plain=self._value(columns, FLAGS, row) == "-"), told
        return (levels.ERROR if faulty else 0), told

    def _value(self, columns: Columns, name: str, row: int) -> object:
        leaf = self.shape.named(name)
        return None if leaf is None else columns[leaf][row]

    def _add_ids(self, columns: Columns, count: int) -> None:
        trace: Sequence[int] = [-1] * count
        leaves = self._by_role["trace-id"]
        for leaf in reversed(leaves):
            codes = list(map(self._traces[leaf].__getitem__, columns[leaf]))
            trace = (
                codes if len(leaves) == 1 else [b if a < 0 else a for a, b in zip(codes, trace, strict=True)]
            )
        spans = np.zeros(count, np.uint64)
        for leaf in self._by_role["span-id"]:
            found = _span_column(leaf, columns[leaf])
            spans = np.where(spans == 0, found, spans)
        for leaf in self._by_role["trace-context"]:
            trace = list(trace)
            for row, value in enumerate(columns[leaf]):
                if value and trace[row] < 0 and (context := trace_context(value)):
                    trace[row] = self.context.builder.traces.number(context[0])
                    spans[row] = spans[row] or np.uint64(context[1])
        self._trace.extend(trace)
        self._spans.append(spans)

    def _trace_code(self, name: str, value: Any) -> int:
        return trace_code(name, value, self.context.builder.traces)

    def _add_resources(self, columns: Columns, count: int) -> None:
        if not self._processes:
            self._resource.extend(array("i", [self._resources[()]]) * count)
            return
        merged = [
            _first_texts([(leaf, _no_loggers(leaf, columns[leaf])) for leaf in leaves])
            for leaves in self._processes
        ]
        keys = merged[0] if len(merged) == 1 else zip(*merged, strict=True)
        self._resource.fromlist(list(map(self._resources.__getitem__, keys)))

    def _resource_code(self, key: Any) -> int:
        parts = key if isinstance(key, tuple) else (key,)
        pairs = zip(self._resource_names, parts, strict=True)
        told = {name: str(part) for name, part in pairs if part not in (None, "")}
        self._resource_codes.append(self.context.resource(told))
        return len(self._resource_codes) - 1

    def _add_fields(self, columns: Columns, first: int, odd: set[int]) -> None:
        for leaf in self._named:
            column = columns[leaf]
            if not odd and leaf.is_text and "" not in column:
                self._fields.append((np.arange(first, first + len(column)), leaf.name, column))
                continue
            rows = [i for i, value in enumerate(column) if i not in odd and is_scalar(value)]
            if rows:
                texts = [str(column[i]) for i in rows]
                self._fields.append((np.array(rows, np.int64) + first, leaf.name, texts))


def _without(fields: tuple[Longs, str, Sequence[str]], odd: set[int]) -> tuple[Longs, str, Sequence[str]]:
    rows, name, texts = fields
    kept = [i for i, row in enumerate(rows.tolist()) if row not in odd]
    return rows[kept], name, [texts[i] for i in kept]


def or_else(first: int, second: int) -> int:
    """The first number, or the second where that is 0."""
    return first or second


def _exact(value: object) -> object:
    """The digits of a raw number as a decimal; other values as they are."""
    return (
        lenient.loads(bytes(value), exact=True) if isinstance(value, msgspec.Raw) and bytes(value) else value
    )


def _span_column(leaf: Leaf, column: Column) -> NDArray[np.uint64]:
    if leaf.is_text and not is_decimal_field(leaf.name):
        return span_numbers(column)
    return np.array([span_of(leaf.name, value) for value in column], np.uint64)


def _no_loggers(leaf: Leaf, column: list[Any]) -> list[Any]:
    """A column without the values that name loggers, which stand where others name the service."""
    if leaf.name != LOGGER_OR_SERVICE:
        return column
    return ["" if is_logger(leaf.name, value) else value for value in column]


def _first_texts(columns: list[tuple[Leaf, list[Any]]]) -> list[Any]:
    """The first value of each row that is text or a whole number and not empty, else ``""`` or None."""
    leaf, first = columns[0]
    if not leaf.is_text:
        first = [v if isinstance(v, str | int) and not isinstance(v, bool) else "" for v in first]
    if len(columns) == 1 or ("" not in first):
        return first
    rest = _first_texts(columns[1:])
    return [b if a == "" else a for a, b in zip(first, rest, strict=True)]
