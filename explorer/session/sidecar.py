"""Where notes are kept: a small file beside the bundle, else one in the settings folder.

Beside ``incident.zip`` lies ``incident.zip.notes.json``; beside a folder likewise. Where that place cannot be
written, or holds something this program did not write or does not understand, the settings folder has it.
A file that is not understood is never written to. Reading a bundle knows these files by how they begin and
leaves them out (:data:`explorer.bundle.magic.NOTES_BEGIN`).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from explorer.bundle.magic import NOTES_FORMAT
from explorer.errors import InputError
from explorer.paths import config_dir, created, resource, state_dir
from explorer.session.notes import Note, Notes, Target, merged
from explorer.session.saving import save_bytes
from explorer.session.typed import typed

VERSION: Final = 1
ENDING: Final = ".notes.json"
LARGEST: Final = 64 << 20
"""Bytes of a file of notes; a larger one was not written by people."""
_PATIENCE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept.

    Attributes:
        path: where, None where nothing is kept yet.
        said: a sentence for each file that is not where or not what it should be.
    """

    notes: Notes
    path: Path | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Look:
    """One place: its notes, whether a file is there, and why it is not to be written to, "" for no reason."""

    path: Path
    notes: Notes
    exists: bool
    fault: str


def load(paths: Sequence[Path]) -> Kept:
    """The notes on the bundle that consists of these paths."""
    looks = [_look(place) for place in _places(paths)]
    notes = _united(looks)
    path = next((look.path for look in looks if look.exists and not look.fault), None)
    return Kept(notes, path, tuple(look.fault for look in looks if look.fault))


def save(paths: Sequence[Path], base: Notes, mine: Notes) -> Kept:
    """Keep the notes, together with what others have written there since ``base`` was read.

    Raises:
        InputError: there is no place where they can be kept.
    """
    with _alone():
        looks = [_look(place) for place in _places(paths)]
        notes = merged(base, _united(looks), mine)
        said: list[str] = []
        for number, look in enumerate(looks):
            if look.fault:
                said.append(look.fault)
                continue
            try:
                _write(look, notes, looks[:number], paths)
            except InputError as error:
                said.append(str(error))
                continue
            for later in looks[number + 1 :]:  # what it had is here now
                if later.exists and not later.fault:
                    with contextlib.suppress(OSError):
                        later.path.unlink()
            if number and notes:
                said.append(f"Notes are kept in {look.path}.")
            return Kept(notes, look.path if notes else None, tuple(said))
    raise InputError(" ".join((*said, "So the notes are not kept.")))


def _write(look: _Look, notes: Notes, before: Sequence[_Look], paths: Sequence[Path]) -> None:
    # What an unwritable place still has, and was taken away since, must stay away.
    gone = {target for earlier in before for target in earlier.notes} - notes.keys()
    whole = [*notes.values(), *(Note(target, changed=now()) for target in gone)]
    if whole:
        created(look.path.parent)
        save_bytes(look.path, written(whole, paths[0].name))
    elif look.exists:
        try:
            look.path.unlink()
        except OSError as error:
            raise InputError(f"{look.path} could not be written: {error.strerror or error}.") from error


def written(notes: Sequence[Note], bundle: str) -> bytes:
    """The content of the file. It begins as :data:`explorer.bundle.magic.NOTES_BEGIN` wants it."""
    content = {
        "format": NOTES_FORMAT, "version": VERSION, "bundle": bundle,
        "notes": [{**_flat(note.target), **_flat(note, "target")} for note in notes],
    }  # fmt: skip
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def understood(data: bytes) -> Notes:
    """The notes in the content of a file.

    Raises:
        ValueError: it is not such a file, is from a newer version, or something in it is not as it should be.
    """
    content = json.loads(data)
    if not isinstance(content, dict) or content.get("format") != NOTES_FORMAT:
        raise ValueError("is no file of notes")
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ValueError("was written by a newer version of this program")
    notes: dict[Target, Note] = {}
    for entry in content.get("notes", ()):
        note = _note(entry)
        notes[note.target] = note
    return notes


def now() -> str:
    """This moment, as notes have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _note(entry: object) -> Note:
    of_target, of_note = {one.name for one in fields(Target)}, {one.name for one in fields(Note)} - {"target"}
    if not isinstance(entry, dict) or not entry.keys() <= of_target | of_note:
        raise ValueError("holds a note with unknown fields")
    target = typed({name: entry[name] for name in of_target & entry.keys()}, Target)
    rest = {name: entry[name] for name in of_note & entry.keys()}
    note: Note = typed({"target": {}, **rest}, Note)
    return replace(note, target=target)


def _flat(value: Target | Note, *without: str) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value) if one.name not in without}


def _united(looks: Sequence[_Look]) -> Notes:
    """What all places have together; of two notes on one target the later."""
    found: dict[Target, Note] = {}
    for look in looks:
        for target, note in look.notes.items():
            if target not in found or found[target].changed < note.changed:
                found[target] = note
    return {target: note for target, note in found.items() if not note.empty}


def _look(path: Path) -> _Look:
    try:
        data = _content(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return _Look(path, {}, exists=False, fault="")
        return _Look(path, {}, exists=True, fault=f"{path} cannot be read: {error.strerror or error}.")
    try:
        return _Look(path, understood(data), exists=True, fault="")
    except (ValueError, TypeError, RecursionError) as error:
        why = str(error) if str(error).startswith(("is ", "was ", "holds ")) else f"is damaged ({error})"
        return _Look(path, {}, exists=True, fault=f"{path} {why}; it is left as it is.")


def _content(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # before opening: a pipe would be waited for
        raise OSError(0, "it is no regular file")
    if path.stat().st_size > LARGEST:
        raise OSError(0, "it is too large")
    return path.read_bytes()


def _places(paths: Sequence[Path]) -> Iterator[Path]:
    """Where notes on a bundle may lie, best first."""
    whole = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 (links as the user named them)
    beside = [path.with_name(path.name + ENDING) for path in whole if path.name]
    # Of several files the first one bears them, unless another has them already.
    named = next((place for place in beside if os.path.exists(place)), beside[0] if beside else None)
    if named is not None and not _is_ours(named):
        yield named
    with contextlib.suppress(OSError):
        base = whole[beside.index(named)] if named is not None else whole[0]
        digest = hashlib.blake2b(os.fsencode(base), digest_size=8).hexdigest()
        yield config_dir() / "notes" / f"{base.name[:60]}-{digest}{ENDING}"


def _is_ours(path: Path) -> bool:
    """Whether it lies among what the program ships: an update would take it away."""
    return path.is_relative_to(resource())


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One save at a time on this machine; after some seconds it goes on all the same (merging loses nothing)."""
    try:
        handle = os.open(state_dir() / "notes.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        until = time.monotonic() + _PATIENCE_SECONDS
        while not _locked(handle) and time.monotonic() < until:
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # the lock goes with it, also when the process dies


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 (there only)

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 (not on Windows)

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
