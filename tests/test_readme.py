"""The README says what is so."""

from __future__ import annotations

import re

import pytest

from explorer.cli.arguments import VERBS
from explorer.decoding.tables.mapping import mappings
from tests.readme import README, generated, part

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent


@pytest.mark.parametrize("name", ["formats", "keys"])
def test_tables_are_those_of_the_program(name: str) -> None:
    assert part(TEXT, name) == generated()[name], "python -m tests.readme writes it anew"


def test_every_verb_is_listed() -> None:
    listed = set(re.findall(r"^trace-explorer (\w+)", TEXT, re.MULTILINE))
    assert listed == set(VERBS) - {"window"}


def test_the_two_commands_are_there() -> None:
    block = TEXT.split("```")[1].strip().splitlines()
    assert [line.split("#")[0].strip() for line in block] == ["sh .dev/run demo", "sh .dev/test"]
    for name in ("run", "test", "setup"):
        assert (ROOT / ".dev" / name).is_file()


def test_pictures_and_links_exist() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_commands_it_names_can_be_run() -> None:
    for module in re.findall(r"python -m (tests[\w.]*)", TEXT):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_nothing_is_left_to_be_filled_in() -> None:
    assert not re.search(r"\b(LIMITS|FORMATS|KEYS)\b\n", TEXT)


def test_the_example_of_columns_is_one() -> None:
    example = next(block for block in TEXT.split("```") if block.startswith("toml\n[[table]]"))
    assert [one.kind for one in mappings(example.removeprefix("toml\n"), "README")] == ["spans", "metrics"]
