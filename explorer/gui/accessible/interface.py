"""A painted widget as Qt's accessibility sees it: a list of parts, each with name, description, state and place.

A :class:`Parts` tells what they are; nothing is made before somebody asks, so that a million rows cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget


@dataclass(frozen=True, slots=True)
class Part:
    """One of them.

    Attributes:
        name: what it is.
        about: the rest, in the order of importance.
        rect: where it is in the widget; empty where it is out of sight.
        open: whether what is below it is shown; None where nothing is.
    """

    name: str
    about: str
    rect: QRect
    open: bool | None = None


class Parts(Protocol):
    """The parts of one widget; numbers begin at 0."""

    area: QWidget
    """In whose coordinates their places are."""
    kind: QAccessible.Role
    """Of each."""

    def __len__(self) -> int: ...
    def part(self, number: int) -> Part:
        """One of them."""
        ...

    def chosen(self) -> int:
        """Number of the selected one, -1 for none."""
        ...

    def at(self, point: QPoint) -> int:
        """Number of the one at a point of the area, -1 for none."""
        ...


class PaintedInterface(QAccessibleWidget):
    """The widget: its own name, and its parts as children."""

    def __init__(self, widget: QWidget, parts: Parts, role: QAccessible.Role) -> None:
        super().__init__(widget, role)
        self._widget = widget
        self.parts = parts
        self._made: dict[int, PartInterface] = {}

    def forget(self) -> None:
        """The widget goes: take back the parts that Qt may have noted, before Python throws them away."""
        for part in self._made.values():
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))
        self._made.clear()

    def childCount(self) -> int:
        return len(self.parts)

    def child(self, index: int) -> QAccessibleInterface:
        """A part by its number; Qt's null beyond the last."""
        if not 0 <= index < len(self.parts):
            return None  # type: ignore[return-value]  # Qt's null
        if index not in self._made:
            self._made[index] = PartInterface(self._widget, self.parts, index)
        return self._made[index]

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return self.child(self.parts.at(self.parts.area.mapFromGlobal(QPoint(x, y))))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.number if isinstance(child, PartInterface) else -1

    def focusChild(self) -> QAccessibleInterface:
        chosen = self.parts.chosen()
        return self.child(chosen) if chosen >= 0 and self._widget.hasFocus() else self


class PartInterface(QAccessibleInterface):
    """One part, for as long as the widget lives: what it says is asked for anew each time."""

    def __init__(self, widget: QWidget, parts: Parts, number: int) -> None:
        super().__init__()
        self._widget, self._parts, self.number = widget, parts, number

    def isValid(self) -> bool:
        return shiboken6.isValid(self._widget) and self.number < len(self._parts)

    def object(self) -> QObject:
        """None: it is no object of its own."""
        return None  # type: ignore[return-value]  # it is none of its own

    def window(self) -> QWindow:
        """The window that it is in."""
        return self._widget.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._widget)

    def child(self, _index: int) -> QAccessibleInterface:
        """A part by its number; Qt's null beyond the last."""
        return None  # type: ignore[return-value]

    def childCount(self) -> int:
        return 0

    def childAt(self, _x: int, _y: int) -> QAccessibleInterface:
        return None  # type: ignore[return-value]

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1

    def role(self) -> QAccessible.Role:
        """What kind of thing it is."""
        return self._parts.kind

    def rect(self) -> QRect:
        """Where it is on the screen; nothing where it is out of sight."""
        place = self._parts.part(self.number).rect
        return place.translated(self._parts.area.mapToGlobal(QPoint())) if not place.isEmpty() else QRect()

    def setText(self, _kind: QAccessible.Text, _text: str) -> None:
        """Nothing in a bundle can be changed."""

    def text(self, kind: QAccessible.Text) -> str:
        """Its name or its description."""
        if not self.isValid():
            return ""
        part = self._parts.part(self.number)
        texts = {QAccessible.Text.Name: part.name, QAccessible.Text.Description: part.about}
        return texts.get(kind, "")

    def state(self) -> QAccessible.State:
        """Selected, focused, open, out of sight."""
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = True
            return state
        part = self._parts.part(self.number)
        chosen = self.number == self._parts.chosen()
        told = {
            "selectable": True, "focusable": True, "readOnly": True, "selected": chosen,
            "focused": chosen and self._widget.hasFocus(), "offscreen": part.rect.isEmpty(),
            "expandable": part.open is not None, "expanded": part.open is True, "collapsed": part.open is False,
        }  # fmt: skip
        for name, value in told.items():
            setattr(state, name, int(value))
        return state


_parts: dict[int, tuple[Parts, QAccessible.Role]] = {}
_made: dict[int, PaintedInterface] = {}


def make_readable(widget: QWidget, parts: Parts, role: QAccessible.Role) -> None:
    """Have a widget be read by parts."""
    number = id(widget)
    _parts[number] = (parts, role)
    widget.destroyed.connect(lambda: _forget(number))


def install() -> None:
    """Let Qt ask us; to be called once there is an application."""
    QAccessible.installFactory(_interface)


def tell_chosen(widget: QWidget) -> None:
    """Say to who listens that another part is selected now."""
    known = _made.get(id(widget))
    if known is None or not QAccessible.isActive():
        return
    chosen = known.parts.chosen()
    if chosen >= 0:
        kinds = [QAccessible.Event.Selection]
        for kind in [*kinds, QAccessible.Event.Focus] if widget.hasFocus() else kinds:
            event = QAccessibleEvent(widget, kind)
            event.setChild(chosen)
            QAccessible.updateAccessibility(event)


def _interface(_name: str, thing: QObject) -> QAccessibleInterface | None:
    known = _parts.get(id(thing))
    if known is None or not isinstance(thing, QWidget):
        return None
    # Held here: Qt holds only the pointer, and Python would throw it away.
    return _made.setdefault(id(thing), PaintedInterface(thing, *known))


def _forget(number: int) -> None:
    _parts.pop(number, None)
    if (made := _made.pop(number, None)) is not None:
        made.forget()
