"""What a few letters find, and in which order."""

from __future__ import annotations

import pytest

from explorer.layout.ranking import Haystack, score

NAMES = (
    "File › Open files",
    "File › Open folder",
    "View › Failure path",
    "Help › Key map",
    "Go › Origin of this failure",
)


def best(words: str) -> str:
    """The name that fits best, "" for none."""
    ranked = sorted(((score(words, name), name) for name in NAMES), reverse=True)
    return ranked[0][1] if ranked[0][0] else ""


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("open fi", NAMES[0]), ("ofo", NAMES[1]), ("path fail", NAMES[2]), ("KEY", NAMES[3]), ("ori", NAMES[4]),
        ("fpath", NAMES[2]), ("nothing like it", ""), ("zz", ""),
    ],
)  # fmt: skip
def test_the_best_name_comes_first(words: str, name: str) -> None:
    assert best(words) == name


def test_what_fits_better_is_worth_more() -> None:
    order = ["map", "mapping", "key map", "keymap", "my apple pie"]
    scores = [score("map", name) for name in order]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(order)


def test_no_words_fit_everything() -> None:
    assert score("", "anything") == 1


def test_very_many_names_are_searched() -> None:
    names = [f"req-{number:06x}" for number in range(50_000)]
    hay = Haystack(names)
    assert [names[number] for number in hay.find("00beef", 5)] == ["req-00beef"]
    assert len(hay.find("req", 7)) == 7
    assert hay.find("ReQ 00beef", 7) == [0xBEEF]
    assert hay.find("", 7) == []


def test_a_word_does_not_reach_over_two_names() -> None:
    assert Haystack(["ab", "cd"]).find("bc", 5) == []
    assert Haystack(["İx", "yx"]).find("x", 5) == [0, 1]
    assert Haystack([]).find("x", 5) == []
