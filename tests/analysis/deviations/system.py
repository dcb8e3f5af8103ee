"""A small made-up system under even load: each request calls a tree of services, with times drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drawn import Drawing, DrawnLog, DrawnSpan, DrawnTrace

TREE = {
    "edge": ("shop", "login"), "shop": ("stock", "price"), "stock": ("keeper",), "price": (), "login": (), "keeper": (),
}  # fmt: skip
"""Who calls whom."""


@dataclass
class Request:
    """What one request does; an incident changes it.

    Attributes:
        at_s: when it comes. ``slower``: factor of own time by service; ``farther``: ms more on each call into a
            service; ``times``: how often a service is called by its caller; ``silent``: services that say nothing;
            ``drops``: services that call nobody; ``hurried``: services that do not say that they are done.
    """

    at_s: float
    slower: dict[str, float] = field(default_factory=dict)
    farther: dict[str, float] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    hurried: frozenset[str] = frozenset()


Incident = Callable[[Request], None]


def system(seed: int, incident: Incident = lambda _: None, *, requests: int = 90, kinds: bool = True,
           logs: bool = False, since: float = 0.5) -> Drawing:  # fmt: skip
    """Requests at even times, which an incident may change from some share of them on."""
    rng = random.Random(seed)
    traces = []
    at_s = 0.0
    for number in range(requests):
        at_s += rng.expovariate(1.0)
        request = Request(at_s)
        if number >= int(since * requests):
            incident(request)
        traces.append(_Drawer(rng, f"r{seed}-{number}", request, kinds, logs).trace())
    return Drawing(traces=tuple(traces))


class _Drawer:
    def __init__(self, rng: random.Random, name: str, request: Request, kinds: bool, logs: bool) -> None:
        self.rng, self.name, self.request, self.kinds, self.logs = rng, name, request, kinds, logs
        self.spans: list[DrawnSpan] = []
        self.lines: list[DrawnLog] = []

    def trace(self) -> DrawnTrace:
        self._serve("edge", "", 0.0)
        return DrawnTrace(self.name, self.request.at_s, tuple(self.spans), tuple(self.lines))

    def _serve(self, service: str, parent: str, start: float) -> float:
        """Draw a service's span and all below; gives its duration, ms."""
        label = f"{self.name}/{len(self.spans)}"
        self.spans.append(DrawnSpan(label, parent, service, "work"))
        at = len(self.spans) - 1
        spent = self.rng.lognormvariate(1.6, 0.5) * self.request.slower.get(service, 1.0)
        if self.logs and service not in self.request.silent:
            self.lines.append(DrawnLog(service, "INFO", f"did it in {spent:.1f}", start, self.name, label))
            if service not in self.request.hurried:
                self.lines.append(DrawnLog(service, "INFO", "all is done", start, self.name, label))
        for callee in TREE[service] if service not in self.request.drops else ():
            for _ in range(self.request.times.get(callee, 1)):
                spent += self._call(service, callee, label, start + spent)
        self.spans[at] = DrawnSpan(label, parent, service, "work", 2 if self.kinds else 0, start, spent)
        return spent

    def _call(self, service: str, callee: str, parent: str, start: float) -> float:
        label = f"{self.name}/{len(self.spans)}"
        self.spans.append(DrawnSpan(label, parent, service, "send"))
        at = len(self.spans) - 1
        way = self.rng.lognormvariate(0.2, 0.4) + self.request.farther.get(callee, 0.0)
        took = self._serve(callee, label, start + way / 2) + way
        self.spans[at] = DrawnSpan(label, parent, service, "send", 3 if self.kinds else 0, start, took)
        return took
