"""JSON and numbers as they are found."""

from __future__ import annotations

from decimal import Decimal

import pytest

from explorer.decoding.lenient import as_strict, dumps, loads, nanoseconds, text_of


@pytest.mark.parametrize(
    ("value", "unit_ns", "expected"),
    [
        (1_790_000_000_123_456_789, 1, 1_790_000_000_123_456_789),
        ("1790000000123456789", 1, 1_790_000_000_123_456_789),
        ("1.790000000123456789E18", 1, 1_790_000_000_123_456_789),
        (Decimal("1790000000.123456789"), 10**9, 1_790_000_000_123_456_789),
        (1790000000.25, 10**9, 1_790_000_000_250_000_000),
        (1_790_000_000_123_456, 1000, 1_790_000_000_123_456_000),
        (" 17 ", 1, 17),
        (-5, 1000, -5000),
        (0, 1, 0),
        (1 << 64, 1, None),
        ("1e400", 1, None),
        ("1e999999999999", 1, None),
        ("NaN", 1, None),
        (float("inf"), 1, None),
        ("soon", 1, None),
        (True, 1, None),
        (None, 1, None),
        ([1], 1, None),
    ],
)
def test_times_are_exact_or_none(value: object, unit_ns: int, expected: int | None) -> None:
    assert nanoseconds(value, unit_ns) == expected


def test_what_strict_decoders_refuse_is_decoded() -> None:
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert repr(loads(b'{"a": NaN, "b": -Infinity}')) == "{'a': nan, 'b': -inf}"
    assert loads(b'{"a": "caf\xe9"}') == {"a": "caf�"}
    assert loads(rb'{"a": "\x22C:\dir\x22\n\\x41", "b": "	"}') == {"a": '"C:\\dir"\n\\x41', "b": "\t"}
    assert loads(b'{"a": 1.10}', exact=True) == {"a": Decimal("1.10")}


@pytest.mark.parametrize("data", [b"", b"{", b"nothing", b"[" * 100_000, b'{"a":' * 5000])
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(data)


def test_scalars_as_text() -> None:
    texts = [text_of(value) for value in ("a", None, True, 12, 1.5, ["x"], {"a": None}, Decimal("2.5"))]
    assert texts == ["a", "", "true", "12", "1.5", '["x"]', '{"a":null}', "2.5"]


def test_lone_surrogates_are_encoded() -> None:
    assert loads(dumps({"a": "\ud800"})) == {"a": "\ud800"}


def test_odd_bytes_and_numbers_are_replaced_in_their_places() -> None:
    odd = b'{"a\xff": NaN, "\xc3(\xe2\x82": [-Infinity, "NaN \xf0\x9f"], "\xe2\x82\xac": 1}'
    plain = as_strict(odd)
    assert plain == b'{"a?": 0  , "?(??": [0        , "NaN ??"], "\xe2\x82\xac": 1}'
    assert len(plain) == len(odd)
