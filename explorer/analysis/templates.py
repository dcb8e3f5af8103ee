"""Log templates: ten thousand lines become twenty patterns, each with how often it stands there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.fulltext import logs_holding
from explorer.analysis.scanning import watched
from explorer.decoding.needles import Needle
from explorer.errors import Cancelled
from explorer.model.raw import ChangedError
from explorer.model.store import Store
from explorer.readers.details import log_detail

Rows = NDArray[np.int64]
MOST_READ: Final = 10_000
"""Records that are decoded at most, evenly over those given: some seconds of work."""
_MESSAGE: Final = 400
_CONSTANT: Final = re.compile(r"[A-Za-z0-9_.,:;()=-]+(?: [A-Za-z0-9_.,:;()=-]+)*")


@dataclass(frozen=True, slots=True)
class LogTemplate:
    """Records of one service whose messages differ only in their parameters.

    Attributes:
        text: the message with ``<*>`` for each parameter; service: code in ``store.services``.
        count: how many of the records read; severity: the highest of them.
    """

    text: str
    service: int
    count: int
    severity: int


@dataclass(frozen=True, slots=True)
class Mined:
    """Templates, commonest first, and of how many records; ``read`` is less than ``total`` where there are too many."""

    templates: tuple[LogTemplate, ...]
    read: int
    total: int


def mine_templates(store: Store, rows: Rows, cancelled: Callable[[], bool] = lambda: False) -> Mined:
    """The templates of some log records.

    Raises:
        Cancelled: as soon as ``cancelled`` says so.
    """
    step = max(1, -(-len(rows) // MOST_READ))
    read = rows[::step]
    codes, texts = _codes(store, read, cancelled)
    service = store.logs.service[read].astype(np.int64)
    keys, inverse, counts = np.unique(
        codes * (len(store.services) + 1) + service, return_inverse=True, return_counts=True
    )
    severity = np.zeros(len(keys), np.int64)
    np.maximum.at(severity, inverse, store.logs.severity[read])
    found = [
        LogTemplate(texts[key // (len(store.services) + 1)], key % (len(store.services) + 1), count, level)
        for key, count, level in zip(keys.tolist(), counts.tolist(), severity.tolist(), strict=True)
    ]
    return Mined(tuple(sorted(found, key=lambda one: (-one.count, one.text))), len(read), len(rows))


def rows_like(
    store: Store, rows: Rows, wanted: LogTemplate, cancelled: Callable[[], bool] = lambda: False
) -> Rows:
    """Those of the rows that a template stands for.

    Each is decoded to be sure; where more than :data:`MOST_READ` might be, those that hold the template's longest
    constant words are taken. Raises as :func:`mine_templates`.
    """
    rows = rows[store.logs.service[rows] == wanted.service]
    if len(rows) > MOST_READ:
        words = max(_CONSTANT.findall(wanted.text.replace("<*>", "\n")), key=len, default="")
        if words:
            rows = rows[logs_holding(store, Needle(words.lower()), watched(cancelled))[rows]]
        if len(rows) > MOST_READ:
            return rows
    codes, texts = _codes(store, rows, cancelled)
    return rows[codes == texts.index(wanted.text)] if wanted.text in texts else rows[:0]


class _Known:
    """Templates of a store that were found before: code of each record, -1 where it was not read."""

    def __init__(self, logs: int) -> None:
        self.codes = np.full(logs, -1, np.int64)
        self.table: dict[str, int] = {}
        self.lock = Lock()


@lru_cache(maxsize=1)
def _known(store: Store) -> _Known:
    return _Known(len(store.logs))


def _codes(store: Store, rows: Rows, cancelled: Callable[[], bool]) -> tuple[Rows, list[str]]:
    """Template codes of rows, int64 (rows,), and the texts; reads those that nobody asked for before."""
    known, logs = _known(store), store.logs
    with known.lock:
        missing = rows[known.codes[rows] < 0]
        # In the order of the files, so that each packed block is unpacked once.
        for row in missing[np.lexsort((logs.index[missing], logs.doc[missing]))].tolist():
            if cancelled():
                raise Cancelled
            try:
                detail = log_detail(store, row)
                text = template((detail.message or detail.exception_message or detail.raw)[:_MESSAGE])
            except ChangedError as error:
                text = str(error)
            known.codes[row] = known.table.setdefault(text, len(known.table))
        return known.codes[rows], list(known.table)
