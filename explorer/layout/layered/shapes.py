"""What goes into a layered drawing and what comes out of it. All lengths are pixels, y grows downward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a box: of a node, or of the text beside a call."""

    width: float
    height: float


NOTHING = Size(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Spacing:
    """The distances of a drawing.

    Attributes:
        layer_gap: between two columns of nodes; wider where a label needs more.
        node_gap: between two nodes of a column.
        edge_gap: between two lines that pass through a column, and between parallel lines.
        label_gap: clear space at each end of a label, along its line.
        margin: around the whole drawing.
        part_gap: between parts that no call joins.
        aspect: width to height that unconnected parts are packed to.
    """

    layer_gap: float = 72.0
    node_gap: float = 28.0
    edge_gap: float = 14.0
    label_gap: float = 18.0
    margin: float = 16.0
    part_gap: float = 40.0
    aspect: float = 2.4


@dataclass(frozen=True, slots=True)
class Placement:
    """A finished drawing.

    Attributes:
        x, y, width, height: float64 ``[nodes]``, the rectangles, upper left corner and size.
        layers: int64 ``[nodes]``, column of each node within its own part, 0 is leftmost.
        routes: one float64 ``[3k + 1, 2]`` per edge, the points of k joined cubic Bézier curves from
            the caller's box to the callee's. None of them crosses a node's box (unless nodes are pinned).
        label_x, label_y: float64 ``[edges]``, centre of each edge's label, a point of its route.
        reversed: bool ``[edges]``, the edge runs from right to left, because it closes a cycle.
        total: size of the whole, margins included.
        crossings: how many pairs of lines cross, counted between neighbouring columns.
    """

    x: FloatArray
    y: FloatArray
    width: FloatArray
    height: FloatArray
    layers: npt.NDArray[np.int64]
    routes: tuple[FloatArray, ...]
    label_x: FloatArray
    label_y: FloatArray
    reversed: npt.NDArray[np.bool_]
    total: Size
    crossings: int
