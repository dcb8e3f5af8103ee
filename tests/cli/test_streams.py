"""What the command line does with its streams and its words: pipes, code pages, full disks, odd names, mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from explorer.errors import UsageError
from explorer.model.moments import parse_moment
from tests.cli.conftest import Run

DAY = 1_790_000_000_000_000_000
HOUR = 3600 * 10**9
"""2026-09-21 14:13:20 UTC."""
NEEDS_POSIX = pytest.mark.skipif(os.name != "posix", reason="shells and devices of POSIX systems")


def shell(command: str, bundle: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command of ``sh``, in which ``$TE`` is the program and ``$B`` a bundle."""
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("$TE", f'"{sys.executable}" -m explorer')],
        env={**os.environ, "PYTHONUNBUFFERED": "", "B": str(bundle), **environment},
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@NEEDS_POSIX
def test_a_pipe_closed_early_a_closed_stdout_and_a_full_disk(bundle: Path) -> None:
    early = shell('$TE ids "$B" | true; $TE rca "$B" --json | head -c 5', bundle)
    assert (early.stdout, early.stderr) == (b'{"cau', b"")
    nobody = shell('$TE ids "$B" --json --query nobody | true', bundle)
    assert (nobody.stdout, nobody.stderr) == (b"", b"")
    closed = shell('$TE ids "$B" >&-', bundle)
    assert (closed.returncode, closed.stderr) == (0, b"")
    mute = shell('$TE ids "$B" | head -c 2; $TE rca "$B" --id nowhere 2>&-', bundle)
    assert (mute.returncode, mute.stdout) == (2, b"id")
    if Path("/dev/full").exists():
        for answer in (
            'ids "$B"',
            'ids "$B" --json --query nobody',
        ):  # a long one, and one that waits in the buffer
            full = shell(f"$TE {answer} > /dev/full", bundle)
            assert (full.returncode, full.stdout) == (1, b"")
            assert (
                full.stderr == b"trace-explorer: The answer could not be written: No space left on device.\n"
            )


@NEEDS_POSIX
def test_answers_are_utf8_whatever_the_code_page(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("2026-05-04 10:00:00,001 ERROR zażółć → 失敗\n", encoding="utf-8")
    said = shell('$TE rca "$B"; $TE rca "$B" --json', log, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert said.stderr == b""
    assert said.stdout.decode("utf-8").count("zażółć → 失敗") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are no text")
def test_a_file_name_that_is_no_text(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.log")
    Path(name).write_text("2026-05-04 10:00:00,001 ERROR pay [request_id=rq-9] bad\n")
    code, out, err = run("summary", name, "--json")
    assert (code, err) == (0, "")
    assert orjson.loads(out)["bundle"] == "caf\\xe9.log"
    report = tmp_path / "report.md"
    assert run("export", name, "--id", "rq-9", "-o", report)[0] == 0
    assert "caf" in report.read_text(encoding="utf-8")


def test_a_mistake_in_a_query_is_pointed_at(run: Run, bundle: Path) -> None:
    code, out, err = run("ids", bundle, "--query", "service:shop and duration>>5ms")
    assert (code, out) == (2, "")
    said, query, mark = err.splitlines()
    assert said.startswith("trace-explorer: “duration” holds")
    assert query == "  service:shop and duration>>5ms"
    assert query[mark.index("^") :].startswith("duration") or query[mark.index("^") :].startswith(">")
    long = f"{'service:shop and ' * 40}(payment"
    said, query, mark = run("ids", bundle, "--query", long)[2].splitlines()
    assert query[mark.index("^")] == "("
    assert len(query) < 140


def test_a_word_that_is_neither_a_file_nor_a_command(run: Run) -> None:
    code, out, err = run("summarise")
    assert (code, out) == (2, "")
    assert "“summarise” is neither a file nor one of the commands: demo, summary" in err
    assert run("nowhere.zip")[0] == 1
    assert run("./nowhere")[0] == 1  # who writes it so means a path


def test_complaints_do_not_write_to_the_terminal(run: Run, bundle: Path) -> None:
    code, out, err = run("rca", bundle, "--id", "\x1b[2Jno\nsuch" + "x" * 5000)
    assert (code, out) == (2, "")
    assert "\x1b" not in err
    assert "No correlation id or trace id is or begins with" in err
    assert len(err) < 300


@pytest.mark.parametrize(
    "text",
    ["14:13:22", "2026-09-21T14:13:22Z", "2026-09-21 16:13:22+02:00", "21 Sep 2026 14:13:22.000 UTC",
     "21 Sep 2026 16:13:22 +02:00", "1790000002", "1790000002000"],
)  # fmt: skip
def test_one_moment_in_many_spellings(text: str) -> None:
    assert parse_moment(text, DAY, DAY) == DAY + 2 * 10**9


def test_a_clock_time_is_the_first_within_what_was_recorded() -> None:
    over_midnight = DAY, DAY + 11 * HOUR  # from 14:13:20 to 01:13:20
    assert parse_moment("23:13:20", *over_midnight) == DAY + 9 * HOUR
    assert parse_moment("00:13:20", *over_midnight) == DAY + 10 * HOUR
    assert parse_moment("02:13:20", *over_midnight) == DAY - 12 * HOUR, "none: that of the first day"


@pytest.mark.parametrize(
    "text", ["25:00", "14:60", "noon", "inf", "nan", "1e400", "31 Feb 2026", "21 Sept 2026", ""]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        parse_moment(text, DAY, DAY)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_utf_8_is_told_in_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.log")).write_text("2026-11-22 09:14:43 ERROR refused\n")
    code, said, _ = run("summary", "--json", tmp_path)
    assert code == 0
    assert [Path(one["name"]).suffix for one in json.loads(said)["files"]] == [".log"]
