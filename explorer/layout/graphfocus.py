"""What of a large call graph is drawn: around what failed, the rest in bundles; and the calls that matter."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from explorer.analysis.graph_words import edge_label
from explorer.analysis.results import CallGraph, GraphEdge, GraphNode

FEW = 4
"""Neighbours of a service on each side drawn by themselves; the others stand in one box."""
MOST_ALONE = 40
MOST_CALLS = 150
"""Calls drawn at most; of more, those on the failure path and one into each service, then the failing and the
busiest, up to three calls for two services."""
BUNDLE = -2
"""Code of a node that stands for several services."""


@dataclass(frozen=True)
class Focus:
    """The part of a graph that is drawn.

    Attributes:
        graph: nodes and edges drawn.
        members: names of the services that a node stands for, by its index; only of bundles.
        owner: name of the service whose neighbours they are, by the bundle's index.
        quiet: calls between drawn nodes that are not drawn.
        hidden: services neither drawn nor in a bundle.
    """

    graph: CallGraph
    members: dict[int, tuple[str, ...]]
    owner: dict[int, str]
    quiet: tuple[GraphEdge, ...]
    hidden: int


def focused(graph: CallGraph, focus: str, most: int, opened: Collection[str] = ()) -> Focus:
    """The part around the failure path (or one service), nearest first.

    Args:
        focus: service to begin at; "" for the failure path, else the one that failed most.
        most: services up to which a graph is drawn whole.
        opened: services whose neighbours are all drawn.
    """
    if len(graph.nodes) <= most:
        kept = list(range(len(graph.nodes))) if not focus else _near(graph, _start(graph, focus), most)
        whole = _only(graph, sorted(kept))
        return _with_main_calls(whole, {}, {}, len(graph.nodes) - len(kept))
    return _neighbourhood(graph, focus, min(most, MOST_ALONE), opened)


def _start(graph: CallGraph, focus: str) -> list[int]:
    start = [i for i, node in enumerate(graph.nodes) if node.name == focus] if focus else []
    start = start or [i for i, node in enumerate(graph.nodes) if node.role is not None]
    return start or [
        max(range(len(graph.nodes)), key=lambda i: (graph.nodes[i].failed, graph.nodes[i].calls))
    ]


def _neighbours(graph: CallGraph) -> tuple[list[list[int]], list[list[int]]]:
    """Callees and callers of each node, those on the path, failing and busiest first."""
    after: list[set[int]] = [set() for _ in graph.nodes]
    before: list[set[int]] = [set() for _ in graph.nodes]
    for edge in graph.edges:
        if edge.source != edge.target:
            after[edge.source].add(edge.target)
            before[edge.target].add(edge.source)

    def weight(i: int) -> tuple[bool, bool, int]:
        node = graph.nodes[i]
        return node.role is None, not node.failed, -node.calls

    return [sorted(near, key=weight) for near in after], [sorted(near, key=weight) for near in before]


def _near(graph: CallGraph, start: list[int], most: int) -> list[int]:
    after, before = _neighbours(graph)
    kept, queue = dict.fromkeys(start), deque(start)
    while queue and len(kept) < most:
        here = queue.popleft()
        for other in (*after[here], *before[here]):
            if other not in kept and len(kept) < most:
                kept[other] = None
                queue.append(other)
    return list(kept)


def _neighbourhood(graph: CallGraph, focus: str, most: int, opened: Collection[str]) -> Focus:
    after, before = _neighbours(graph)
    start = _start(graph, focus)
    kept, queue = dict.fromkeys(start), deque(start)
    rest: list[tuple[int, bool, list[int]]] = []
    while queue:
        here = queue.popleft()
        for near, callees in ((after[here], True), (before[here], False)):
            new = [other for other in near if other not in kept]
            few = len(new) if graph.nodes[here].name in opened else FEW
            alone = new[: min(few, max(most - len(kept), 0))]
            alone = new if len(new) == len(alone) + 1 and alone else alone
            kept.update(dict.fromkeys(alone))
            queue.extend(alone)
            if len(new) > len(alone):
                rest.append((here, callees, new[len(alone) :]))
    return _bundled(graph, sorted(kept), rest)


def _bundled(graph: CallGraph, kept: list[int], rest: list[tuple[int, bool, list[int]]]) -> Focus:
    """The nodes kept, and a box for what else each of them calls or is called by; nobody stands in two."""
    seen = set(kept)
    shown = _only(graph, kept)
    index = {old: new for new, old in enumerate(kept)}
    nodes, edges = list(shown.nodes), list(shown.edges)
    members: dict[int, tuple[str, ...]] = {}
    owner: dict[int, str] = {}
    for here, callees, others in rest:
        new = [other for other in others if other not in seen]
        seen.update(new)
        if new:
            at = len(nodes)
            nodes.append(_bundle(graph, new))
            members[at], owner[at] = tuple(graph.nodes[i].name for i in new), graph.nodes[here].name
            edges.append(
                _sum(_between(graph, here, set(new), callees=callees), index[here], at, callees=callees)
            )
    whole = CallGraph(tuple(nodes), tuple(edges), shown.carried)
    return _with_main_calls(whole, members, owner, len(graph.nodes) - len(seen))


def _bundle(graph: CallGraph, those: list[int]) -> GraphNode:
    many = [graph.nodes[i] for i in those]
    calls, failed = sum(node.calls for node in many), sum(node.failed for node in many)
    words = f"{failed:,} of {calls:,} calls failed" if failed else f"{calls:,} calls ok"
    name = many[0].name if len(many) == 1 else f"{len(many):,} more services"
    return GraphNode(
        name, many[0].code if len(many) == 1 else BUNDLE, calls, failed, sum(node.spans for node in many),
        sum(node.total_ns for node in many), sum(node.self_ns for node in many), words,
    )  # fmt: skip


def _between(graph: CallGraph, here: int, those: set[int], *, callees: bool) -> Iterator[GraphEdge]:
    for edge in graph.edges:
        one, other = (edge.source, edge.target) if callees else (edge.target, edge.source)
        if one == here and other in those:
            yield edge


def _sum(edges: Iterator[GraphEdge], here: int, bundle: int, *, callees: bool) -> GraphEdge:
    every = list(edges)
    calls, failed = sum(edge.calls for edge in every), sum(edge.failed for edge in every)
    source, target = (here, bundle) if callees else (bundle, here)
    made = GraphEdge(
        source,
        target,
        calls,
        failed,
        sum(edge.total_ns for edge in every),
        0,
        max(edge.p95_ns for edge in every),
    )
    return replace(made, label=edge_label(made))


def _with_main_calls(
    graph: CallGraph, members: dict[int, tuple[str, ...]], owner: dict[int, str], hidden: int
) -> Focus:
    """Of too many calls only those that matter are drawn; one into each service in any case."""
    if len(graph.edges) <= MOST_CALLS:
        return Focus(graph, members, owner, (), hidden)

    def weight(edge: GraphEdge) -> tuple[bool, int, int]:
        return not edge.on_path, -edge.failed, -edge.calls

    ranked = sorted(graph.edges, key=weight)
    chosen = {id(edge) for edge in ranked if edge.on_path}
    entered: set[int] = set()
    for edge in ranked:
        if edge.target not in entered and edge.source != edge.target:
            entered.add(edge.target)
            chosen.add(id(edge))
    for edge in ranked:
        if len(chosen) >= min(MOST_CALLS, len(graph.nodes) * 3 // 2):
            break
        chosen.add(id(edge))
    drawn = tuple(edge for edge in graph.edges if id(edge) in chosen)
    quiet = tuple(edge for edge in graph.edges if id(edge) not in chosen)
    return Focus(replace(graph, edges=drawn), members, owner, quiet, hidden)


def _only(graph: CallGraph, kept: list[int]) -> CallGraph:
    index = {old: new for new, old in enumerate(kept)}
    return CallGraph(
        tuple(graph.nodes[old] for old in kept),
        tuple(
            replace(edge, source=index[edge.source], target=index[edge.target])
            for edge in graph.edges
            if edge.source in index and edge.target in index
        ),
        tuple((index[a], index[b]) for a, b in graph.carried if a in index and b in index),
    )
