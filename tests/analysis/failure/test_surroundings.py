"""A peer that was killed is why it refused, however its callers put it."""

from __future__ import annotations

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Cause
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

HEALTHY = """
trace ok
gate: GET /x | server 0+100 200
  gate: call | client 10+60 200 peer=scorer
    scorer: score | server 12+50 200 pod=scorer-7f-abc
  gate: note | client 80+10 200 peer=ledger
    ledger: write | server 82+5 200
"""
REFUSED = "client 10+5 503 error !ConnectionRefusedError([Errno 111] Connection refused) peer=scorer"
ONLY_503 = "client 10+5 503 error peer=scorer"
EVENT = "mark event scorer at=298 OOMKilled: container scorer in pod scorer-7f-abc (exit code 137)"
KERNEL = "log node ERROR at=298 Memory cgroup out of memory: Killed process 4242 (scorer) total-vm:8123456kB"
LAST_WORDS = "log scorer ERROR at=298 Killed: out of memory (exit code 137)"


def cause(call: str, around: str) -> Cause:
    """The first cause of a bundle in which the call fails six times."""
    failing = f"trace bad at=300\ngate: GET /x | server 0+30 503 error\n  gate: call | {call}\n"
    store = store_of(
        repeated(draw(HEALTHY), 12, 10, "fine") + repeated(draw(failing), 6, 5) + draw(f"\n{around}\n")
    )
    return analyse(store, RULES).causes[0]


@pytest.mark.parametrize("around", [EVENT, KERNEL, LAST_WORDS])
@pytest.mark.parametrize("call", [REFUSED, ONLY_503])
def test_it_is_the_want_of_memory_whatever_the_callers_span_says(call: str, around: str) -> None:
    found = cause(call, around)
    assert (found.category, found.subcategory, found.service) == ("system", "memory", "scorer")


@pytest.mark.parametrize(
    "around",
    [
        KERNEL.replace("scorer", "ledger"),
        EVENT.replace("scorer", "ledger"),
        "log scorer WARN at=298 cache is cold",
        "mark deploy gate at=298 gate 1.0 -> 1.1",
    ],
)
def test_what_happened_to_others_or_kills_nobody_is_no_reason(around: str) -> None:
    assert cause(REFUSED, around).category == "infrastructure"


@pytest.mark.parametrize(
    ("said", "entity"),
    [
        (
            "could not connect to relay: connection refused",
            ("service", "scorer"),
        ),  # who answered this call before
        ("could not connect to relay:5671: connection refused", ("external", "relay")),
        ("could not connect to ledger: connection refused", ("service", "ledger")),
    ],
)
def test_a_word_of_prose_is_no_stranger_without_a_port_or_a_known_name(
    said: str, entity: tuple[str, str]
) -> None:
    found = cause(f"client 10+5 503 error !ConnectionError({said})", "").entity
    assert (found.kind, found.name) == entity
