"""Every spelling of an id is one id."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.model.ids import (
    TraceInterner,
    id_forms,
    meant_ids,
    parse_id,
    span_number,
    span_numbers,
    trace_number,
    trace_text,
)

NUMBER = 0x5D82881A0A913CDE9F1B2C3D4E5F6071


@pytest.mark.parametrize(
    "text",
    [
        "5d82881a0a913cde9f1b2c3d4e5f6071",
        "5D82881A0A913CDE9F1B2C3D4E5F6071",
        "0x5d82881a0a913cde9f1b2c3d4e5f6071",
        "5d82881a-0a91-3cde-9f1b-2c3d4e5f6071",
        "1-5d82881a-0a913cde9f1b2c3d4e5f6071",
        "tr-5d82881a0a913cde9f1b2c3d4e5f6071",
        "{5D82881A-0A91-3CDE-9F1B-2C3D4E5F6071}",
        "urn:uuid:5d82881a-0a91-3cde-9f1b-2c3d4e5f6071",
        "5d82881a-0a91-3cde-9f1b2c3d4e5f6071",
        "5d82881a0a91-3cde-9f1b-2c3d4e5f6071",
        "XYKIGgqRPN6fGyw9Tl9gcQ==",
        "XYKIGgqRPN6fGyw9Tl9gcQ",
        "00-5d82881a0a913cde9f1b2c3d4e5f6071-00f067aa0ba902b7-01",
    ],
)
def test_spellings_of_a_trace_id(text: str) -> None:
    assert parse_id(text) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "00-5d82881a0a913cde9f1b2c3d4e5f6071-00f067aa0ba902b7-01",
        "5d82881a0a913cde9f1b2c3d4e5f6071-00f067aa0ba902b7-1",
        "Self=1-67891234-12456789abcdef012345678a;Root=1-5d82881a-0a913cde9f1b2c3d4e5f6071;Sampled=1",
        "5d82881a0a913cde9f1b2c3d4e5f6071/67667974448284343;o=1",
        '"5d82881a0a913cde9f1b2c3d4e5f6071"',
    ],
)
def test_a_header_means_the_trace_in_it(text: str) -> None:
    assert meant_ids(text) == [NUMBER]


def test_digits_mean_hex_and_decimal() -> None:
    assert meant_ids(str(NUMBER & (1 << 64) - 1))[1:] == [NUMBER & (1 << 64) - 1]
    assert meant_ids("5d82881a0a913cde-9f1b2c3d4e5f6071") == [
        0x5D82881A0A913CDE
    ]  # a trace and a span, no UUID
    assert id_forms("cart") == ()


def test_leading_zeros_do_not_matter() -> None:
    assert (
        trace_number("000000000000000060ba2abb44f13eae")
        == trace_number("60ba2abb44f13eae")
        == 0x60BA2ABB44F13EAE
    )
    assert trace_number("ba2abb44f13eae") == trace_number("00ba2abb44f13eae")


def test_text_ids_are_hashed_apart_from_numbers() -> None:
    first, second = trace_number("fixture-trace-1"), trace_number("fixture-trace-2")
    assert first != second
    assert first >> 127 == 1
    assert span_number("a rather long span name") != 0


@pytest.mark.parametrize("text", ["", "0", "0000000000000000", "null", "root", "AAAAAAAAAAA="])
def test_absent_ids(text: str) -> None:
    assert span_number(text) == 0
    assert TraceInterner()[text] == -1


def test_all_a_is_an_id() -> None:
    assert span_number("aaaaaaaaaaaaaaaa") == 0xAAAAAAAAAAAAAAAA
    assert TraceInterner()["AAAAAAAAAAAAAAAA"] == 0


def test_many_at_once_equal_one_by_one() -> None:
    texts = ["00f067aa0ba902b7", "", "53995c3f42cd8ad8", "abc", "APBnqgupArc=", "no hex at all"]
    assert span_numbers(texts).tolist() == [span_number(text) for text in texts]
    plain = [f"{i * 0x1234567:016x}" for i in range(1, 100)]
    assert span_numbers(plain).tolist() == [int(text, 16) for text in plain]
    assert span_numbers(plain).dtype == np.uint64
    # equally long in sum, yet no two of 16 digits
    assert span_numbers(["abc", "0" * 12 + "f" + "0" * 16]).tolist()[0] == 0xABC


def test_interner_joins_spellings() -> None:
    codes = TraceInterner()
    upper, lower = codes["5D82881A0A913CDE9F1B2C3D4E5F6071"], codes["XYKIGgqRPN6fGyw9Tl9gcQ=="]
    assert upper == lower == 0
    assert codes.numbers == [NUMBER]
    assert trace_text(codes.numbers[0]) == "5d82881a0a913cde9f1b2c3d4e5f6071"


@pytest.mark.parametrize(
    "odd", [[], ["0" * 32], ["0" * 16 + "00f067aa0ba902b7"], ["ABC" + "1" * 29], ["", "abc"]]
)
def test_many_traces_at_once_equal_one_by_one(odd: list[str]) -> None:
    texts = [*(f"{i * NUMBER % (1 << 128):032x}" for i in range(1, 9)), *odd, f"{NUMBER:032x}"]
    together, single = TraceInterner(), TraceInterner()
    assert together.many(texts) == [single[text] for text in texts]
    assert together.numbers == single.numbers
    codes = range(len(single.numbers))
    assert [together.text(code) for code in codes] == [single.text(code) for code in codes]
