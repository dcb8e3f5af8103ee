"""Hexadecimal numbers by eight digits at once are what ``int`` makes of them."""

from __future__ import annotations

import random
import string

import numpy as np

from explorer.decoding.logs.hex_digits import hex_numbers


def test_numbers_are_those_of_int_and_every_other_byte_is_refused() -> None:
    chance = random.Random(5)
    texts = ["".join(chance.choices(string.hexdigits, k=32)) for _ in range(500)]
    for byte in range(128):
        texts.append(texts[byte][: byte % 32] + chr(byte) + texts[byte][byte % 32 + 1 :])
    table = np.frombuffer("".join(texts).encode(), np.uint8).reshape(-1, 32)
    numbers, whole = hex_numbers(table)
    for text, (high, low), right in zip(texts, numbers.tolist(), whole.tolist(), strict=True):
        assert right == all(letter in string.hexdigits for letter in text), text
        if right:
            assert high << 64 | low == int(text, 16)
    single, _ = hex_numbers(np.ascontiguousarray(table[:5, :16]))
    assert single[:, 0].tolist() == [int(text[:16], 16) for text in texts[:5]]
