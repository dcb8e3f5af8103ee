"""What is otherwise in a system at a moment: the knobs that faults and background noise turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Error:
    """What is thrown. ``code``: HTTP status; ``status`` 0: the span does not say that it failed; ``stack``: logged."""

    type: str
    text: str
    code: int = 500
    grpc: int = 13
    stack: str = ""
    status: int = 2

    @property
    def said(self) -> str:
        """As a log line has it."""
        return f"{self.type}: {self.text}" if self.type else "internal error"


@dataclass
class Effects:
    """Knobs by service, pod, store, operation or host name; empty is healthy.

    Attributes:
        raises: operation label -> (share, error); ``queries``: the same of stores.
        slower: factor of own work by service, pod, host or operation label; ``stores``: factor by store.
        farther: ms more on each call into or out of a pod; ``drops``: share of calls into a pod or service that
            are lost; ``refuses``: share of calls into a service, pod or store that are refused.
        deadline: ms by operation label of the callee, for calls to it; ``times``: calls instead of one, likewise.
        marks: attributes on the span of an operation label; ``says``: (level, text) logged by it, with share.
        stops: services that take nothing from queues; ``lag``: ms that messages wait, by topic.
        needs: by operation label that throws, the one that must have been called before it in the request.
        rate: factor of requests; ``bad``: share of requests that the client sends wrongly.
        breaks: service -> (share, error) of calls into it that fail on the way; ``uncached``: operation labels that
            are called although they are cached. Where a label of ``raises`` ends in ``@pod``, only that pod throws.
    """

    raises: dict[str, tuple[float, Error]] = field(default_factory=dict)
    queries: dict[str, tuple[float, Error]] = field(default_factory=dict)
    slower: dict[str, float] = field(default_factory=dict)
    stores: dict[str, float] = field(default_factory=dict)
    farther: dict[str, float] = field(default_factory=dict)
    drops: dict[str, float] = field(default_factory=dict)
    refuses: dict[str, float] = field(default_factory=dict)
    deadline: dict[str, float] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    marks: dict[str, Mapping[str, object]] = field(default_factory=dict)
    says: dict[str, tuple[float, str, str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    breaks: dict[str, tuple[float, Error]] = field(default_factory=dict)
    uncached: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    lag: dict[str, float] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    rate: float = 1.0
    bad: float = 0.0

    def __add__(self, other: Effects) -> Effects:
        """Both at once."""
        both = Effects(
            rate=self.rate * other.rate,
            bad=max(self.bad, other.bad),
            stops=self.stops | other.stops,
            uncached=self.uncached | other.uncached,
        )
        for one in fields(self):
            if one.name not in ("rate", "bad", "stops", "uncached"):
                setattr(both, one.name, getattr(self, one.name) | getattr(other, one.name))
        return both
