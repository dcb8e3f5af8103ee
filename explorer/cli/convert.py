"""``convert``: everything, or some ids, as OTLP JSON lines or as Parquet data sets."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from explorer.analysis.lookup import find_id
from explorer.cli.opening import read
from explorer.errors import InputError, UsageError
from explorer.model.garbage import uncollected
from explorer.model.raw import ChangedError
from explorer.model.store import Store
from explorer.session.saving import saved_file
from explorer.writers.otlp_json import otlp_lines


def run(arguments: argparse.Namespace) -> int:
    """Write the file, or the folder."""
    write = _parquet() if arguments.format == "parquet" else _lines(arguments.output)
    store = read(arguments)
    rows = None
    if arguments.query or arguments.begin or arguments.end:
        from explorer.cli.answering import answer, chosen

        rows = np.flatnonzero(chosen(arguments, store, answer(store))).tolist()
    elif arguments.id:
        rows = [find_id(store, text) for text in arguments.id]
    try:
        with uncollected():
            write(store, arguments.output, rows)
    except ChangedError as error:
        raise InputError(f"{error} Nothing was written.") from error
    return 0


def _lines(output: Path) -> Callable[[Store, Path, Sequence[int] | None], None]:
    if output.suffix.lower() not in (".jsonl", ".json", ".ndjson"):
        raise UsageError(f"OTLP JSON lines are written to a .jsonl file, not {output.name}.")
    return _write_lines


def _write_lines(store: Store, output: Path, rows: Sequence[int] | None) -> None:
    with saved_file(output) as stream:
        for line in otlp_lines(store, rows):
            stream.write(line + b"\n")


def _parquet() -> Callable[[Store, Path, Sequence[int] | None], None]:
    try:
        from explorer.writers.parquet import write_parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow: pip install 'trace-explorer[parquet]'.") from None
    return write_parquet
