"""Places of bytes, against the plainest way to find them."""

from __future__ import annotations

import random
from unittest.mock import patch

import pytest

from explorer.decoding import finding
from explorer.decoding.finding import Finder


def plainly(data: bytes, wanted: bytes) -> list[int]:
    return [at for at in range(len(data) - len(wanted) + 1) if data.startswith(wanted, at)]


@pytest.mark.parametrize("any_case", [True, False])
def test_every_place_is_found_across_blocks_and_in_either_case(any_case: bool) -> None:
    drawn = random.Random(3)
    with patch.object(finding, "_BLOCK", 64):
        for _ in range(1500):
            signs = drawn.choice([b"abAB", b'abcAB"\\-@`\r', b"a"])
            data = bytes(drawn.choices(signs, k=drawn.randrange(300)))
            wanted = bytes(drawn.choices(signs, k=drawn.randrange(1, 14)))
            if drawn.random() < 0.5 and len(data) > 13:
                begin = drawn.randrange(len(data) - 13)
                wanted = data[begin : begin + len(wanted)]
            if any_case:
                wanted = wanted.lower()
            expected = plainly(data.lower() if any_case else data, wanted)
            assert Finder(wanted, any_case=any_case).places(data).tolist() == expected, (data, wanted)


def test_a_finder_goes_from_block_to_block() -> None:
    finder = Finder(b"charge failed")
    assert finder.places(b"the Charge Failed; charge failed").tolist() == [4, 19]
    assert finder.places(b"").tolist() == finder.places(b"charge").tolist() == []
    assert finder.places(b"charge failed").tolist() == [0]
