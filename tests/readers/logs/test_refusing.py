"""Lines are refused only by patterns that do not match them, and nearly always then."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.decoding.logs.line_format import LineFormat, known_formats
from explorer.decoding.logs.lines import Lines
from explorer.decoding.logs.refusing import LOOKED_AT, Automaton, first_bytes

PATTERNS = (
    rb"ab*c", rb"(?:ab|a)+d", rb"[^a-c]x", rb"a{2,3}b", rb"(?P<one>\d+)-\w", rb"a(?=b)bc", rb"a(?!b)", rb"a??b",
    rb"\S+ \d", rb"(?i:a)b", rb"(?i)ab", rb"(a)\1b", rb"^a$", rb"(?:a|b(?:c|d)*)*e", rb".b", rb"(?>a+)b", rb"a*+b",
)  # fmt: skip


def lines_of(texts: list[bytes]) -> Lines:
    return Lines.of([*texts, b" " * LOOKED_AT])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PATTERNS), st.lists(st.text("abcdex-1 \n", max_size=9), min_size=1, max_size=20))
def test_nothing_is_refused_that_matches(pattern: bytes, drawn: list[str]) -> None:
    known = re.compile(pattern)
    texts = [text.encode().replace(b"\n", b"\t") for text in drawn]
    lines = lines_of(texts)
    refused = Automaton(known).refuses(lines.data, lines.starts)
    assert not [text for text, out in zip(texts, refused, strict=False) if out and known.match(text)]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from((*PATTERNS, rb"\|?", rb"(?:\d+ )?\[")), st.text("abcdexAB-1 [\n", min_size=1, max_size=9)
)
def test_the_first_byte_of_what_matches_is_foreseen(pattern: bytes, drawn: str) -> None:
    text = drawn.encode()
    assert first_bytes(pattern) >> text[0] & 1 or not re.match(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        (rb"(?:ab|c)+d", b"ac"),
        (rb"[^\x01-\xff]x", b"\0"),
        (rb"(?i)a?b", b"abAB"),
        (rb"(?=x)y{2}", b"y"),
        (rb"(?P<one>a)?(?P<two>b)?$", bytes(range(256))),
    ],
)
def test_the_bytes_that_lines_may_begin_with(pattern: bytes, begins: bytes) -> None:
    assert first_bytes(pattern) == sum(1 << byte for byte in begins)


@pytest.mark.parametrize(
    ("pattern", "line", "refused"),
    [
        (rb"\d{4}-\d\d +\[", b"2026-11   [x]", False),
        (rb"\d{4}-\d\d +\[", b"2026-11 INFO", True),
        (rb"\d{4}-\d\d +\[", b"\tat app.Handler", True),
        (rb"(?:INFO|WARN)x", b"WARNx", False),
        (rb"(?:INFO|WARN)x", b"WARN ", True),
        (rb"[^\]]*\]a", b"thread 1]b", True),
        (rb"[^\]]*\]a", b"thread 1]a", False),
        (rb"(?i)warn", b"error", True),
        (rb"(?i)warn[^a]", b"WaRn1", False),
        (rb"(?i)warn[^a]", b"WARNA", True),
        (rb"(?i:warn)", b"error", False),  # not looked at: left to the pattern
    ],
)
def test_what_is_refused(pattern: bytes, line: bytes, refused: bool) -> None:
    lines = lines_of([line])
    assert Automaton(re.compile(pattern)).refuses(lines.data, lines.starts)[0] == refused


@pytest.fixture(scope="module")
def samples() -> list[bytes]:
    texts = [sample.text for one in known_formats() for sample in one.samples]
    return [line.encode() for text in texts for line in text.split("\n")]


def test_every_format_keeps_its_own_lines(samples: list[bytes]) -> None:
    lines = lines_of(samples)
    for one in known_formats():
        refused = Automaton(one.pattern).refuses(lines.data, lines.starts)[: len(samples)]
        matching = np.array([one.pattern.match(line) is not None for line in samples])
        assert not (refused & matching).any(), one.name


def test_most_lines_of_others_are_refused(samples: list[bytes]) -> None:
    lines = lines_of(samples)

    def missed(one: LineFormat) -> int:
        refused = Automaton(one.pattern).refuses(lines.data, lines.starts)[: len(samples)]
        return sum(one.pattern.match(line) is None for line in samples) - int(refused.sum())

    special = [one for one in known_formats() if one.times and not one.generic]
    assert sum(map(missed, special)) < 0.05 * len(special) * len(samples)


def test_lines_at_the_end_of_the_bytes_are_left_to_the_pattern() -> None:
    assert not Automaton(re.compile(rb"a")).refuses(b"b", np.zeros(1, np.int64)).any()
