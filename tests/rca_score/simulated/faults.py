"""Faults put into a made-up system, each with what is true of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

from tests.drawn import DrawnLog, DrawnMark
from tests.rca_score.simulated.effects import Effects, Error
from tests.rca_score.simulated.traffic import label_of
from tests.rca_score.simulated.words import CODE, DB
from tests.rca_score.simulated.world import Call, Operation, Publish, Query, World, usual_ms

EMPTY: AbstractSet[str] = frozenset()


@dataclass(frozen=True)
class Truth:
    """What is right: names of what may be said to be at fault, hypotheses and categories; no names for health."""

    kind: str
    names: frozenset[str] = frozenset()
    hypotheses: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


def _truth(
    kind: str,
    names: AbstractSet[str] = EMPTY,
    hypotheses: AbstractSet[str] = EMPTY,
    categories: AbstractSet[str] = EMPTY,
) -> Truth:
    return Truth(kind, frozenset(names), frozenset(hypotheses), frozenset(categories))


@dataclass(frozen=True)
class Injected:
    """A fault in a system.

    Attributes:
        effects: what it changes while it lasts; ``heat``: (metric, service, usual, now) of metrics that show it.
        marks, logs: what else is in the bundle of it, at seconds after it began; ``usual``: what is so without it.
    """

    truth: Truth
    effects: Effects
    heat: tuple[tuple[str, str, float, float], ...] = ()
    marks: tuple[DrawnMark, ...] = ()
    logs: tuple[DrawnLog, ...] = ()
    grows: bool = False
    usual: Effects = field(default_factory=Effects)


@dataclass
class Scene:
    """A system and a seed; what is to be broken is chosen among what requests reach."""

    world: World
    rng: random.Random
    used: set[str] = field(default_factory=set)

    def reached(self, below: bool = True) -> list[Operation]:
        """Operations that most requests reach, without the entry if ``below``."""
        weights: dict[int, float] = {}
        known: dict[int, Operation] = {}

        def walk(one: Operation, weight: float) -> None:
            known[id(one)] = one
            weights[id(one)] = weights.get(id(one), 0.0) + weight
            for call in one.calls():
                walk(call.target, weight * (1 - call.cached))

        whole = sum(weight for _, weight in self.world.entries)
        for one, weight in self.world.entries:
            walk(one, weight / whole)
        gates = {id(one) for one, _ in self.world.entries} if below else set()
        found = [known[key] for key, weight in weights.items() if weight > 0.15 and key not in gates]
        found = [one for one in found if one.service.name not in self.used]
        return found or [one for one in known.values() if id(one) not in gates]

    def operation(self) -> Operation:
        """One of those reached, not yet used."""
        one = self.rng.choice(self.reached())
        self.used.add(one.service.name)
        return one


Make = Callable[[Scene], Injected | None]


def _stack(kind: str, text: str, service: str) -> str:
    return (
        f'Traceback (most recent call last):\n  File "/app/{service}/handlers.py", line 88, in handle\n'
        f'    return self.run(request)\n  File "/app/{service}/core.py", line 212, in run\n{kind}: {text}'
    )  # fmt: skip


def code_fault(scene: Scene) -> Injected:
    """An operation throws."""
    one = scene.operation()
    kind, text = scene.rng.choice(CODE)
    stack = _stack(kind, text, one.service.name) if scene.rng.random() < 0.5 else ""
    error = Error(kind, text, stack=stack)
    truth = _truth(
        "code fault",
        {one.service.name},
        {"code-fault"},
        {"application", "data"},
    )
    return Injected(truth, Effects(raises={label_of(one): (scene.rng.choice((0.3, 0.6, 1.0)), error)}))


def slow_self(scene: Scene) -> Injected:
    """An operation works slowly."""
    one = max(
        (scene.operation() for _ in range(3)), key=lambda op: sum(getattr(s, "ms", 0) for s in op.steps[:1])
    )
    truth = _truth(
        "slow self", {one.service.name}, {"slow-self", "host-resource"},
        {"application", "system", "capacity"},
    )  # fmt: skip
    return Injected(truth, Effects(slower={label_of(one): scene.rng.choice((8.0, 20.0, 60.0))}))


def host_cpu(scene: Scene) -> Injected | None:
    """A host is saturated: all pods on it are slow."""
    at: dict[str, set[str]] = {}
    for one in scene.reached(below=False):
        for pod in one.service.pods:
            at.setdefault(pod.host, set()).add(one.service.name)
    crowded = [host for host, names in at.items() if len(names) >= 2]
    if not crowded:
        return None
    host = scene.rng.choice(crowded)
    names = {host} | (frozenset(at[host]) if len(at[host]) < 3 else frozenset())
    heat = tuple(("container_cpu_usage_ratio", name, 0.3, 0.98) for name in at[host])
    truth = _truth("host cpu", names, {"host-resource"}, {"system"})
    return Injected(truth, Effects(slower={host: scene.rng.choice((4.0, 8.0, 15.0))}), heat)


def pod_cpu(scene: Scene) -> Injected:
    """A service has too little CPU: all its work is slow, and a metric shows it."""
    one = scene.operation().service
    truth = _truth(
        "service cpu", {one.name}, {"host-resource", "slow-self"}, {"system", "application", "capacity"}
    )  # fmt: skip
    return Injected(
        truth, Effects(slower={one.name: scene.rng.choice((6.0, 12.0, 30.0))}),
        (("container_cpu_usage_ratio", one.name, 0.25, 0.99),),
    )  # fmt: skip


def killed(scene: Scene) -> Injected:
    """A pod runs out of memory and is killed, again and again."""
    one = scene.operation().service
    share = scene.rng.choice((0.5, 1.0))
    pods = one.pods if share == 1.0 else one.pods[: max(1, len(one.pods) // 2)]
    truth = _truth(
        "killed", {one.name}, {"dependency-down", "host-resource", "code-fault"},
        {"system", "infrastructure"},
    )  # fmt: skip
    logs = tuple(
        DrawnLog("kubelet", "WARN", f"Container {one.name} in pod {pod.name} was OOMKilled, exit code 137; "
                 "back-off restarting failed container", 1000.0 * wait)
        for pod in pods for wait in (0.5, 30.0)
    )  # fmt: skip
    refused = {pod.name: 0.9 for pod in pods}
    heat = (("container_memory_usage_ratio", one.name, 0.5, 0.99),)
    return Injected(truth, Effects(refuses=refused), heat, logs=logs)


def pod_network(scene: Scene) -> Injected:
    """The way to a service takes longer."""
    one = scene.operation().service
    delay = scene.rng.choice((60.0, 150.0, 400.0))
    truth = _truth(
        "network delay", {one.name}, {"pod-network", "network", "dependency-slow"}, {"infrastructure"}
    )  # fmt: skip
    return Injected(truth, Effects(farther={pod.name: delay for pod in one.pods}))


def network_drops(scene: Scene) -> Injected:
    """Calls to a service are lost."""
    one = scene.operation().service
    truth = _truth(
        "network drops", {one.name},
        {"pod-network", "network", "dependency-slow", "dependency-down"}, {"infrastructure"},
    )  # fmt: skip
    return Injected(truth, Effects(drops={one.name: scene.rng.choice((0.3, 0.6, 1.0))}))


def service_down(scene: Scene) -> Injected:
    """Connections to a service are refused."""
    one = scene.operation().service
    truth = _truth(
        "service down", {one.name}, {"dependency-down", "breaker-open"}, {"infrastructure", "system"}
    )  # fmt: skip
    return Injected(truth, Effects(refuses={one.name: 1.0}))


def _store(scene: Scene) -> tuple[Operation, Query] | None:
    found = [(one, step) for one in scene.reached() for step in one.steps if isinstance(step, Query)]
    return scene.rng.choice(found) if found else None


def store_down(scene: Scene) -> Injected | None:
    """A store refuses connections."""
    found = _store(scene)
    if found is None:
        return None
    store = found[1].store
    truth = _truth(
        "store down", {store}, {"dependency-down", "breaker-open", "dependency-failed"},
        {"infrastructure", "system"},
    )  # fmt: skip
    return Injected(truth, Effects(refuses={store: 1.0}))


def store_fails(scene: Scene) -> Injected | None:
    """A store answers with errors."""
    found = _store(scene)
    if found is None:
        return None
    kind, text, right = scene.rng.choice(DB)
    truth = _truth(
        "store fails", {found[1].store, found[0].service.name}, {"dependency-failed", "code-fault", "dependency-down"},
        set(right),
    )  # fmt: skip
    return Injected(
        truth, Effects(queries={found[1].store: (scene.rng.choice((0.4, 1.0)), Error(kind, text))})
    )


def store_slow(scene: Scene) -> Injected | None:
    """A store is slow."""
    found = _store(scene)
    if found is None:
        return None
    truth = _truth(
        "store slow", {found[1].store}, {"dependency-slow", "slow-self"}, {"infrastructure"}
    )  # fmt: skip
    return Injected(truth, Effects(stores={found[1].store: scene.rng.choice((30.0, 100.0))}))


def deadline(scene: Scene) -> Injected | None:
    """A deadline is set below what the callee usually takes."""
    pairs = [
        (one, call.target) for one in scene.reached(below=False) for call in one.calls() if not call.cached
    ]
    if not pairs:
        return None
    caller, target = scene.rng.choice(pairs)
    callers = frozenset(one.service.name for one, other in pairs if other is target)
    truth = _truth("deadline", callers, {"deadline-too-tight"}, {"configuration"})
    mark = DrawnMark("config", caller.service.name, -4.0, f"{caller.service.name} timeout changed")
    marks = (mark,) if scene.rng.random() < 0.5 else ()
    return Injected(truth, Effects(deadline={label_of(target): 0.5 * usual_ms(target)}), marks=marks)


def overload(scene: Scene) -> Injected:
    """Many more requests come, and what lies behind the entry gets slower."""
    gates = {one.service.name for one, _ in scene.world.entries}
    names = {one.service.name for one in scene.reached()}
    truth = _truth("overload", gates, {"overload"}, {"capacity"})
    return Injected(
        truth, Effects(rate=scene.rng.choice((4.0, 8.0)), slower=dict.fromkeys(names | gates, 5.0))
    )


def queue_lag(scene: Scene) -> Injected | None:
    """Messages wait longer and longer before they are taken."""
    found = [
        (one, step) for one in scene.world.operations() for step in one.steps if isinstance(step, Publish)
    ]
    if not found:
        return None
    _, step = scene.rng.choice(found)
    truth = _truth(
        "queue lag", {step.consumer.service.name, step.topic}, {"overload", "pod-network", "dependency-slow"},
        {"capacity", "infrastructure"},
    )  # fmt: skip
    return Injected(truth, Effects(lag={step.topic: 20_000.0}), grows=True)


def consumer_stops(scene: Scene) -> Injected | None:
    """Messages are not taken any more."""
    found = [step for one in scene.world.operations() for step in one.steps if isinstance(step, Publish)]
    if not found:
        return None
    name = scene.rng.choice(found).consumer.service.name
    truth = _truth(
        "consumer stops",
        {name},
        {"dependency-down", "silent-service"},
        frozenset(),
    )
    return Injected(truth, Effects(stops=frozenset({name})))


def chatty(scene: Scene) -> Injected | None:
    """A caller asks again for each of many rows."""
    found = [(one, step) for one in scene.reached() for step in one.steps if isinstance(step, Query | Call)]
    if not found:
        return None
    _, step = scene.rng.choice(found)
    what = step.store if isinstance(step, Query) else label_of(step.target)
    callers = frozenset(
        other.service.name for other in scene.world.operations() for s in other.steps
        if (isinstance(s, Query) and s.store == what) or (isinstance(s, Call) and label_of(s.target) == what)
    )  # fmt: skip
    truth = _truth("chatty", callers, {"chatty-caller"}, {"application"})
    return Injected(truth, Effects(times={what: scene.rng.choice((12, 25))}))


def bad_data(scene: Scene) -> Injected | None:
    """A service hands on values that are missing; one that is asked later in the same request chokes on them."""
    pairs = []
    for one in scene.reached(below=False):
        calls = [step for step in one.steps if isinstance(step, Call) and not step.cached]
        pairs += [(one, a.target, b.target) for a, b in pairwise(calls)]
    pairs = [(one, a, b) for one, a, b in pairs if a.service is not b.service]
    if not pairs:
        return None
    _, source, choked = scene.rng.choice(pairs)
    text = scene.rng.choice(
        ("Input contains NaN", "missing value for field 'income'", "cannot convert null to float")
    )
    marks: dict[str, Mapping[str, object]] = {label_of(source): {"rows.null_ratio": 0.6}}
    says = {label_of(source): (1.0, "WARN", "412 of 700 rows without value, filled with null")}
    truth = _truth("bad data", {source.service.name}, {"bad-data-carried"}, {"data"})
    thrown = Effects(raises={label_of(choked): (0.8, Error("ValueError", text))})
    thrown.needs[label_of(choked)] = label_of(source)
    return Injected(
        truth, thrown + (Effects(marks=marks) if scene.rng.random() < 0.5 else Effects(says=says))
    )


def model_fault(scene: Scene) -> Injected:
    """A model puts out NaN after a new version, and its service notices."""
    one = scene.operation()
    error = Error(
        "ValueError",
        scene.rng.choice(
            ("model output contains NaN", "NaN in logits", "expected 2 class probabilities, got 3")
        ),
    )
    truth = _truth(
        "model",
        {one.service.name},
        {"model-fault", "code-fault", "configuration-change"},
        {"model"},
    )
    new, old = Effects(raises={label_of(one): (0.7, error)}), Effects()
    new.marks[label_of(one)] = {"model.version": "2026-09-02"}
    old.marks[label_of(one)] = {"model.version": "2026-08-14"}
    return Injected(truth, new, usual=old)


def client_fault(scene: Scene) -> Injected:
    """Users send what is not accepted."""
    truth = _truth("client", {"client"}, {"client", "bad-request"}, {"client"})
    return Injected(truth, Effects(bad=0.6))


def configuration(scene: Scene) -> Injected:
    """A deploy or a flag breaks a service."""
    one = scene.operation()
    kind, text = scene.rng.choice((
        ("KeyError", "'PAYMENT_ENDPOINT' environment variable is not set"),
        ("ConfigurationError", "missing required setting 'api.base_url'"),
        ("InvalidConfigException", "property spring.datasource.url must be set"),
    ))  # fmt: skip
    name, old = one.service.name, one.service.version
    truth = _truth(
        "configuration",
        {name},
        {"code-fault", "configuration-change"},
        {"configuration"},
    )
    mark = DrawnMark("deploy", name, -3.0, f"{name} {old} -> {old}1")
    return Injected(
        truth, Effects(raises={label_of(one): (0.9, Error(kind, text))}, versions={name: f"{old}1"}), marks=(mark,),
    )  # fmt: skip


def healthy(scene: Scene) -> Injected:
    """Nothing."""
    return Injected(_truth("healthy"), Effects())


FAULTS: tuple[Make, ...] = (
    code_fault, slow_self, host_cpu, pod_cpu, killed, pod_network, network_drops, service_down, store_down,
    store_fails, store_slow, deadline, overload, queue_lag, consumer_stops, chatty, bad_data, model_fault, client_fault,
    configuration, healthy,
)  # fmt: skip
