"""Which correlation ids a query matches: those with a span, or a log record, that meets all of it.

The query's columns over spans and over logs. Texts are looked at once each; words are looked for in the raw bytes too,
and attributes decoded only from documents that hold their name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.verdict import CATEGORIES
from explorer.analysis.fulltext import logs_holding, spans_holding
from explorer.analysis.results import Analysis, Outcome
from explorer.analysis.scanning import Step, no_step
from explorer.analysis.search import attribute_column, log_attribute_column, log_texts
from explorer.analysis.timing import self_times
from explorer.decoding.needles import Needle
from explorer.model.ids import id_forms
from explorer.model.schema import Kind, Status, severity_word
from explorer.model.store import Store
from explorer.query.columns import Coded, Mask, Numbers
from explorer.query.evaluation import evaluate
from explorer.query.syntax import Query

_DAY_NS = 86_400 * 10**9
_KINDS = tuple(kind.name.lower() for kind in Kind)
_STATUSES = tuple(status.name.lower() for status in Status)
_OUTCOMES = tuple(outcome.word for outcome in Outcome)


def matching_ids(store: Store, analysis: Analysis, query: Query, step: Step = no_step) -> NDArray[np.bool_]:
    """Bool (ids,): whether any span, or any log record, of each id matches.

    Args:
        step: told which share of the raw bytes was looked through, where words are looked for.

    Raises:
        Cancelled: by ``step``.
        QueryError: a regular expression took too long.
    """
    found = np.zeros(len(store.correlation.rows), bool)
    part = len(store.spans) / max(len(store.spans) + len(store.logs), 1)
    if len(store.spans):
        spans = SpanColumns(store, analysis, lambda share: step(part * share))
        found[spans.id_rows[evaluate(query, spans, id_forms=id_forms)]] = True
    logs = LogColumns(store, analysis, lambda share: step(part + (1 - part) * share))
    with_id = store.logs.id >= 0
    if with_id.any():
        found[store.logs.id[evaluate(query, logs, id_forms=id_forms) & with_id]] = True
    return found


def matching_logs(store: Store, analysis: Analysis, query: Query) -> NDArray[np.bool_]:
    """Bool (logs,): whether each record matches. Raises as :func:`matching_ids`."""
    return evaluate(query, LogColumns(store, analysis), id_forms=id_forms)


class _Columns:
    """What spans and logs have in common."""

    def __init__(self, store: Store, analysis: Analysis, step: Step = no_step) -> None:
        self.store, self.analysis, self.step = store, analysis, step

    @property
    def day_start_ns(self) -> int:
        """Midnight before the first record."""
        return self.store.bounds()[0] // _DAY_NS * _DAY_NS

    @cached_property
    def id_rows(self) -> NDArray[np.int32]:
        """int32 (rows,): the id row of each, -1 for none."""
        raise NotImplementedError

    def of_id(self, field: str) -> Coded | None:
        """Fields of the id a row belongs to."""
        if field == "id":
            return self.id_rows, [row.id for row in self.store.correlation.rows]
        if field == "outcome":
            return self._by_id(self.analysis.ids.outcome.astype(np.int64)), _OUTCOMES
        if field in ("category", "cause"):
            codes, table = _verdict_texts(self.analysis, field)
            return self._by_id(codes), table
        return None

    def _by_id(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Codes of ids, by row; -1 for rows without an id."""
        return np.append(codes, -1)[self.id_rows]


@lru_cache(maxsize=4)
def _verdict_texts(analysis: Analysis, field: str) -> tuple[NDArray[np.int64], list[str]]:
    """Category, or title of the cause, of each id: codes (-1: none) and table."""
    ids = analysis.ids
    if field == "category":
        return ids.category.astype(np.int64), list(CATEGORIES)
    codes, titles = ids.cause.astype(np.int64), [cause.title for cause in analysis.causes]
    for row in np.flatnonzero((ids.category >= 0) & (ids.cause < 0)).tolist():
        codes[row] = len(titles)
        titles.append(analysis.verdicts[row].title)
    return codes, titles


class SpanColumns(_Columns):
    """Spans as columns of a query."""

    @property
    def length(self) -> int:
        """Spans."""
        return len(self.store.spans)

    @cached_property
    def id_rows(self) -> NDArray[np.int32]:
        """The id row of each span."""
        return self.store.correlation.of_trace[self.store.spans.trace]

    def strings(self, field: str) -> Coded | None:
        """As the protocol says."""
        store, spans = self.store, self.store.spans
        simple: dict[str, Coded] = {
            "service": (spans.service, store.services),
            "operation": (spans.name, store.operations),
            "kind": (spans.kind, _KINDS),
            "status": (spans.status, _STATUSES),
        }
        if field in simple:
            return simple[field]
        if field == "trace":
            return spans.trace, [store.trace_id(trace) for trace in range(len(store.traces))]
        return self._errors() if field == "error" else self.of_id(field)

    def _errors(self) -> Coded:
        """Type and message of the strongest failure evidence of each span."""
        failures, texts = self.store.failures, self.store.texts
        codes = np.full(self.length, -1, np.int64)
        table: dict[tuple[int, int], int] = {}
        columns = (failures[name].tolist() for name in ("span", "type", "message"))
        for span, kind, message in zip(*columns, strict=True):
            if codes[span] < 0:
                codes[span] = table.setdefault((kind, message), len(table))
        return codes, [f"{texts[kind]}: {texts[message]}" for kind, message in table]

    def numbers(self, field: str) -> Numbers | None:
        """As the protocol says."""
        spans = self.store.spans
        if field == "self":
            return self_times(spans)
        return {"duration": spans.duration, "start": spans.start, "span": spans.span_id}.get(field)

    def text_match(self, needle: str, exact: bool) -> Mask:
        """Words in service, operation, peer, error type and message, and in all that the bytes of a span say."""
        store, spans = self.store, self.store.spans
        services, operations = (
            _holding(store.services, needle, exact),
            _holding(store.operations, needle, exact),
        )
        hit = services[spans.service] | operations[spans.name]
        texts = _holding(store.texts, needle, exact)
        hit |= texts[spans.peer]
        failures = store.failures
        hit[failures["span"][texts[failures["type"]] | texts[failures["message"]]]] = True
        return hit | spans_holding(store, Needle(needle, exact=exact), self.step)

    def attribute(self, name: str) -> Coded | None:
        """An attribute decoded from the raw bytes of the spans that have it."""
        return attribute_column(self.store, name, self.step)


class LogColumns(_Columns):
    """Log records as columns of a query."""

    @property
    def length(self) -> int:
        """Log records."""
        return len(self.store.logs)

    @cached_property
    def id_rows(self) -> NDArray[np.int32]:
        """The id row of each record."""
        return self.store.logs.id

    def strings(self, field: str) -> Coded | None:
        """As the protocol says."""
        store, logs = self.store, self.store.logs
        if field == "service":
            return logs.service, store.services
        if field == "level":
            table = [severity_word(number).lower() for number in range(25)]
            return np.where(logs.severity > 0, logs.severity.astype(np.int64), -1), table
        if field == "trace":
            return logs.trace, [store.trace_id(trace) for trace in range(len(store.traces))]
        return log_texts(store) if field == "log" else self.of_id(field)

    def numbers(self, field: str) -> Numbers | None:
        """As the protocol says."""
        return {"start": self.store.logs.time, "span": self.store.logs.span_id}.get(field)

    def text_match(self, needle: str, exact: bool) -> Mask:
        """Words in all that the bytes of a record say, or in its service's name."""
        services = _holding(self.store.services, needle, exact)
        hit: Mask = services[self.store.logs.service]
        return hit | logs_holding(self.store, Needle(needle, exact=exact), self.step)

    def attribute(self, name: str) -> Coded | None:
        """An attribute decoded from the raw bytes of the records that have it."""
        return log_attribute_column(self.store, name, self.step)


def _holding(table: Sequence[str], needle: str, exact: bool) -> NDArray[np.bool_]:
    """Which texts of a table hold the needle, ignoring case; ``exact``: not within a longer word."""
    if exact:
        word = re.compile(rf"(?<!\w){re.escape(needle)}(?!\w)")
        return np.array([word.search(text.lower()) is not None for text in table] or [False], bool)
    return np.array([needle in text.lower() for text in table] or [False], bool)
