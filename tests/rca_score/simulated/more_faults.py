"""More faults of made-up systems: of releases, names, certificates, limits, caches, messages, zones, models, GPUs."""

from __future__ import annotations

from itertools import pairwise

from tests.drawn import DrawnLog, DrawnMark
from tests.rca_score.simulated.effects import Effects, Error
from tests.rca_score.simulated.faults import Injected, Make, Scene, Truth
from tests.rca_score.simulated.traffic import label_of
from tests.rca_score.simulated.words import CODE
from tests.rca_score.simulated.world import Call, Operation, Publish, Query

_ANY: frozenset[str] = frozenset()


def _truth(kind: str, names: set[str], categories: set[str]) -> Truth:
    """Any hypothesis is right: they differ in how a fault came about, and these are told apart by category."""
    return Truth(kind, frozenset(names), _ANY, frozenset(categories))


def partial_deploy(scene: Scene) -> Injected:
    """A new version runs in some pods of a service, and throws."""
    one = scene.operation()
    service, (kind, text) = one.service, scene.rng.choice(CODE)
    pods = service.pods[: max(1, len(service.pods) // 2)]
    effects = Effects(raises={f"{label_of(one)}@{pod.name}": (0.9, Error(kind, text)) for pod in pods})
    effects.versions.update({pod.name: f"{service.version}-rc1" for pod in pods})
    mark = DrawnMark(
        "deploy", service.name, -5.0, f"{service.name} {service.version} -> {service.version}-rc1"
    )
    truth = _truth("partial deploy", {service.name, *(pod.name for pod in pods)}, {"application", "data"})
    return Injected(truth, effects, marks=(mark,) if scene.rng.random() < 0.5 else ())


def feature_flag(scene: Scene) -> Injected:
    """A flag is switched on for a part of the requests, and its code throws."""
    one, (kind, text) = scene.operation(), scene.rng.choice(CODE)
    mark = DrawnMark("annotation", one.service.name, -2.0, "flag new-pricing switched on for 30 %")
    effects = Effects(raises={label_of(one): (0.3, Error(kind, text))})
    effects.marks[label_of(one)] = {"feature_flag.key": "new-pricing", "feature_flag.variant": "on"}
    truth = _truth("feature flag", {one.service.name}, {"application", "data", "configuration"})
    return Injected(truth, effects, marks=(mark,))


def expired_certificate(scene: Scene) -> Injected:
    """The certificate of a service expired."""
    name = scene.operation().service.name
    error = Error(*scene.rng.choice((
        ("SSLError", "certificate verify failed: certificate has expired (_ssl.c:1007)"),
        ("SSLHandshakeException", "PKIX path validation failed: validity check failed: NotAfter: Sat Sep 19 00:00:00"),
        ("", "x509: certificate has expired or is not yet valid: current time is after 2026-09-21T14:00:00Z"),
    )), 503, 14)  # fmt: skip
    return Injected(
        _truth("certificate", {name}, {"security", "infrastructure"}), Effects(breaks={name: (1.0, error)})
    )


def dns_failure(scene: Scene) -> Injected:
    """The name of a service is not resolved."""
    name = scene.operation().service.name
    error = Error(*scene.rng.choice((
        ("UnknownHostException", f"{name}: Temporary failure in name resolution"),
        ("", f"dial tcp: lookup {name} on 10.96.0.10:53: no such host"),
        ("Error", f"getaddrinfo ENOTFOUND {name}"),
    )), 503, 14)  # fmt: skip
    truth = _truth("DNS", {name}, {"infrastructure"})
    return Injected(truth, Effects(breaks={name: (scene.rng.choice((0.5, 1.0)), error)}))


def full_disk(scene: Scene) -> Injected:
    """A service cannot write any more."""
    one = scene.operation()
    error = Error(*scene.rng.choice((
        ("OSError", "[Errno 28] No space left on device: '/var/lib/app/spool/part-0001'"),
        ("IOException", "No space left on device"),
    )))  # fmt: skip
    return Injected(
        _truth("full disk", {one.service.name}, {"system"}), Effects(raises={label_of(one): (0.9, error)})
    )


def pool_exhausted(scene: Scene) -> Injected | None:
    """A service waits for a connection of its pool in vain, for its store is slow."""
    found = [(one, step) for one in scene.reached() for step in one.steps if isinstance(step, Query)]
    if not found:
        return None
    one, step = scene.rng.choice(found)
    error = Error(*scene.rng.choice((
        ("TimeoutError", "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00"),
        ("SQLTransientConnectionException", "HikariPool-1 - Connection is not available, request timed out"),
    )))  # fmt: skip
    effects = Effects(raises={label_of(one): (0.5, error)}, stores={step.store: 40.0})
    return Injected(_truth("pool", {one.service.name, step.store}, {"capacity", "infrastructure"}), effects)


def rate_limited(scene: Scene) -> Injected | None:
    """A store or partner refuses calls over its limit."""
    found = [(one, step) for one in scene.reached() for step in one.steps if isinstance(step, Query)]
    if not found:
        return None
    one, step = scene.rng.choice(found)
    error = Error("TooManyRequests", "429 Too Many Requests: rate limit exceeded, retry after 30 s", 500, 13)
    truth = _truth("rate limit", {step.store, one.service.name}, {"capacity", "infrastructure"})
    return Injected(truth, Effects(queries={step.store: (0.8, error)}))


def retry_storm(scene: Scene) -> Injected | None:
    """A callee fails now and then; its callers try again and again, and all become slow."""
    found = [call for one in scene.reached(below=False) for call in one.calls() if not call.cached]
    if not found:
        return None
    target = scene.rng.choice(found).target
    for call in found:
        if call.target is target:
            call.tries = 4
    error = Error(*scene.rng.choice(CODE))
    effects = Effects(raises={label_of(target): (0.8, error)}, slower={target.service.name: 2.0})
    return Injected(_truth("retry storm", {target.service.name}, {"application", "data"}), effects)


def cache_stampede(scene: Scene) -> Injected | None:
    """A cache is empty: every request goes to what it spared, which gets slow."""
    found = [(one, call) for one in scene.reached(below=False) for call in one.calls() if call.cached]
    found = found or [(one, call) for one in scene.reached(below=False) for call in one.calls()]
    if not found:
        return None
    one, call = scene.rng.choice(found)
    call.cached = 0.95
    me = label_of(call.target)
    text = f"cache miss for {call.target.service.name}, loading from origin"
    effects = Effects(uncached=frozenset({me}), slower={me: 10.0}, says={label_of(one): (0.9, "WARN", text)})
    names = {call.target.service.name, one.service.name}
    return Injected(
        _truth("stampede", names, {"application", "capacity", "infrastructure", "system", "unknown"}), effects
    )


def poison_message(scene: Scene) -> Injected | None:
    """Some messages cannot be read by who takes them."""
    found = [(one, s) for one in scene.world.operations() for s in one.steps if isinstance(s, Publish)]
    if not found:
        return None
    one, step = scene.rng.choice(found)
    error = Error(*scene.rng.choice((
        ("DeserializationException", "Error deserializing key/value for partition orders-3 at offset 88123"),
        ("JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"),
    )))  # fmt: skip
    truth = _truth("poison message", {step.consumer.service.name, one.service.name}, {"data", "application"})
    return Injected(truth, Effects(raises={label_of(step.consumer): (0.6, error)}))


def zone_outage(scene: Scene) -> Injected | None:
    """All pods on some hosts are gone."""
    hosts = {pod.host for one in scene.reached() for pod in one.service.pods}
    gone = scene.rng.sample(sorted(hosts), max(1, len(hosts) // 3))
    pods = [pod for service in scene.world.services[1:] for pod in service.pods if pod.host in gone]
    names = {s.name for s in scene.world.services[1:] for pod in s.pods if pod.host in gone}
    logs = tuple(
        DrawnLog("node-controller", "WARN", f"Node {host} status is now: NodeNotReady", 500.0 * n)
        for n, host in enumerate(gone)
    )  # fmt: skip
    truth = _truth("zone outage", {*gone, *names}, {"infrastructure", "system"})
    return Injected(truth, Effects(drops={pod.name: 1.0 for pod in pods}), logs=logs)


def _fed(scene: Scene) -> tuple[Operation, Operation] | None:
    """One that answers, and one of another service that is called right after it with what it answered."""
    pairs = []
    for one in scene.reached(below=False):
        calls = [step for step in one.steps if isinstance(step, Call) and not step.cached]
        pairs += [
            (a.target, b.target) for a, b in pairwise(calls) if a.target.service is not b.target.service
        ]
    return scene.rng.choice(pairs) if pairs else None


def schema_drift(scene: Scene) -> Injected | None:
    """A service hands on a column of another type; one that is called later in the request chokes on it."""
    pair = _fed(scene)
    if pair is None:
        return None
    source, choked = pair
    error = Error(*scene.rng.choice((
        ("ValueError", "could not convert string to float: 'EUR 12,50'"),
        ("SchemaError", "expected series 'amount' to have type float64, got object"),
    )))  # fmt: skip
    effects = Effects(raises={label_of(choked): (0.9, error)})
    effects.needs[label_of(choked)] = label_of(source)
    effects.says[label_of(source)] = (
        1.0,
        "WARN",
        "schema mismatch: column 'amount' is string, contract says double",
    )
    return Injected(_truth("schema drift", {source.service.name}, {"data"}), effects)


def stale_model(scene: Scene) -> Injected:
    """A service answers with features or a model that are too old; nothing fails."""
    one = scene.operation()
    usual, now = Effects(), Effects()
    usual.marks[label_of(one)] = {"features.age_minutes": 11}
    now.marks[label_of(one)] = {"features.age_minutes": 1580}
    return Injected(_truth("stale", {one.service.name}, {"data", "model"}), now, usual=usual)


def gpu_out_of_memory(scene: Scene) -> Injected:
    """A model server has no GPU memory left."""
    one = scene.operation()
    error = Error(
        "torch.cuda.OutOfMemoryError",
        "CUDA out of memory. Tried to allocate 1.17 GiB (GPU 0; 15.78 GiB total)",
    )
    return Injected(
        _truth("GPU OOM", {one.service.name}, {"system"}), Effects(raises={label_of(one): (0.7, error)})
    )


def gpu_lost(scene: Scene) -> Injected:
    """A GPU fails under a pod; the kernel says so."""
    one = scene.operation()
    pod = one.service.pods[0]
    error = Error("RuntimeError", "CUDA error: an illegal memory access was encountered")
    text = f"{pod.host} kernel: NVRM: Xid (PCI:0000:3b:00): 79, pid=881, GPU has fallen off the bus."
    effects = Effects(raises={f"{label_of(one)}@{pod.name}": (1.0, error)})
    names = {one.service.name, pod.name, pod.host}
    return Injected(
        _truth("GPU lost", names, {"system"}), effects, logs=(DrawnLog("kernel", "ERROR", text, 200.0),)
    )


def swallowed(scene: Scene) -> Injected | None:
    """A service fails, says so in its log only and answers with half of what it should; a later one chokes on it."""
    pair = _fed(scene)
    if pair is None:
        return None
    source, choked = pair
    effects = Effects(raises={label_of(choked): (0.9, Error("KeyError", "'items'"))})
    effects.needs[label_of(choked)] = label_of(source)
    effects.says[label_of(source)] = (
        1.0,
        "ERROR",
        "page 2 of 3 could not be loaded, answering with what is there",
    )
    return Injected(
        _truth("swallowed", {source.service.name}, {"application", "data", "unknown", "infrastructure"}),
        effects,
    )


MORE_FAULTS: tuple[Make, ...] = (
    partial_deploy, feature_flag, expired_certificate, dns_failure, full_disk, pool_exhausted, rate_limited,
    retry_storm, cache_stampede, poison_message, zone_outage, schema_drift, stale_model,
    gpu_out_of_memory, gpu_lost, swallowed,
)  # fmt: skip
