"""What must hold of a bundle: a TOML file of ``[[expect]]`` tables, read strictly.

A test that does not say what it means is worse than none, so nothing in the file is passed over: what is unknown
or of no use is an error that names file and line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from explorer.analysis.categories.verdict import CATEGORIES
from explorer.decoding.stated import StatedLines, tables_of_stated, text_of_stated
from explorer.errors import QueryError
from explorer.query.parser import parse
from explorer.query.syntax import Query

Limit = int | float | tuple[str, ...] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must hold of the ids a query chooses.

    Attributes:
        key: which: a name of :data:`KEYS`.
        limit: of ``max_failing`` and ``max_spans`` a count, of ``max_error_rate`` a share from 0 to 1, of
            ``p95_ms`` milliseconds, of ``no_category`` categories, of ``root_cause`` ``service`` and ``category``.
        words: the query as written, "" for all ids; ``query``: the same, parsed.
        file, line: where it is stated.
    """

    key: str
    limit: Limit
    words: str
    query: Query | None
    file: str
    line: int

    @property
    def place(self) -> str:
        """``expect.toml:3``."""
        return f"{self.file}:{self.line}"

    @property
    def says(self) -> str:
        """The limit as in the file: ``max_failing = 0``."""
        if isinstance(self.limit, Mapping):
            return f"{self.key} = {{" + ", ".join(f'{k} = "{v}"' for k, v in self.limit.items()) + "}"
        if isinstance(self.limit, tuple):
            return f"{self.key} = [" + ", ".join(f'"{name}"' for name in self.limit) + "]"
        return f"{self.key} = {self.limit}"


def read_expectations(path: Path) -> tuple[Expectation, ...]:
    """All expectations of a file, in its order.

    Raises:
        UsageError: it cannot be read, or something in it is of no use; names the file and the line.
    """
    return expectations(text_of_stated(path), str(path))


def expectations(text: str, file: str) -> tuple[Expectation, ...]:
    """As :func:`read_expectations`, from text."""
    tables, lines = tables_of_stated(text, file, "expect")
    return tuple(one for number, table in enumerate(tables, 1) for one in _of_table(table, number, lines))


def _of_table(table: Mapping[str, Any], number: int, lines: StatedLines) -> list[Expectation]:
    words, query = table.get("query", ""), None
    if not isinstance(words, str):
        raise lines.error(lines.of(number, "query"), "query must be a text")
    try:
        query = parse(words) if words.strip() else None
    except QueryError as error:
        text = str(error).rstrip(".")
        raise lines.error(lines.of(number, "query"), f"the query does not parse: {text}") from error
    found = []
    for key, value in table.items():
        if key == "query":
            continue
        line = lines.of(number, key)
        if key not in KEYS:
            raise lines.error(line, f"unknown key “{key}”; known are query, {', '.join(KEYS)}")
        try:
            limit = KEYS[key](value)
        except ValueError as error:
            raise lines.error(line, f"{key} must be {error}") from error
        found.append(Expectation(key, limit, words.strip(), query, lines.file, line))
    if not found:
        raise lines.error(lines.of(number, "expect"), f"a table states nothing: give {', '.join(KEYS)}")
    return found


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number from 0 up")
    return value


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return value


def _milliseconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError("a number of milliseconds from 0 up")
    return value


def _categories(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(one in CATEGORIES for one in value):
        raise ValueError(f"a list of categories: {', '.join(CATEGORIES)}")
    return tuple(value)


def _root_cause(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not value or not set(value) <= {"service", "category"}:
        raise ValueError("a table with service, category or both")
    if not all(isinstance(one, str) and one for one in value.values()):
        raise ValueError("a table of texts")
    if value.get("category", CATEGORIES[0]) not in CATEGORIES:
        raise ValueError(f"a table whose category is one of {', '.join(CATEGORIES)}")
    return dict(value)


KEYS: Final[Mapping[str, Callable[[object], Limit]]] = {
    "max_failing": _whole,
    "max_error_rate": _share,
    "p95_ms": _milliseconds,
    "max_spans": _whole,
    "no_category": _categories,
    "root_cause": _root_cause,
}
"""What can be stated, and how its value is read: raises ``ValueError`` with what it must be."""
