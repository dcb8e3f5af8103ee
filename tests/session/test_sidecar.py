"""Where notes are kept, and that nothing anybody wrote is ever lost or overwritten."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer import paths
from explorer.errors import InputError
from explorer.ingest import ingest
from explorer.session.notes import Note, Notes, Target
from explorer.session.saving import save_bytes
from explorer.session.sidecar import load, save
from tests.drawn import draw
from tests.drawn_otlp import otlp_lines
from tests.gui.bundles import DRAWING

A, B = Target("a1", "01", 2), Target(id="rq-1")
ONE: Notes = {A: Note(A, True, "slow \u202e disk", "pay charge", "2026-01-01T00:00:00.000+00:00")}
TWO: Notes = {B: Note(B, False, "customer 7", "rq-1", "2026-01-02T00:00:00.000+00:00")}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "incident"
    folder.mkdir(parents=True)
    (folder / "spans.jsonl").write_bytes(b"\n".join(otlp_lines(draw(DRAWING))) + b"\n")
    return folder


@pytest.fixture
def beside(bundle: Path) -> Path:
    return bundle.with_name("incident.notes.json")


def unwritable(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As a folder is that this user may not write to (the tests may run as one who may everything)."""

    def refuse(path: Path, data: bytes) -> None:
        if path.parent == folder:
            raise InputError(f"{path} could not be written: Permission denied.")
        save_bytes(path, data)

    monkeypatch.setattr("explorer.session.sidecar.save_bytes", refuse)


def test_what_is_kept_comes_back_with_the_bundle(bundle: Path, beside: Path) -> None:
    kept = save([bundle], {}, {**ONE, **TWO})
    assert (kept.path, kept.said) == (beside, ())
    assert load([bundle]) == kept
    content = json.loads(beside.read_text("utf-8"))
    assert (content["format"], content["version"], content["bundle"]) == (
        "trace-explorer-notes",
        1,
        "incident",
    )


def test_with_the_last_note_the_file_goes(bundle: Path, beside: Path) -> None:
    save([bundle], {}, ONE)
    assert save([bundle], ONE, {}).path is None
    assert not beside.exists()


def test_two_windows_lose_nothing(bundle: Path) -> None:
    save([bundle], {}, ONE)
    second = save([bundle], {}, TWO)  # it was opened before the first one saved
    assert load([bundle]).notes == second.notes == {**ONE, **TWO}
    assert save([bundle], {**ONE, **TWO}, TWO).notes == TWO


def test_many_that_save_at_once_lose_nothing(bundle: Path) -> None:
    def work(number: int) -> None:
        base: Notes = {}
        for count in range(5):
            target = Target(f"{number:x}", f"{count:x}")
            base = save([bundle], base, {**base, target: Note(target, True, f"{number} {count}")}).notes

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(1, 5)))
    assert len(load([bundle]).notes) == 20
    assert sorted(path.name for path in bundle.parent.iterdir()) == ["incident", "incident.notes.json"]


@pytest.mark.parametrize("step", ["mkstemp", "fsync", "replace"])
def test_a_fault_at_any_step_of_saving_leaves_what_was_there(
    bundle: Path, beside: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    save([bundle], {}, ONE)
    old = beside.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    owner = {"mkstemp": tempfile, "fsync": os, "replace": Path}[step]
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, full)
        with pytest.raises(InputError, match="No space left"):
            save([bundle], ONE, {**ONE, **TWO})
    assert beside.read_bytes() == old
    assert [path.name for path in bundle.parent.iterdir() if path.name.endswith(".part")] == []


def test_a_folder_that_cannot_be_written_leaves_it_to_the_settings_folder(
    bundle: Path, beside: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    save([bundle], {}, ONE)
    old = beside.read_bytes()
    unwritable(monkeypatch, bundle.parent)
    kept = save([bundle], ONE, TWO)
    assert kept.path is not None
    assert kept.path.is_relative_to(tmp_path / "home" / "config" / "notes")
    assert any(str(kept.path) in sentence for sentence in kept.said)
    assert beside.read_bytes() == old
    assert load([bundle]).notes == TWO, "what was removed stays removed, though the old file still has it"
    monkeypatch.undo()
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    again = save([bundle], TWO, {**TWO, **ONE})
    assert again.path == beside
    assert not kept.path.exists()
    assert load([bundle]).notes == {**TWO, **ONE}


@pytest.mark.parametrize(
    "content",
    [
        b'{"format": "trace-explorer-notes", "version": 2, "notes": []}',
        b'{"format": "trace-explorer-notes", "version": 1, "notes": [{"trace": "a", "colour": "red"}]}',
        b'{"format": "trace-explorer-notes", "version": 1, "notes": [{"trace": "a", "pinned": "maybe"}]}',
        b'{"format": "trace-explorer-notes", "version": 1, "notes": 7}',
        b'{"format": "trace-explorer-notes", "versi',
        b'{"notes": ["buy milk"]}',
        b"[]", b"", b"\xff\xfe\x00", b"[" * 5000,
    ],
    ids=["newer", "unknown field", "wrong type", "no list", "cut", "other program", "list", "empty", "bytes", "deep"],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_named_and_left_as_it_is(
    bundle: Path, beside: Path, content: bytes
) -> None:
    beside.write_bytes(content)
    found = load([bundle])
    assert found.notes == {}
    assert len(found.said) == 1
    assert str(beside) in found.said[0]
    assert found.said[0].endswith("it is left as it is.")
    kept = save([bundle], {}, ONE)
    assert kept.path is not None
    assert kept.path != beside
    assert beside.read_bytes() == content
    assert load([bundle]).notes == ONE


def test_nowhere_to_write_is_said(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, _: bytes) -> None:
        raise InputError(f"{path} could not be written: No space left on device.")

    monkeypatch.setattr("explorer.session.sidecar.save_bytes", refuse)
    with pytest.raises(InputError, match="not kept"):
        save([bundle], {}, ONE)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_in_its_place_is_not_waited_for(bundle: Path, beside: Path) -> None:
    os.mkfifo(beside)
    assert "regular file" in load([bundle]).said[0]


def test_of_several_files_the_one_that_has_notes_bears_them(bundle: Path) -> None:
    first, second = bundle / "spans.jsonl", bundle / "more.jsonl"
    assert save([first, second], {}, ONE).path == bundle / "spans.jsonl.notes.json"
    assert load([second, first]).notes == ONE


def test_the_demo_does_not_get_files_beside_it(tmp_path: Path) -> None:
    kept = save([paths.demo_bundle()], {}, ONE)
    assert kept.path is not None
    assert kept.path.is_relative_to(tmp_path / "home")


def test_notes_are_no_part_of_a_bundle(bundle: Path) -> None:
    plain = ingest([bundle])
    save([bundle / "spans.jsonl"], {}, {**ONE, **TWO})
    (bundle / "renamed.txt").write_bytes((bundle / "spans.jsonl.notes.json").read_bytes())
    store = ingest([bundle])
    assert len(store.spans) == len(plain.spans)
    assert len(store.logs) == len(plain.logs)
    assert store.counts == plain.counts
    assert sorted(issue.file for issue in store.issues if issue.code == "notes-not-read") == [
        "renamed.txt", "spans.jsonl.notes.json",
    ]  # fmt: skip


def test_what_died_while_saving_is_swept_up(bundle: Path, beside: Path) -> None:
    left, fresh = (beside.with_name(f".{beside.name}.{name}.part") for name in ("old", "new"))
    left.write_bytes(b"half")
    fresh.write_bytes(b"somebody saves just now")
    hours_ago = time.time() - 7200
    os.utime(left, (hours_ago, hours_ago))
    save([bundle], {}, ONE)
    assert not left.exists()
    assert fresh.exists()
