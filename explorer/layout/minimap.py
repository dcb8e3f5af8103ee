"""The minimap: how many spans run at each moment of a trace, and where errors are, a value a pixel column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LANES = 400
"""Up to this many spans each gets a lane of its own; with more, a profile tells more than a thin diagonal."""


@dataclass(frozen=True, eq=False)
class Minimap:
    """A trace at the width of the minimap.

    Attributes:
        running: float64 (width,), spans running in each pixel column.
        failing: bool (width,), whether a failed span runs there.
        lanes: for small traces (x0, x1, y, failed, service code) of each span with fractions of width and
            height, shape (n, 5) float64; None for large ones.
    """

    running: NDArray[np.float64]
    failing: NDArray[np.bool_]
    lanes: NDArray[np.float64] | None


def minimap(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    failed: NDArray[np.bool_],
    service: NDArray[np.int32],
    extent: tuple[int, int],
    width: int,
) -> Minimap:
    """Count running spans by difference arrays: O(spans + width).

    Args:
        start, end: (n,) ns; failed, service: (n,); extent: begin and end of the trace, ns; width: pixels.
    """
    begin, length = extent[0], max(extent[1] - extent[0], 1)
    left = np.clip(((start - begin) * width) // length, 0, width - 1)
    right = np.clip(((end - begin) * width) // length, 0, width - 1)
    steps = np.bincount(left, minlength=width + 1) - np.bincount(right + 1, minlength=width + 1)[: width + 1]
    broken = (
        np.bincount(left[failed], minlength=width + 1)
        - np.bincount(right[failed] + 1, minlength=width + 1)[: width + 1]
    )
    lanes = None
    if 0 < len(start) <= LANES:
        lanes = np.stack(
            [
                (start - begin) / length,
                (end - begin) / length,
                np.arange(len(start)) / len(start),
                failed,
                service,
            ],
            axis=1,
        ).astype(np.float64)
    return Minimap(np.cumsum(steps[:width]).astype(np.float64), np.cumsum(broken[:width]) > 0, lanes)
