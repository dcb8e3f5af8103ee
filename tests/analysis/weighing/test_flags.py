"""A flag that only the failing requests ran under is a change that came with the cause."""

from __future__ import annotations

import pytest

from explorer.analysis.causes import analyse
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

HEALTHY = """
trace fine
cart: POST /checkout | server 0+80 200 {entry}
  tax: compute       | server 5+20 200 {origin}
"""
FAILING = """
trace bad at=400
cart: POST /checkout | server 0+80 500 error {entry}
  tax: compute       | server 5+20 500 error !AttributeError('NoneType' object has no attribute 'rate') {origin}
"""
OFF, ON = (f"feature_flag.key=new-tax feature_flag.variant={way}" for way in ("off", "on"))


def changes(healthy: dict[str, str], failing: dict[str, str]) -> list[str]:
    """What is told of changes."""
    well, bad = draw(HEALTHY.format(**healthy)), draw(FAILING.format(**failing))
    (cause,) = analyse(store_of(repeated(well, 30, 10, "fine") + repeated(bad, 8, 10)), RULES).causes
    return [one.text for one in cause.evidence if one.kind == "change"]


@pytest.mark.parametrize("place", ["origin", "entry"])
def test_it_is_told_where_it_stands(place: str) -> None:
    none = {"origin": "", "entry": ""}
    said = changes(none | {place: OFF}, none | {place: ON})
    assert said == ["flag new-tax on in all failing spans, off in healthy ones"]


def test_names_of_ones_own_are_understood() -> None:
    said = changes(
        {"origin": "experiment.tax=control", "entry": ""}, {"origin": "experiment.tax=b", "entry": ""}
    )
    assert said == ["experiment.tax b in all failing spans, control in healthy ones"]


def test_a_flag_that_healthy_requests_have_too_says_nothing() -> None:
    assert changes({"origin": ON, "entry": ""}, {"origin": ON, "entry": ""}) == []
    assert changes({"origin": "", "entry": ""}, {"origin": ON, "entry": ""}) == []
