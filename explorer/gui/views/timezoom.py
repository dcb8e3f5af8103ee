"""Zooming and panning the waterfall's time, along its axis: a break takes the room that it is drawn with."""

from __future__ import annotations

from collections.abc import Callable

from explorer.gui.state.appstate import AppState
from explorer.layout.timeaxis import TimeAxis
from explorer.layout.waterfall import Scene

LEAST_NS = 20


class TimeZoom:
    """Sets the state's viewport; (0, 0) is the whole time."""

    def __init__(self, state: AppState, scene: Callable[[], Scene | None]) -> None:
        self._state, self._scene = state, scene

    def view(self) -> tuple[int, int]:
        """Visible time, ns."""
        scene, chosen = self._scene(), self._state.viewport
        return chosen if chosen[1] > chosen[0] else scene.extent() if scene is not None else (0, 1)

    def part(self) -> tuple[float, float]:
        """Visible part of the whole, as fractions of it."""
        first, last = self._axis().extent
        begin, end = self._places()
        return (begin - first) / (last - first), (end - first) / (last - first)

    def zoom(self, factor: float, at: float) -> None:
        """Zoom in (factor above 1) or out, keeping the time at that fraction where it is."""
        begin, end = self._places()
        length = max(int((end - begin) / factor), LEAST_NS)
        left = begin + int((end - begin - length) * at)
        self._set(left, left + length)

    def pan(self, fraction: float) -> None:
        """Move the visible time by a fraction of itself."""
        begin, end = self._places()
        by = int((end - begin) * fraction)
        self._set(begin + by, end + by)

    def enter(self, row: int) -> None:
        """Show the time of a span, with a tenth of room on either side."""
        scene = self._scene()
        if scene is not None:
            begin, end = (scene.axis.place(at) for at in (scene.start(row), scene.end(row)))
            room = max((end - begin) // 10, LEAST_NS // 2)
            self._set(begin - room, end + room)

    def choose_of_all(self, begin: float, end: float) -> None:
        """Show a stretch given as fractions of the whole."""
        first, last = self._axis().extent
        self._set(first + int(begin * (last - first)), first + max(int(end * (last - first)), LEAST_NS))

    def choose_of_visible(self, begin: float, end: float) -> None:
        """Show a stretch given as fractions of the visible time."""
        first, last = self._places()
        self._set(first + int(begin * (last - first)), first + int(end * (last - first)))

    def _axis(self) -> TimeAxis:
        scene = self._scene()
        return scene.axis if scene is not None else TimeAxis(0, 1)

    def _places(self) -> tuple[int, int]:
        axis, view = self._axis(), self.view()
        return axis.place(view[0]), axis.place(view[1])

    def _set(self, begin: int, end: int) -> None:
        if self._scene() is None:
            return
        axis = self._axis()
        first, last = axis.extent
        length = min(max(end - begin, 1), last - first)
        begin = min(max(begin, first), last - length)
        whole = length >= last - first
        self._state.set_viewport((0, 0) if whole else (axis.time(begin), axis.time(begin + length)))
