"""Queries written back as text, and any text read."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import QueryError
from explorer.query import And, Not, Or, Query, Word, parse, unparse


def conditions() -> list[Query]:
    """Every field with every operator and value that go together."""
    found = []
    for name in ("service", "attr.x", "a.b", '"q \\" z"', "duration", "level", "start", "log", "trace"):
        for operator in (":", "=", "!=", "~", "!~", ">", ">=", "<", "<="):
            for value in (
                "200ms",
                "1.5KiB",
                "warn",
                "x*",
                '"x*"',
                "f(a)",
                "14:07",
                "2026-01-01",
                '"a b"',
                "-3",
            ):
                with contextlib.suppress(QueryError):
                    found.append(parse(name + operator + value))
    return found


def several(inner: st.SearchStrategy[Query], kind: type[And | Or]) -> st.SearchStrategy[Query]:
    terms = inner.filter(lambda tree: not isinstance(tree, kind))
    return st.lists(terms, min_size=2, max_size=3).map(lambda found: kind(tuple(found)))


CONDITIONS = conditions()
LEAVES: list[st.SearchStrategy[Query]] = [
    st.builds(Word, st.text(max_size=6), st.just(value=True)),
    st.builds(Word, st.sampled_from(["a", "x-y", "*"])),
    st.integers(0, len(CONDITIONS) - 1).map(lambda index: CONDITIONS[index]),  # whose representation is short
]
TREES = st.recursive(
    st.one_of(LEAVES),
    lambda inner: st.one_of(st.builds(Not, inner), several(inner, And), several(inner, Or)),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_what_is_written_reads_as_the_same(tree: Query) -> None:
    assert parse(unparse(tree)) == tree


@pytest.mark.parametrize(
    "text", ["a.b: :", "a.b> =5", "service: //x", "service: (a)", "attr.x: not", "- -a", "a.b=:"]
)
def test_awkward_values(text: str) -> None:
    with contextlib.suppress(QueryError):
        assert parse(unparse(parse(text))) == parse(text)


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("ab.:=!~<>()-\"' *\\andor"), max_size=30))
def test_any_text_is_read_or_refused_within_itself(text: str) -> None:
    try:
        tree = parse(text)
    except QueryError as error:
        column = error.column
    else:
        column = 0
        assert parse(unparse(tree)) == tree
    assert 0 <= column <= len(text)
