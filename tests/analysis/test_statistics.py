"""Figures by service and operation, against the same figures made span by span."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.statistics import QUANTILES, Statistics, spans_of, statistics
from explorer.analysis.timing import self_times
from explorer.model.schema import SpanFlag
from explorer.model.store import Store
from tests.bench.frames import one_trace
from tests.drawn_store import store_of
from tests.gui.bundles import DRAWING, drawn_store


def slowly(store: Store, rows: list[int]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Count, errors, total, self, p50, p95, p99 and the longest of each service and operation, one span at a time."""
    own = self_times(store.spans)
    groups = defaultdict(list)
    for row in rows:
        groups[store.service(row), store.operation(row)].append(row)
    found = {}
    for kind, mine in groups.items():
        times = sorted(int(store.spans.duration[row]) for row in mine)
        ranks = [times[max(math.ceil(round(q * 100) * len(times) / 100), 1) - 1] for q in QUANTILES]
        found[kind] = (
            len(mine), sum(bool(store.spans.failed[row]) for row in mine), sum(times),
            sum(int(own[row]) for row in mine), *ranks, times[-1],
        )  # fmt: skip
    return found


def table(store: Store, found: Statistics) -> dict[tuple[str, str], tuple[int, ...]]:
    return {
        (store.services[found.service[row]], store.operations[found.operation[row]]): (
            int(found.count[row]), int(found.errors[row]), int(found.total[row]), int(found.self_time[row]),
            *found.quantiles[:, row].tolist(), int(store.spans.duration[found.slowest[row]]),
        )
        for row in range(len(found))
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400))
def test_figures_are_those_of_the_spans(size: int) -> None:
    store = one_trace(size)
    found = statistics(store, spans_of(store, None))
    assert table(store, found) == slowly(store, list(range(size)))
    assert found.spans == size
    assert (np.diff(found.self_time) <= 0).all()


def test_only_the_spans_asked_for_count() -> None:
    store = drawn_store()
    bad = store.correlation.row_by_id["rq-bad"]
    rows = store.traces.rows(store.correlation.rows[bad].traces[0])
    chosen = spans_of(store, np.array([bad]))
    assert chosen.tolist() == list(range(rows.start, rows.stop))
    assert table(store, statistics(store, chosen)) == slowly(store, chosen.tolist())
    both = spans_of(store, np.array([bad, store.correlation.row_by_id["rq-good"]]))
    assert len(both) == len(chosen) + 2
    assert np.array_equal(spans_of(store, None), np.arange(len(store.spans)))


def test_a_span_without_an_end_counts_but_has_no_duration() -> None:
    store = store_of(
        "trace t at=0\ngate: GET / | server 0+100\n  db: get | client 0+10\n  db: get | client 20+30\n"
    )
    for unfinished, expected in (([2], 10_000_000), ([1, 2], -1)):
        flags = store.spans.flags.copy()
        flags[unfinished] = SpanFlag.UNFINISHED
        cut = replace(store, spans=replace(store.spans, flags=flags))
        found = statistics(cut, spans_of(cut, None))
        gets = found.service.tolist().index(store.services.index("db"))
        assert found.count[gets] == 2
        assert found.quantiles[:, gets].tolist() == [expected] * 3


def test_no_spans_are_no_rows() -> None:
    store = drawn_store()
    for rows in (np.empty(0, np.int64), spans_of(store, np.empty(0, np.int64))):
        found = statistics(store, rows)
        assert (len(found), found.spans, found.quantiles.shape) == (0, 0, (3, 0))


@pytest.mark.parametrize("times", [1, 2, 19, 20, 21, 100, 101])
def test_quantiles_are_by_nearest_rank(times: int) -> None:
    lines = [f"  db: get | client 0+{number + 1}" for number in range(times)]
    store = store_of("trace t at=0\ngate: GET / | server 0+1000\n" + "\n".join(lines))
    found = statistics(store, spans_of(store, None))
    gets = next(row for row in range(len(found)) if store.services[found.service[row]] == "db")
    expected = [math.ceil(percent * times / 100) * 1_000_000 for percent in (50, 95, 99)]
    assert found.quantiles[:, gets].tolist() == expected


def test_the_drawing_by_hand() -> None:
    store = store_of(DRAWING)
    found = table(store, statistics(store, spans_of(store, None)))
    ms = 1_000_000
    assert found["pay", "charge"] == (
        3, 2, (60 + 470 + 650) * ms, (60 + 470 - 40 + 650) * ms, 470 * ms, 650 * ms, 650 * ms, 650 * ms,
    )  # fmt: skip
