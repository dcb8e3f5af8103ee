"""Call paths, against the same made span by span; and what is as deep as a chain of a hundred thousand."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.flame import DEEPEST, Flame, flame
from explorer.analysis.statistics import spans_of
from explorer.analysis.timing import self_times
from explorer.model.store import Store
from tests.bench.frames import one_trace
from tests.drawn_store import store_of

Path = tuple[tuple[str, str], ...]


def paths_of(store: Store) -> dict[int, Path]:
    found: dict[int, Path] = {}
    for row in range(len(store.spans)):
        above = found.get(int(store.spans.parent[row]), ())
        found[row] = (*above, (store.service(row), store.operation(row)))
    return found


def path_at(store: Store, found: Flame, node: int) -> Path:
    return tuple(
        (store.services[found.service[one]], store.operations[found.operation[one]])
        for one in found.ancestors(node)
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300))
def test_paths_count_and_time_what_their_spans_do(size: int) -> None:
    store = one_trace(size)
    found = flame(store, spans_of(store, None))
    paths, own = paths_of(store), self_times(store.spans)
    count, errors = Counter(paths.values()), Counter(p for row, p in paths.items() if store.spans.failed[row])
    total: dict[Path, int] = defaultdict(int)
    mine: dict[Path, int] = defaultdict(int)
    for row, path in paths.items():
        total[path] += int(store.spans.duration[row])
        mine[path] += int(own[row])
    assert len(found) == len(count)
    for node in range(len(found)):
        path = path_at(store, found, node)
        assert found.count[node] == count[path]
        assert found.errors[node] == errors[path]
        assert found.total[node] == total[path]
        assert found.self_time[node] == mine[path]
        slowest = int(found.slowest[node])
        assert paths[slowest] == path
        assert store.spans.duration[slowest] == max(
            int(store.spans.duration[row]) for row, other in paths.items() if other == path
        )
    assert (found.parent < np.arange(len(found))).all()


def test_alike_calls_of_several_ids_become_one_path() -> None:
    store = store_of(
        "trace a at=0\ngate: GET / | server 0+100\n  db: get | client 0+10\n  db: get | client 20+10\n"
        "trace b at=500\ngate: GET / | server 0+50\n  db: get | client 0+5 error\n"
    )
    found = flame(store, spans_of(store, None))
    assert [(path_at(store, found, node)[-1], int(found.count[node])) for node in range(2)] == [
        (("gate", "GET /"), 2), (("db", "get"), 3),
    ]  # fmt: skip
    assert found.errors.tolist() == [0, 1]
    assert (found.values("time") // 1_000_000).tolist() == [150, 25]
    assert found.values("spans").tolist() == [5, 3]
    assert found.values("errors").tolist() == [1, 1]


def test_no_spans_are_no_paths() -> None:
    store = store_of("trace a at=0\ngate: GET / | server 0+100\n")
    found = flame(store, np.empty(0, np.int64))
    assert (len(found), found.levels, found.deeper) == (0, 0, 0)
    assert found.values("time").tolist() == []


def test_what_is_too_deep_is_counted() -> None:
    lines = [f"{'  ' * depth}a: f | internal 0+{2000 - depth}" for depth in range(DEEPEST + 50)]
    store = store_of("trace t at=0\n" + "\n".join(lines))
    found = flame(store, spans_of(store, None))
    assert (found.levels, len(found), found.deeper) == (DEEPEST, DEEPEST, 50)
