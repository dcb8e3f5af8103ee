"""``check``: each key held and broken, what a faulty file of expectations is told, and what a CI system is given."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from explorer.cli.main import main
from tests.small import healthy_lines, write_small

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("check") / "small bundle")


@pytest.fixture
def check(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Hold a text of expectations against the small bundle; gives exit code, stdout, stderr."""

    def call(text: str, *words: object, bundle: Path = bundle) -> tuple[int, str, str]:
        file = tmp_path / "expect.toml"
        file.write_text(text, encoding="utf-8")
        code = main(["check", str(bundle), "--expect", str(file), *map(str, words)])
        said = capsys.readouterr()
        return code, said.out.replace(f"{tmp_path}/", ""), said.err.replace(f"{tmp_path}/", "")

    return call


@pytest.mark.parametrize(
    ("held", "broken", "says"),
    [
        ("max_failing = 1", "max_failing = 0", "1 of 2 ids failed: rq-0001"),
        ("max_error_rate = 0.5", "max_error_rate = 0.49", "1 of 2 ids failed, a rate of 0.5: rq-0001"),
        ("p95_ms = 100", "p95_ms = 99.9", "the 95th percentile of 2 ids is 100 ms: rq-0001"),
        ("max_spans = 3", "max_spans = 2", "2 ids have more, up to 3 spans: rq-0001, rq-0002"),
        ('no_category = ["data", "model"]', 'no_category = ["system"]', "1 id of category system: rq-0001"),
        (
            'root_cause = {service = "payment", category = "system"}',
            'root_cause = {service = "shop"}',
            "the root cause is payment, category system: ",
        ),
    ],
)
def test_each_key_holds_and_breaks(check: Check, held: str, broken: str, says: str) -> None:
    assert check(f"[[expect]]\n{held}\n") == (0, "The expectation holds.\n", "")
    code, out, err = check(f"\n[[expect]]\n{broken}\n")
    assert (code, err) == (1, "")
    (line,) = out.splitlines()
    assert line.startswith(f"expect.toml:3: {broken}: ")
    assert says in line


def test_a_line_for_each_broken_expectation(check: Check) -> None:
    text = '[[expect]]\nquery = "service:payment"\nmax_failing = 0\nmax_spans = 5\n\n[[expect]]\np95_ms = 1\n'
    code, out, _ = check(text)
    assert code == 1
    assert [line.partition(":")[2].partition(":")[0] for line in out.splitlines()] == ["3", "7"]
    assert check('[[expect]]\nquery = "id:rq-0002"\nmax_failing = 0\n')[0] == 0
    assert check(text, "--query", "id:rq-0002", "--from", "2030-01-01")[:2] == (
        0,
        "All 3 expectations hold.\n",
    )


def test_a_bundle_of_which_nothing_was_understood_proves_nothing(check: Check, bundle: Path) -> None:
    code, out, err = check("[[expect]]\nmax_failing = 0\n", bundle=bundle / "noise.bin")
    assert (code, out) == (1, "")
    assert "Nothing in noise.bin was understood" in err


def test_a_query_that_chooses_nothing_is_said(check: Check) -> None:
    code, _, err = check('[[expect]]\nquery = "service:nobody"\nmax_failing = 0\np95_ms = 1\n')
    assert code == 0
    assert "expect.toml:3: no id matches, so max_failing says nothing" in err
    code, out, _ = check('[[expect]]\nquery = "id:rq-0002"\nroot_cause = {category = "data"}\n')
    assert code == 1
    assert "no id failed, so there is no root cause" in out


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("[[expect]]\nmax_failing = 0\nmax_fialing = 0\n", 3, "unknown key “max_fialing”"),
        ("[[expect]]\nmax_failing = 0\n[other]\nx = 1\n", 3, "unknown key “other”"),
        ("[[expect]]\nmax_failing = -1\n", 2, "max_failing must be a whole number"),
        ("[[expect]]\nmax_failing = true\n", 2, "max_failing must be a whole number"),
        ("[[expect]]\nmax_error_rate = 5\n", 2, "max_error_rate must be a number from 0 to 1"),
        ("[[expect]]\nmax_error_rate = nan\n", 2, "max_error_rate must be a number from 0 to 1"),
        ('[[expect]]\n\np95_ms = "200ms"\n', 3, "p95_ms must be a number of milliseconds"),
        ("[[expect]]\np95_ms = inf\n", 2, "p95_ms must be a number of milliseconds"),
        ("[[expect]]\nmax_spans = 2.5\n", 2, "max_spans must be a whole number"),
        ('[[expect]]\nno_category = "data"\n', 2, "no_category must be a list of categories"),
        ('[[expect]]\nno_category = ["date"]\n', 2, "system, infrastructure, data, model"),
        ('[[expect]]\nmax_failing = 0\n[expect.root_cause]\nservce = "x"\n', 3, "service, category or both"),
        ('[[expect]]\nroot_cause.category = "bug"\n', 2, "whose category is one of"),
        ('[[expect]]\nmax_failing = 0\n[[expect]]\nquery = "(a"\nmax_failing = 0', 4, "does not parse"),
        ("[[expect]]\nquery = 3\nmax_failing = 0", 2, "query must be a text"),
        ("[[expect]]\nmax_failing = 0\n\n[[expect]]\nquery = 'a'\n", 4, "states nothing"),
        ("expect = [{max_failing = 0}, {max_failing = -2}]\n", 1, "whole number"),
        ("max_failing = 0\n", 1, "unknown key “max_failing”"),
        ("# nothing\n", 1, "states nothing"),
        ("[[expect]]\nmax_failing = \n", 2, "no TOML"),
        ('[[expect]]\nquery = "', 2, "no TOML"),
    ],
)
def test_a_faulty_file_is_wrong_usage_with_file_and_line(
    check: Check, text: str, place: int, says: str
) -> None:
    code, out, err = check(text)
    assert (code, out) == (2, "")
    assert f"expect.toml:{place}: " in err
    assert says in err


def test_a_file_that_cannot_be_read(check: Check, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("", bundle=bundle)[0] == 2
    assert main(["check", str(bundle), "--expect", str(bundle / "noise.bin")]) == 2
    assert main(["check", str(bundle), "--expect", str(bundle / "nowhere.toml")]) == 2
    assert main(["check", str(bundle)]) == 2
    said = capsys.readouterr().err
    assert "noise.bin cannot be read: it is not UTF-8" in said
    assert "nowhere.toml cannot be read" in said


def test_an_unreadable_bundle_exits_1(check: Check, tmp_path: Path) -> None:
    code, out, err = check("[[expect]]\nmax_failing = 0\n", bundle=tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert "does not exist" in err


def test_json(check: Check) -> None:
    code, out, _ = check('[[expect]]\nquery = "shop"\nmax_failing = 0\nmax_spans = 9\n', "--json")
    value = orjson.loads(out)
    assert code == 1
    assert value["holds"] is False
    broken, held = value["expectations"]
    assert {**broken, "file": "expect.toml"} == {
        "file": "expect.toml", "line": 3, "query": "shop", "key": "max_failing", "limit": 0, "holds": False,
        "text": "1 of 2 ids failed", "id_count": 2, "ids": ["rq-0001"],
    }  # fmt: skip
    assert (held["holds"], held["text"], held["ids"]) == (True, "", [])


def _hostile(folder: Path) -> Path:
    """Requests whose ids hold what XML cannot."""
    folder.mkdir()
    lines: list[dict[str, Any]] = healthy_lines()
    text = orjson.dumps(lines[0]).decode().replace("rq-0002", 'rq-\\u0001]]><&\\"\\uffff\\u202e')
    (folder / "spans.jsonl").write_text(text + "\n", encoding="utf-8")
    return folder


def test_junit(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "results.xml"
    text = '[[expect]]\nmax_spans = 1\nmax_failing = 0\n\n[[expect]]\nquery = "service:nobody"\nmax_failing = 0\n'
    assert check(text, "--junit", file, bundle=_hostile(tmp_path / "b"))[0] == 1
    root = ET.parse(file).getroot()  # noqa: S314  our own file
    (suite,) = root
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "b", "tests": "3", "failures": "1", "errors": "0", "skipped": "1",
    }  # fmt: skip
    broken, held, nothing = suite
    assert broken.get("name") == "max_spans = 1 for all ids"
    assert str(broken.get("classname")).endswith("expect.toml:2")
    (failure,) = broken
    assert (failure.get("type"), failure.get("message")) == ("max_spans", "1 id has more, up to 3 spans")
    assert str(failure.text).startswith("rq-⟨U+0001⟩]]><&")
    assert [child.tag for child in held] == []
    assert [child.tag for child in nothing] == ["skipped"]


def test_junit_that_cannot_be_written(check: Check, tmp_path: Path) -> None:
    code, _, err = check("[[expect]]\nmax_failing = 9\n", "--junit", tmp_path / "nowhere" / "x.xml")
    assert code == 1
    assert "could not be written" in err
