"""The layered drawing as a whole: what holds for any graph, and what a person expects of small ones."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import Cancelled
from explorer.layout.layered import Placement, Size, Spacing, place, proper
from tests.layout import drawings
from tests.layout.drawings import BOX, Edges
from tests.shared import ROOT

# A ranking service: 0 edge, 1 auth, 2 ranking, 3 features, 4 model, 5 post-processing, 6 store, 7 fallback
RANKING = [(0, 1), (0, 2), (2, 3), (2, 4), (2, 5), (3, 6)]


def drawn(nodes: int, edges: Edges, **options: object) -> Placement:
    return place([BOX] * nodes, edges, **options)  # type: ignore[arg-type]


def middle(drawing: Placement, node: int) -> float:
    return float(drawing.y[node] + drawing.height[node] / 2)


def check(drawing: Placement, edges: Edges) -> None:
    """All that must hold of any drawing without pinned nodes."""
    assert drawings.overlaps(drawings.boxes(drawing)) == []
    assert drawings.pierced(drawing) == []
    assert drawings.ends_at_its_boxes(drawing, edges)
    everything = np.concatenate([drawings.boxes(drawing).reshape(-1, 2), *drawing.routes])
    assert (everything >= 0).all()
    assert (everything <= (drawing.total.width, drawing.total.height)).all()
    for (tail, head), turned in zip(edges, drawing.reversed, strict=True):
        assert turned == (drawing.layers[tail] > drawing.layers[head])
        assert tail == head or drawing.layers[tail] != drawing.layers[head]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Size], Edges]:
    sizes = draw(st.lists(st.builds(Size, st.floats(20, 300), st.floats(10, 90)), min_size=1, max_size=14))
    node = st.integers(0, len(sizes) - 1)
    return sizes, draw(st.lists(st.tuples(node, node), max_size=30))


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_any_graph_is_drawn_without_overlap(graph: tuple[list[Size], Edges]) -> None:
    sizes, edges = graph
    check(place(sizes, edges, labels=[Size(60, 14)] * len(edges)), edges)


@pytest.mark.parametrize("nodes", [2, 10, 60, 200])
@pytest.mark.parametrize("more", [0.2, 0.7])
def test_call_graphs_are_drawn_without_overlap(nodes: int, more: float) -> None:
    edges = drawings.call_graph(nodes, more, seed=nodes)
    check(drawn(nodes, edges), edges)


def test_nothing_and_one() -> None:
    empty = drawn(0, [])
    assert (len(empty.x), empty.routes) == (0, ())
    one = drawn(1, [])
    assert (one.x[0], one.y[0]) == (16, 16)
    assert one.total == Size(150 + 32, 41 + 32)


def test_the_columns_follow_the_calls() -> None:
    assert drawn(7, RANKING).layers.tolist() == [0, 1, 1, 2, 2, 2, 3]


def test_the_order_of_calls_is_kept_where_nothing_crosses() -> None:
    drawing = drawn(7, RANKING)
    assert drawing.crossings == 0
    assert drawing.y[1] < drawing.y[2]
    assert drawing.y[3] < drawing.y[4] < drawing.y[5]


def test_a_parent_stands_in_the_middle_of_its_children_and_a_single_child_on_its_level() -> None:
    drawing = drawn(7, RANKING)
    assert middle(drawing, 2) == pytest.approx(middle(drawing, 4), abs=0.5)
    assert middle(drawing, 0) == pytest.approx((middle(drawing, 1) + middle(drawing, 2)) / 2, abs=0.5)
    assert middle(drawing, 3) == pytest.approx(middle(drawing, 6), abs=0.1)


def test_a_heavy_edge_is_straight() -> None:
    drawing = drawn(7, RANKING, weights=[1, 4, 1, 1, 1, 1])
    assert middle(drawing, 0) == pytest.approx(middle(drawing, 2), abs=0.1)


def test_siblings_stand_as_near_as_allowed() -> None:
    drawing = drawn(4, [(0, 1), (0, 2), (0, 3)], options=Spacing(node_gap=20))
    assert np.diff(drawing.y[1:]).tolist() == pytest.approx([61, 61])


def test_a_cycle_is_broken_once_and_its_arrow_turned() -> None:
    drawing = drawn(3, [(0, 1), (1, 2), (2, 0)])
    assert drawing.layers.tolist() == [0, 1, 2]
    assert drawing.reversed.tolist() == [False, False, True]
    first, last = drawing.routes[2][0], drawing.routes[2][-1]
    assert first[0] == drawing.x[2]
    assert last[0] == drawing.x[0] + BOX.width


def test_calls_between_the_same_two_are_drawn_apart() -> None:
    label = Size(60, 14)
    drawing = drawn(2, [(0, 1), (0, 1), (1, 0)], labels=[label] * 3)
    levels = sorted(route[0, 1] for route in drawing.routes)
    assert (np.diff(levels) > label.height).all()


def test_a_call_to_itself_is_an_arch_above_the_box() -> None:
    drawing = drawn(2, [(0, 1), (0, 0), (0, 0)], labels=[Size(0, 0), Size(50, 14), Size(50, 14)])
    heights = [drawings.points(route)[:, 1].min() for route in drawing.routes[1:]]
    assert max(heights) < drawing.y[0]
    assert abs(heights[0] - heights[1]) > 14


def test_parts_that_nothing_joins_are_packed() -> None:
    edges = [(0, 1), (2, 3)]
    drawing = drawn(30, edges)
    check(drawing, edges)
    assert drawing.layers[:4].tolist() == [0, 1, 0, 1]
    assert 1 < drawing.total.width / drawing.total.height < 5


def test_a_loose_edge_moves_no_node_into_another_column() -> None:
    edges = [*RANKING, (3, 5), (2, 7)]
    drawing = drawn(8, edges, loose={6, 7})
    assert drawing.layers.tolist() == [0, 1, 1, 2, 2, 2, 3, 1]
    assert drawings.overlaps(drawings.boxes(drawing)) == []
    assert drawings.pierced(drawing) == []
    assert drawings.ends_at_its_boxes(drawing, edges)
    swung = drawing.routes[6][:, 0].max()  # round the box between the two
    assert drawing.x[4] + BOX.width < swung < drawing.x[6]


def test_the_longest_edges_run_above_where_there_are_far_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = [(node, node + 1) for node in range(39)] + [(node, 39) for node in range(35)]
    monkeypatch.setattr(proper, "MOST_PIECES", 200)
    drawing = drawn(40, edges)
    check(drawing, edges)
    assert min(route[:, 1].min() for route in drawing.routes) < drawing.y.min() - 5


def test_the_same_input_gives_the_same_drawing_in_every_process() -> None:
    code = (
        "from explorer.layout.layered import place; from tests.layout import drawings as d;"
        "p = place([d.BOX] * 40, d.call_graph(40, 0.6, 7)); print(p.x.tolist(), p.y.tolist(), p.crossings)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


def test_it_stops_when_asked() -> None:
    with pytest.raises(Cancelled):
        drawn(20, drawings.call_graph(20, 0.5, 1), cancelled=lambda: True)


def test_two_hundred_services_take_a_fraction_of_a_second() -> None:
    edges = drawings.call_graph(200, 0.3, 3)
    begun = time.process_time()
    drawn(200, edges)
    assert time.process_time() - begun < 1.0  # about 0.06 s on a quiet machine
