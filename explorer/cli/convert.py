"""``convert``: everything, or some ids, as OTLP JSON lines."""

from __future__ import annotations

import argparse

import numpy as np

from explorer.analysis.lookup import find_id
from explorer.cli.opening import answer, chosen, read
from explorer.errors import UsageError
from explorer.session.saving import saved_file
from explorer.writers.otlp_json import otlp_lines


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    if arguments.format == "parquet":
        raise UsageError("Writing Parquet is not built yet; leave out --to for OTLP JSON lines.")
    if arguments.output.suffix.lower() not in (".jsonl", ".json", ".ndjson"):
        raise UsageError(f"OTLP JSON lines are written to a .jsonl file, not {arguments.output.name}.")
    store = read(arguments)
    rows = None
    if arguments.id:
        rows = [find_id(store, text) for text in arguments.id]
    elif arguments.query or arguments.begin or arguments.end:
        rows = np.flatnonzero(chosen(arguments, store, answer(store))).tolist()
    with saved_file(arguments.output) as stream:
        for line in otlp_lines(store, rows):
            stream.write(line + b"\n")
    return 0
