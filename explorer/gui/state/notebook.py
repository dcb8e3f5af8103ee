"""The notes on what is open: edited here, kept in a file by work off the GUI thread, shared with other windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from explorer.errors import ExplorerError
from explorer.gui import jobs
from explorer.layout.rownotes import NoteMark, RowNote
from explorer.model.store import Store
from explorer.session.notes import Book, Note, Notes, Placed, Target, in_order, merged, place_of, title_of
from explorer.session.sidecar import Kept, load, now, save

_UNSAVED: Final = "The notes could not be kept"


class Notebook(QObject):
    """Notes on one bundle.

    Whatever changes them goes through :meth:`put`, so that it can be undone and is kept. What another window
    wrote comes in by :meth:`refresh` and with each save; neither loses anything.

    Attributes:
        book: the notes, and what can be undone.
        rows: the note on each span row of the store that has one; ``ids``: how many an id has, by id row, those
            on its spans included.
        path: the file they are kept in, None while there is none.

    Signals:
        changed: the notes are others.
        told: a sentence for the user.
        lost: why notes could not be kept that are gone now, and they as text.
    """

    changed = Signal()
    told = Signal(str)
    lost = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = Book()
        self.rows: dict[int, Note] = {}
        self.ids: dict[int, int] = {}
        self.path: Path | None = None
        self._store: Store | None = None
        self._paths: tuple[Path, ...] = ()
        self._base: Notes = {}
        self._places: dict[Target, tuple[int, int]] = {}
        self._said: set[str] = set()
        self._refused: Notes | None = None
        self._saving = False
        self._turn = 0
        self._loading = jobs.Latest()

    # -- what is open ----------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path], store: Store | None) -> None:
        """Show the notes on another bundle, or on the same one read again."""
        if error := self.flush():
            self.lost.emit(error, self.as_text())
        self._loading.cancel()
        if tuple(paths) != self._paths:
            self.book, self._base, self.path, self._said = Book(), {}, None, set()
        self._paths, self._store, self._places = tuple(paths), store, {}
        self._show(self.book)
        self.refresh()

    def refresh(self) -> None:
        """Look whether the file has changed, as when another window has the same bundle."""
        paths, store, turn = self._paths, self._store, self._turn
        if not paths or store is None or self._saving:
            return

        def work(_: object, __: object) -> tuple[Kept, dict[Target, tuple[int, int]]]:
            kept = load(paths)
            return kept, {target: place_of(store, target) for target in kept.notes}

        self._loading.start(work, lambda found: self._take(found, turn))

    def _take(self, found: tuple[Kept, dict[Target, tuple[int, int]]], turn: int) -> None:
        if turn == self._turn:  # or what was read is older than what was saved meanwhile
            kept, places = found
            self._places |= places
            self._meet(kept, self._base)

    def flush(self) -> str:
        """Keep what is not kept yet, at once: the window is being closed. Why that was not possible, else ``""``."""
        if self._paths and self.book.notes != self._base:
            try:
                self._base = save(self._paths, self._base, self.book.notes).notes
            except ExplorerError as error:
                return f"{_UNSAVED}: {error}"
        return ""

    def as_text(self) -> str:
        """All notes as plain text, to be copied where they cannot be kept."""
        notes = self.book.notes.values()
        return "\n\n".join(f"{note.title}\n{note.text or 'Pinned'}" for note in notes)

    def marks(self) -> dict[int, RowNote]:
        """What the waterfall marks, by span row."""
        return {row: RowNote(mark_of(note), note.text) for row, note in self.rows.items()}

    def placed(self) -> list[Placed]:
        """All notes with the rows they are on, in the order of the ids and of the waterfall."""
        return in_order(self.book.notes, self._place)

    # -- changing --------------------------------------------------------------------------------------

    def note(self, target: Target) -> Note:
        """What is on a target; an empty note where there is nothing."""
        found = self.book.notes.get(target)
        if found is not None:
            return found
        return Note(target, title=title_of(self._store, target) if self._store else "")

    def put(self, words: str, *notes: Note) -> None:
        """Put notes in place of what was on their targets; ``words`` are what Undo will say."""
        moment = now()
        self._use(self.book.put(words, *(replace(note, changed=moment) for note in notes)))

    def toggle_pin(self, target: Target) -> None:
        """Pin what is not pinned, and the other way round."""
        note = self.note(target)
        self.put("unpin" if note.pinned else "pin", replace(note, pinned=not note.pinned))

    def undo(self) -> None:
        """Take the last change back."""
        self._use(self.book.undo())

    def redo(self) -> None:
        """Do again what was undone last."""
        self._use(self.book.redo())

    def _use(self, book: Book) -> None:
        if book is not self.book:
            self._show(book)
            self._save()

    def _show(self, book: Book) -> None:
        self.book, self.rows, self.ids = book, {}, {}
        for target, note in book.notes.items():
            span, owner = self._place(target)
            if span >= 0:
                self.rows[span] = note
            if owner >= 0:
                self.ids[owner] = self.ids.get(owner, 0) + 1
        self.changed.emit()

    def _place(self, target: Target) -> tuple[int, int]:
        if self._store is None:
            return -1, -1
        if target not in self._places:
            self._places[target] = place_of(self._store, target)
        return self._places[target]

    # -- keeping ---------------------------------------------------------------------------------------

    def _save(self) -> None:
        mine = self.book.notes
        if self._saving or not self._paths or mine == self._base or mine is self._refused:
            return
        self._saving = True
        self._turn += 1
        paths, base = self._paths, self._base
        job = jobs.start(lambda _, __: save(paths, base, mine))
        job.done.connect(lambda kept: self._meet(kept, mine) if paths == self._paths else None)
        job.failed.connect(lambda error: self._refuse(mine, error))
        job.ended.connect(self._saved)

    def _saved(self) -> None:
        self._saving = False
        self._turn += 1
        self._save()

    def _refuse(self, mine: Notes, error: BaseException) -> None:
        """The same is not tried again until something changes or the window closes."""
        self._refused = mine
        self.told.emit(f"{_UNSAVED}: {error}")

    def _meet(self, kept: Kept, seen: Notes) -> None:
        """Bring in what the file has; ``seen`` is what it had, or was given, when we looked last."""
        self._base, self.path = kept.notes, kept.path
        for sentence in kept.said:
            if sentence not in self._said:
                self._said.add(sentence)
                self.told.emit(sentence)
        notes = merged(seen, kept.notes, self.book.notes)
        if notes != self.book.notes:
            self._show(replace(self.book, notes=notes))
        else:
            self.changed.emit()


def mark_of(note: Note) -> NoteMark:
    """How a note is marked."""
    if note.text.strip():
        return "both" if note.pinned else "note"
    return "pin" if note.pinned else ""
