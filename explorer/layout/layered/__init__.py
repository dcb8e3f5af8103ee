"""Layered drawing of a service call graph, left to right, after Sugiyama, Tagawa and Toda (1981).

``place`` is the whole of it; the steps are modules of their own, in this order:
``ranks`` (cycles broken, layers), ``proper`` (long calls cut into pieces), ``order`` (few crossings),
``balance`` (heights, parents centred on children), ``columns`` (where layers stand),
``routes`` (curves), ``labels`` (where the text of a call goes), ``pack`` (parts side by side).
Everything is pure and deterministic: the same input gives the same drawing, on any machine.
"""

from __future__ import annotations

from explorer.layout.layered.drawing import place
from explorer.layout.layered.shapes import NOTHING, FloatArray, Placement, Size, Spacing

__all__ = ["NOTHING", "FloatArray", "Placement", "Size", "Spacing", "place"]
