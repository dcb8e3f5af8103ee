"""A store as files of a folder of our own, and back.

Columns are ``.npy`` files, large ones mapped when loaded; string tables are one text with the end of each
entry; records of which there are few are lines of JSON, each a list of some hundred; packed raw blocks are one
file. Users' files are never copied: where the store reads their bytes again, only their path is kept.

The folder is written by one process and only ever read after. Nothing in it is executable (no pickle).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar, overload

import msgspec
import numpy as np

from explorer.model.columns import AnyArray
from explorer.model.correlate import Correlation, IdRow
from explorer.model.issue import Issue
from explorer.model.raw import BlockMap, FileBlocks, RawBytes
from explorer.model.records import File, FileCounts, Finding, Mark, Resource, Series
from explorer.model.store import Logs, Spans, Store, Traces

FORMAT: Final = 3
"""Of the folder; another one is not read."""

MAPPED_FROM: Final = 1 << 20
"""Bytes from which a column is mapped and not read: each map takes a file descriptor."""

LINE: Final = 100
"""Records in a line of JSON: decoding a line must not hold up other threads for long."""

_COLUMNS: Final = {"spans": Spans, "logs": Logs}
_TABLES: Final = (
    "failures", "events", "links", "span_fields", "log_fields", "documents", "points", "exemplars",
)  # fmt: skip
_TEXTS: Final = ("services", "operations", "texts", "readers")
_RECORDS: Final[dict[str, Any]] = {
    "resources": Resource, "series": Series, "marks": Mark, "findings": Finding, "files": File,
    "counts": FileCounts, "issues": Issue,
}  # fmt: skip
_HALF: Final = (1 << 64) - 1

R = TypeVar("R")


class UnreadableError(Exception):
    """The folder holds no whole store of this format."""


def save(store: Store, folder: Path) -> None:
    """Write the store into an existing, empty folder. Raises ``OSError``."""
    for name, kind in _COLUMNS.items():
        columns = getattr(store, name)
        save_columns({field.name: getattr(columns, field.name) for field in fields(kind)}, folder, name)
    tables = {name: getattr(store, name) for name in _TABLES}
    for name, table in tables.items():
        save_columns(table, folder, name)
    for name in _TEXTS:
        _save_texts(getattr(store, name), folder, name)
    for name in _RECORDS:
        save_records(getattr(store, name), folder, name)
    _save_traces(store.traces, folder)
    _save_correlation(store.correlation, folder)
    _save_raw(store.raw, folder)
    head = {
        "format": FORMAT, "name": store.name, "seconds": store.seconds,
        "tables": {name: list(table) for name, table in tables.items()},
    }  # fmt: skip
    (folder / "store.json").write_text(json.dumps(head), "ascii")


def load(folder: Path) -> Store:
    """The store that was saved there. Its arrays are read-only.

    Raises:
        UnreadableError: there is none, or it is not whole.
    """
    try:
        head = json.loads((folder / "store.json").read_text("ascii"))
        if head["format"] != FORMAT:
            raise UnreadableError(f"format {head['format']}")
        return _loaded(folder, head)
    except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError) as error:
        raise UnreadableError(str(error)) from error


def _loaded(folder: Path, head: dict[str, Any]) -> Store:
    texts: dict[str, Any] = {name: _load_texts(folder, name) for name in _TEXTS}
    records: dict[str, Any] = {
        name: tuple(load_records(folder, name, kind)) for name, kind in _RECORDS.items()
    }
    tables: dict[str, Any] = {
        name: load_columns(folder, name, columns) for name, columns in head["tables"].items()
    }
    traces = _load_traces(folder)
    return Store(
        name=head["name"], seconds=head["seconds"],
        spans=Spans(**load_columns(folder, "spans", [field.name for field in fields(Spans)])),
        logs=Logs(**load_columns(folder, "logs", [field.name for field in fields(Logs)])),
        traces=traces, correlation=_load_correlation(folder, traces),
        raw=_load_raw(folder, records["files"]), **texts, **records, **tables,
    )  # fmt: skip


# -- columns -------------------------------------------------------------------------------------------


def save_columns(columns: Mapping[str, AnyArray], folder: Path, prefix: str) -> None:
    """Write each array to ``<prefix>.<name>.npy``."""
    for name, values in columns.items():
        _save_array(folder / f"{prefix}.{name}.npy", values)


def load_columns(folder: Path, prefix: str, names: Iterable[str]) -> dict[str, AnyArray]:
    """Read such arrays again, read-only."""
    return {name: _load_array(folder / f"{prefix}.{name}.npy") for name in names}


def _load_array(path: Path) -> AnyArray:
    mapped = path.stat().st_size >= MAPPED_FROM
    values = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    array: AnyArray = values.view(np.ndarray) if mapped else values
    array.flags.writeable = False
    return array


def _save_array(path: Path, values: AnyArray) -> None:
    whole = np.ascontiguousarray(values)
    with open(path, "wb") as stream:
        np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(whole))
        stream.write(whole.data)  # np.save does not say why a disk took no more


def _save_numbers(folder: Path, name: str, values: Sequence[int], dtype: str = "int64") -> None:
    _save_array(folder / f"{name}.npy", np.array(values, dtype=dtype))


# -- texts and records ---------------------------------------------------------------------------------


def _save_texts(texts: Sequence[str], folder: Path, name: str) -> None:
    # Lone surrogates are possible: JSON may spell them, and file names that are no UTF-8 become such.
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    _save_numbers(folder, f"{name}.ends", np.cumsum([len(part) for part in parts], dtype=np.int64).tolist())
    (folder / f"{name}.text").write_bytes(b"".join(parts))


def _load_texts(folder: Path, name: str) -> tuple[str, ...]:
    whole = (folder / f"{name}.text").read_bytes()
    ends = np.load(folder / f"{name}.ends.npy", allow_pickle=False).tolist()
    if len(whole) != (ends[-1] if ends else 0):
        raise ValueError(f"{name} is cut short")
    starts = [0, *ends][: len(ends)]
    return tuple(
        whole[begin:end].decode("utf-8", "surrogatepass") for begin, end in zip(starts, ends, strict=True)
    )


def save_records(records: Sequence[object], folder: Path, name: str) -> None:
    """Write frozen dataclasses of plain values as lines of JSON."""
    # The standard library's encoder, because it writes lone surrogates, NaN and integers of any size.
    with open(folder / f"{name}.jsonl", "w", encoding="ascii") as stream:
        for begin in range(0, len(records), LINE):
            plain = msgspec.to_builtins(records[begin : begin + LINE], enc_hook=_number)
            stream.write(json.dumps(plain) + "\n")


def save_each(records: Sequence[object], folder: Path, name: str) -> None:
    """As :func:`save_records`, one record a line, with where each ends, so that they can be read one by one."""
    ends, end = [], 0
    with open(folder / f"{name}.jsonl", "w", encoding="ascii") as stream:
        for record in records:
            end += stream.write(json.dumps([msgspec.to_builtins(record, enc_hook=_number)]) + "\n")
            ends.append(end)
    _save_numbers(folder, f"{name}.ends", ends)


class Kept(Sequence[R]):
    """Records that :func:`save_each` wrote, each decoded when it is asked for.

    Raises:
        ValueError: they are not whole, or (when asked for) not of that kind.
        OSError: the files are not there.
    """

    def __init__(self, folder: Path, name: str, kind: type[R]) -> None:
        path = folder / f"{name}.jsonl"
        self._ends = np.load(folder / f"{name}.ends.npy", allow_pickle=False).tolist()
        size = path.stat().st_size
        if size != (self._ends[-1] if self._ends else 0):
            raise ValueError(f"{name} are cut short")
        self._bytes = np.memmap(path, np.uint8, "r") if size else np.empty(0, np.uint8)
        self._decode = _decoder(kind)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, at: int) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[R]: ...
    def __getitem__(self, at: int | slice) -> R | Sequence[R]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        begin = self._ends[at - 1] if at else 0
        return self._decode(self._bytes[begin : self._ends[at]].tobytes())[0]


def _decoder(kind: type[R]) -> Callable[[bytes], list[R]]:
    """Of a line of records."""
    decoder: Any = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]

    def decode(line: bytes) -> list[R]:
        try:
            found: list[R] = decoder.decode(line)
        except msgspec.DecodeError:  # it does not know all that the encoder writes
            found = msgspec.convert(json.loads(line), list[kind])  # type: ignore[valid-type]
        return found

    return decode


def _number(value: Any) -> object:
    """A numpy scalar as a plain number, so that a reader may leave one in a record."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a record")


def load_records(folder: Path, name: str, kind: type[R]) -> list[R]:
    """Read such records again. Raises ``ValueError`` where they are not of that kind, or ``OSError``."""
    decode = _decoder(kind)
    with open(folder / f"{name}.jsonl", "rb") as stream:
        return [record for line in stream for record in decode(line)]


# -- traces, ids, raw bytes ----------------------------------------------------------------------------


def _save_traces(traces: Traces, folder: Path) -> None:
    columns = {
        "high": np.array([number >> 64 for number in traces.number], np.uint64),
        "low": np.array([number & _HALF for number in traces.number], np.uint64),
        "first": traces.first, "start": traces.start, "end": traces.end,
    }  # fmt: skip
    save_columns(columns, folder, "traces")
    _save_texts(traces.text, folder, "traces")


def _load_traces(folder: Path) -> Traces:
    found: dict[str, Any] = load_columns(folder, "traces", ("high", "low", "first", "start", "end"))
    halves = zip(found["high"].tolist(), found["low"].tolist(), strict=True)
    numbers = tuple(high << 64 | low for high, low in halves)
    return Traces(numbers, _load_texts(folder, "traces"), found["first"], found["start"], found["end"])


def _save_correlation(correlation: Correlation, folder: Path) -> None:
    save_records(correlation.rows, folder, "ids")
    columns: dict[str, AnyArray] = {
        name: getattr(correlation, name) for name in ("of_trace", "log_order", "log_first")
    }
    save_columns(columns, folder, "ids")


def _load_correlation(folder: Path, traces: Traces) -> Correlation:
    found: dict[str, Any] = load_columns(folder, "ids", ("of_trace", "log_order", "log_first"))
    rows = tuple(load_records(folder, "ids", IdRow))
    return Correlation(rows=rows, trace_by_number={n: i for i, n in enumerate(traces.number)}, **found)


def _save_raw(raw: RawBytes, folder: Path) -> None:
    ends: list[int] = []
    with open(folder / "blocks.zst", "wb") as stream:
        for number in range(sum(len(where.starts) for where in raw.maps.values())):
            stream.write(raw.blocks.block(number))
            ends.append(stream.tell())
    _save_numbers(folder, "blocks.ends", ends)
    maps = {str(file): [where.first, list(where.starts)] for file, where in raw.maps.items()}
    (folder / "blocks.json").write_text(json.dumps(maps), "ascii")


def _load_raw(folder: Path, files: Sequence[File]) -> RawBytes:
    found = json.loads((folder / "blocks.json").read_text("ascii"))
    maps = {int(file): BlockMap(int(first), tuple(starts)) for file, (first, starts) in found.items()}
    ends = np.load(folder / "blocks.ends.npy", allow_pickle=False).tolist()
    if (folder / "blocks.zst").stat().st_size != (ends[-1] if ends else 0):
        raise ValueError("the blocks are cut short")
    return RawBytes(files, maps, FileBlocks(folder / "blocks.zst", ends))
