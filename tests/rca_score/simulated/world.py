"""A made-up service system: who calls whom, what each operation does, and where it runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

_STEMS = (
    "parcel", "ledger", "tariff", "seat", "crew", "meter", "invoice", "basket", "route", "claims", "dose", "ward",
    "lesson", "grade", "ticket", "venue", "stream", "clip", "playlist", "voucher", "loyalty", "refund", "depot",
    "fleet", "charger", "policy", "quote", "risk", "kyc", "wallet", "fx", "payout", "profile", "consent", "mailer",
    "search", "rank", "embed", "geo", "weather",
)  # fmt: skip
_TAILS = ("", "-svc", "-service", "-api", "-worker", "_core")
_VERBS = ("get", "list", "create", "update", "check", "compute", "resolve", "apply", "sync", "render")
_STORES = ("postgres", "mysql", "redis", "mongo", "cassandra", "elasticsearch")


@dataclass(frozen=True)
class Pod:
    """One instance of a service."""

    name: str
    host: str


@dataclass(eq=False)
class Service:
    """A service.

    Attributes:
        style: what it does with a callee's error: ``codes`` (a bare code), ``wraps`` (own words) or ``repeats``.
        clients: whether it records spans of its calls; ``peers``: whether these name who is called.
    """

    name: str
    pods: list[Pod]
    version: str
    style: str
    clients: bool
    peers: bool
    said: bool
    operations: list[Operation] = field(default_factory=list)


@dataclass(eq=False)
class Work:
    """Own work, in a span of its own if it has a name."""

    ms: float
    name: str = ""


@dataclass(eq=False)
class Call:
    """A call: ``deadline_ms`` 0 is none, ``fallback``: goes on without, ``cached``: share that needs no call."""

    target: Operation
    deadline_ms: float = 0.0
    tries: int = 1
    fallback: bool = False
    breaker: bool = False
    cached: float = 0.0


@dataclass(eq=False)
class Query:
    """A call to a store that leaves no spans of its own."""

    store: str
    statement: str
    ms: float


@dataclass(eq=False)
class Publish:
    """A message to a queue; the consumer's trace is linked, or goes on in this one."""

    topic: str
    consumer: Operation
    linked: bool


@dataclass(eq=False)
class Together:
    """Calls at the same time."""

    calls: list[Call]


Step = Work | Call | Query | Publish | Together


@dataclass(eq=False)
class Operation:
    """What a service does when it is called; ``says``: lines it logs when it is done."""

    service: Service
    name: str
    steps: list[Step] = field(default_factory=list)
    says: tuple[str, ...] = ()

    def calls(self) -> Iterator[Call]:
        """Its calls, also those made together."""
        for step in self.steps:
            if isinstance(step, Call):
                yield step
            elif isinstance(step, Together):
                yield from step.calls


@dataclass(eq=False)
class World:
    """A system. ``entries``: operations that users call, with how often; ``grpc``: how services call each other."""

    services: list[Service]
    entries: list[tuple[Operation, float]]
    grpc: bool
    hosts: list[str]

    def operations(self) -> list[Operation]:
        """All operations that requests reach, and how deep each lies is not told."""
        found: dict[int, Operation] = {}
        todo = [one for one, _ in self.entries]
        while todo:
            one = todo.pop()
            if id(one) in found:
                continue
            found[id(one)] = one
            todo += [call.target for call in one.calls()]
            todo += [step.consumer for step in one.steps if isinstance(step, Publish)]
        return list(found.values())


def usual_ms(one: Operation) -> float:
    """About how long an operation takes."""
    total = 0.0
    for step in one.steps:
        if isinstance(step, Work | Query):
            total += step.ms
        elif isinstance(step, Call):
            total += usual_ms(step.target) + 1.5
        elif isinstance(step, Together):
            total += max(usual_ms(call.target) for call in step.calls) + 1.5
    return total


def spans_of(one: Operation) -> float:
    """About how many spans a call of an operation draws."""
    count = 2.0
    for step in one.steps:
        count += 1 if isinstance(step, Query) or (isinstance(step, Work) and step.name) else 0
        count += 1 + spans_of(step.consumer) if isinstance(step, Publish) else 0
    return count + sum(spans_of(call.target) for call in one.calls())


class Maker:
    """Makes systems from a seed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def world(self) -> World:
        """A system of 5 to 40 services."""
        rng = self.rng
        size = rng.choice((5, 7, 9, 12, 16, 22, 30, 40))
        hosts = [f"node-{chr(97 + n)}{rng.randint(10, 99)}" for n in range(max(3, size // 3))]
        tail, stems = rng.choice(_TAILS), rng.sample(_STEMS, min(size, len(_STEMS)))
        services = [self._service(stem + tail, hosts) for stem in stems]
        services[0].name = rng.choice(("gateway", "edge", "bff", "frontend", "public-api"))
        layers = self._layers(services[1:])
        grpc = rng.random() < 0.4
        below: list[Operation] = []
        for layer in reversed(layers):
            mine = [
                self._operation(service, below, grpc) for service in layer for _ in range(rng.randint(1, 2))
            ]
            below = (mine + rng.sample(below, len(below) // 2)) if below else mine
        first = [op for service in layers[0] for op in service.operations] or below
        entries = [(self._entry(services[0], first), rng.uniform(0.5, 3)) for _ in range(rng.randint(2, 5))]
        return World(services, entries, grpc, hosts)

    def _service(self, name: str, hosts: list[str]) -> Service:
        rng = self.rng
        hashed = "".join(rng.choices("bcdf2456789", k=5))
        pods = [
            Pod(f"{name}-{hashed}-{''.join(rng.choices('bcdfghjkl', k=4))}", rng.choice(hosts))
            for _ in range(rng.choice((1, 1, 2, 3)))
        ]
        version = f"{rng.randint(1, 5)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}"
        style = rng.choice(("codes", "wraps", "wraps", "repeats"))
        return Service(
            name, pods, version, style, rng.random() > 0.12, rng.random() > 0.25, rng.random() > 0.2
        )

    def _layers(self, services: list[Service]) -> list[list[Service]]:
        depth = min(len(services), self.rng.randint(2, 5))
        layers: list[list[Service]] = [[] for _ in range(depth)]
        for at, service in enumerate(services):
            layers[at if at < depth else self.rng.randrange(depth)].append(service)
        return layers

    def _operation(self, service: Service, below: list[Operation], grpc: bool) -> Operation:
        rng = self.rng
        verb, noun = rng.choice(_VERBS), service.name.split("-")[0].split("_")[0]
        name = (
            f"{noun}.{noun.title()}/{verb.title()}"
            if grpc
            else f"{rng.choice(('GET', 'POST'))} /{noun}/{verb}"
        )
        while name in {one.name for one in service.operations}:
            name += "All"
        one = Operation(service, name, says=(f"{verb} {noun} done",) if rng.random() < 0.7 else ())
        one.steps.append(Work(rng.uniform(0.5, 12), f"{verb}_{noun}" if rng.random() < 0.5 else ""))
        if rng.random() < 0.45 or not below:
            self._store(one, noun)
        for target in rng.sample(below, min(len(below), rng.choice((0, 1, 1, 2, 3)))):
            self._call(one, target)
        if rng.random() < 0.3:
            one.steps.append(Work(rng.uniform(0.5, 6)))
        service.operations.append(one)
        return one

    def _store(self, one: Operation, noun: str) -> None:
        kind = self.rng.choice(_STORES)
        one.steps.append(Query(f"{noun}-{kind}", f"SELECT {noun}s", self.rng.uniform(0.5, 15)))

    def _call(self, one: Operation, target: Operation) -> None:
        rng = self.rng
        if spans_of(one) + spans_of(target) > 60:
            return
        if rng.random() < 0.12:
            one.steps.append(Publish(f"{target.service.name}.events", target, rng.random() < 0.5))
            return
        call = Call(
            target, rng.choice((0.0, 1.0)) * max(12 * usual_ms(target), 400.0), rng.choice((1, 1, 1, 2, 3)),
            rng.random() < 0.12, rng.random() < 0.15, rng.choice((0.0, 0.0, 0.0, 0.5)),
        )  # fmt: skip
        if one.steps and isinstance(one.steps[-1], Call) and rng.random() < 0.3:
            one.steps[-1] = Together([one.steps[-1], call])
        elif one.steps and isinstance(one.steps[-1], Together):
            one.steps[-1].calls.append(call)
        else:
            one.steps.append(call)

    def _entry(self, gate: Service, first: list[Operation]) -> Operation:
        rng = self.rng
        verb = f"{rng.choice(('GET', 'POST'))} /v{rng.randint(1, 3)}/{rng.choice(_STEMS)}s"
        while verb in {one.name for one in gate.operations}:
            verb += "/all"
        one = Operation(gate, verb, [Work(rng.uniform(0.5, 4))])
        for target in rng.sample(first, min(len(first), rng.randint(1, 3))):
            self._call(one, target)
        if not list(one.calls()):
            one.steps.append(Call(first[0]))
        gate.operations.append(one)
        return one
