"""Texts and attributes of spans and logs, read again from the raw bytes and kept while an analysis lasts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.signals import Signal
from explorer.analysis.wording import clip
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.schema import GRPC, FailureKind
from explorer.model.store import Store
from explorer.readers.details import log_detail, raw_bytes, span_detail

KEPT = 4096
"""Details of log records that are kept; their texts are all kept."""
_NOTHING = Detail()


@cache
def _empty(count: int) -> tuple[str, ...]:
    return ("",) * count


class Said(NamedTuple):
    """The texts of a log record: what it says (else what was raised), and that with what was raised, in one line."""

    message: str
    words: str


class Reading:
    """Details of one store. What can no longer be read (the file changed on disk, say) reads as empty."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._spans: dict[int, Detail] = {}
        self._logs: dict[int, Detail] = {}
        self._said: dict[int, Said] = {}
        self._fields: dict[tuple[int, tuple[str, ...]], tuple[str, ...]] = {}
        self._may_say: dict[tuple[int, re.Pattern[bytes]], bool] = {}

    def forget(self) -> None:
        """Drop what was read."""
        self._spans.clear()
        self._logs.clear()
        self._said.clear()
        self._fields.clear()
        self._may_say.clear()

    def span(self, row: int) -> Detail:
        """Attributes, events and stack of a span."""
        known = self._spans.get(row)
        if known is None:
            known = self._spans[row] = self._span(row)
        return known

    def ahead(self, rows: NDArray[np.int64]) -> None:
        """Read spans document by document, so that each is opened once, however they are looked at then."""
        for row in rows[np.argsort(self.store.spans.doc[rows], kind="stable")].tolist():
            self.span(row)

    def log(self, row: int) -> Detail:
        """Message, attributes and exception of a log record."""
        known = self._logs.get(row)
        if known is None:
            if len(self._logs) >= KEPT:
                self._logs.clear()
            known = self._logs[row] = self._log(row)
        return known

    def said(self, row: int) -> Said:
        """The texts of a log record."""
        known = self._said.get(row)
        if known is None:
            known = self._said[row] = _said(self.log(row))
        return known

    def message(self, row: int) -> str:
        """What a log record says: its message, else its exception."""
        return self.said(row).message

    def fields(self, row: int, names: tuple[str, ...]) -> tuple[str, ...]:
        """What some attributes of a log record hold, as text; ``""`` for those it has not."""
        known = self._fields.get((row, names))
        if known is None:
            held = dict(self.log(row).attributes)
            known = tuple(str(held.get(name) or "") for name in names)
            self._fields[row, names] = known if any(known) else _empty(len(names))
        return known

    def may_say(self, row: int, words: re.Pattern[bytes]) -> bool:
        """Whether ASCII words may stand in a log record, as far as its bytes tell without being decoded."""
        known = self._may_say.get((row, words))
        if known is None:
            known = self._may_say[row, words] = self._holds(row, words)
        return known

    def _holds(self, row: int, words: re.Pattern[bytes]) -> bool:
        logs = self.store.logs
        doc, index, length = int(logs.doc[row]), int(logs.index[row]), int(logs.length[row])
        try:
            return not length or words.search(raw_bytes(self.store, doc, index, length)) is not None
        except ChangedError:
            return False

    def _span(self, row: int) -> Detail:
        if self.store.spans.index[row] < 0:
            return _NOTHING
        try:
            return span_detail(self.store, row)
        except Exception:  # noqa: BLE001  the file changed, or its reader fails: a record less, not no analysis
            return _NOTHING

    def _log(self, row: int) -> Detail:
        if self.store.logs.index[row] < 0:
            return _NOTHING
        try:
            return log_detail(self.store, row)
        except Exception:  # noqa: BLE001  as above
            return _NOTHING


def column_signals(store: Store, row: int) -> list[Signal]:
    """What a span's error says, as signals for the categories, from the columns alone."""
    table, texts = store.failures, store.texts
    signals: list[Signal] = []
    for at in store.failure_rows(row):
        kind, type_, message = table["kind"][at], texts[table["type"][at]], texts[table["message"][at]]
        if kind == FailureKind.EXCEPTION:
            signals.append(Signal("exception", type_, message) if type_ else Signal("message", message))
        elif kind == FailureKind.MESSAGE and message:
            signals.append(Signal("message", message))
        elif kind == FailureKind.ERROR_TYPE and type_:
            signals.append(Signal("error.type", type_))
    code = int(store.spans.code[row])
    if code >= GRPC:
        signals.append(Signal("grpc", str(code - GRPC)))
    elif code >= 400:
        signals.append(Signal("http", str(code)))
    return signals


def log_signals(reading: Reading, logs: Iterable[int]) -> list[Signal]:
    """What log records say: their stack, exception and message."""
    signals: list[Signal] = []
    for log in logs:
        detail = reading.log(log)
        if detail.stack:
            signals.append(Signal("log", detail.stack))
        if detail.exception_type:
            signals.append(Signal("exception", detail.exception_type, detail.exception_message))
        elif detail.exception_message:
            signals.append(Signal("message", detail.exception_message))
        if detail.message:
            signals.append(Signal("log", detail.message))
    return signals


def log_words(reading: Reading, log: int) -> str:
    """A log record in one line: its message, and the exception that came with it."""
    return reading.said(log).words


def _said(detail: Detail) -> Said:
    raised = _raised(detail)
    message = detail.message or raised
    alone = not detail.message or not raised or detail.exception_message[:40] in detail.message
    return Said(message, clip(message if alone else f"{message}: {raised}"))


def _raised(detail: Detail) -> str:
    if not detail.exception_type:
        return detail.exception_message
    short = detail.exception_type.rsplit(".", 1)[-1]
    return f"{short}: {detail.exception_message}" if detail.exception_message else short
