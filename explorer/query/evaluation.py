"""From a tree to the rows that it matches."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

import numpy as np

from explorer.errors import QueryError
from explorer.query.amounts import id_range, number_mask, number_test
from explorer.query.columns import Coded, Columns, Mask
from explorer.query.fields import ATTRIBUTE, FIELDS, ID_STATUS
from explorer.query.syntax import And, Compare, Not, Query, Word
from explorer.query.texts import Test, id_test, level_test, text_test

PATIENCE_S = 2.0  # that one regular expression may take over all distinct texts

IdForms = Callable[[str], Collection[str]]


def evaluate(query: Query, columns: Columns, *, id_forms: IdForms = lambda _: ()) -> Mask:
    """The rows that a query matches, bool ``[columns.length]``.

    A row without the field meets no condition on it, not even ``!=`` and ``!~``; ``not field=x`` and
    ``-field:x`` are met by it.

    Args:
        query: the tree.
        columns: the rows.
        id_forms: the forms in which the columns may have a trace or span id that is written so, in any spelling.

    Raises:
        QueryError: a regular expression took too long.
    """
    if isinstance(query, Word):
        return _word(query, columns, id_forms)
    if isinstance(query, Compare):
        return _field(query, columns, id_forms)
    if isinstance(query, Not):
        return ~evaluate(query.term, columns, id_forms=id_forms)
    every = isinstance(query, And)
    mask = np.full(columns.length, every)
    for term in query.terms:
        found = evaluate(term, columns, id_forms=id_forms)
        mask = mask & found if every else mask | found
        if not mask.any() if every else mask.all():
            break
    return mask


def reads_bytes(query: Query) -> bool:
    """Whether a query asks for what no column holds: words, attributes, whole messages."""
    if isinstance(query, Compare):
        return query.attribute or query.field == "log"
    if isinstance(query, Not):
        return reads_bytes(query.term)
    return isinstance(query, Word) or any(map(reads_bytes, query.terms))


def first_word(query: Query) -> str:
    """The first word that is looked for, as it was written; "" where none is."""
    if isinstance(query, Word):
        return query.text
    if isinstance(query, Compare | Not):
        return ""
    return next(filter(None, map(first_word, query.terms)), "")


def _word(word: Word, columns: Columns, id_forms: IdForms) -> Mask:
    needle = word.text.lower() if word.quoted else word.text.lower().strip("*")
    if not needle:
        return np.ones(columns.length, dtype=np.bool_)
    found = columns.text_match(needle, word.quoted)
    forms = id_forms(word.text)
    for name in ("trace", "span") if forms else ():
        found = found | _field(Compare(name, "=", word.text), columns, lambda _: forms)
    return found


def _field(condition: Compare, columns: Columns, id_forms: IdForms) -> Mask:
    name = ATTRIBUTE + condition.field if condition.attribute else condition.field
    kind = "attribute" if condition.attribute else FIELDS[condition.field].kind
    if kind == "status" and condition.value.lower() in ID_STATUS:
        name = "outcome"
    if kind in {"duration", "time"} or condition.amount is not None:
        column = columns.numbers(name)
        if column is not None:
            return number_mask(condition, column, columns.day_start_ns)
    coded = columns.attribute(condition.field) if condition.attribute else columns.strings(name)
    if kind == "id" and coded is None and (ids := columns.numbers(name)) is not None:
        return id_range(condition, ids, id_forms)
    if coded is None:
        return np.zeros(columns.length, dtype=np.bool_)
    return _gathered(coded, _test(condition, kind, id_forms), condition)


def _test(condition: Compare, kind: str, id_forms: IdForms) -> Test:
    if condition.amount is not None:
        return number_test(condition)
    if kind == "id":
        return id_test(condition, id_forms)
    if kind == "level":
        return level_test(condition)
    return text_test(condition, whole=kind != "text")


def _gathered(coded: Coded, test: Test, condition: Compare) -> Mask:
    """Ask each distinct text once, then look the rows up."""
    codes, table = coded
    answers = np.zeros(len(table) + 1, dtype=np.bool_)  # the last answers for the code -1
    deadline = time.perf_counter() + PATIENCE_S
    for start in range(0, len(table), 64):
        chunk = table[start : start + 64]
        answers[start : start + len(chunk)] = [test(text) for text in chunk]
        if time.perf_counter() > deadline and condition.operator in {"~", "!~"}:
            raise QueryError("This pattern takes too long on these texts; make it simpler.", condition.column)
    met: Mask = answers[codes]
    return met
