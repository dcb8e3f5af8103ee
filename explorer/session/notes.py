"""Pins and notes on spans and ids: frozen values, changes that can be taken back, and two people's work made one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from explorer.model.ids import span_number, trace_number
from explorer.model.spankey import SpanKey
from explorer.model.store import Store

LONGEST: Final = 20_000
"""Characters of one note; what is longer belongs in a file of its own."""
MOST_UNDONE: Final = 500


@dataclass(frozen=True, slots=True)
class Target:
    """What a note is on: a span, by the ids of its trace and its own, or a whole correlation id.

    Attributes:
        trace, span: as the window shows them; "" for a whole id.
        nth: which of several spans of the trace with that id.
        id: text of the correlation id, "" for a span.
    """

    trace: str = ""
    span: str = ""
    nth: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A pin, a text, or both.

    Attributes:
        title: what it is on, in words, for when the bundle no longer has it.
        changed: when it was last changed, RFC 3339 in UTC.
    """

    target: Target
    pinned: bool = False
    text: str = ""
    title: str = ""
    changed: str = ""

    @property
    def empty(self) -> bool:
        """Whether it says nothing: as good as none."""
        return not self.pinned and not self.text.strip()


Notes = Mapping[Target, Note]


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing the user did: for each target what was there before and is after it, None for nothing."""

    words: str
    steps: tuple[tuple[Target, Note | None, Note | None], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The notes on one bundle, and what can be undone and done again, newest last."""

    notes: Notes = field(default_factory=dict)
    past: tuple[Edit, ...] = ()
    future: tuple[Edit, ...] = ()

    def put(self, words: str, *notes: Note) -> Book:
        """With these in place of what was on their targets; empty ones are taken away."""
        steps = tuple(
            (note.target, before, after)
            for note in notes
            if _content(before := self.notes.get(note.target))
            != _content(after := None if note.empty else note)
        )
        if not steps:
            return self
        edit = Edit(words, steps)
        return Book(_applied(self.notes, edit), (*self.past, edit)[-MOST_UNDONE:])

    def undo(self) -> Book:
        """Without the last edit; what others wrote meanwhile on other targets stays."""
        if not self.past:
            return self
        edit = self.past[-1]
        back = Edit(edit.words, tuple((target, after, before) for target, before, after in edit.steps))
        return Book(_applied(self.notes, back), self.past[:-1], (*self.future, edit))

    def redo(self) -> Book:
        """With the edit that was undone last."""
        if not self.future:
            return self
        edit = self.future[-1]
        return Book(_applied(self.notes, edit), (*self.past, edit), self.future[:-1])


def _content(note: Note | None) -> tuple[bool, str] | None:
    return None if note is None else (note.pinned, note.text)


def _applied(notes: Notes, edit: Edit) -> Notes:
    changed = dict(notes)
    for target, _, after in edit.steps:
        if after is None:
            changed.pop(target, None)
        else:
            changed[target] = after
    return changed


def merged(base: Notes, theirs: Notes, mine: Notes) -> Notes:
    """Both changes to a common beginning. Nothing written is lost: of two texts on one target both are kept."""
    found: dict[Target, Note] = {}
    for target in dict.fromkeys((*theirs, *mine)):
        note = _merged_note(base.get(target), theirs.get(target), mine.get(target))
        if note is not None and not note.empty:
            found[target] = note
    return found


def _merged_note(base: Note | None, theirs: Note | None, mine: Note | None) -> Note | None:
    if mine in (base, theirs):
        return theirs
    if theirs == base or theirs is None:
        return mine
    if mine is None:
        return theirs
    old = base or Note(mine.target)
    pinned = theirs.pinned if mine.pinned == old.pinned else mine.pinned
    text = theirs.text if mine.text == old.text else mine.text
    if mine.text != theirs.text and old.text not in (mine.text, theirs.text):
        text = f"{theirs.text.rstrip()}\n\n{mine.text}"[:LONGEST]
    return replace(mine, pinned=pinned, text=text, changed=max(mine.changed, theirs.changed))


def span_target(store: Store, row: int) -> Target:
    """The lasting name of a span."""
    key = store.key(row)
    return Target(store.trace_id(int(store.spans.trace[row])), store.span_id(row), key.nth)


def selected_target(store: Store, id_text: str, row: int) -> Target | None:
    """What a note would be on where that id and that span (-1: none) are selected."""
    if row >= 0:
        return span_target(store, row)
    return Target(id=id_text) if id_text in store.correlation.row_by_id else None


def span_row(store: Store, target: Target) -> int:
    """The row a target names, -1 where it is a whole id or not in this store."""
    if target.id:
        return -1
    return store.row(SpanKey(trace_number(target.trace), span_number(target.span), target.nth))


def title_of(store: Store, target: Target) -> str:
    """What a target is, in words: service and operation, or the id."""
    row = span_row(store, target)
    return f"{store.service(row)} {store.operation(row)}".strip() if row >= 0 else target.id


@dataclass(frozen=True, slots=True)
class Placed:
    """A note with the rows of its span and its id, -1 where this store has them not."""

    note: Note
    span: int
    owner: int


def place_of(store: Store, target: Target) -> tuple[int, int]:
    """The rows of the span and of the id that a target names, -1 for none. Looks through the span's trace."""
    span = span_row(store, target)
    owner = int(store.correlation.of_trace[store.spans.trace[span]]) if span >= 0 else -1
    return span, store.correlation.row_by_id.get(target.id, -1) if target.id else owner


def in_order(notes: Notes, place: Callable[[Target], tuple[int, int]]) -> list[Placed]:
    """Every note, by id and row, those on a whole id before those on its spans, those not here last."""
    found = [Placed(note, *place(target)) for target, note in notes.items()]
    return sorted(found, key=lambda one: (one.owner < 0, one.owner, one.span))


def notes_on(store: Store, notes: Notes, wanted: int) -> tuple[Note, ...]:
    """The notes on one id and its spans, in that order."""
    placed = in_order(notes, lambda target: place_of(store, target))
    return tuple(one.note for one in placed if one.owner == wanted)
