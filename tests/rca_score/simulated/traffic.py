"""Requests running through a made-up system: spans, logs and what users got."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from tests.drawn import KINDS, Drawing, DrawnLog, DrawnSpan, DrawnTrace
from tests.rca_score.simulated.effects import Effects, Error
from tests.rca_score.simulated.world import Call, Operation, Pod, Publish, Query, Together, Work, World

EffectsAt = Callable[[float], Effects]
_NO_DEADLINE_MS = 10_000.0
_OPENS_AFTER, _OPEN_S = 5, 8.0
_TYPES = {"DEADLINE": "DeadlineExceeded", "REFUSED": "ConnectionRefused"}
_NOWHERE = Pod("", "")
_OUTLIER = (8.0, 25.0)


def label_of(one: Operation) -> str:
    """Name of an operation in :class:`Effects`."""
    return f"{one.service.name}:{one.name}"


class Traffic:
    """All requests of a bundle; circuits remember what went before."""

    def __init__(self, world: World, rng: random.Random, effects: EffectsAt, outliers: float) -> None:
        self.world, self.rng, self.effects, self.outliers = world, rng, effects, outliers
        self.failures: dict[int, int] = defaultdict(int)
        self.open_until: dict[int, float] = {}
        self.traces: list[DrawnTrace] = []

    def run(self, requests: int, rate: float) -> Drawing:
        """So many requests, so many a second where nothing changes that."""
        at_s, number = 0.0, 0
        length = requests / rate
        while at_s < length:
            effects = self.effects(at_s)
            entry = self.rng.choices(*zip(*self.world.entries, strict=True))[0]
            Request(self, f"r{number}", at_s, effects).enter(entry)
            at_s += self.rng.expovariate(rate * effects.rate)
            number += 1
        return Drawing(traces=tuple(self.traces))


class Request:
    """One trace."""

    def __init__(self, traffic: Traffic, name: str, at_s: float, effects: Effects) -> None:
        self.traffic, self.name, self.at_s, self.effects = traffic, name, at_s, effects
        self.rng = traffic.rng
        self.spans: list[DrawnSpan] = []
        self.logs: list[DrawnLog] = []
        self.done: set[str] = set()
        self.wrong = self.rng.random() < effects.bad

    def enter(self, one: Operation) -> None:
        """A user's request."""
        self.serve(one, "", 0.0, self.rng.choice(one.service.pods), KINDS["server"])
        self._close()

    def consume(self, one: Operation, link: str) -> None:
        """A message, in a trace of its own."""
        self.serve(one, "", 0.0, self.rng.choice(one.service.pods), KINDS["consumer"], link)
        self._close()

    def _close(self) -> None:
        self.traffic.traces.append(DrawnTrace(self.name, self.at_s, tuple(self.spans), tuple(self.logs)))

    def _open(self, operation: Operation, name: str, parent: str, kind: int, pod: Pod) -> int:
        label = f"{self.name}/{len(self.spans)}"
        service = operation.service
        versions = self.effects.versions
        version = versions.get(pod.name, versions.get(service.name, service.version))
        resource = (("k8s.pod.name", pod.name), ("host.name", pod.host), ("service.version", version))
        self.spans.append(DrawnSpan(label, parent, service.name, name, kind, resource=resource))
        return len(self.spans) - 1

    def _end(self, at: int, start: float, end: float, error: Error | None, code: int = 0) -> None:
        span = replace(self.spans[at], start_ms=start, duration_ms=max(end - start, 0.01))
        if code and self.traffic.world.grpc and span.kind != KINDS["internal"]:
            status = 0 if code < 400 else error.grpc if error else 13
            span = replace(span, attributes=(*span.attributes, ("rpc.grpc.status_code", status)))
        elif code and span.kind != KINDS["internal"]:
            span = replace(span, attributes=(*span.attributes, ("http.response.status_code", code)))
        if error is not None and error.status and not (span.kind == KINDS["server"] and error.code < 500):
            said = ((error.type, error.text),) if error.type else ()
            span = replace(span, status=error.status, exceptions=said, message="" if said else error.text)
        self.spans[at] = span

    def _took(self, ms: float, *names: str) -> float:
        factor = max([self.effects.slower.get(name, 1.0) for name in names], default=1.0)
        if self.rng.random() < self.traffic.outliers:
            factor *= self.rng.uniform(*_OUTLIER)
        return ms * factor * self.rng.lognormvariate(0, 0.35)

    def _log(self, one: Operation, level: str, text: str, at: float, span: int) -> None:
        self.logs.append(DrawnLog(one.service.name, level, text, at, self.name, self.spans[span].label))

    # -- callee's side -----------------------------------------------------------------------------------

    def serve(
        self, one: Operation, parent: str, start: float, pod: Pod, kind: int, link: str = ""
    ) -> tuple[float, Error | None]:
        """A call taken; gives when it ended and what was thrown."""
        at = self._open(one, one.name, parent, kind, pod)
        me, now = label_of(one), start
        error: Error | None = None
        marks = tuple(self.effects.marks.get(me, {}).items())
        self.spans[at] = replace(self.spans[at], attributes=marks, links=(link,) if link else ())
        if self.wrong and kind == KINDS["server"] and not parent:
            error = Error("", "", 400, 3, status=0)
            self._log(one, "WARN", "rejected request: field 'quantity' must be positive", start, at)
        raises = self.effects.raises
        share, thrown = raises.get(f"{me}@{pod.name}", raises.get(me, (0.0, None)))
        fails = error is None and thrown is not None and self.rng.random() < share
        fails = fails and self.effects.needs.get(me, me) in (me, *self.done)
        for nth, step in enumerate(one.steps if error is None else ()):
            if fails and nth == min(1, len(one.steps) - 1):
                error = thrown
                break
            now, error = self._step(one, step, at, now, pod)
            if error is not None:
                break
        if fails and error is thrown and thrown is not None:
            now += self._took(1.0)
            self._log(one, "ERROR", thrown.stack or thrown.said, now, at)
        elif error is None:
            self.done.add(me)
            self._say(one, start, now, at)
        self._end(at, start, now, error, 200 if error is None else error.code)
        return now, error

    def _say(self, one: Operation, start: float, now: float, at: int) -> None:
        for text in one.says:
            self._log(one, "INFO", f"{text} in {now - start:.1f} ms", now, at)
        share, level, text = self.effects.says.get(label_of(one), (0.0, "", ""))
        if self.rng.random() < share:
            self._log(one, level, text, (start + now) / 2, at)

    def _step(
        self, one: Operation, step: object, at: int, now: float, pod: Pod
    ) -> tuple[float, Error | None]:
        me = label_of(one)
        if isinstance(step, Work):
            end = now + self._took(step.ms, one.service.name, pod.name, pod.host, me)
            if step.name:
                inner = self._open(one, step.name, self.spans[at].label, KINDS["internal"], pod)
                self._end(inner, now, end, None)
            return end, None
        if isinstance(step, Query):
            for _ in range(self.effects.times.get(step.store, 1)):
                now, error = self._query(one, step, at, now, pod)
                if error is not None:
                    return now, error
            return now, None
        if isinstance(step, Publish):
            return self._publish(one, step, at, now, pod), None
        if isinstance(step, Together):
            ends = [self._call(one, call, at, now, pod) for call in step.calls]
            failed = [error for _, error in ends if error is not None]
            return max(end for end, _ in ends), failed[0] if failed else None
        if not isinstance(step, Call) or (
            self.rng.random() < step.cached and label_of(step.target) not in self.effects.uncached
        ):
            return now + 0.2, None
        for _ in range(self.effects.times.get(label_of(step.target), 1)):
            now, error = self._call(one, step, at, now, pod)
            if error is not None:
                return now, error
        return now, None

    # -- caller's side -----------------------------------------------------------------------------------

    def _query(
        self, one: Operation, step: Query, at: int, now: float, pod: Pod
    ) -> tuple[float, Error | None]:
        inner = self._open(one, step.statement, self.spans[at].label, KINDS["client"], pod)
        system = step.store.rsplit("-", 1)[-1]
        named = (("db.system", system), ("server.address", step.store))
        self.spans[inner] = replace(self.spans[inner], attributes=named)
        end = now + self._took(step.ms * self.effects.stores.get(step.store, 1.0))
        share, thrown = self.effects.queries.get(step.store, (0.0, None))
        error = None
        if self.rng.random() < self.effects.refuses.get(step.store, 0.0):
            end = now + self.rng.uniform(0.5, 3)
            error = Error("ConnectionError", f"dial tcp {step.store}:5432: connect: connection refused")
        elif thrown is not None and self.rng.random() < share:
            error = thrown
        self._end(inner, now, end, error)
        if error is not None:
            self._log(one, "ERROR", f"query failed: {error.said}", end, at)
            error = self._as_own(one, error, step.store)
        return end, error

    def _publish(self, one: Operation, step: Publish, at: int, now: float, pod: Pod) -> float:
        inner = self._open(one, f"{step.topic} publish", self.spans[at].label, KINDS["producer"], pod)
        self.spans[inner] = replace(
            self.spans[inner], attributes=(("messaging.destination.name", step.topic),)
        )
        self._end(inner, now, now + self._took(0.8), None)
        wait = self._took(4.0) + self.effects.lag.get(step.topic, 0.0)
        consumer = step.consumer
        if consumer.service.name not in self.effects.stops:
            if step.linked:
                other = f"{self.name}m{inner}"
                later = Request(self.traffic, other, self.at_s + (now + wait) / 1000, self.effects)
                later.consume(consumer, self.spans[inner].label)
            else:
                taker = self.rng.choice(consumer.service.pods)
                self.serve(consumer, self.spans[inner].label, now + wait, taker, KINDS["consumer"])
        return now + 0.9

    def _call(self, one: Operation, call: Call, at: int, now: float, pod: Pod) -> tuple[float, Error | None]:
        target = call.target.service.name
        breaker = id(call)
        error: Error | None = None
        if call.breaker and self.traffic.open_until.get(breaker, 0) > self.at_s:
            error = Error("CircuitBreakerOpen", f"circuit breaker '{target}' is open", 503, 14)
            inner = self._open(one, call.target.name, self.spans[at].label, KINDS["client"], pod)
            self._name_peer(inner, one, target)
            self._end(inner, now, now + 0.1, error)
        else:
            for attempt in range(call.tries):
                now += 0 if not attempt else 50 * 2**attempt * self.rng.uniform(0.8, 1.2)
                now, error = self._attempt(one, call, at, now, pod)
                if error is None or error.code < 500:
                    break
            failed = error is not None and error.code >= 500
            self.traffic.failures[breaker] = self.traffic.failures[breaker] + 1 if failed else 0
            if call.breaker and self.traffic.failures[breaker] >= _OPENS_AFTER:
                self.traffic.open_until[breaker] = self.at_s + _OPEN_S
        if error is None:
            return now, None
        if call.fallback:
            self._log(one, "WARN", f"{target} unavailable, using default", now, at)
            return now + 0.2, None
        if one.service.said:
            said = f": {error.text}" if error.text and one.service.style != "codes" else ""
            self._log(one, "ERROR", f"call to {target} failed{said}", now, at)
        return now, self._as_own(one, error, target)

    def _as_own(self, one: Operation, error: Error, target: str) -> Error:
        if error.code < 500:
            return error
        if one.service.style == "repeats":
            return error
        if one.service.style == "wraps":
            return Error("UpstreamException", f"{target} call failed", 502 if error.code != 504 else 504, 13)
        return Error("", "", 500, 13)

    def _name_peer(self, inner: int, one: Operation, target: str) -> None:
        if one.service.peers:
            self.spans[inner] = replace(self.spans[inner], attributes=(("server.address", target),))

    def _attempt(
        self, one: Operation, call: Call, at: int, now: float, pod: Pod
    ) -> tuple[float, Error | None]:
        taker = self.rng.choice(call.target.service.pods)
        target, effects = call.target.service.name, self.effects
        me = label_of(call.target)
        deadline = effects.deadline.get(me, call.deadline_ms)
        ways = [effects.farther.get(name, 0.0) for name in (pod.name, taker.name, target)]
        way = self.rng.lognormvariate(-0.3, 0.4) + sum(ways)
        inner = -1
        if one.service.clients:
            inner = self._open(one, call.target.name, self.spans[at].label, KINDS["client"], pod)
            self._name_peer(inner, one, target)
        parent = self.spans[inner if inner >= 0 else at].label
        error: Error | None
        if self._hit(effects.refuses, taker, target):
            end = now + self.rng.uniform(0.5, 3)
            error = Error("ConnectException", f"Connection refused: {target}:8080", 503, 14)
            code = 0
        elif self.rng.random() < effects.breaks.get(target, (0.0, None))[0]:
            end = now + self.rng.uniform(0.5, 8)
            error = effects.breaks[target][1]
            code = 0
        elif self._hit(effects.drops, taker, target):
            end = now + (deadline or _NO_DEADLINE_MS)
            error = Error("TimeoutException", f"no answer from {target} within {round(end - now)} ms", 504, 4)
            code = 0
        else:
            end, error = self.serve(call.target, parent, now + way / 2, taker, KINDS["server"])
            end += way / 2
            code = 200 if error is None else error.code
            if error is not None:
                error = replace(error, status=2, type="", text="") if error.code < 500 else error
            if deadline and end - now > deadline:
                end = now + deadline
                said = f"deadline of {round(deadline)} ms exceeded calling {target}"
                error, code = Error("DeadlineExceeded", said, 504, 4), 0
        if inner >= 0:
            shown = replace(error, type="", text="") if error is not None and code >= 400 else error
            self._end(inner, now, end, shown, code)
        return end, error

    def _hit(self, shares: dict[str, float], pod: Pod, service: str) -> bool:
        share = max(shares.get(pod.name, 0.0), shares.get(service, 0.0))
        return bool(share) and self.rng.random() < share
