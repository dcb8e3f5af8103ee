"""All that speaks about an error, gathered as signals for the categories."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.analysis.categories.signals import Signal
from explorer.model.schema import GRPC, FailureKind
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail

MOST_LOGS = 8
"""Error logs of one span that are read."""


def column_signals(store: Store, row: int) -> list[Signal]:
    """Signals of one span from the columns alone."""
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


def stack_of(store: Store, row: int) -> str:
    """Stack trace of a span's exception, ``""`` for none. Reads the span again."""
    return span_detail(store, row).stack if store.spans.index[row] >= 0 else ""


def log_signals(store: Store, logs: Iterable[int]) -> list[Signal]:
    """Signals of log records: their message, exception and stack. Reads the records again."""
    signals: list[Signal] = []
    for log in list(logs)[:MOST_LOGS]:
        detail = log_detail(store, log)
        if detail.stack:
            signals.append(Signal("log", detail.stack))
        if detail.exception_type:
            signals.append(Signal("exception", detail.exception_type, detail.exception_message))
        if detail.message:
            signals.append(Signal("log", detail.message))
    return signals
