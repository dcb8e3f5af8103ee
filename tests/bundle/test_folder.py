"""Folders: order, labels, and what is not followed or waited for."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from explorer.bundle.label import LONGEST, label
from explorer.bundle.ledger import Ledger
from explorer.bundle.source import FileSource
from explorer.model.issue import Issues
from tests.bundle.archives import codes, tar_of, walked, zip_of

posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes are made the POSIX way here")


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b/2.log", "a.log", "b/1.log", "b/c/3.log", "c.log"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    found, issues = walked(tmp_path)
    assert list(found) == ["a.log", "b/1.log", "b/2.log", "b/c/3.log", "c.log"]
    assert issues == ()


def test_several_folders_keep_their_names(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.log").write_bytes(b"x")
    assert list(walked(tmp_path / "one", tmp_path / "two")[0]) == ["one/app.log", "two/app.log"]


def test_what_is_given_twice_is_read_once(tmp_path: Path) -> None:
    folder, file, hidden = tmp_path / "one", tmp_path / "one" / "app.log", tmp_path / "one" / ".app.log"
    folder.mkdir()
    for path in (file, hidden):
        path.write_bytes(b"x")
    assert list(walked(folder, folder)[0]) == list(walked(folder)[0]) == ["app.log"]
    assert list(walked(file, folder, hidden)[0]) == ["app.log", ".app.log"], "and all that is given"


def test_a_folder_that_may_not_be_looked_into_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> list[Path]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    (issue,) = walked(tmp_path)[1]
    assert (issue.code, issue.file, issue.text) == ("unreadable-file", tmp_path.name, "Permission denied.")


def test_hidden_files_are_counted_and_not_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"x")
    (tmp_path / "a.zip").write_bytes(zip_of({"__MACOSX/._a": b"x", "./b": b"x", "../c": b"x"}))
    found, issues = walked(tmp_path)
    assert list(found) == ["a.zip/./b", "a.zip/../c"] or list(found) == ["a.zip/b", "a.zip/../c"]
    assert codes(issues) == {"hidden-skipped": 2}


@posix
def test_links_pipes_and_sockets_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ok.log").write_bytes(b"ok\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket must be short
        try:
            listener.bind("s")
        finally:
            os.chdir(here)
        found, issues = walked(tmp_path)
    assert found == {"ok.log": b"ok\n"}
    assert codes(issues) == {"link-skipped": 3, "not-a-regular-file": 2}


@posix
def test_a_link_that_is_named_by_the_user_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.log").write_bytes(b"x")
    (tmp_path / "current").symlink_to("real.log")
    assert walked(tmp_path / "current") == ({"real.log": b"x"}, ())


@posix
def test_a_pipe_that_is_named_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found, issues = walked(tmp_path / "pipe")
    assert (found, codes(issues)) == ({}, {"not-a-regular-file": 1})


def test_what_is_not_there_is_an_issue(tmp_path: Path) -> None:
    found, (issue,) = walked(tmp_path / "missing.log")
    assert found == {}
    assert (issue.severity, issue.code, issue.count) == ("error", "unreadable-file", 1)


def test_files_that_cannot_be_read_are_issues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"x")
    really_open = os.open

    def refuse(path: str, flags: int) -> int:
        if Path(path).name == "b":
            raise PermissionError(errno.EACCES, "Permission denied")
        return really_open(path, flags)

    monkeypatch.setattr("explorer.bundle.folder.os.open", refuse)
    found, (issue,) = walked(tmp_path)
    assert list(found) == ["a", "c"]
    assert (issue.severity, issue.code, issue.file, issue.count) == ("error", "unreadable-file", "b", 1)


def test_a_file_that_fails_while_it_is_read_keeps_what_came(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"first")
    issues = Issues()
    with open(tmp_path / "x", "rb", buffering=0) as file:
        source = FileSource("x", Ledger(issues), file)
        assert source.read(3) == b"fir"
    assert source.read(10) == b""  # closed meanwhile, as a network share that is gone
    assert source.read(10) == b""
    (issue,) = issues.rows()
    assert (issue.severity, issue.offset, issue.count) == ("warning", 3, 0)


@posix
def test_a_tree_deeper_than_a_path_may_be_long(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(60):
            Path("d" * 100).mkdir()
            os.chdir("d" * 100)
        Path("x").write_bytes(b"x")
    finally:
        os.chdir(here)
    found, issues = walked(tmp_path)
    assert found == {}
    assert codes(issues) == {"unreadable-file": 1}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain/näme.log", "plain/näme.log"),
        ("new\nline\x1b[31m", "new\\x0aline\\x1b[31m"),
        ("gpj.\u202etxt", "gpj.\\u202etxt"),
        (b"bad\xff", "bad\\xff"),
        ("./here", "here"),
    ],
)
def test_labels_show_what_hides(name: str | bytes, shown: str) -> None:
    assert label(name) == shown


def test_labels_are_not_endless() -> None:
    assert len(label("x" * 5000 + ".log")) == LONGEST
    assert label("x" * 5000 + ".log").endswith(".log")


def test_names_in_archives_are_labels_only(tmp_path: Path) -> None:
    path = tmp_path / "in" / "x"
    path.parent.mkdir()
    names = ["../up.log", "/abs.log", "a/../../up.log", "C:\\dos.log", "nul\x01.log"]
    path.write_bytes(tar_of(dict.fromkeys(names, b"x")))
    found, issues = walked(path)
    assert list(found) == ["x/../up.log", "x//abs.log", "x/a/../../up.log", "x/C:\\dos.log", "x/nul\\x01.log"]
    assert issues == ()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "x"]
