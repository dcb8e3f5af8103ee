"""What is offered while a query is being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.query import complete, parse

KNOWN = {
    "service": ["edge", "feature-store", "ranking-api", "online store"],
    "attr": ["http.route", "http.response.status_code", "retry", "odd name"],
    "http.route": ["/v1/*", "/home (old)"],
    "retry": ["true"],
}


def values(field: str, beginning: str) -> list[str]:
    return KNOWN.get(field, [])


def offered(text: str) -> tuple[int, int, list[str]]:
    """The completion at the bar in the text."""
    cursor = text.index("|")
    found = complete(text.replace("|", ""), cursor, values)
    return found.start, found.end, list(found.candidates)


@pytest.mark.parametrize(
    ("text", "start", "end", "first"),
    [
        ("ser|", 0, 3, ["service:"]),
        ("SER|", 0, 3, ["service:"]),
        ("dur|ation", 0, 8, ["duration>"]),
        ("service:|", 8, 8, ["edge", "feature-store", "ranking-api", '"online store"']),
        ("service:f|", 8, 9, ["feature-store"]),
        ("service:store|", 8, 13, ["feature-store", '"online store"']),
        ('service:"onl|', 8, 12, ['"online store"']),
        ("a (service = ed|) b", 13, 15, ["edge"]),
        ("status:|", 7, 7, ["error", "ok", "unset", "failing", "degraded"]),
        ("level>=w|", 7, 8, ["warn"]),
        ("-stat|", 1, 5, ["status:"]),
        ("http.r|", 0, 6, ["http.route:", "http.response.status_code:"]),
        ("attr.re|", 0, 7, ["attr.retry:"]),
        ("http.route:|", 11, 11, ['"/v1/*"', '"/home (old)"']),
        ("attr.retry:t|", 11, 12, ["true"]),
        ("nothing:x|", 8, 9, []),
        ('"quo|', 0, 4, []),
        (">|", 1, 1, []),
    ],
)
def test_candidates(text: str, start: int, end: int, first: list[str]) -> None:
    found = offered(text)
    assert found[:2] == (start, end)
    assert found[2][: len(first)] == first
    assert bool(found[2]) == bool(first)


def test_every_field_is_offered_where_nothing_stands() -> None:
    assert "service:" in offered("|")[2]
    assert "service:" in offered("a | b")[2]
    assert "and" in offered("a an|")[2]


def test_what_is_offered_for_a_field_can_be_read() -> None:
    for field in ("service", "http.route", "status"):
        start, _, candidates = offered(f"{field}:|")
        for candidate in candidates:
            parse(f"{field}:"[:start] + candidate)


@given(st.text(st.sampled_from("ab:>\"'()- .ser"), max_size=15), st.integers(0, 15))
def test_no_text_is_too_odd(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    found = complete(text, cursor, values)
    assert 0 <= found.start <= cursor <= found.end <= len(text)
