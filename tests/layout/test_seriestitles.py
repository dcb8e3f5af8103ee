"""What series are called, so that each can be told from the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.layout.seriestitles import Alike, series_titles
from explorer.model.records import Series
from tests.drawn_store import store_of

LONG = "0f5f2b1e-1d2c-4a7e-868e-f331c5fd7c74"


@pytest.mark.parametrize(
    ("labels", "titles"),
    [
        (["code=200 method=get le=1", "code=200 method=get le=5"], ["hits 1", "hits 5"]),
        (["zone=eu disk=a", "zone=eu disk=b", "zone=us disk=c"], ["hits eu a", "hits eu b", "hits us c"]),
        (["instance=a", "instance=b"], ["hits a", "hits b"]),  # where it ran is all that tells them apart
        (["instance=a zone=eu disk=b"], ["hits eu b"]),
        ([f"pod={LONG}"], ["hits 0f5f2b…fd7c74"]),
    ],
)
def test_a_title_holds_the_labels_that_tell_it_from_others(labels: list[str], titles: list[str]) -> None:
    store = store_of("trace one at=20\ngate: GET /pay | server 0+500", "drawn.jsonl")
    series = [
        Series("hits", tuple((name, value) for name, _, value in (one.partition("=") for one in words.split())),
               "", "counter", "") for words in labels
    ]  # fmt: skip
    assert series_titles(replace(store, series=tuple(series))) == tuple(titles)


def test_how_much_of_a_title_others_have_as_well() -> None:
    alike = Alike(["requests p95 · gate", "requests p99 · gate", "cpu"])
    assert [alike.ends(row) for row in range(3)] == [(11, 7), (11, 7), (0, 0)]
    assert Alike(["cpu", "cpu"]).ends(1) == (3, 3)
