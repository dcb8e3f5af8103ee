"""The service call graph of some ids or of the whole bundle, with the failure path of one id drawn into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts, facts_of
from explorer.analysis.graph_words import edge_label, node_result
from explorer.analysis.not_called import Missing, missing_calls
from explorer.analysis.results import CallGraph, GraphEdge, GraphNode, Relation, Verdict
from explorer.model.schema import Kind
from explorer.model.store import Store

Mask = NDArray[np.bool_]
Longs = NDArray[np.int64]


def call_graph(store: Store, id_rows: Sequence[int] | None, verdict: Verdict | None) -> CallGraph:
    """Services, the calls between them, and what came of them.

    Args:
        id_rows: rows of the id table; None for the whole bundle.
        verdict: whose path is drawn; None for none.

    Nodes are in order of service code, strangers and absent services last. A peer without spans is ``silent``;
    with one id given, services that others with its entry operation call and this one did not are ``absent``.
    """
    facts = facts_of(store)
    traces = _traces(facts, id_rows)
    hops = (
        np.flatnonzero(traces[store.spans.trace[facts.hops.caller]])
        if len(store.spans)
        else np.empty(0, np.int64)
    )
    spans = np.flatnonzero(traces[store.spans.trace]) if len(store.spans) else hops
    hops = _without_queues(facts, hops, traces)
    flow = _Flow(facts, hops, spans, traces)
    codes = flow.codes()
    edges = [*flow.edges(), *flow.link_edges()]
    one = id_rows[0] if id_rows is not None and len(id_rows) == 1 else -1
    nodes = [flow.node(code, verdict, single=one >= 0) for code in codes]
    missing = missing_calls(facts, one) if one >= 0 else ()
    named, edges = _nameless(dict(zip(codes, nodes, strict=True)), edges, len(store.services), verdict)
    known = {node.name for node in named.values()}
    return _composed(facts, named, edges, [call for call in missing if call.name not in known], verdict)


def _nameless(
    nodes: dict[int, GraphNode], edges: list[GraphEdge], code: int, verdict: Verdict | None
) -> tuple[dict[int, GraphNode], list[GraphEdge]]:
    """Calls to a peer that nobody named: the origin's, where that left no span, else left out unless they failed."""
    node = nodes.get(code)
    if node is None:
        return nodes, edges
    if node.failed and verdict is not None and verdict.path and verdict.path[0].row < 0:
        return nodes | {code: replace(node, name=verdict.path[0].service, result="not reached")}, edges
    if node.failed:
        return nodes | {code: replace(node, name="unnamed peer")}, edges
    kept = {other: one for other, one in nodes.items() if other != code}
    return kept, [edge for edge in edges if code not in (edge.source, edge.target)]


def _traces(facts: Facts, id_rows: Sequence[int] | None) -> Mask:
    wanted = np.ones(len(facts.store.traces), bool)
    if id_rows is not None:
        wanted[:] = False
        for row in id_rows:
            wanted[list(facts.store.correlation.rows[row].traces)] = True
    return wanted


def _without_queues(facts: Facts, hops: Longs, traces: Mask) -> Longs:
    """Hops without those to a queue whose receiver is seen: the link to it is drawn in their place."""
    links = facts.store.links["span"]
    if not len(links) or not len(hops):
        return hops
    received = facts.linked[(facts.linked >= 0) & traces[facts.store.spans.trace[links]]]
    stranger = facts.hops.target[hops] >= len(facts.store.services)
    return hops[~(stranger & np.isin(facts.hops.caller[hops], received))]


@dataclass(frozen=True)
class _Flow:
    """The hops and spans of the chosen traces."""

    facts: Facts
    hops: Longs
    spans: Longs
    traces: Mask

    def codes(self) -> list[int]:
        """Codes of all nodes: services with spans, then what was called besides."""
        services = self.facts.store.spans.service[self.spans]
        codes: list[int] = np.unique(np.concatenate((services, self.facts.hops.target[self.hops]))).tolist()
        return codes

    def failed(self, hops: Longs) -> Mask:
        """Which hops failed, on either side."""
        table, hard = self.facts.hops, self.facts.hard
        return hard[table.stands[hops]] | hard[table.caller[hops]] & table.calls[table.caller[hops]]

    def edges(self) -> list[GraphEdge]:
        """One edge for each pair of services that call one another; calls within a service are no edge."""
        table = self.facts.hops
        hops = self.hops[table.source[self.hops] != table.target[self.hops]]
        width = len(self.facts.store.services) + len(self.facts.store.texts)
        key = table.source[hops].astype(np.int64) * width + table.target[hops]
        order = np.lexsort((table.duration[hops], key))
        hops = hops[order]
        found, first, counts = np.unique(key[order], return_index=True, return_counts=True)
        if not len(found):
            return []
        failed = np.add.reduceat(self.failed(hops), first, dtype=np.int64)
        total = np.add.reduceat(table.duration[hops], first)
        median = table.duration[hops[first + counts // 2]]
        high = table.duration[hops[first + np.minimum(counts * 95 // 100, counts - 1)]]
        queued = self.facts.store.spans.kind[table.stands[hops[first]]] == Kind.CONSUMER
        rows = zip(*(a.tolist() for a in (found, counts, failed, total, median, high, queued)), strict=True)
        return [
            GraphEdge(code // width, code % width, calls, bad, all_ns, mid, top, "link" if queue else "call")
            for code, calls, bad, all_ns, mid, top, queue in rows
        ]

    def link_edges(self) -> list[GraphEdge]:
        """Edges of queue links between the chosen traces (parents within a trace are hops already)."""
        store = self.facts.store
        rows, producers = np.asarray(store.links["span"]), self.facts.linked
        here = self.traces[store.spans.trace] if len(rows) else np.empty(0, bool)
        chosen = np.flatnonzero((producers >= 0) & here[rows] & here[producers]) if len(rows) else rows
        counted: dict[tuple[int, int], tuple[int, int]] = {}
        for at in chosen.tolist():
            pair = int(store.spans.service[producers[at]]), int(store.spans.service[rows[at]])
            calls, bad = counted.get(pair, (0, 0))
            counted[pair] = calls + 1, bad + int(self.facts.hard[rows[at]])
        return [
            GraphEdge(a, b, calls, bad, 0, 0, 0, "link") for (a, b), (calls, bad) in counted.items() if a != b
        ]

    def node(self, code: int, verdict: Verdict | None, *, single: bool) -> GraphNode:
        """The node of a service or stranger."""
        store, table = self.facts.store, self.facts.hops
        into = self.hops[table.target[self.hops] == code]
        failed = int(self.failed(into).sum())
        if code >= len(store.services):
            total = int(table.duration[into].sum())
            name = self.facts.peers.name(code)
            node = GraphNode(name, -1, len(into), failed, 0, total, total, "", silent=True)
            return replace(node, result=node_result(self.facts, node, into, verdict, single=single))
        mine = self.spans[store.spans.service[self.spans] == code]
        entered = mine[table.enters[mine]]
        roots = entered[store.spans.parent[entered] < 0]
        node = GraphNode(
            store.services[code], code, len(into) + len(roots), failed + int(self.facts.hard[roots].sum()), len(mine),
            int(store.spans.duration[entered].sum()), int(self.facts.self_ns[mine].sum()), "", silent=not len(mine),
        )  # fmt: skip
        rows = table.stands[into] if not len(mine) else entered
        return replace(node, result=node_result(self.facts, node, rows, verdict, single=single))


def _composed(
    facts: Facts,
    nodes: dict[int, GraphNode],
    edges: Sequence[GraphEdge],
    missing: Sequence[Missing],
    verdict: Verdict | None,
) -> CallGraph:
    """Codes turned to indices, the path drawn in, what was not called added."""
    store = facts.store
    made: list[GraphEdge] = list(edges)
    for one in missing:
        if one.target not in nodes and one.source in nodes:
            words = "not called"
            nodes[one.target] = GraphNode(
                one.name, one.code, 0, 0, 0, 0, 0, words, silent=one.silent, absent=True
            )
            made.append(GraphEdge(one.source, one.target, 0, 0, 0, 0, 0, label=one.label))
    path = verdict.path if verdict is not None else ()
    by_name = {node.name: code for code, node in reversed(nodes.items())}
    unknown = len(store.services) + len(store.texts)
    for step in path:
        if step.service not in by_name:
            by_name[step.service] = unknown
            nodes[unknown] = GraphNode(step.service, -1, 0, 0, 0, 0, 0, step.text, silent=True)
            unknown += 1
    made = _with_path(made, [by_name[step.service] for step in path], [step.relation for step in path])
    index = {code: at for at, code in enumerate(nodes)}
    roles = {by_name[step.service]: step.role for step in reversed(path)}
    carried = [
        (index[by_name[a.service]], index[by_name[b.service]])
        for a, b in pairwise(path)
        if b.relation == "data" and a.service != b.service
    ]
    return CallGraph(
        tuple(replace(node, role=roles.get(code)) for code, node in nodes.items()),
        tuple(
            replace(e, source=index[e.source], target=index[e.target], label=e.label or edge_label(e))
            for e in made
        ),
        tuple(carried),
    )


def _with_path(
    edges: Sequence[GraphEdge], codes: Sequence[int], relations: Sequence[Relation | None]
) -> list[GraphEdge]:
    """Mark the edges over which the failure came; add those that no span shows."""
    wanted: Mapping[tuple[int, int], Relation] = {
        (codes[at + 1], codes[at]): relations[at + 1] or "call"
        for at in range(len(codes) - 1)
        if relations[at + 1] != "data" and codes[at] != codes[at + 1]
    }
    known = {(edge.source, edge.target) for edge in edges}
    marked = [
        replace(edge, on_path=True, kind=wanted[edge.source, edge.target])
        if (edge.source, edge.target) in wanted
        else edge
        for edge in edges
    ]
    absent = (pair for pair in wanted if pair not in known)
    return marked + [GraphEdge(a, b, 1, 1, 0, 0, 0, wanted[a, b], on_path=True) for a, b in absent]
