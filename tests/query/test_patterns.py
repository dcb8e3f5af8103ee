"""Regular expressions: which are refused, that the others find what ``re`` finds, and how fast."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import QueryError
from explorer.query.patterns import pattern

REFUSED = [
    ("(a+)+$", 0),
    ("x(a|a)*$", 1),
    ("(a|aa)+$", 0),
    ("(.*)*x", 0),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", 1),
    ("(x+x+)+y", 0),
    ("(?:a?){40}a{40}", 0),
    (r"(?i)(\w+\s?)*$", 4),
    ("(a*)*", 0),
    ("((a{1,3}){1,3}){1,9}", 0),
    (r"(a)\1+", 3),
    ("(?P<n>a)(?P=n)", 8),
    (r"(\w|_)+!", 0),
    ("a*b?a*b?a*b?a*b?a*c", 0),
]
ACCEPTED = [
    "timeout", "^GET /v1", r"\d+ms$", "a.*b.*c.*d.*e", r"(\d{1,3}\.){3}\d{1,3}", "(GET|POST|PUT)+ /x",
    r"[\w.]+@[\w.]+", "(foo|bar)?baz", r"\s+$", r"(?i)error|warn(ing)?", "^$", "", "a|", "(?:abc)*d",
    r"user=\w+.*took \d+ms", "[]a]+[^]b]+", "(?#note(s)x+", "a{2}", "a{,3}b", "{x}", "x{a}", r"\(.*\)",
    r"(?<!un)expected", "(?=a)a+", r"\bout of memory\b",
    "(a+)?b", r"\d+\.\d+\.\d+\.\d+", "(?>a+)b", "a++b", ".*", ".*x.*",
]  # fmt: skip


@pytest.mark.parametrize(("source", "column"), REFUSED)
def test_refused(source: str, column: int) -> None:
    with pytest.raises(QueryError) as caught:
        pattern(source, 100)
    assert caught.value.column == 100 + column


@pytest.mark.parametrize(
    "source",
    ["[", "(", "a)", "*a", "(?P<n>a)(?P<n>b)", "a{1,65535}{1,65535}", "(?<=a+)b", "a{9999999999999}"],
)
def test_no_patterns(source: str) -> None:
    with pytest.raises(QueryError, match="no regular expression"):
        pattern(source, 0)


@pytest.mark.parametrize("source", ["(" * 200 + ")" * 200, "(" * 5000 + ")" * 5000])
def test_deep_patterns_are_read_or_refused(source: str) -> None:
    with contextlib.suppress(QueryError):
        assert pattern(source, 0).found("x")


@pytest.mark.parametrize("source", ACCEPTED)
def test_accepted(source: str) -> None:
    pattern(source, 0)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ACCEPTED), st.text(st.sampled_from("abcdeGETxyz019. /:=@_\n(){}"), max_size=30))
def test_they_find_what_re_finds(source: str, text: str) -> None:
    assert pattern(source, 0).found(text) == (re.search(source, text, re.DOTALL) is not None)


PARTS = ["a", "b", ".", ".*", "a+", "[ab]", "b?", "(", ")", "|", "*", "^", "$", "a{1,2}", "(?:ab|b)+"]


@settings(max_examples=600, deadline=None)
@given(
    st.lists(st.sampled_from(PARTS), max_size=8).map("".join), st.text(st.sampled_from("abc"), max_size=12)
)
def test_any_pattern_is_refused_or_finds_what_re_finds(source: str, text: str) -> None:
    try:
        compiled = re.compile(source, re.DOTALL)
        found = pattern(source, 0)
    except (re.error, QueryError):
        return
    assert found.found(text) == (compiled.search(text) is not None)


HARD = [
    "a" * 100_000,
    "a" * 4095 + "!",
    " " * 100_000 + "x",
    "ab" * 50_000,
    "1." * 50_000,
    "a1 " * 30_000,
    "x@x" * 9000,
]


@pytest.mark.parametrize(
    "source",
    [
        *ACCEPTED,
        "a+$",
        "a.*b.*c.*d!",
        "a[^x]*b[^y]*z",
        r"\w+\s\w+!",
        "a*a*!",
        r"(a+)?(b+)?!",
        r"[ab]+[ab]+[ab]+!",
        ".+.+!",
    ],
)
def test_no_pattern_that_is_accepted_runs_for_long(source: str) -> None:
    found = pattern(source, 0).found
    begun = time.process_time()
    for text in HARD:
        found(text)
    assert time.process_time() - begun < 4.0  # all texts together; most take milliseconds
