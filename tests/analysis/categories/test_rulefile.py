"""Rule files of users: what is faulty costs only itself and is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.categories.rules import Rules, categorize, failing_samples, load_rules
from explorer.analysis.categories.signals import Signal
from explorer.model.issue import Issues

GOOD = """
[[rule]]
name = "{name}"
category = "data"
subcategory = "shape"
says = "box of the wrong size"
strength = 0.9
contains = ["box too wide"]
samples = ["the box too wide for the shelf"]
"""


def read(folder: Path, text: str, name: str = "own.toml") -> tuple[Rules, list[str]]:
    """The rules of one file and the texts of the issues."""
    (folder / name).write_text(text, encoding="utf-8")
    issues = Issues()
    return load_rules([folder], issues), [issue.text for issue in issues.rows()]


def test_a_rule_is_read_and_decides(tmp_path: Path) -> None:
    rules, faults = read(tmp_path, GOOD.format(name="box"))
    verdict = categorize([Signal("message", "BOX  too wide")], rules)
    assert (verdict.category, verdict.rule, verdict.says) == ("data", "own:box", "box of the wrong size")
    assert faults == []
    assert failing_samples(rules) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('category = "data"', 'category = "weather"'), "unknown category 'weather'"),
        (("strength = 0.9", "strength = 7"), "'strength' must be a number above 0"),
        (("strength = 0.9", ""), "'strength' must be a number above 0"),
        (('says = "box of the wrong size"', "says = 4"), "'says' must be a text"),
        (('contains = ["box too wide"]', "contain = []"), "unknown key 'contain'"),
        (('contains = ["box too wide"]', ""), "the rule matches nothing"),
        (('contains = ["box too wide"]', 'contains = ["--"]'), "holds no word"),
        (('contains = ["box too wide"]', 'codes = { grpc = ["SUNNY"] }'), "'SUNNY' is no grpc code"),
        (('contains = ["box too wide"]', 'codes = { mood = ["1"] }'), "'codes' must be a table"),
        (('contains = ["box too wide"]', "pattern = 'box('\nneeds = ['box']"), "does not compile"),
        (('contains = ["box too wide"]', "pattern = '(b+)+x'\nneeds = ['box']"), "repeats a repetition"),
        (('contains = ["box too wide"]', "pattern = 'box'"), "'needs'"),
        (('contains = ["box too wide"]', "words = [1]"), "'words' must be a list"),
        (("strength = 0.9", "strength = 0.9\nbefore = ['lid']"), "'before' must be a text"),
        (
            ('contains = ["box too wide"]', "words = ['box']\nafter = 'lid'"),
            "'after' says what stands beside",
        ),
        (('samples = ["the box too wide for the shelf"]', ""), "the rule has no sample"),
        (('samples = ["the box too wide for the shelf"]', "samples = [{ kind = 'x' }]"), "holds texts"),
        (("strength = 0.9", "strength = 0.9\nsymptom = 1"), "'symptom' must be true or false"),
        (("strength = 0.9", "strength = = 0.9"), "this is no TOML"),
    ],
)
def test_a_faulty_rule_is_named_and_the_others_stand(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    broken = GOOD.format(name="broken").replace(*change)
    rules, faults = read(tmp_path, GOOD.format(name="before") + broken + GOOD.format(name="after"))
    assert [rule.id for rule in rules.rules] == ["own:before", "own:after"]
    assert len(faults) == 1
    assert fault in faults[0]
    assert faults[0].startswith("line 1")


def test_the_line_of_a_toml_fault_is_counted_in_the_file(tmp_path: Path) -> None:
    text = GOOD.format(name="first") + '\n[[rule]]\nname = "second"\nsays = unquoted\n'
    _, faults = read(tmp_path, text)
    line = text.splitlines().index("says = unquoted") + 1
    assert faults[0].startswith(f"line {line}: this is no TOML")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("maxBoxSize must be at least 1", True),
        ("the size of the box (7) must be at least 1", True),
        ("must be at least 1: max size", False),
        ("a size was given. The age must be at least 1", False),
        ("could not parse upper size", True),
        ("could not parse the letter in a box of that size", False),
    ],
)
def test_what_stands_beside_a_phrase_decides(tmp_path: Path, text: str, fits: bool) -> None:
    written = GOOD.format(name="box").replace(
        'contains = ["box too wide"]',
        'contains = ["must be", "could not parse"]\nbefore = "size"\nafter = "size"',
    )
    rules, faults = read(tmp_path, written)
    assert faults == []
    assert (categorize([Signal("message", text)], rules).rule == "own:box") is fits


def test_a_file_that_is_no_text_is_an_issue(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    rules, faults = read(tmp_path, GOOD.format(name="box"))
    assert len(rules.rules) == 1
    assert ["cannot be read" in fault for fault in faults] == [True]


def test_a_folder_that_is_absent_holds_no_rules(tmp_path: Path) -> None:
    issues = Issues()
    assert load_rules([tmp_path / "none"], issues).rules == ()
    assert issues.rows() == ()


def test_a_later_folder_replaces_a_rule_of_the_same_name(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / "own.toml").write_text(GOOD.format(name="box"), encoding="utf-8")
    (second / "own.toml").write_text(GOOD.format(name="box").replace('"data"', '"model"'), encoding="utf-8")
    rules = load_rules([first, second], Issues())
    assert [rule.category for rule in rules.rules] == ["model"]


def test_two_rules_of_one_name_in_a_file_are_reported(tmp_path: Path) -> None:
    _, faults = read(tmp_path, GOOD.format(name="box") * 2)
    assert "two rules are called 'own:box'" in faults[0]


def test_a_sample_that_gets_another_verdict_is_found_out(tmp_path: Path) -> None:
    other = GOOD.format(name="other").replace("box too wide", "shelf too high").replace("0.9", "0.95")
    thief = GOOD.format(name="thief").replace("0.9", "0.99").replace("for the shelf", "again")
    rules, _ = read(
        tmp_path, GOOD.format(name="box") + other.replace("the shelf too high for", "odd for") + thief
    )
    assert any("own:box: its sample" in sentence for sentence in failing_samples(rules))
    assert any("own:other: its sample" in sentence for sentence in failing_samples(rules))


def test_texts_that_must_not_get_a_rule_are_checked(tmp_path: Path) -> None:
    rules, _ = read(tmp_path, GOOD.format(name="box") + 'others = ["box too wide, on purpose"]\n')
    assert "must not get this rule" in failing_samples(rules)[0]
