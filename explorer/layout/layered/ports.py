"""At which height of a box's side each call leaves and arrives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.layout.layered.balance import isotonic
from explorer.layout.layered.part import Call, Grid
from explorer.layout.layered.shapes import Size, Spacing

_LEVEL = 0.5  # pixels of difference up to which a line counts as straight
_REACH = 0.42  # share of a box's height, up and down from its middle, where calls may end
_FIRM = 1000.0  # pull of a straight line on its port, beside 1 of any other


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a call at a box's side.

    Attributes:
        index: of the call.
        first: it is the left end of the call.
        arrives: the arrow is here.
        other: height of the next vertex of the call.
        box: node at the other end of the call.
        label: height of the call's text.
    """

    index: int
    first: bool
    arrives: bool
    other: float
    box: int
    label: float


def ports(
    grid: Grid, sizes: Sequence[Size], calls: Sequence[Call], options: Spacing
) -> tuple[list[float], list[float]]:
    """Heights of the left and of the right end of each call (of caller and callee within one column).

    Calls that leave a box leave at one point, the middle of its side, and fan out; calls that arrive are
    set apart so that each arrow can be told from the next.
    """
    heights = grid.heights
    starts = [heights[min(call.edge, key=grid.graph.layer.__getitem__)] for call in calls]
    ends = [heights[max(call.edge, key=grid.graph.layer.__getitem__)] for call in calls]
    sides: dict[tuple[int, bool], list[_End]] = defaultdict(list)
    for index, (call, chain) in enumerate(zip(calls, grid.graph.chains, strict=True)):
        tail, head = call.edge
        if chain:
            left, right, text = chain[0], chain[-1], call.label.height
            sides[left, True].append(_End(index, True, left == head, heights[chain[1]], right, text))
            sides[right, False].append(_End(index, False, right == head, heights[chain[-2]], left, text))
        elif tail != head and grid.graph.layer[tail] == grid.graph.layer[head]:
            toward = 0.25 if heights[tail] < heights[head] else -0.25
            starts[index] = heights[tail] + toward * sizes[tail].height
            ends[index] = heights[head] - toward * sizes[head].height
    for (node, _), side in sides.items():
        if _spread(side):
            for end, height in _apart(side, heights[node], sizes[node].height, options):
                (starts if end.first else ends)[end.index] = height
    return starts, ends


def _spread(side: list[_End]) -> bool:
    together = len({end.box for end in side}) == len(side) and not any(end.arrives for end in side)
    return len(side) > 1 and not together


def _apart(side: list[_End], middle: float, height: float, options: Spacing) -> list[tuple[_End, float]]:
    side = sorted(side, key=lambda end: (end.other, end.index))
    parallel = len({end.box for end in side}) < len(side)
    wanted = max(options.edge_gap * 0.6, max(end.label for end in side) + 3.0 if parallel else 0.0)
    step = min(wanted, 2 * _REACH * height / (len(side) - 1))
    pulls = [_FIRM if abs(end.other - middle) < _LEVEL else 1.0 for end in side]
    levels = isotonic([-step * place for place in range(len(side))], pulls)
    offsets = [level + step * place for place, level in enumerate(levels)]
    reach = height * _REACH
    return [
        (end, middle + min(max(offset, -reach), reach)) for end, offset in zip(side, offsets, strict=True)
    ]
