"""Client and server spans paired into hops; peers under any of their names."""

from __future__ import annotations

from explorer.analysis.facts import facts_of
from explorer.analysis.peers import find_peers, host_in, host_of
from explorer.model.store import Store
from tests.drawn_store import store_of


def _hops(store: Store) -> set[tuple[str, str, str, str]]:
    """(caller, its operation, callee, its operation or "")."""
    facts = facts_of(store)
    return {
        (
            store.services[facts.hops.source[at]], store.operation(int(facts.hops.caller[at])),
            facts.peers.name(int(facts.hops.target[at])),
            store.operation(int(facts.hops.callee[at])) if facts.hops.callee[at] >= 0 else "",
        )
        for at in range(len(facts.hops.caller))
    }  # fmt: skip


def test_client_and_server_are_one_hop_and_a_database_is_a_silent_one() -> None:
    store = store_of("""
trace t
gate: GET | server 0+100
  gate: call | client 5+90 peer=orders
    orders: list | server 15+70
      orders: SELECT | client 20+40 peer=orders-db:5432
      orders: compute | 61+5
""")
    assert _hops(store) == {("gate", "call", "orders", "list"), ("orders", "SELECT", "orders-db", "")}
    facts = facts_of(store)
    gap = {
        store.operation(int(row)): int(ns) for row, ns in zip(facts.hops.caller, facts.hops.gap, strict=True)
    }
    assert gap == {"call": 20 * 10**6, "SELECT": -1}


def test_without_kinds_a_change_of_service_is_a_hop() -> None:
    store = store_of("""
trace t
gate: GET | none 0+100
  orders: list | none 15+70
    orders: sort | none 20+10
""")
    assert _hops(store) == {("gate", "GET", "orders", "list")}


def test_a_client_within_a_client_is_one_call() -> None:
    store = store_of("""
trace t
gate: GET | server 0+100
  gate: grpc call | client 5+90
    gate: http call | client 6+88 peer=orders
      orders: list | server 15+70
""")
    assert _hops(store) == {("gate", "http call", "orders", "list")}


def test_a_service_is_known_by_host_pod_and_rpc_name() -> None:
    store = store_of("""
trace t
cart: add | server 0+10 pod=cart-7f9 host=node-1
gate: GET | server 0+100
""")
    peers = find_peers(store)
    cart = peers.known("cart")
    assert cart >= 0
    for name in (
        "cart:8080",
        "http://cart:80/x",
        "cart.shop.svc.cluster.local",
        "cart-7f9",
        "shop.v1.Cart",
        "CART",
    ):
        assert peers.known(name) == cart, name
    assert peers.known("10.0.0.7:80") == -1
    assert peers.mentioned("could not reach cart-7f9: refused") == cart
    assert peers.mentioned("gate could not connect to cart: refused") == cart
    assert peers.mentioned("could not connect to relay: refused") == -1


def test_a_name_in_humps_is_the_service_with_dashes() -> None:
    store = store_of("""
trace t
geo-coder: resolve | server 0+10
quote: GET | server 0+100
""")
    peers = find_peers(store)
    for name in ("geoCoder", "GeoCoder", "quotes.v1.GeoCoder"):
        assert peers.known(name) == store.services.index("geo-coder"), name
    assert peers.known("geoCoderClient") == -1


def test_hosts_are_read_from_messages_of_failed_connections() -> None:
    assert host_in("dial tcp: lookup cartservice on 127.0.0.11:53: server misbehaving") == "cartservice"
    assert host_in("HTTPConnectionPool(host='pay', port=80): Max retries exceeded") == "pay"
    assert host_in("getaddrinfo ENOTFOUND redis-cart") == "redis-cart"
    assert host_in("boom") == ""
    for text, host in (
        ("could not connect to relay: connection refused", ""),
        ("could not connect to server: Connection refused", ""),
        ("failed to resolve dependency", ""),
        ("connection to the upstream was closed", ""),
        ("could not connect to relay:5671", "relay"),
        ("Connect to relay:8080 [relay/10.0.0.7] failed: Connection refused", "relay"),
        ("Failed to connect to relay/10.0.0.7:8080", "relay"),
        ("Failed to connect to relay port 443: Connection refused", "relay"),
        ("could not connect to relay.example.com, giving up", "relay.example.com"),
        ("could not connect to 'relay'", "relay"),
        ("Can't connect to MySQL server on 'orders-db' (111)", "orders-db"),
        ('connection to server at "orders-db" (10.0.0.5), port 5432 failed', "orders-db"),
        ("Failed to resolve 'relay' after 2 queries", "relay"),
        ("Could not resolve host: relay", "relay"),
    ):
        assert host_in(text) == host, text
    assert host_of("https://api.llm.example:443/v1") == "api.llm.example"
