"""The bracket scanner against the parser of the standard library."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.bundle.brackets import Scratch, State, structure, words_of

texts = st.text(st.sampled_from('ab{}[]",:\\/ü\u2028\n\t'), max_size=12)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=30,
)
containers = st.lists(values, max_size=5) | st.dictionaries(texts, values, max_size=5)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Containers one behind the other with white space between, and where each ends (in bytes)."""
    text, ends = "", []
    for value in draw(st.lists(containers, min_size=1, max_size=4)):
        text += draw(st.sampled_from(["", " ", "\n", "\r\n\t"]))
        text += json.dumps(
            value, indent=draw(st.sampled_from([None, 1, 4])), ensure_ascii=draw(st.booleans())
        )
        ends.append(len(text.encode()))
    return text, ends


def scanned(data: bytes, cuts: list[int]) -> tuple[list[int], State]:
    """Ends of the values at the top, found chunk by chunk."""
    state, scratch, ends = State(), Scratch(), []
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for begin, end in pairwise(edges):
        found = structure(data[begin:end], state, scratch)
        ends += (found.ends() + begin).tolist()
        state = found.after
    return ends, state


@given(documents(), st.lists(st.integers(0, 10_000), max_size=6))
def test_ends_are_those_that_the_parser_finds(drawn: tuple[str, list[int]], cuts: list[int]) -> None:
    text, expected = drawn
    decoder, at, parsed = json.JSONDecoder(), 0, []
    while at < len(text):
        at = len(text) - len(text[at:].lstrip())
        _, at = decoder.raw_decode(text, at)
        parsed.append(len(text[:at].encode()))
    assert parsed == expected
    assert scanned(text.encode(), cuts) == (expected, State())


@given(containers, st.integers(0, 10_000))
def test_depth_is_the_number_of_open_brackets(value: object, cut: int) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    place = cut % (len(data) + 1)
    depth, in_string, escaped = 0, False, False
    for byte in data[:place]:
        if in_string:
            in_string, escaped = escaped or byte != 0x22, not escaped and byte == 0x5C
        else:
            in_string = byte == 0x22
            depth += (byte in b"{[") - (byte in b"}]")
    if place:
        assert structure(data[:place], State(), Scratch()).after == State(
            depth, in_string, in_string and escaped
        )


@pytest.mark.parametrize("slashes", range(6))
@pytest.mark.parametrize("size", [1, 2, 3, 64])
def test_backslashes_before_a_quote_in_any_chunks(slashes: int, size: int) -> None:
    inner = "\\" * slashes + '"{'
    data = json.dumps([inner, "x"]).encode()
    assert scanned(data, list(range(0, len(data), size))) == ([len(data)], State())


def test_a_newline_ends_a_string() -> None:
    data = b'{"a": "cut\n{"b": "}"}\n"'
    found = structure(data, State(), Scratch())
    assert found.unclosed.tolist() == [10]
    assert found.after == State(depth=1, in_string=True)


def test_positions_survive_the_way_to_words_and_back() -> None:
    bits = np.random.default_rng(1).random(1000) < 0.3
    found = structure(b" " * 1000, State(), Scratch())
    assert found.positions(words_of(bits)).tolist() == np.flatnonzero(bits).tolist()
