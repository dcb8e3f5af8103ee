"""Situations that only a whole bundle tells: what came before, what goes on beside, what happens in other traces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.analysis.acceptance import calls, waiting
from tests.analysis.acceptance.case import Case
from tests.analysis.deviations.system import Request, system
from tests.drawn import Drawing, draw, repeated


@dataclass(frozen=True)
class Bundle:
    """A bundle and what is true of it.

    Attributes:
        number: of the situation in the list of acceptance; ``name`` in words; ``drawing``: draws it.
        services: of the causes, best first; () for a healthy bundle.
        category: those that are right for the first cause; ``hypothesis``, ``entity`` (kind and name): the same.
        path: services of the first id of the first cause, where it is known.
    """

    number: int
    name: str
    drawing: Callable[[], Drawing]
    services: tuple[str | None, ...]
    category: tuple[str, ...] = ()
    hypothesis: str = ""
    entity: tuple[str, str] = ("", "")
    path: tuple[str, ...] = ()


def many(text: str, at_s: float, times: int, every_s: float, name: str) -> Drawing:
    """A drawing a number of times from some second on."""
    found = repeated(draw(text), times, every_s, name)
    return replace(found, traces=tuple(replace(trace, at_s=trace.at_s + at_s) for trace in found.traces))


HEALTHY = many(waiting.HEALTHY, 0, 40, 1.0, "fine")
ORDER = """
trace ok
gate: POST /orders | server 0+60 200
  orders: create | server 2+55 200
    orders: acquire connection | 3+1
    orders: SELECT stock | client 5+20 peer=stock-db db.system=postgresql
"""


def _text(cases: tuple[Case, ...], number: int) -> str:
    return next(case.drawing for case in cases if case.number == number)


def open_circuit() -> Drawing:
    failing = many("""
trace a
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: reserve | client 225+10 500 error peer=inventory
      inventory: reserve | server 226+8 500 error !OperationalError(disk I/O error)
""", 40, 6, 1.0, "failing")  # fmt: skip
    opened = many("""
trace b
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: reserve | 225+1 error !CallNotPermittedException(CircuitBreaker 'inventory' is OPEN)
""", 50, 9, 1.0, "opened")  # fmt: skip
    return HEALTHY + failing + opened


def unreadable_message() -> Drawing:
    return draw("""
trace a
jobs: publish event | producer 10+5 peer=events name=pub schema.version=3
trace b at=1
sink: process | consumer 0+50 error link=pub
  sink: decode | 5+10 error !AvroTypeException(Found schema v3, expecting v2: missing required field amount)
""")


def failed_consumer() -> Drawing:
    return draw("""
trace a
gate: POST /orders | server 0+50 200
  gate: publish | producer 10+5 peer=orders-topic name=pub
trace b at=1
mailer: process | consumer 0+50 error !SMTPRecipientsRefused(bad address) link=pub
""")


def exhausted_pool() -> Drawing:
    slow = ORDER.replace("0+60", "0+2600").replace("2+55", "2+2590").replace("5+20", "5+2500")
    refused = """
trace pool
gate: POST /orders | server 0+1010 504 error
  gate: orders | client 1+1000 error peer=orders says='context deadline exceeded'
    orders: create | server 2+3060 500 error
      orders: acquire connection | 3+3000 error !PoolTimeoutError(QueuePool limit of size 10 overflow 0 reached)
"""
    return (
        many(ORDER, 0, 40, 1.0, "ok")
        + many(slow, 40, 10, 1.0, "slow")
        + many(refused, 50, 30, 1.0, "refused")
    )


def overloaded() -> Drawing:
    drawing = system(3, _crowded, requests=160)
    half = drawing.traces[80].at_s
    traces = (
        replace(t, at_s=half + (t.at_s - half) / 8 if t.at_s > half else t.at_s) for t in drawing.traces
    )
    return replace(drawing, traces=tuple(traces))


def _crowded(request: Request) -> None:
    request.slower.update(stock=6.0, price=6.0, shop=6.0)


def chatty() -> Drawing:
    return system(1, lambda request: request.times.update(keeper=30))


def far_pod() -> Drawing:
    """Every third request meets the pod of stock the way to which is long."""
    drawing = system(1, requests=150)
    farther = system(1, lambda request: request.farther.update(stock=60.0), requests=150)
    both = zip(drawing.traces, farther.traces, strict=True)
    traces = (far if at >= 75 and at % 3 == 0 else near for at, (near, far) in enumerate(both))
    pods = {0: "stock-2", 1: "stock-1", 2: "stock-1"}
    placed = (
        replace(trace, spans=tuple(
            replace(span, resource=(("k8s.pod.name", pods[at % 3]),)) if span.service == "stock" else span
            for span in trace.spans
        ))
        for at, trace in enumerate(traces)
    )  # fmt: skip
    return replace(drawing, traces=tuple(placed))


def saturated_host() -> Drawing:
    """Every second request runs on node-3, where all that works is slow from the middle on."""
    everywhere = ("shop", "stock", "price", "keeper")
    drawing = system(1, requests=160)
    slower = system(1, lambda request: request.slower.update(dict.fromkeys(everywhere, 8.0)), requests=160)
    traces = []
    for at, (quick, slow) in enumerate(zip(drawing.traces, slower.traces, strict=True)):
        trace = slow if at >= 80 and at % 2 else quick
        host = (("host.name", "node-3" if at % 2 else "node-1"),)
        spans = (replace(s, resource=host) if s.service in everywhere else s for s in trace.spans)
        traces.append(replace(trace, spans=tuple(spans)))
    return replace(drawing, traces=tuple(traces))


def errors_kept() -> Drawing:
    return many(_text(calls.CASES, 1), 0, 30, 1.0, "failing") + many(calls.HEALTHY_ORDER, 0, 2, 1.0, "fine")


def exported_twice() -> Drawing:
    once = many(_text(calls.CASES, 1), 0, 5, 1.0, "failing")
    return replace(once, traces=tuple(replace(trace, spans=trace.spans * 2) for trace in once.traces))


def two_faults() -> Drawing:
    one = many(_text(calls.CASES, 1), 0, 5, 1.0, "one")
    return one + many(_text(waiting.CASES, 10), 20, 8, 1.0, "other") + HEALTHY


PAID = "trace p\ngate: POST /pay | server 0+50 200\n  pay: charge | server 5+40 200"
UNPAID = """
trace n
gate: POST /pay | server 0+50 500 error
  pay: charge | server 5+40 500 error !KeyError('card')
"""
UNLUCKY = """
trace c
gate: GET /profile | server 0+50 500 error
  users: load | server 5+40 500 error !ValueError(bad birthday)
"""
SHOWN = "trace f\ngate: GET /profile | server 0+50 200\n  users: load | server 5+40 200"


def chronic_and_new() -> Drawing:
    return (
        many(UNLUCKY, 0, 20, 10, "unlucky") + many(SHOWN, 0, 60, 3.3, "shown")
        + many(PAID, 0, 60, 2.0, "paid") + many(UNPAID, 120, 12, 6.0, "unpaid")
    )  # fmt: skip


def healthy() -> Drawing:
    noise = many(_text(calls.CASES, 4), 0, 2, 1.0, "retried")
    return HEALTHY + many(waiting.HEALTHY, 20, 60, 1.0, "more") + noise


def innocent_deploy() -> Drawing:
    marks = draw("""
mark deploy pay at=20 pay 4.1 -> 4.2
mark deploy users at=490 users 1.0 -> 1.1
""")
    return (
        many(PAID, 0, 80, 6.0, "paid")
        + many(SHOWN, 0, 80, 6.0, "shown")
        + many(UNPAID, 500, 40, 5.0, "n")
        + marks
    )


def looping_agent() -> Drawing:
    well = """
trace ok
api: POST /agent | server 0+900 200
  agent: run | 5+880
    agent: plan | 6+100
    agent: tool | client 110+30 200 peer=tools
      tools: price lookup | server 112+20 200
"""
    lost = """
trace bad
api: POST /agent | server 0+9000 500 error
  agent: run | 5+8900 error !GraphRecursionError(Recursion limit of 25 reached without hitting a stop condition)
    agent: plan | 6+100 x25
    agent: tool | client 110+30 200 peer=tools
      tools: price lookup | server 112+20 200
        - 115 WARN price is missing for sku 17, returning empty result
    agent: tool | client 410+30 200 peer=tools
      tools: price lookup | server 412+20 200
        - 415 WARN price is missing for sku 17, returning empty result
"""
    return many(well, 0, 40, 1.0, "ok") + many(lost, 20, 20, 2.0, "lost")


def held_lock() -> Drawing:
    locked = "peer=stock-db db.system=mysql db.lock.id=stock:17"
    well = ORDER.replace("peer=stock-db db.system=postgresql", locked)
    waiting = f"""
trace wait
gate: POST /orders | server 0+5100 500 error
  orders: create | server 2+5090 500 error
    orders: UPDATE stock | client 5+5000 error {locked} !OperationalError(1205, 'Lock wait timeout exceeded')
"""
    holding = f"""
trace hold
reports: nightly | internal 0+60000
  reports: transaction | client 5+59000 {locked}
"""
    return (
        many(well, 0, 40, 1.0, "ok") + many(waiting, 45, 10, 1.0, "wait") + many(holding, 43, 1, 1.0, "hold")
    )


def stale_features() -> Drawing:
    fresh = """
trace ok
api: POST /predict | server 0+300 200
  api: features | client 10+50 200 peer=features
    features: get | server 12+45 200 feature.age_hours=0.25
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200
"""
    stale = fresh.replace("0.25", "26.0")
    checks = draw("finding fail evidently service=features at=75 prediction quality fell from 0.91 to 0.72")
    return many(fresh, 0, 40, 1.0, "fresh") + many(stale, 40, 40, 1.0, "stale") + checks


BUNDLES = (
    Bundle(9, "an open circuit", open_circuit, ("inventory",), ("system", "infrastructure"),
           path=("inventory", "orders", "gate")),
    Bundle(19, "a message of another schema", unreadable_message, ("jobs",), ("data",), path=("jobs", "sink")),
    Bundle(20, "a consumer fails behind a queue", failed_consumer, ("mailer",), path=("mailer",)),
    Bundle(25, "a slow database exhausts a pool", exhausted_pool, ("stock-db",), ("infrastructure",),
           entity=("external", "stock-db"), path=("stock-db", "orders", "gate")),
    Bundle(26, "more requests than ever", overloaded, ("edge",), ("capacity",), "overload"),
    Bundle(27, "too many calls, each as quick as ever", chatty, ("stock",), ("application",), "chatty-caller"),
    Bundle(28, "the network of one pod", far_pod, ("stock",), ("infrastructure",), "pod-network", ("pod", "stock-2")),
    Bundle(29, "a saturated host", saturated_host, (None,), ("system",), "host-resource", ("host", "node-3")),
    Bundle(35, "stale features, and nobody failed", stale_features, ("features",), ("data",),
           path=("features", "api")),
    Bundle(39, "a planner that loops over a tool's answer", looping_agent, ("tools",), ("application",),
           path=("tools", "agent", "api")),
    Bundle(40, "a lock held in another trace", held_lock, ("reports",), ("infrastructure",),
           path=("reports", "orders", "gate")),
    Bundle(41, "only errors were kept", errors_kept, ("payments",), ("application", "data")),
    Bundle(42, "spans exported twice", exported_twice, ("payments",), ("application", "data")),
    Bundle(43, "two independent faults", two_faults, ("inventory", "payments"), ("infrastructure", "system")),
    Bundle(45, "a chronic error beside a new one", chronic_and_new, ("pay", "users"), ("application", "data")),
    Bundle(46, "a healthy bundle", healthy, ()),
    Bundle(47, "an innocent deploy", innocent_deploy, ("pay",), ("application", "data")),
)  # fmt: skip
