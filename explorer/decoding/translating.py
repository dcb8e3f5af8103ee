"""Binary files that are read as the JSON of the same model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from explorer.decoding.contract import OpenRecord
from explorer.decoding.lenient import dumps
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail

Translate = Callable[[bytes], tuple[Any, int]]
"""The JSON of a file, empty where no span is in it; and how many spans are damaged, those behind a break as one."""


def read_translated(records: Records, builder: Builder, reader: str, translate: Translate) -> Sequence[int]:
    """Hand the JSON of each file on to its readers; files in which no span is found are returned."""
    refused = []
    for i in range(len(records)):
        found, damaged = translate(records[i])
        if not found:
            refused.append(i)
            continue
        if damaged:
            text = "spans that are damaged or cut short are left out"
            offset = records.offset + int(records.starts[i])
            builder.skip("warning", "broken-record", text, offset=offset, count=damaged)
        builder.hand_on(builder.canonical(records.take(np.array([i])), [dumps(found)]))
        # Once more than who reads the spans, so that the file goes by this name.
        builder.count_format(reader, 1)
    return refused


def open_bytes(raw: bytes) -> OpenRecord:
    """The bytes themselves: spans are opened as the JSON they were read as."""
    return lambda _: Detail(raw=raw[: 1 << 16].hex(" "))
