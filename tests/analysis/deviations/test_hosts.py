"""What runs on a host is slow together: told of the host, also where it was over again or half of all is slow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.analysis.causes import analyse
from tests.analysis.deviations.system import Request, system
from tests.analysis.rules import RULES
from tests.drawn import Drawing, DrawnMetric
from tests.drawn_store import store_of

CROWDED = ("stock", "price", "login")


def _placed(drawing: Drawing) -> Drawing:
    """Each service on one host: those that become slow on one, all others on another."""
    traces = []
    for trace in drawing.traces:
        spans = (
            replace(span, resource=(("host.name", "node-1" if span.service in CROWDED else "node-2"),))
            for span in trace.spans
        )
        traces.append(replace(trace, spans=tuple(spans)))
    return replace(drawing, traces=tuple(traces))


@pytest.mark.parametrize(("begin", "end"), [(0.5, 1.0), (0.3, 0.7)], ids=["since half", "passing"])
@pytest.mark.parametrize("seed", [1, 2])
def test_services_of_one_host_that_become_slow_together_are_slow_for_their_host(
    seed: int, begin: float, end: float
) -> None:
    at = [trace.at_s for trace in system(seed, requests=200).traces]
    first, last = at[int(200 * begin)], at[int(200 * end) - 1]

    def crowded(request: Request) -> None:
        if first <= request.at_s <= last:
            request.slower |= dict.fromkeys(CROWDED, 8.0)

    (cause,) = analyse(store_of(_placed(system(seed, crowded, requests=200, since=0.0))), RULES).causes
    assert (cause.entity.kind, cause.entity.name, cause.category) == ("host", "node-1", "system")


def test_a_metric_of_the_host_is_shown() -> None:
    def crowded(request: Request) -> None:
        request.slower |= dict.fromkeys(CROWDED, 8.0)

    drawing = _placed(system(1, crowded, requests=200))
    steal = tuple(0.01 if at < 10 else 0.6 for at in range(20))
    hosts = (("node-1", steal), ("node-2", (0.01,) * 20))
    metrics = tuple(DrawnMetric("steal_ratio", name, 10.0, values) for name, values in hosts)
    (cause,) = analyse(store_of(replace(drawing, metrics=metrics)), RULES).causes
    assert [one.text for one in cause.evidence if one.kind == "metric"] == [
        "steal_ratio 0.01 → 0.6 as it began"
    ]
