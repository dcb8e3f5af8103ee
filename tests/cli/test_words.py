"""Words, exit codes and what is said when something is wrong."""

from __future__ import annotations

import os
import shutil
import signal
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.cli.opening import read
from explorer.model.store import Store
from tests.drawn import draw, repeated, trace_hex
from tests.drawn_otlp import otlp_lines

Run = Callable[..., tuple[int, str, str]]
NEEDS_POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")


def test_tables_for_people(run: Run, bundle: Path) -> None:
    code, out, _ = run("summary", bundle)
    assert code == 0
    assert "6 spans" in out
    assert "noise.bin" in out
    code, out, _ = run("ids", bundle)
    assert code == 0
    assert out.splitlines()[1].startswith("rq-0001  failing  system")
    code, out, _ = run("rca", bundle)
    assert code == 0
    assert "payment" in out.splitlines()[0]
    assert run("rca", bundle, "--query", "id:rq-0002")[1] == "No cause: the one id did not fail.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rca", "BUNDLE", "--incident", "noon"], "is no time"),
        (["rca", "BUNDLE", "--incident", "14:00", "--window", "soon"], "is no stretch of time"),
        (["rca", "BUNDLE", "--window", "10m"], "say --incident too"),
        (["summary", "BUNDLE", "--columns", "c.toml"], "c.toml cannot be read"),
        (["export", "BUNDLE", "--id", "rq-0001", "-o", "x.txt"], ".png, .svg, .pdf, .html or .md"),
        (["export", "BUNDLE", "--id", "rq-0001", "-o", "x.png", "--scale", "0"], "a number above 0"),
        (["export", "BUNDLE", "--id", "rq-0001", "-o", "x.png", "--scale", "nan"], "a number above 0"),
        (["export", "BUNDLE", "--id", "rq-", "-o", "x.md"], "2 ids begin with"),
        (["export", "BUNDLE", "--id", "nowhere", "-o", "x.md"], "No correlation id"),
        (
            ["export", "BUNDLE", "--id", "rq-0001", "-o", "x.md", "--from", "14:13:22"],
            "rq-0001 is left out by",
        ),
        (["compare", "BUNDLE", "rq-0001", "rq-0002", "--query", "status:failing"], "rq-0002 is left out by"),
        (["ids", "BUNDLE", "--query", "sevice:shop"], "service"),
        (["ids", "BUNDLE", "--from", "noon"], "is no time"),
        (["BUNDLE", "--query", "sevice:shop"], "service"),
        (["BUNDLE", "--from", "noon"], "is no time"),
        (["ids", "BUNDLE", "--from", "15:00", "--to", "14:00"], "Nothing lies between 15:00 and 14:00"),
        (["summary"], "Name a BUNDLE"),
        (["summary", ""], "it names nothing"),
        ([""], "it names nothing"),
        (["summary", "BUNDLE", "--jsn"], "--help"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(run: Run, bundle: Path, words: list[str], said: str) -> None:
    code, out, err = run(*(bundle if word == "BUNDLE" else word for word in words))
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_unreadable_input_exits_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    faults = {
        tmp_path / "nowhere.zip": "does not exist.",
        tmp_path / "loop": "cannot be read: Too many levels of symbolic links.",
        os.devnull: "is neither a file nor a folder: devices, pipes and sockets are not read.",
    }
    for path, said in faults.items():
        assert run("summary", path) == (1, "", f"trace-explorer: {path} {said}\n")


@pytest.mark.parametrize("inside", ["", "spans.jsonl"])
def test_what_is_read_is_never_written_to(run: Run, bundle: Path, tmp_path: Path, inside: str) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(bundle, folder)
    before, read = (folder / "spans.jsonl").read_bytes(), folder / inside
    code, out, err = run("convert", read, "-o", folder / "spans.jsonl")
    assert (code, out) == (2, "")
    assert "is part of the bundle, which is only read" in err
    assert (folder / "spans.jsonl").read_bytes() == before
    for _ in range(2):  # a report there is no part of it
        assert run("export", read, "--id", "rq-0001", "-o", folder / "report.html")[0] == 0


@pytest.mark.parametrize("form", ["otlp", "parquet"])
def test_what_changes_while_it_is_converted_is_not_converted_in_part(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    file, output = tmp_path / "spans.jsonl", tmp_path / "out" / "whole.jsonl"
    shutil.copy(bundle / file.name, file)
    output.parent.mkdir()

    def read_and_change(arguments: Namespace) -> Store:
        store = read(arguments)
        file.write_text("{}")
        return store

    monkeypatch.setattr("explorer.cli.convert.read", read_and_change)
    code, out, err = run("convert", file, "-o", output, "--to", form)
    assert (code, out) == (1, "")
    assert "spans.jsonl changed on disk since it was opened" in err
    assert list(output.parent.iterdir()) == []


@NEEDS_POSIX
def test_ended_from_outside_it_leaves_no_half_of_a_file(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end_while_writing(*_: object) -> Iterator[bytes]:
        yield b"{}"
        os.kill(os.getpid(), signal.SIGTERM)
        yield b"{}"

    monkeypatch.setattr("explorer.cli.convert.otlp_lines", end_while_writing)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            run("convert", bundle, "-o", tmp_path / "whole.jsonl")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 143
    assert list(tmp_path.iterdir()) == []


def test_names_as_long_as_names_can_be(run: Run, bundle: Path, tmp_path: Path) -> None:
    read, report = tmp_path / f"{'r' * 249}.jsonl", tmp_path / f"{'w' * 252}.md"
    shutil.copy(bundle / "spans.jsonl", read)
    assert run("export", read, "--id", "rq-0001", "-o", report) == (0, "", "")
    assert report.exists()


SAVED = """
trace saved at=1000
shop: GET /            | server 0+100 200 request=rq-saved
  shop: POST /pay try1 | client 5+20 503 error
    pay: POST /pay     | server 6+18 503 error
  shop: POST /pay try2 | client 40+30 200
    pay: POST /pay     | server 42+25 200
"""
SOUND = """
trace sound
shop: GET /            | server 0+60 200
  shop: POST /pay      | client 40+30 200
    pay: POST /pay     | server 42+25 200
"""


def test_a_request_that_was_saved_is_told_where_nothing_failed(run: Run, tmp_path: Path) -> None:
    bundle = tmp_path / "saved.jsonl"
    lines = [*otlp_lines(repeated(draw(SOUND), 30)), *otlp_lines(draw(SAVED))]
    bundle.write_bytes(b"\n".join(lines))
    name = trace_hex("saved")
    said = f"No cause: none of 31 ids failed, but in 1 that succeeded all the same something did: {name}.\n"
    assert run("rca", bundle)[:2] == (0, said)
    alone = "No cause: the one id did not fail, but something in it did.\n"
    assert run("rca", bundle, "--id", name)[:2] == (0, alone)


@pytest.mark.parametrize(
    "words",
    [["ids"], ["ids", "--json"], ["rca"], ["compare"], ["export", "--id", "x", "-o", "OUT.md"],
     ["convert", "-o", "OUT.jsonl"]],
)  # fmt: skip
def test_of_what_nobody_understands_there_is_no_answer(run: Run, tmp_path: Path, words: list[str]) -> None:
    noise, empty = tmp_path / "core.1234", tmp_path / "empty"
    noise.write_bytes(b"\x01\x02\x03 no format has this")
    empty.mkdir()
    words = [word.replace("OUT", str(tmp_path / "out")) for word in words]
    said = "Nothing in core.1234 was understood; `summary` says why."
    assert run(words[0], noise, *words[1:]) == (1, "", f"trace-explorer: {said}\n")
    assert run(words[0], empty, *words[1:]) == (1, "", "trace-explorer: empty is empty.\n")
    assert run("summary", noise)[0] == run("summary", empty)[0] == 0
    assert not list(tmp_path.glob("out*"))


def test_no_display_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    code, _, err = run()
    assert code == 2
    assert "no display" in err
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, ":987")
    assert run()[::2] == (2, err), "nobody answers there"


def test_hostile_names_cannot_drive_a_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.txt").write_bytes(b"\x00\x01\x02" * 50)
    _, out, _ = run("summary", tmp_path)
    assert "\x1b" not in out
