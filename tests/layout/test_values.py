"""Values in the strip, in the list of series and beside lanes are a few characters, whatever they are."""

from __future__ import annotations

import math

import pytest

from explorer.layout.values import short, value_ticks


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"), (0.42, "0.42"), (-3.14159, "-3.14"), (1234.4, "1,234"), (9999.7, "10k"), (52_345.0, "52.3k"),
        (999_999.0, "1M"), (8.2e9, "8.2G"), (-8.2e12, "-8.2T"), (1e15, "1e15"), (1e300, "1e300"),
        (5e-324, "4.94e-324"), (math.nan, "no value"), (math.inf, "∞"), (-math.inf, "-∞"),
    ],
)  # fmt: skip
def test_values_are_short(value: float, words: str) -> None:
    assert short(value) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 1.0, ["0", "0.5", "1.0"]), (0.0201, 0.404, ["0.2", "0.4"]), (2.5, 3.5, ["2.5", "3.0", "3.5"]),
        (0.0, 3.6e-30, ["0", "2e-30"]), (0.0, 2e-5, ["0", "1e-5", "2e-5"]), (-40.0, 120.0, ["0", "100"]),
        (0.0, 3500.0, ["0", "2,000"]), (0.0, 12_000.0, ["0", "5k", "10k"]), (0.0, 1.2e6, ["0", "0.5M", "1.0M"]),
        (1e6, 1_000_300.0, ["1.0000M", "1.0001M", "1.0002M", "1.0003M"]), (0.0, 1e16, ["0", "5e15", "1e16"]),
    ],
)  # fmt: skip
def test_values_are_marked_at_round_places(low: float, high: float, words: list[str]) -> None:
    assert [text for _, text in value_ticks(low, high)] == words
