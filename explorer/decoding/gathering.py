"""Files that are read as a whole once they end, for their format tells nothing line by line (YAML)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.model.builder import Builder, Records


def gather(records: Records, builder: Builder, reader: str, finish: Callable[[bytes], None]) -> None:
    """Keep the lines of the current file, all of which then go to this reader.

    Args:
        finish: is called with all of the file at its end; the file is no longer held then.
    """
    whole = builder.memory.get(reader)
    if builder.held != reader or not isinstance(whole, bytearray):
        whole = builder.memory[reader] = bytearray()
        builder.hold()
        builder.at_end(lambda: _finish(builder, reader, finish))
    whole += records.data if records.data.endswith(b"\n") else records.data + b"\n"


def _finish(builder: Builder, reader: str, finish: Callable[[bytes], None]) -> None:
    builder.begin_reader(reader)
    builder.held = ""
    finish(bytes(builder.memory.pop(reader)))


def hand_on(builder: Builder, line: bytes) -> None:
    """Have a JSON document read that was made of a gathered file, by whoever knows it."""
    nowhere = Records(len(builder.files) - 1, b"", 0, np.zeros(0, np.int64), np.zeros(0, np.int64))
    builder.hand_on(builder.canonical(nowhere, [line]))
