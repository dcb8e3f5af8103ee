"""How things are drawn: switches that every view of a window follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

Only = Literal["critical", "errors", "slow", "matches"]
"""What the waterfall can be limited to: rows of the critical path, failed, slow, or found."""


@dataclass(frozen=True, slots=True)
class Options:
    """How things are drawn; see the properties of :class:`AppState` of the same names."""

    path_on: bool = True
    critical_on: bool = False
    corrected: bool = False
    utc: bool = True
    grouped: bool = True
    squeezed: bool = False
    only: frozenset[Only] = frozenset()


class Shown(QObject):
    """Holds the options; setting equal ones does nothing."""

    options_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options = Options()

    @property
    def path_on(self) -> bool:
        """Whether the failure path is drawn and the rest dimmed."""
        return self._options.path_on

    @property
    def critical_on(self) -> bool:
        """Whether the critical path is drawn."""
        return self._options.critical_on

    @property
    def corrected(self) -> bool:
        """Whether clocks are shown corrected."""
        return self._options.corrected

    @property
    def utc(self) -> bool:
        """Whether times are shown in UTC rather than in the local zone."""
        return self._options.utc

    @property
    def grouped(self) -> bool:
        """Whether alike siblings are drawn as one row."""
        return self._options.grouped

    @property
    def squeezed(self) -> bool:
        """Whether idle stretches of the waterfall's time are drawn as breaks."""
        return self._options.squeezed

    @property
    def only(self) -> frozenset[Only]:
        """What the waterfall is limited to; empty: all rows."""
        return self._options.only

    def set_options(
        self, *, path_on: bool | None = None, critical_on: bool | None = None,
        corrected: bool | None = None, utc: bool | None = None, grouped: bool | None = None,
        squeezed: bool | None = None, only: frozenset[Only] | None = None,
    ) -> None:  # fmt: skip
        """Change any of the display options."""
        given = {
            "path_on": path_on, "critical_on": critical_on, "corrected": corrected, "utc": utc, "grouped": grouped,
            "squeezed": squeezed, "only": only,
        }  # fmt: skip
        new = replace(self._options, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        if new != self._options:
            self._options = new
            self.options_changed.emit()
