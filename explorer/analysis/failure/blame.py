"""Where a leaf of the descent points: to itself, to a callee that left no span, to a slow callee, or to its caller."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from explorer.analysis.failure.callers import builder_of
from explorer.analysis.failure.descent import error_texts
from explorer.analysis.failure.scene import Scene
from explorer.analysis.peers import called_in, host_in, host_of, is_address
from explorer.analysis.results import Relation
from explorer.analysis.traits import REJECTED, Trait
from explorer.model.schema import GRPC, Kind, SpanFlag

_UNREADABLE = re.compile(
    r"schema|decod|deseriali|unmarshal|avro|protobuf|magic byte|malformed|unparse?able|parse error|unknown field"
    r"|invalid (?:message|payload|json|format)|incompatible",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"fail|unavailable|unreachable|no (?:answer|response|reply)|not (?:respond|answer|reach)|time[d ]?-?out"
    r"|\b5\d\d\b|refused|error (?:from|calling|in call)|exceeded",
    re.IGNORECASE,
)
_UNAVAILABLE = 14
"""gRPC status that a client gives itself where no connection came about."""
_MOST_READ = 3
SLOW = 2.0
"""How many times its usual duration a callee must take to be called slow."""

_FEWEST = 3
"""Of fewer spans nobody can tell how long they usually take."""


@dataclass(frozen=True, slots=True)
class Blame:
    """What a leaf points to.

    Attributes:
        row: the span that stands for the origin, -1 where it left none.
        via: the failed span that tells of it.
        service: name of the service or peer at fault.
        relation: how the failure came from the origin to its caller.
        hypothesis: typed, as in ``rca --json``.
        trail: rows between the origin and ``via`` that did not fail (lateness carried), deepest first.
        known: whether the service is one of the bundle's, not a stranger.
        apart: whether the origin lies beside the chain of spans (behind a queue), reached from ``via`` at once.
    """

    row: int
    via: int
    service: str
    relation: Relation
    hypothesis: str
    trail: tuple[int, ...] = ()
    known: bool = True
    apart: bool = False


def blame(scene: Scene, leaf: int) -> Blame:
    """Judge a leaf: the deepest failed span of a descent."""
    facts = scene.facts
    callee = int(facts.hops.callee_of[leaf])
    calls = bool(facts.hops.calls[leaf])
    if scene.has(leaf, Trait.TIMEOUT) and not scene.has(leaf, Trait.POOL | Trait.BREAKER):
        return _timeout(scene, leaf)
    if calls and callee >= 0:
        return _answered(scene, leaf, callee)
    if calls:
        return _unanswered(scene, leaf)
    if scene.has(leaf, REJECTED) and not scene.has(leaf, Trait.POOL):
        return _told_of_peer(scene, leaf)
    return bad_message(scene, leaf) or _named(scene, leaf, "call") or own(scene, leaf)


def _named(scene: Scene, row: int, relation: Relation) -> Blame | None:
    """The service that an error says did not do its part, where it is one that is called and left no span here.

    Callers without spans of their calls tell of them in words only. Where that service did answer, but after its
    caller had gone on, it is judged as one that was waited for; None where it answered in time or none is named.
    """
    facts = scene.facts
    spans, own_code = facts.store.spans, int(facts.store.spans.service[row])
    for message in _messages(scene, row):
        found = facts.peers.mentioned(message, own_code) if _NOT_DONE.search(message) else -1
        if found < 0 or (own_code, found) not in facts.calling:
            continue
        there = np.flatnonzero(spans.service[row : row + int(spans.size[row])] == found) + row
        if not len(there):
            hypothesis = "dependency-slow" if relation == "timeout" else "dependency-down"
            return Blame(-1, row, facts.store.services[found], relation, hypothesis)
        calls = [at for at in spans.children_of(row).tolist() if facts.hops.callee_of[at] in there]
        last = max(calls, key=lambda at: (_went_on(scene, at), int(spans.end[at])), default=-1)
        if last >= 0 and (relation == "timeout" or _went_on(scene, last)):
            return _waited_for(scene, row, last, int(facts.hops.callee_of[last]))
    return None


def _went_on(scene: Scene, client: int) -> bool:
    """Whether a caller did not wait until its callee was done."""
    spans = scene.facts.store.spans
    return bool(spans.duration[client] < spans.duration[scene.facts.hops.callee_of[client]])


def bad_message(scene: Scene, leaf: int) -> Blame | None:
    """A consumer that cannot read a message: who published it; None where it is none, or the producer is unknown."""
    facts = scene.facts
    if not any(_UNREADABLE.search(text) for texts in error_texts(scene, leaf) for text in texts):
        return None
    row = leaf
    while not facts.hops.enters[row] and scene.up(row) >= 0:
        row = scene.up(row)
    producer = scene.up(row)
    queued = facts.store.spans.kind[row] == Kind.CONSUMER or scene.joined.get(row, (-1, "call"))[1] == "link"
    if not queued or producer < 0:
        return None
    return Blame(producer, leaf, facts.store.service(producer), "link", "bad-message", apart=True)


def own(scene: Scene, row: int, hypothesis: str = "code-fault") -> Blame:
    """The span itself."""
    return Blame(row, row, scene.facts.store.service(row), "call", hypothesis)


def _answered(scene: Scene, client: int, callee: int) -> Blame:
    """The callee's span is there and did not fail, yet the caller's did."""
    facts = scene.facts
    spans = facts.store.spans
    if int(spans.flags[callee]) & SpanFlag.UNFINISHED or scene.has(client, REJECTED):
        return Blame(callee, client, facts.store.service(callee), "rejected", "dependency-down")
    if scene.has(client, Trait.MISUSE):
        alone = (int(spans.service[callee]), int(spans.name[callee]), int(spans.resource[callee]))
        if alone in facts.lone_refusers:
            return Blame(callee, client, facts.store.service(callee), "rejected", "refuses-alone")
        return _bad_request(scene, client)
    if callee in scene.logs:
        return Blame(callee, client, facts.store.service(callee), "call", "code-fault")
    return own(scene, client)


def _bad_request(scene: Scene, client: int) -> Blame:
    """The callee refused what it was sent: the caller is at fault, at best the step that built the request."""
    builder = builder_of(scene, client)
    row = builder if builder >= 0 else client
    return Blame(row, client, scene.facts.store.service(client), "call", "bad-request")


def _unanswered(scene: Scene, client: int) -> Blame:
    """A call whose callee left no span."""
    facts = scene.facts
    name, known = peer_name(scene, client)
    silent = scene.has(client, REJECTED) or int(facts.store.spans.code[client]) == GRPC + _UNAVAILABLE
    if silent and name:
        hypothesis = "breaker-open" if scene.has(client, Trait.BREAKER) else "dependency-down"
        return Blame(-1, client, name, "rejected", hypothesis, known=known)
    if scene.has(client, Trait.LIMITED) and name:
        return Blame(client, client, name, "rejected", "quota", known=known)
    if scene.has(client, Trait.MISUSE):
        return _bad_request(scene, client)
    if not name:
        return own(scene, client)
    return Blame(client, client, name, "call", "dependency-failed", known=known)


def _told_of_peer(scene: Scene, row: int) -> Blame:
    """A span of the caller that says its callee did not answer; the callee is named in the message at best."""
    name, known = peer_name(scene, row)
    if not name and (named := _called_in_vain(scene, row)):
        name, known = named, True
    if not name:
        return own(scene, row)
    hypothesis = "breaker-open" if scene.has(row, Trait.BREAKER) else "dependency-down"
    return Blame(-1, row, name, "rejected", hypothesis, known=known)


def _called_in_vain(scene: Scene, row: int) -> str:
    """The service that the error logs of a span say a call to failed, ``""`` for none."""
    facts = scene.facts
    own_code = int(facts.store.spans.service[row])
    for message in _logged(scene, row):
        found = facts.peers.mentioned(message, own_code) if _NOT_DONE.search(message) else -1
        if found >= 0 and (own_code, found) in facts.calling:
            return facts.store.services[found]
    return ""


def peer_name(scene: Scene, row: int) -> tuple[str, bool]:
    """Name of the remote side, and whether it is a service of the bundle: from the peer column, else the message."""
    facts = scene.facts
    store, peers = facts.store, facts.peers
    own_code = int(store.spans.service[row])
    code = int(peers.target[store.spans.peer[row]])
    if store.spans.peer[row] and code < len(store.services) and code != own_code:
        return store.services[code], True
    for message in _messages(scene, row):
        told = (host_in(message) if scene.has(row, REJECTED) else "") or called_in(message)
        found = peers.known(told) if told else peers.called(message, own_code)
        if found >= 0 and found != own_code:
            return store.services[found], True
        if told and not is_address(told):
            return host_of(told), False
    if store.spans.peer[row]:
        return peers.name(code), False
    found = facts.usual_callee.get((own_code, int(store.spans.name[row])), -1)
    found = found if found >= 0 and found != own_code else peers.mentioned(store.operation(row), own_code)
    if found >= 0:
        return store.services[found], True
    return _named_in_logs(scene, row), False


def _named_in_logs(scene: Scene, row: int) -> str:
    """Whom logs of a call, or of the work that made it, say was called in vain, in its own words."""
    store = scene.facts.store
    said = [store.texts[store.failures["message"][at]] for at in store.failure_rows(row)]
    parent = int(store.spans.parent[row])
    about = _logged(scene, parent) if parent >= 0 else []
    about = [message for message in about if any(words and words in message for words in said)]
    return next((told for message in (*_logged(scene, row), *about) if (told := called_in(message))), "")


def _messages(scene: Scene, row: int) -> list[str]:
    """What the span's errors say, or its logs where it says nothing."""
    store = scene.facts.store
    said = [store.texts[store.failures["message"][at]] for at in store.failure_rows(row)]
    if row in scene.told or not any(said):
        said += _logged(scene, row)
    return said


def _logged(scene: Scene, row: int) -> list[str]:
    """The first error logs of a span."""
    return [scene.facts.reading.message(log) for log in scene.logs.get(row, ())[:_MOST_READ]]


def _timeout(scene: Scene, row: int) -> Blame:
    """Who was slow: down the longest callee, or the deadline itself where the callee was as quick as ever."""
    facts = scene.facts
    spans = facts.store.spans
    asks = bool(facts.hops.asks[row])
    told = None if asks else _named(scene, row, "timeout")
    if told is not None:
        return told
    first = slowest_child(scene, row)
    if first < 0:
        if not asks:
            return own(scene, row, "slow-self")
        name, known = peer_name(scene, row)
        return Blame(-1, row, name, "timeout", "dependency-slow", known=known) if name else own(scene, row)
    if not asks and facts.self_ns[row] > spans.duration[row] // 2:
        return own(scene, row, "slow-self")
    return _waited_for(scene, row, row, first)


def _waited_for(scene: Scene, via: int, call: int, callee: int) -> Blame:
    """Why ``callee`` did not answer within the time of ``call``, says ``via``: too short a time, the way, slow work."""
    facts = scene.facts
    spans = facts.store.spans
    waited = int(spans.duration[call])
    middle = facts.usual_of(callee)[1]
    pace = _pace(scene, callee)
    too_tight = waited < middle or (pace == "usual" and waited < spans.duration[callee])
    if pace != "unknown" and (too_tight or usually_longer(scene, callee, waited) >= 0):
        judged = own(scene, via, "deadline-too-tight")
        return judged if call == via else replace(judged, trail=(call,))
    if pace == "usual" and spans.duration[callee] < waited // 2:
        return Blame(-1, via, facts.store.service(callee), "timeout", "network", (callee,))
    return _into_the_slow(scene, via, callee)


def usually_longer(scene: Scene, row: int, waited: int) -> int:
    """A span that ``row`` waits for, as quick as ever, and that usually takes longer than ``waited`` ns; -1 for none.

    Who calls what now and then is usually quicker than this call of it can be.
    """
    facts = scene.facts
    for below in _longest_way(scene, row)[1:]:
        if waited < facts.usual_of(below)[1] and _pace(scene, below) == "usual":
            return below
    return -1


def _pace(scene: Scene, row: int) -> Literal["usual", "slow", "unknown"]:
    """How long a span took beside others of its kind."""
    count, middle, _ = scene.facts.usual_of(row)
    if count < _FEWEST:
        return "unknown"
    return "usual" if scene.facts.store.spans.duration[row] < SLOW * middle else "slow"


def _longest_way(scene: Scene, row: int) -> list[int]:
    """A span and those below it, each of which took at least half of the time of the one above."""
    spans = scene.facts.store.spans
    trail = [row]
    while True:
        deeper = slowest_child(scene, trail[-1])
        if deeper < 0 or spans.duration[deeper] < spans.duration[trail[-1]] // 2:
            return trail
        trail.append(deeper)


def _into_the_slow(scene: Scene, row: int, first: int) -> Blame:
    facts = scene.facts
    trail = _longest_way(scene, first)
    callee = int(facts.hops.callee_of[trail[-1]])
    if callee >= 0 and _pace(scene, callee) == "usual":
        return Blame(-1, row, facts.store.service(callee), "timeout", "network", (callee, *reversed(trail)))
    paces = [_pace(scene, row) for row in trail]
    quick: int | None = None  # as quick as ever: it mostly is not called, so that who calls it is slow
    while "slow" in paces and (
        paces[-1] == "usual" or (paces[-1] == "unknown" and int(facts.hops.callee_of[trail[-1]]) == quick)
    ):
        paces.pop()
        quick = trail.pop()
    end = trail.pop()
    lone = facts.hops.asks[end] and facts.hops.callee_of[end] < 0
    name, known = peer_name(scene, end) if lone else ("", True)
    service = name or facts.store.service(end)
    relation: Relation = "timeout" if not trail else "call"
    return Blame(
        end, row, service, relation, "dependency-slow" if name else "slow-self", tuple(reversed(trail)), known
    )


def slowest_child(scene: Scene, row: int) -> int:
    """The child that took the longest, -1 without children; consumers do not count."""
    spans = scene.facts.store.spans
    kids = spans.children_of(row)
    kids = kids[spans.kind[kids] != Kind.CONSUMER]
    return int(kids[np.argmax(spans.duration[kids])]) if len(kids) else -1
