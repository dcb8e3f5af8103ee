"""The call graph of an id and of the bundle."""

from __future__ import annotations

from explorer.analysis.causes import analyse
from explorer.analysis.graph import call_graph
from explorer.analysis.results import CallGraph, GraphEdge, GraphNode
from tests.analysis.acceptance import answers, calls, waiting
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of


def _graph(drawing: str, healthy: str = "", *, bundle: bool = False) -> CallGraph:
    store = store_of(draw(drawing) + repeated(draw(healthy), 5, 1.0, "fine"))
    analysis = analyse(store, RULES)
    (row,) = list(analysis.verdicts)[:1]
    return call_graph(store, None if bundle else [row], analysis.verdicts[row])


def _node(graph: CallGraph, name: str) -> GraphNode:
    (node,) = [node for node in graph.nodes if node.name == name]
    return node


def _edges(graph: CallGraph) -> dict[tuple[str, str], GraphEdge]:
    return {(graph.nodes[edge.source].name, graph.nodes[edge.target].name): edge for edge in graph.edges}


def _drawing(number: int) -> str:
    cases = (*calls.CASES, *waiting.CASES, *answers.CASES)
    return next(case.drawing for case in cases if case.number == number)


def test_counts_and_path_of_one_id() -> None:
    graph = _graph(_drawing(3))
    edges = _edges(graph)
    assert set(edges) == {("gate", "orders"), ("orders", "payments")}
    retried = edges["orders", "payments"]
    assert (retried.calls, retried.failed, retried.kind, retried.on_path) == (3, 3, "retry", True)
    assert retried.label == "3× 3 failed"
    payments = _node(graph, "payments")
    assert (payments.role, payments.calls, payments.failed, payments.spans) == ("origin", 3, 3, 3)
    assert payments.result == "origin · ZeroDivisionError: division by zero"
    assert _node(graph, "orders").result == "500 · 3 tries"


def test_bad_data_is_carried_beside_the_calls() -> None:
    graph = _graph(_drawing(33))
    names = [(graph.nodes[a].name, graph.nodes[b].name) for a, b in graph.carried]
    assert names == [("features", "model"), ("model", "post")]
    edges = _edges(graph)
    assert edges["api", "post"].on_path
    assert not edges["api", "features"].on_path
    assert _node(graph, "features").result == "origin · 41% null"
    assert _node(graph, "model").result.startswith("ok · 1 output tensor contains NaN")


def test_a_peer_without_spans_is_silent() -> None:
    graph = _graph(_drawing(6))
    database = _node(graph, "card-db")
    assert (database.silent, database.code, database.calls, database.role) == (True, -1, 1, "origin")
    assert _edges(graph)["payments", "card-db"].median_ns == 1600 * 10**6


def test_a_service_that_is_down_is_on_the_path_though_it_left_no_span() -> None:
    graph = _graph(_drawing(10))
    inventory = _node(graph, "inventory")
    assert (inventory.silent, inventory.role, inventory.failed) == (True, "origin", 1)
    assert _edges(graph)["orders", "inventory"].kind == "rejected"


def test_what_others_call_and_this_one_did_not() -> None:
    failing = """
trace bad
api: rank | server 0+50 500 error
  api: score | client 1+9 500 error peer=post
    post: score | server 2+7 500 error
"""
    healthy = """
trace ok
api: rank | server 0+50 200
  api: score | client 1+9 200 peer=post
    post: score | server 2+7 200
  api: log | client 20+9 200 peer=audit
    audit: log | server 21+7 200
"""
    graph = _graph(failing, healthy)
    audit = _node(graph, "audit")
    assert (audit.absent, audit.calls, audit.result) == (True, 0, "not called")
    assert _edges(graph)["api", "audit"].label == "not reached"


def test_the_whole_bundle_counts_all() -> None:
    healthy = answers.HEALTHY_SERVING
    graph = _graph(_drawing(31), healthy, bundle=True)
    assert _node(graph, "api").calls == 6
    assert _edges(graph)["api", "model"].calls == 6
    assert _edges(graph)["api", "model"].failed == 1
    assert _node(graph, "features").result == "5 ok"
    assert not any(node.absent for node in graph.nodes)


def test_messages_are_links() -> None:
    store = store_of("""
trace a
gate: POST | server 0+50 200
  gate: publish | producer 10+5 name=pub
trace b at=1
mailer: process | consumer 0+50 link=pub
""")
    edges = _edges(call_graph(store, None, None))
    assert edges["gate", "mailer"].kind == "link"


def test_a_link_out_of_the_chosen_traces_is_no_edge() -> None:
    store = store_of("""
trace one at=10
gate: GET /pay   | server 0+80 request=rq-one name=first
trace two at=60
pay: settle      | server 0+50 request=rq-two link=first
""")
    row = store.correlation.row_by_id["rq-two"]
    assert [node.name for node in call_graph(store, [row], None).nodes] == ["pay"]
    assert [edge.kind for edge in call_graph(store, None, None).edges] == ["link"]
