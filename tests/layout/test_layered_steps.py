"""The steps of the layered drawing, each on its own."""

from __future__ import annotations

import random
from itertools import pairwise, permutations

import numpy as np
import pytest

from explorer.layout.layered import Placement, Size, place
from explorer.layout.layered.balance import isotonic
from explorer.layout.layered.order import crossings, order
from explorer.layout.layered.pack import parts, shelves
from explorer.layout.layered.proper import first_order, proper
from explorer.layout.layered.ranks import align, backward, ranks
from tests.layout import drawings
from tests.layout.drawings import BOX, Edges


def acyclic(nodes: int, edges: Edges) -> Edges:
    turned = backward(nodes, edges)
    return [(head, tail) if back else (tail, head) for (tail, head), back in zip(edges, turned, strict=True)]


def test_turned_edges_leave_no_cycle_and_trees_are_left_alone() -> None:
    assert backward(4, [(0, 1), (1, 2), (1, 3)]) == [False] * 3
    assert sum(backward(3, [(0, 1), (1, 2), (2, 0), (1, 0)])) == 2
    deep = [(node, node + 1) for node in range(50_000)]
    assert sum(backward(50_001, [*deep, (50_000, 0)])) == 1


def test_ranks_respect_every_edge_and_keep_short_ones_short() -> None:
    edges = acyclic(60, [e for e in drawings.call_graph(60, 0.7, 2) if e[0] != e[1]])
    layer = ranks(60, edges)
    assert all(layer[tail] < layer[head] for tail, head in edges)
    # A job (4) that calls only the database (3) stands beside it.
    assert ranks(5, [(0, 1), (1, 2), (2, 3), (4, 3)]) == [0, 1, 2, 3, 2]


def test_alignment_brings_loosely_held_parts_into_the_column() -> None:
    assert align([0, 1, 2, 0, 1], [(0, 1), (1, 2), (3, 4)], [(2, 4)]) == [0, 1, 2, 1, 2]


def test_long_edges_pass_every_column_between() -> None:
    graph = proper([0, 1, 2, 3], [(0, 1), (1, 2), (2, 3), (3, 0)])
    assert [graph.layer[vertex] for vertex in graph.chains[3]] == [0, 1, 2, 3]
    assert sorted(map(len, first_order(graph))) == [1, 1, 2, 2]


def naive(graph_edges: Edges, columns: list[list[int]]) -> int:
    place_of = {vertex: index for column in columns for index, vertex in enumerate(column)}
    layer = {vertex: number for number, column in enumerate(columns) for vertex in column}
    return sum(
        layer[a] == layer[c] and (place_of[a] - place_of[c]) * (place_of[b] - place_of[d]) < 0
        for index, (a, b) in enumerate(graph_edges)
        for c, d in graph_edges[index + 1 :]
    )


def test_crossings_are_counted_as_by_hand() -> None:
    chance = random.Random(5)
    edges = [(chance.randrange(8), 8 + chance.randrange(8)) for _ in range(30)]
    graph = proper([0] * 8 + [1] * 8, edges)
    columns = [list(range(8)), list(range(8, 16))]
    assert crossings(graph, columns) == naive(edges, columns) > 0


@pytest.mark.parametrize("seed", range(8))
def test_small_drawings_have_the_fewest_crossings_there_can_be(seed: int) -> None:
    chance = random.Random(seed)
    edges = sorted({(chance.randrange(5), 5 + chance.randrange(5)) for _ in range(11)})
    graph = proper([0] * 5 + [1] * 5, edges)
    best = min(
        crossings(graph, [list(left), list(right)])
        for left in permutations(range(5))
        for right in permutations(range(5, 10))
        if left[0] < left[-1]
    )
    assert order(graph, first_order(graph), lambda: None)[1] == best


def test_isotonic_regression_is_the_nearest_monotone_sequence() -> None:
    assert isotonic([1.0, 3.0, 2.0, 4.0], [1.0] * 4) == [1.0, 2.5, 2.5, 4.0]
    assert isotonic([3.0, 0.0], [2.0, 1.0]) == [2.0, 2.0]
    chance = random.Random(1)
    targets = [chance.uniform(0, 10) for _ in range(40)]
    levels = isotonic(targets, [1.0] * 40)
    assert all(one <= other for one, other in pairwise(levels))
    error = sum((level - target) ** 2 for level, target in zip(levels, targets, strict=True))
    for _ in range(200):  # no nearby monotone sequence is nearer
        other = np.sort(np.array(levels) + [chance.gauss(0, 0.3) for _ in levels])
        assert float(((other - targets) ** 2).sum()) >= error - 1e-9


def test_parts_and_shelves() -> None:
    assert parts(6, [(0, 3), (5, 4), (3, 1)]) == [[0, 1, 3], [2], [4, 5]]
    sizes = [Size(100, 50)] * 7 + [Size(300, 80)]
    corners, total = shelves(sizes, 10, 2)
    rectangles = np.array(
        [(x, y, x + s.width, y + s.height) for (x, y), s in zip(corners, sizes, strict=True)]
    )
    assert drawings.overlaps(rectangles) == []
    assert rectangles[:, 2:].max(axis=0).tolist() == [total.width, total.height]


def labels_of(drawing: Placement, labels: list[Size]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    half = np.array([(label.width, label.height) for label in labels]) / 2
    centres = np.column_stack((drawing.label_x, drawing.label_y))
    return np.hstack((centres - half, centres + half))


def test_labels_lie_on_their_lines_and_off_the_boxes_and_each_other() -> None:
    edges = [(0, node) for node in range(1, 7)] + [(node, 7) for node in range(1, 7)]
    labels = [Size(66, 14)] * len(edges)
    drawing = place([BOX] * 8, edges, labels=labels)
    texts = labels_of(drawing, labels)
    assert drawings.overlaps(texts) == []
    assert drawings.overlaps(np.vstack((drawings.boxes(drawing), texts))) == []
    for route, x, y in zip(drawing.routes, drawing.label_x, drawing.label_y, strict=True):
        assert np.hypot(*(drawings.points(route, 200) - (x, y)).T).min() < 1.5


def test_a_gap_is_as_wide_as_its_label() -> None:
    wide = place([BOX] * 2, [(0, 1)], labels=[Size(200, 14)])
    assert wide.x[1] - wide.x[0] - BOX.width > 200


def test_a_pinned_node_stays_others_step_aside_and_lines_follow() -> None:
    edges = [(0, 1), (0, 2), (2, 3)]
    free = place([BOX] * 4, edges)
    pinned = place([BOX] * 4, edges, pinned={1: (float(free.x[2]) + 20, float(free.y[2]) + 5)})
    assert (pinned.x[1], pinned.y[1]) == (free.x[2] + 20, free.y[2] + 5)
    assert drawings.overlaps(drawings.boxes(pinned)) == []
    assert pinned.x[2] == free.x[2]
    assert drawings.ends_at_its_boxes(pinned, edges)
    assert (pinned.x[0], pinned.y[0]) == (free.x[0], free.y[0])


def test_a_node_pinned_left_of_its_caller_is_reached_from_the_other_side() -> None:
    drawing = place([BOX] * 2, [(0, 1)], pinned={1: (-400.0, 0.0)})
    assert drawing.routes[0][0, 0] == drawing.x[0]
    assert drawing.routes[0][-1, 0] == -400.0 + BOX.width
    below = place([BOX] * 2, [(0, 1)], pinned={1: (16.0, 300.0)})
    assert below.routes[0][-1, 1] == 300.0
