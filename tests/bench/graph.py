"""The call graph's layout beside graphviz dot, where that is installed."""

from __future__ import annotations

from tests.bench.graphs import crossings, dense, dot, has_dot, overlaps, services, shown, whole
from tests.bench.run import Run, say


def measure(run: Run) -> None:
    """All services laid out, by both; then what the program shows of large graphs."""
    say(f"\n{'call graph':52}{'CPU ms':>9}  {'of dot':>9}  {'crossings / of dot':>19}  {'overlaps':>8}")
    for count, seed in ((200, 3), (200, 4), (200, 5), (1000, 3)):
        graph = services(count, seed)
        mine = min((whole(graph) for _ in range(run.rounds)), key=lambda one: one.seconds)
        name = f"{count:,} services, {len(graph.edges):,} calls, all laid out"
        if not has_dot():
            say(f"{name:52}{mine.seconds * 1e3:9.0f}  graphviz dot is not installed")
            continue
        other = min((dot(graph) for _ in range(run.rounds)), key=lambda one: one.seconds)
        both = [crossings(graph, one) for one in (mine, other)] if count <= 200 else []
        said = f"{both[0]:,} / {both[1]:,}" if both else ""
        say(f"{name:52}{mine.seconds * 1e3:9.0f}  {other.seconds * 1e3:9.0f}  {said:>19}  {overlaps(mine):8}")
    for name, graph in (
        ("1,000 services", services(1000)),
        ("40 services that all call each other", dense(40)),
    ):
        boxes, seconds = min(shown(graph) for _ in range(run.rounds))
        say(f"{f'{name}, {boxes} boxes shown':52}{seconds * 1e3:9.0f}")
