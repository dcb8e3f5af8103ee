"""Who asks what and when, and how it will go for them: the plan of all requests."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal

from tests.incident.moments import BEGIN, CANARY, DEPLOY, END, OUT_OF_MEMORY, SECOND, STORE_DOWN, at

Route = Literal["recommend", "score", "item"]
Fate = Literal[
    "ok",
    "cached",
    "missing",
    "refused",
    "memory",
    "shape",
    "reset",
    "slow",
    "not-found",
    "bad-request",
    "left",
]
"""``missing``, ``refused``, ``memory`` and ``shape`` are the four causes; ``reset`` (saved by a retry) and ``slow``
(saved by the fallback) are what always happens to a few; the last three are faults of nobody here."""

HERO = "req-7f3a91c2e0"
"""The request that the drawings of the program show."""
HERO_TRACE = 0x4BF92F3577B34DA6A3CE929D0E0E4736
HERO_US = at("14:07:31.204")
_MEAN_GAP = 1.35


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a user.

    Attributes:
        queued: it leaves a message that is worked on later, in a trace of its own.
        lost_span: a span of it never reached the collector.
        secrets: it carries a token, a key and an address that nobody should see.
    """

    number: int
    id: str
    trace: int
    time_us: int
    route: Route
    fate: Fate
    user: int
    queued: bool = False
    lost_span: bool = False
    secrets: bool = False


def plan(seed: str) -> tuple[Request, ...]:
    """All requests by time."""
    rng = random.Random(f"{seed} plan")
    planned = _fixed(rng)
    time_us = BEGIN
    while True:
        time_us += round((0.35 + 1.3 * rng.random()) * _gap(time_us) * SECOND)
        if time_us >= END - 2 * SECOND:
            break
        planned.append((time_us, *_drawn(rng, time_us)))
    return tuple(_request(seed, number, *one) for number, one in enumerate(sorted(planned)))


def _gap(time_us: int) -> float:
    """Mean seconds between requests: a slow wave over the half hour; a limiter at the edge evens them out."""
    return _MEAN_GAP * (1 + 0.12 * math.sin((time_us - BEGIN) / (380 * SECOND)))


def _fixed(rng: random.Random) -> list[tuple[int, Route, Fate]]:
    """Requests that must not be left to chance: the one of the drawings, and the two rare causes."""
    memory = [OUT_OF_MEMORY + round((2.6 * nth + 1.3 * rng.random()) * SECOND) for nth in range(6)]
    shape = [CANARY[0] + round((17 * nth + 9 + 7 * rng.random()) * SECOND) for nth in range(4)]
    return [
        (HERO_US, "recommend", "missing"),
        *((time_us, "score", "memory") for time_us in memory),
        *((time_us, "score", "shape") for time_us in shape),
    ]


def missing_share(time_us: int) -> float:
    """Share of the requests for fresh recommendations whose features are missing: grows as caches run out."""
    since = (time_us - DEPLOY - 20 * SECOND) / SECOND
    return 0.78 * (1 - math.exp(-((since / 330) ** 1.3))) if since > 0 else 0.0


def _drawn(rng: random.Random, time_us: int) -> tuple[Route, Fate]:
    kind, luck = rng.random(), rng.random()
    if kind < 0.62:
        return "recommend", _recommend_fate(rng, time_us, luck)
    if kind < 0.86:
        return "score", _score_fate(rng, time_us, luck)
    return "item", "not-found" if luck < 0.11 else "ok"


def _recommend_fate(rng: random.Random, time_us: int, luck: float) -> Fate:
    if luck < 0.3:
        return "cached"
    luck = (luck - 0.3) / 0.7
    if STORE_DOWN[0] <= time_us < STORE_DOWN[1] and rng.random() < 0.35:
        return "refused"
    if luck < missing_share(time_us):
        return "missing"
    luck = rng.random()
    return "reset" if luck < 0.04 else "slow" if luck < 0.085 else "left" if luck < 0.095 else "ok"


def _score_fate(rng: random.Random, time_us: int, luck: float) -> Fate:
    if STORE_DOWN[0] <= time_us < STORE_DOWN[1] and rng.random() < 0.9:
        return "refused"
    return "bad-request" if luck < 0.02 else "reset" if luck < 0.035 else "ok"


def _request(seed: str, number: int, time_us: int, route: Route, fate: Fate) -> Request:
    rng = random.Random(f"{seed} request {number}")
    hero = time_us == HERO_US
    plain = route == "recommend" and fate == "ok"
    return Request(
        number, HERO if hero else f"req-{rng.getrandbits(40):010x}", HERO_TRACE if hero else rng.getrandbits(128),
        time_us, route, fate, 10_000 + int(rng.random() * 80_000),
        queued=hero or (route == "recommend" and number % 61 == 7) or (route == "score" and number % 5 == 2),
        lost_span=plain and number % 211 == 40,
        secrets=hero or (fate == "missing" and number % 29 == 3) or (plain and number % 97 == 5),
    )  # fmt: skip
