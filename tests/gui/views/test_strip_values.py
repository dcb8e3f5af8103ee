"""Values in the strip and in the list of series are a few characters, whatever they are."""

from __future__ import annotations

import math

import pytest

from explorer.gui.painting.strip import short


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
