"""Where the text of each call goes: on its own line, off the boxes, off other texts and lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.layout.layered.shapes import FloatArray, Size

_STEPS = 17  # places tried along a route
_CLEAR = 2.0  # pixels kept free around a label
# What a place costs: by each square pixel over a box or another label, each point of a foreign line
# under the label, and the way from the middle of the route to its end.
_COVER, _LINE, _WAY = 1.0, 3.0, 30.0
_HALFWAY = np.array([1.0, 3.0, 3.0, 1.0]) / 8  # Bernstein polynomials at one half
_T = np.linspace(0, 1, 17)
_BERNSTEIN = np.column_stack(((1 - _T) ** 3, 3 * _T * (1 - _T) ** 2, 3 * _T**2 * (1 - _T), _T**3))
_MANY = 250  # calls beyond which lines under labels are not looked at: they cannot be avoided there


def anchors(routes: Sequence[FloatArray], labels: Sequence[Size], boxes: FloatArray) -> FloatArray:
    """The centre of each call's label, a point of its route; ``[edges, 2]``.

    Greedy, longest label first, then each once more with all others in place.

    Args:
        routes: control points, ``[3k + 1, 2]`` each.
        labels: size of each text; of width 0 for none.
        boxes: ``[nodes, 4]``, left, top, right, bottom.
    """
    centres = np.array([middle(route) for route in routes], dtype=np.float64).reshape(-1, 2)
    shown = [index for index in range(len(labels)) if labels[index].width]
    shown.sort(key=lambda index: -labels[index].width)
    if not shown:
        return centres
    places = np.array([sample(route, _STEPS) for route in routes])
    half = np.array([(label.width / 2 + _CLEAR, label.height / 2 + _CLEAR) for label in labels])
    set_down = np.zeros(len(labels), dtype=np.bool_)
    way = np.abs(np.linspace(-1, 1, _STEPS)) * _WAY
    lines = places if len(labels) <= _MANY else places[:0]
    for index in shown * 2:
        set_down[index] = False
        others = np.column_stack((centres - half, centres + half))[set_down]
        obstacles = np.concatenate((boxes, others))
        cost = way + _COVER * _covered(places[index], half[index], obstacles)
        cost += _LINE * _lines_under(places[index], half[index], lines, index)
        centres[index] = places[index, int(np.argmin(cost))]
        set_down[index] = True
    return centres


def middle(route: FloatArray) -> FloatArray:
    """The point halfway along the middle one of a route's curves; ``[2]``."""
    first = len(route) // 6 * 3
    point: FloatArray = _HALFWAY @ route[first : first + 4]
    return point


def sample(route: FloatArray, count: int) -> FloatArray:
    """Points at equal steps of length along a route, ends left out; ``[count, 2]``."""
    pieces = np.stack((route[:-1:3], route[1::3], route[2::3], route[3::3]))
    path = np.tensordot(_BERNSTEIN, pieces, 1).transpose(1, 0, 2).reshape(-1, 2)
    length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))
    wanted = np.linspace(0, length[-1], count + 2)[1:-1]
    return np.column_stack([np.interp(wanted, length, path[:, axis]) for axis in (0, 1)])


def _covered(centres: FloatArray, half: FloatArray, boxes: FloatArray) -> FloatArray:
    """Area that a label centred at each place would share with the boxes."""
    low = np.maximum((centres - half)[:, None], boxes[None, :, :2])
    high = np.minimum((centres + half)[:, None], boxes[None, :, 2:])
    shared: FloatArray = np.prod(np.maximum(high - low, 0), axis=2).sum(axis=1)
    return shared


def _lines_under(centres: FloatArray, half: FloatArray, lines: FloatArray, own: int) -> FloatArray:
    """How many points of other lines a label centred at each place would hide."""
    if not len(lines):
        return np.zeros(len(centres))
    under = (np.abs(lines[None] - centres[:, None, None]) < half).all(axis=3).sum(axis=2)
    under[:, own] = 0
    counted: FloatArray = under.sum(axis=1).astype(np.float64)
    return counted
