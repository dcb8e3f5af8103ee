"""Pins and notes: undo and redo, two people's changes, and the names they give to spans."""

from __future__ import annotations

import pytest

from explorer.session.notes import (
    Book,
    Note,
    Target,
    merged,
    notes_on,
    place_of,
    span_row,
    span_target,
    title_of,
)
from tests.gui.bundles import drawn_store

A, B = Target("a1", "01"), Target("a1", "02")


def said(target: Target, text: str, *, pinned: bool = False) -> Note:
    return Note(target, pinned, text)


def test_every_edit_can_be_undone_and_done_again() -> None:
    book = (
        Book()
        .put("Pin", Note(A, pinned=True))
        .put("Note", Note(A, True, "look"))
        .put("Note", said(B, "and here"))
    )
    states = [book.notes]
    while book.past:
        book = book.undo()
        states.append(book.notes)
    assert [len(notes) for notes in states] == [2, 1, 1, 0]
    assert states[2][A] == Note(A, pinned=True)
    while book.future:
        book = book.redo()
        states.pop()
        assert book.notes == states[-1]


def test_an_edit_that_changes_nothing_is_none() -> None:
    book = Book().put("Note", said(A, "same"))
    assert book.put("Note", said(A, "same")) is book
    assert book.put("Unpin", Note(B)) is book
    assert Book().undo() == Book().redo() == Book()


def test_an_empty_note_takes_the_note_away_and_a_new_edit_forgets_what_was_undone() -> None:
    book = Book().put("Note", said(A, "one")).put("Note", said(A, "  "))
    assert book.notes == {}
    again = book.undo().put("Note", said(B, "two"))
    assert not again.future
    assert again.notes.keys() == {A, B}


def test_undo_leaves_alone_what_others_wrote_meanwhile() -> None:
    book = Book().put("Note", said(A, "mine"))
    met = Book({**book.notes, B: said(B, "theirs")}, book.past)
    assert met.undo().notes == {B: said(B, "theirs")}


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        ("", "theirs", "", "theirs"),
        ("", "", "mine", "mine"),
        ("old", "old", "mine", "mine"),
        ("old", "theirs", "old", "theirs"),
        ("old", "", "old", ""),
        ("old", "", "mine", "mine"),
        ("old", "theirs", "", "theirs"),
        ("old", "theirs", "mine", "theirs\n\nmine"),
        ("", "same", "same", "same"),
    ],
)
def test_changes_of_two_windows_become_one(base: str, theirs: str, mine: str, expected: str) -> None:
    def of(text: str) -> dict[Target, Note]:
        return {A: said(A, text)} if text else {}

    assert {note.text for note in merged(of(base), of(theirs), of(mine)).values()} == ({expected} - {""})


def test_a_pin_of_one_and_a_text_of_the_other_come_together() -> None:
    old = {A: said(A, "old")}
    found = merged(old, {A: said(A, "old", pinned=True)}, {A: said(A, "new")})
    assert found == {A: said(A, "new", pinned=True)}


def test_targets_name_spans_for_good() -> None:
    store = drawn_store()
    for row in range(len(store.spans)):
        target = span_target(store, row)
        assert span_row(store, target) == row
        assert title_of(store, target) == f"{store.service(row)} {store.operation(row)}"
    whole = Target(id="rq-bad")
    assert span_row(store, whole) == -1
    assert store.correlation.rows[place_of(store, whole)[1]].id == "rq-bad" == title_of(store, whole)
    assert place_of(store, Target("ffff", "01")) == place_of(store, Target(id="no such")) == (-1, -1)


def test_notes_on_an_id_stand_in_the_order_of_its_spans() -> None:
    store = drawn_store()
    bad = store.correlation.row_by_id["rq-bad"]
    rows = store.traces.rows(store.correlation.rows[bad].traces[0])
    other = next(row for row in range(len(store.spans)) if not rows.start <= row < rows.stop)
    made = [said(span_target(store, row), f"on {row}") for row in (rows.stop - 1, rows.start, other)]
    made.append(said(Target(id="rq-bad"), "on all"))
    found = notes_on(store, {note.target: note for note in made}, bad)
    assert [note.text for note in found] == ["on all", f"on {rows.start}", f"on {rows.stop - 1}"]
