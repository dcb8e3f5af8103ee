"""The list of ids: how they are grouped, sorted and filtered."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from explorer.layout.idlist import FEW, Grouping, IdList, Sorting, arrange, holding
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

DRAWING = """
trace a at=10
gate: GET /pay      | server 0+80 request=rq-b host=n1 version=1.0
  pay: charge       | server 10+60 host=n2 version=4.1
trace b at=60
gate: GET /pay      | server 0+500 500 request=rq-a host=n1 version=1.0
  pay: charge       | server 15+470 error !ValueError(bad amount) host=n3 version=4.2
trace c at=90
gate: GET /pay      | server 0+700 500 request=rq-c host=n1 version=1.0
  pay: charge       | server 15+650 error !ValueError(bad amount) host=n3 version=4.2
trace d at=120
web: GET /home      | server 0+10 request=rq-d
"""


@cache
def answers() -> tuple[Store, Analysis]:
    store = store_of(DRAWING)
    return store, analyse(store, known_rules()[0])


def listed(grouping: Grouping, sorting: Sorting = "worst", words: str = "") -> IdList:
    store, analysis = answers()
    return arrange(store, analysis, holding(store, analysis, words), grouping, frozenset(), sorting)


def ids(shown: IdList) -> list[str]:
    return [answers()[0].correlation.rows[int(row)].id for row in shown.ids]


@pytest.mark.parametrize(
    ("sorting", "wanted"),
    [
        ("worst", ["rq-c", "rq-a", "rq-b", "rq-d"]),
        ("latest", ["rq-d", "rq-c", "rq-a", "rq-b"]),
        ("earliest", ["rq-b", "rq-a", "rq-c", "rq-d"]),
        ("longest", ["rq-c", "rq-a", "rq-b", "rq-d"]),
        ("errors", ["rq-c", "rq-a", "rq-b", "rq-d"]),
        ("id", ["rq-a", "rq-b", "rq-c", "rq-d"]),
    ],
)
def test_sorted(sorting: Sorting, wanted: list[str]) -> None:
    assert ids(listed("none", sorting)) == wanted


@pytest.mark.parametrize(
    ("grouping", "wanted"),
    [
        ("host", [("n3", 2), ("host not said", 1), ("n1", 1)]),
        ("version", [("pay 4.2", 2), ("gate 1.0", 1), ("web · version not said", 1)]),
        ("service", [("gate", 3), ("web", 1)]),
        ("entry", [("GET /pay", 3), ("GET /home", 1)]),
    ],
)
def test_grouped_by_where_they_failed(grouping: Grouping, wanted: list[tuple[str, int]]) -> None:
    shown = listed(grouping)
    assert [(group.title, group.count) for group in shown.groups] == wanted
    assert shown.groups[0].subtitle == "2 of 2 failing" if grouping in ("host", "version") else True


def test_filtered_by_id_service_and_operation() -> None:
    assert ids(listed("none", words="RQ-A")) == ["rq-a"]
    assert ids(listed("none", words="gate")) == ["rq-c", "rq-a", "rq-b"]
    assert ids(listed("none", words="gate rq-b")) == ["rq-b"]
    assert ids(listed("none", words="/home")) == ["rq-d"]
    assert ids(listed("none", words="nothing")) == []
    assert len(ids(listed("cause", words="  "))) == 4


def test_sorting_stays_within_groups() -> None:
    shown = listed("host", "earliest")
    assert ids(shown) == ["rq-a", "rq-c", "rq-d", "rq-b"]
    assert (np.diff(shown.tops) > 0).all()


def many() -> tuple[Store, Analysis]:
    """Two groups by entry operation: twenty ids, and eight."""
    lines = [
        f"trace t{i} at={i * 10}\ngate: {'GET /a' if i < 20 else 'GET /b'} | server 0+{100 + i} request=rq-{i:02}"
        for i in range(28)
    ]
    store = store_of("\n".join(lines))
    return store, analyse(store, known_rules()[0])


def test_of_a_large_group_a_few_are_shown_until_it_is_opened() -> None:
    store, analysis = many()
    mask = np.ones(28, bool)
    shown = arrange(store, analysis, mask, "entry")
    kinds = [1 if entry >= 0 else 0 if shown.rest_of(int(entry)) < 0 else 2 for entry in shown.entries]
    assert kinds == [0, *[1] * FEW, 2, 0, *[1] * FEW, 2]
    assert len(shown.ids) == 28, "keys step through all of them"
    hidden = int(shown.ids[FEW])
    assert shown.position(hidden) == -1
    group = shown.group_of(hidden)
    assert group is not None
    opened = arrange(store, analysis, mask, "entry", opened=frozenset({group.title}))
    assert opened.position(hidden) == FEW + 1
    assert len(opened.entries) == 1 + group.count + 1 + FEW + 1
    alone = arrange(store, analysis, mask, "none")
    assert len(alone.entries) == 28
