"""Rule files: TOML read rule by rule, so that one faulty rule costs only itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from explorer.analysis.categories.rule import Rule, RuleError, rule_from
from explorer.decoding.stated import stated_texts
from explorer.model.issue import Issues

_HEADER = re.compile(r"^\[\[rule\]\][ \t]*(?:#.*)?$", re.MULTILINE)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_ENDINGS = (".toml",)
_FAULTY = "faulty-rule"
_DEFAULTS = frozenset({"category"})


def read_rules(folders: Sequence[Path | None], issues: Issues) -> tuple[Rule, ...]:
    """The rules of all ``*.toml`` files of the folders, in order; a later rule replaces one of the same id.

    What is faulty (file, table, value) becomes a ``faulty-rule`` issue with file and line; the rest is kept.
    A folder that does not exist holds no rules.
    """
    rules: dict[str, Rule] = {}
    for folder in folders:
        for file, text in stated_texts(folder, _ENDINGS, issues, _FAULTY):
            seen: set[str] = set()
            for rule in _rules_of(text, file.name, issues):
                if rule.id in seen:
                    _report(
                        issues,
                        file.name,
                        rule.line,
                        f"two rules are called {rule.id!r}; the later one counts",
                    )
                seen.add(rule.id)
                rules[rule.id] = rule
    return tuple(rules.values())


def _rules_of(text: str, file: str, issues: Issues) -> Iterator[Rule]:
    headers = [found.start() for found in _HEADER.finditer(text)]
    defaults = _table(text[: headers[0]] if headers else text, file, 1, issues) or {}
    for key in sorted(set(defaults) - _DEFAULTS):
        _report(issues, file, 1, f"unknown key {key!r} above the first rule")
    for start, end in pairwise([*headers, len(text)]):
        line = text.count("\n", 0, start) + 1
        document = _table(text[start:end], file, line, issues)
        tables = document.get("rule") if document else None
        if not isinstance(tables, list):
            continue
        try:
            yield rule_from({"category": defaults.get("category"), **tables[0]}, file, line)
        except RuleError as error:
            _report(issues, file, line, str(error))


def _table(text: str, file: str, line: int, issues: Issues) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        within = _AT_LINE.search(str(error))
        at = line + int(within.group(1)) - 1 if within else line
        _report(issues, file, at, f"this is no TOML: {_AT_LINE.sub('', str(error)).strip()}")
        return None


def _report(issues: Issues, file: str, line: int, text: str) -> None:
    issues.add("warning", _FAULTY, file, f"line {line}: {text}", count=0)
