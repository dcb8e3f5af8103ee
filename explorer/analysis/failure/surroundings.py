"""What happened around a service when it fell silent: restarts, kills and events that carry no trace id."""

from __future__ import annotations

import re

import numpy as np

from explorer.analysis.categories.signals import Signal
from explorer.analysis.facts import Facts
from explorer.analysis.failure.propagation import Explained
from explorer.analysis.patterns import WARN
from explorer.analysis.reading import Reading

BEFORE_NS = 600 * 10**9
AFTER_NS = 60 * 10**9
_MOST_LOGS, _MOST_OTHERS = 12, 40
_REASON = re.compile(
    r"\bOOM[A-Z][a-z]+\b|\b[A-Z][a-z]+(?:[A-Z][a-z]*)+\b|\b(?:Evicted|Killing|Unhealthy|Preempted|Rebooted)\b"
)
_SILENT = frozenset({"dependency-down", "breaker-open", "network"})
_GONE = frozenset({502, 503, 504})
"""Statuses that a proxy gives for a peer that does not answer."""


def surrounding_signals(reading: Reading, sample: Explained) -> list[Signal]:
    """Signals about the service at fault near the failure, if it is one that did not answer."""
    facts, via = sample.scene.facts, sample.blame.via
    gone = sample.blame.hypothesis == "dependency-failed" and int(facts.store.spans.code[via]) in _GONE
    if sample.blame.hypothesis not in _SILENT and not gone:
        return []
    at = sample.path[0].time_ns
    texts = [mark.text for mark in facts.store.marks if is_near(mark.time_ns, at) and mark.kind in ("restart", "event")
             and concerns(facts, sample.blame.service, mark.service, mark.text)]  # fmt: skip
    texts += [reading.message(log) for log in untraced_logs(facts, sample.blame.service, at)]
    signals: list[Signal] = []
    for text in texts:
        signals.append(Signal("log", text))
        signals += [Signal("k8s", reason[0], text) for reason in _REASON.finditer(text[:500])]
    return signals


def is_near(time_ns: int, at_ns: int) -> bool:
    """Whether something happened in the ten minutes before, or the minute after."""
    return at_ns - BEFORE_NS <= time_ns <= at_ns + AFTER_NS


def concerns(facts: Facts, name: str, service: str, text: str) -> bool:
    """Whether an event is about a service: by its own service field, or by a pod or host of it in its text."""
    if service == name:
        return True
    code = facts.peers.known(name)
    return code >= 0 and (facts.peers.known(service) == code or facts.peers.mentioned(text) == code)


def untraced_logs(facts: Facts, name: str, at_ns: int) -> list[int]:
    """Warnings and errors that belong to no id, of a service or of others that name it, near a moment, latest first."""
    logs = facts.store.logs
    code = facts.peers.known(name)
    low, high = np.searchsorted(logs.time, (at_ns - BEFORE_NS, at_ns + AFTER_NS))
    window = np.arange(low, high)
    loud = window[(logs.id[window] < 0) & (logs.severity[window] >= WARN)][::-1]
    own = logs.service[loud] == code
    told: list[int] = loud[own][:_MOST_LOGS].tolist()
    others = loud[~own][:_MOST_OTHERS].tolist()
    told += [log for log in others if facts.peers.mentioned(facts.reading.message(log)) == code]
    return told if code >= 0 else []
