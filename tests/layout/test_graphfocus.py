"""What of a large call graph is drawn, and that layers are drawn together as far as they go."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.graph_words import edge_label
from explorer.analysis.results import CallGraph, GraphEdge, GraphNode
from explorer.layout.callgraph import GraphPicture, picture
from explorer.layout.graphfocus import BUNDLE, MOST_CALLS, focused
from explorer.layout.graphsaid import edge_words, node_words, note
from explorer.layout.layered.ranks import ranks
from explorer.layout.layered.simplex import shortened
from tests.bench.graphs import dense, services


def star(callees: int, *, failing: int = 0) -> CallGraph:
    """A gateway on the failure path that calls many; the last few failed."""
    gate = GraphNode("gate", 0, 1, 1, 1, 10, 10, "500", role="surfaced")
    others = tuple(
        GraphNode(f"s{at}", at, at, int(at > callees - failing), 1, 10, 10, "ok")
        for at in range(1, callees + 1)
    )
    edges = tuple(
        GraphEdge(0, at, at, others[at - 1].failed, 10, 10**6, 10**7) for at in range(1, callees + 1)
    )
    return CallGraph((gate, *others), edges)


def test_a_small_graph_is_drawn_whole() -> None:
    found = focused(star(20), "", 60)
    assert len(found.graph.nodes) == 21
    assert (found.members, found.quiet, found.hidden) == ({}, (), 0)


def test_of_many_callees_a_few_stand_alone_and_the_rest_in_a_box() -> None:
    found = focused(star(100, failing=2), "", 60)
    names = [node.name for node in found.graph.nodes]
    assert names[0] == "gate"
    assert {"s100", "s99"} <= set(names)  # those that failed
    assert len(names) == 6
    (box,) = found.members
    assert found.graph.nodes[box].code == BUNDLE
    assert found.graph.nodes[box].name == "96 more services"
    assert len(found.members[box]) == 96
    assert found.owner[box] == "gate"
    edge = next(edge for edge in found.graph.edges if edge.target == box)
    assert edge.calls == sum(range(1, 97))
    assert found.hidden == 0


def test_around_a_service_in_focus_it_stands_alone_and_the_rest_in_a_box() -> None:
    found = focused(star(100), "s7", 60)
    names = [node.name for node in found.graph.nodes]
    assert {"gate", "s7"} <= set(names)
    assert len(names) < 10
    assert sum(map(len, found.members.values())) + len(names) - len(found.members) == 101


def test_an_opened_box_shows_its_services() -> None:
    found = focused(star(30), "", 20, opened={"gate"})
    assert len(found.graph.nodes) >= 20
    assert sum(map(len, found.members.values())) + len(found.graph.nodes) - len(found.members) == 31


@pytest.mark.parametrize("count", [61, 200, 1000])
def test_no_service_is_lost_or_counted_twice(count: int) -> None:
    graph = services(count)
    found = focused(graph, "", 60)
    boxed = [name for names in found.members.values() for name in names]
    alone = [node.name for at, node in enumerate(found.graph.nodes) if at not in found.members]
    assert len(set(boxed) | set(alone)) == len(boxed) + len(alone)
    assert len(boxed) + len(alone) + found.hidden == count
    assert len(found.graph.nodes) <= 120


def test_of_too_many_calls_those_that_matter_are_drawn() -> None:
    found = focused(dense(40), "", 60)
    drawn, quiet = found.graph.edges, found.quiet
    assert len(drawn) == 60
    assert len(drawn) + len(quiet) == 40 * 39
    assert {edge.target for edge in drawn} == set(range(40))
    assert len(focused(dense(12), "", 60).graph.edges) == 12 * 11 <= MOST_CALLS
    placed = picture(dense(40))
    assert len(placed.quiet_of(3)) == 78 - sum(3 in (edge.source, edge.target) for edge in drawn)
    assert "1,500 calls more" in note(placed, "")


def test_calls_are_found_by_their_curve_and_said_in_words() -> None:
    placed = picture(star(3, failing=1))
    at = next(i for i, edge in enumerate(placed.edges) if edge.failed)
    route = placed.placement.routes[at]
    x, y = (route[0] * 0.125 + route[1] * 0.375 + route[2] * 0.375 + route[3] * 0.125).tolist()
    assert placed.edge_at(x, y, 6) == at
    assert placed.edge_at(x, y + 4000, 6) == -1
    assert edge_words(placed, at) == "gate → s3\n3 calls, 1 failed (33 %)\nmedian 1 ms\n95 % within 10 ms"
    assert node_words(placed, 0).startswith("gate\n500\n")


def test_a_box_says_whom_it_stands_for() -> None:
    placed: GraphPicture = picture(star(100))
    box = next(iter(placed.members))
    assert "96 more services beside gate" in node_words(placed, box)
    assert "and 76 more" in node_words(placed, box)


def test_many_calls_are_said_by_their_share() -> None:
    assert edge_label(GraphEdge(0, 1, 3, 3, 0, 0, 0)) == "3× 3 failed"
    assert edge_label(GraphEdge(0, 1, 1204, 494, 0, 0, 0)) == "1,204× 41 % failed"
    assert edge_label(GraphEdge(0, 1, 5000, 1, 0, 0, 0)) == "5,000× <1 % failed"


@st.composite
def acyclic(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """A small connected graph without cycles."""
    count = draw(st.integers(2, 6))
    edges = {(draw(st.integers(0, node - 1)), node) for node in range(1, count)}
    more = [(a, b) for a in range(count) for b in range(a + 1, count)]
    return count, sorted(edges | set(draw(st.lists(st.sampled_from(more), max_size=5))))


@given(acyclic())
@settings(max_examples=150, deadline=None)
def test_layers_are_as_near_as_can_be(made: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = made
    layer = shortened(ranks(count, edges), edges)
    assert min(layer) == 0
    assert all(layer[head] > layer[tail] for tail, head in edges)
    best = min(
        sum(some[head] - some[tail] for tail, head in edges)
        for some in product(range(count), repeat=count)
        if all(some[head] > some[tail] for tail, head in edges)
    ) if count < 6 else None  # fmt: skip
    assert best is None or sum(layer[head] - layer[tail] for tail, head in edges) == best


def test_parts_that_nothing_joins_are_left_alone() -> None:
    assert shortened([0, 1, 0, 1], [(0, 1), (2, 3)]) == [0, 1, 0, 1]
