"""A query that rows can answer by themselves, and that matches at least what the whole query does.

Category, cause and outcome are known only once everything was read and analysed; such conditions are left out,
so that the reading brings in too much rather than too little. What was read is then asked the whole query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from explorer.query.syntax import And, Compare, Not, Or, Query, Word

Answer = Literal["exact", "wider", "unknown"]
"""How rows answer a condition: just so, with some rows too many, or not at all."""

EVERYTHING: Final = And(())
NOTHING: Final = Or(())


def weakened(query: Query, answers: Callable[[Word | Compare], Answer]) -> Query:
    """The query without the conditions that rows cannot answer.

    Args:
        query: as it was asked.
        answers: how rows answer one condition.
    """
    return _bounded(query, answers, above=True)


def _bounded(query: Query, answers: Callable[[Word | Compare], Answer], *, above: bool) -> Query:
    """What matches no less (``above``), or no more, than the query."""
    if isinstance(query, Word | Compare):
        answer = answers(query)
        if answer == "exact" or (answer == "wider" and above):
            return query
        return EVERYTHING if above else NOTHING
    if isinstance(query, Not):
        return Not(_bounded(query.term, answers, above=not above))
    terms = tuple(_bounded(term, answers, above=above) for term in query.terms)
    return And(terms) if isinstance(query, And) else Or(terms)


def answers_nothing(query: Query) -> bool:
    """Whether a weakened query is met by every row, so that asking it is in vain."""
    if isinstance(query, And):
        return all(answers_nothing(term) for term in query.terms)
    if isinstance(query, Or):
        return any(answers_nothing(term) for term in query.terms)
    return isinstance(query, Not) and _never(query.term)


def _never(query: Query) -> bool:
    if isinstance(query, Or):
        return all(_never(term) for term in query.terms)
    if isinstance(query, And):
        return any(_never(term) for term in query.terms)
    return isinstance(query, Not) and answers_nothing(query.term)
