"""The keys at the top of a JSON value, from a head of it."""

from __future__ import annotations

import pytest

from explorer.decoding.outline import outline


def test_lists_leave_no_trace_in_a_path() -> None:
    assert outline(b'[{"a": [{"b": 1}, {"c": {"d": "e"}}]}]') == {
        ("a",),
        ("a", "b"),
        ("a", "c"),
        ("a", "c", "d"),
    }


def test_values_are_no_keys() -> None:
    assert outline(b'{"a": "b", "c": ["d", "e"], "f": {"g": "h"}}') == {("a",), ("c",), ("f",), ("f", "g")}


def test_only_the_first_value_counts() -> None:
    assert outline(b'{"level": "info"}\n{"resourceSpans": []}\n') == {("level",)}
    assert outline(b'["a"] {"b": 1}') == frozenset()


def test_quotes_and_brackets_within_strings_are_text() -> None:
    assert outline(rb'{"a": "\"x\": {", "b\"c": "}", "d": "\\"}') == {("a",), ('b\\"c',), ("d",)}


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_cut_head_gives_a_part(cut: int) -> None:
    whole = b'{"resourceSpans": [{"scopeSpans": [{"name": "a\\"b"}], "x": 1}]}'
    assert outline(whole[:cut]) <= outline(whole)


@pytest.mark.parametrize("head", [b"", b"2026-11-22 INFO {", b'"a": 1', b"\x1f\x8b\x08", b"]}", b"[]"])
def test_what_is_no_object_has_no_keys(head: bytes) -> None:
    assert outline(head) == frozenset()
