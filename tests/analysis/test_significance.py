"""Chances agree with what dealing the labels out anew gives."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.significance import discoveries, rank_sum, ranks_within, tail_of_counts
from explorer.model.sorting import distinct, numbered, order_within


def test_ranks_are_shared_by_equal_values() -> None:
    group = np.array([0, 1, 0, 0, 1])
    assert ranks_within(group, np.array([3.0, 1.0, 2.0, 3.0, 1.0])).tolist() == [2.5, 1.5, 1.0, 2.5, 1.5]


@pytest.mark.parametrize("groups", [1, 1 << 8, 1 << 17])
def test_values_are_in_order_within_each_group(groups: int) -> None:
    rng = np.random.default_rng(groups)
    group, value = rng.integers(0, groups, 3000), rng.normal(size=3000)
    assert order_within(group, value).tolist() == np.lexsort((value, group)).tolist()
    assert order_within(group[:0], value[:0]).tolist() == []


@pytest.mark.parametrize(
    ("hits", "drawn", "marked", "whole"), [(3, 4, 3, 9), (2, 5, 4, 8), (0, 3, 2, 7), (3, 3, 5, 6)]
)
def test_the_tail_of_counts_is_the_share_of_all_ways_to_draw(
    hits: int, drawn: int, marked: int, whole: int
) -> None:
    ways = list(combinations(range(whole), drawn))
    share = sum(sum(one < marked for one in way) >= hits for way in ways) / len(ways)
    assert tail_of_counts(hits, drawn, marked, whole) == pytest.approx(share)


def test_the_rank_sum_of_what_is_no_different_is_small() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(200), 30)
    value = rng.normal(size=len(group))
    deviate, early, late = rank_sum(group, ranks_within(group, value), rng.random(len(group)) < 0.5, 200)
    assert ((early + late) == 30).all()
    assert abs(float(deviate.mean())) < 0.25
    assert 0.8 < float(deviate.std()) < 1.2


def test_few_of_many_chances_count() -> None:
    p = np.concatenate((np.linspace(0.02, 1, 98), [1e-6, 1e-5]))
    assert np.flatnonzero(discoveries(p)).tolist() == [98, 99]


@given(st.lists(st.integers(-5, 40) | st.integers(-(1 << 40), 1 << 40), max_size=60))
def test_numbering_is_that_of_numpy(values: list[int]) -> None:
    array = np.array(values, np.int64)
    found, place = np.unique(array, return_inverse=True)
    assert distinct(array).tolist() == numbered(array)[0].tolist() == found.tolist()
    assert numbered(array)[1].tolist() == place.tolist()
