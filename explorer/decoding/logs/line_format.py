r"""A line-log format: what a line begins with, in TOML under ``resources/formats`` or in the user's settings.

A file holds one or more ``[[format]]`` tables::

    [[format]]
    name = "klog"                     # unique, kebab case
    label = "klog and glog"           # for people
    pattern = '<level><time> +(?P<thread>\d+) (?P<source>[^\]]+)\] '
    time = '%m%d %H:%M:%S\.%f'         # or a list of them; see explorer/decoding/logs/times.py
    level = '[IWEF]'                  # pattern of the level; left out: the level words
    levels = { I = "info" }           # spellings that are not level words
    message = "rest"                  # "rest" of the line behind the pattern (default), or "line"
    fields = "logfmt"                 # the message is "" (default: text), "logfmt", "ltsv" or ends in "json"
    below = '<level>: '               # what the next line of the record begins with, where the level stands there
    again = '# User@Host: '           # begins a further record of the same time, but in the second line of one
    most = true                       # of a file's lines with a time half are of it, or none: it fits others by chance
    wraps = true                      # the rest may be a line of another log, which tells level, time and ids

    [[format.sample]]
    text = '''...'''                  # the lines of one record
    time = "2026-11-22T09:14:43.301Z"
    level = "ERROR"
    message = "prediction failed"
    attributes = { logger = "fraud" }

``<time>`` and ``<level>`` stand for the time and the level. Groups of the pattern become fields of the record under
their own names, and those named ``service host pod container namespace version trace_id span_id request_id
status`` (HTTP status) are told to the rest of the program. A group ``message`` is the message.
Lines that no format knows continue the record before them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, Literal, get_args

from explorer import paths
from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.refusing import first_bytes
from explorer.decoding.logs.signs import signs_of
from explorer.decoding.logs.times import KNOWN, TimeFormat, time_format
from explorer.decoding.stated import stated_texts
from explorer.model.issue import Issue, Issues

Fields = Literal["", "logfmt", "json", "ltsv"]
_ENDINGS: Final = (".toml",)
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_KEYS: Final = frozenset(
    {
        "name",
        "label",
        "pattern",
        "time",
        "level",
        "levels",
        "message",
        "fields",
        "sample",
        "generic",
        "search",
        "wraps",
        "below",
        "again",
        "most",
    }
)
_GROUP: Final = re.compile(r"\(\?P<\w+>")
PLACED_GROUPS: Final = frozenset({"time", "level", "message"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A record of a format and what must be read from it. Every format has one, and a test reads it."""

    text: str
    expected: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class LineFormat:
    """One way to begin a line.

    Attributes:
        text: of ``pattern``.
        times: formats of the group ``time``; empty where lines have none.
        signs: only lines in which these are found are of it; see :mod:`explorer.decoding.logs.signs`.
        levels: severity number by level as written, for spellings that are no level words.
        search: found behind the pattern's end where the pattern has no level; its group 1 is the level.
        below: begins the second line of a record and tells its level.
        again: begins a further record of the same time, but in the second line of one.
        wraps: its message may be a line of another format, or JSON.
        most: half of the lines of a file that a format knows are of it, or none.
        generic: fits lines of many frameworks: yields to any format that knows more.
    """

    name: str
    label: str
    text: str
    times: tuple[TimeFormat, ...]
    signs: frozenset[int]
    levels: Mapping[str, int]
    search: re.Pattern[bytes] | None
    fields: Fields
    whole_line: bool
    generic: bool
    wraps: bool
    most: bool
    below: re.Pattern[bytes] | None
    again: re.Pattern[bytes] | None
    samples: tuple[Sample, ...]

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """Matches from the first byte of a line; groups as in the module's text.

        Compiled when it is first tried: all of them take a quarter of a second, and most files are of a few formats.

        Raises:
            ValueError: it is no valid regular expression.
        """
        return _compiled(self.name, self.text)

    @cached_property
    def begins(self) -> int:
        """The bytes that its lines may begin with, as bits: it need not be tried on others, nor compiled for them."""
        return first_bytes(self.text.encode())

    @property
    def named(self) -> int:
        """How many parts of a line it names."""
        return len(_GROUP.findall(self.text))

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups that become fields."""
        return tuple(name for name in self.pattern.groupindex if name not in PLACED_GROUPS)

    def severity(self, level: str) -> int:
        """The severity number of a level as this format writes it."""
        return self.levels.get(level) or levels.word_severity(level)


@cache
def shipped() -> tuple[LineFormat, ...]:
    """The formats that ship with the program."""
    return load_formats([paths.resource("formats")], Issues(), tested=True)


@cache
def known_formats() -> tuple[LineFormat, ...]:
    """The formats in force: those shipped, and the user's own in ``formats`` of the settings folder."""
    mine = load_formats([paths.own_folder("formats")], Issues())
    return tuple({one.name: one for one in (*shipped(), *mine)}.values())


@cache
def format_faults() -> tuple[Issue, ...]:
    """What is wrong with the user's own format files."""
    issues = Issues()
    load_formats([paths.own_folder("formats")], issues)
    return issues.rows()


def load_formats(
    folders: Sequence[Path | None], issues: Issues, *, tested: bool = False
) -> tuple[LineFormat, ...]:
    """The formats of all ``*.toml`` files of the folders; a later one replaces an earlier one of the same name.

    A faulty file becomes an issue that names file and line; the formats of the others stand. Whether patterns are
    valid is found out at once, unless they are ``tested``.
    """
    found: dict[str, LineFormat] = {}
    for folder in folders:
        for path, text in stated_texts(folder, _ENDINGS, issues, "faulty-format"):
            for one in _formats_of(path, text, issues, tested=tested):
                found[one.name] = one
    return tuple(found.values())


def _formats_of(path: Path, text: str, issues: Issues, *, tested: bool) -> list[LineFormat]:
    try:
        tables = tomllib.loads(text).get("format")
    except tomllib.TOMLDecodeError as error:
        issues.add("error", "faulty-format", str(path), f"This line format cannot be read: {error}", count=0)
        return []
    if not isinstance(tables, list):
        issues.add(
            "error", "faulty-format", str(path), "This file of line formats has no [[format]] table.", count=0
        )
        return []
    found = []
    for number, table in enumerate(tables):
        try:
            found.append(parse_format(table, tested=tested))
        except ValueError as error:
            line = _line_of(text, number)
            issues.add("error", "faulty-format", str(path), f"Line {line}: {error}", count=0)
    return found


def _line_of(text: str, number: int) -> int:
    """The line of the ``[[format]]`` with that number."""
    heads = [i for i, line in enumerate(text.splitlines(), 1) if line.strip() == "[[format]]"]
    return heads[number] if number < len(heads) else 1


def parse_format(table: object, *, tested: bool = False) -> LineFormat:
    """A format from its TOML table; a pattern that is ``tested`` is known to be valid.

    Raises:
        ValueError: what is wrong with it, as a sentence.
    """
    if not isinstance(table, dict):
        raise ValueError("a format is a table")  # noqa: TRY004 (one error for all that is wrong)
    name = _text(table, "name")
    if not _NAME.match(name):
        raise ValueError(f"the name of a format is in kebab case, {name!r} is not")
    if unknown := sorted(table.keys() - _KEYS):
        raise ValueError(f"format {name}: unknown key {unknown[0]}")
    times = _times(table, tested=tested)
    time, level = "|".join(known.pattern for known in times), table.get("level", levels.LEVEL_PATTERN)
    text = _with_level(_text(table, "pattern").replace("<time>", f"(?P<time>{time})"), level)
    if not tested:
        _compiled(name, text)
    search, below, again = table.get("search"), table.get("below"), table.get("again")
    fields = table.get("fields", "")
    if fields not in get_args(Fields):
        raise ValueError(f'format {name}: fields is "logfmt", "ltsv" or "json"')
    return LineFormat(
        name=name, label=_text(table, "label"), text=text, times=times,
        signs=signs_of(table["pattern"], (known.spec for known in times)), levels=_levels(name, table),
        search=_with(name, search) if isinstance(search, str) else None,
        fields=fields, whole_line=table.get("message") == "line", generic=bool(table.get("generic")),
        wraps=bool(table.get("wraps")), most=bool(table.get("most")),
        below=_with(name, below, level) if isinstance(below, str) else None,
        again=_with(name, again, level) if isinstance(again, str) else None,
        samples=_samples(name, table),
    )  # fmt: skip


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"a format needs a text for {key}")
    return value


def _times(table: Mapping[str, Any], *, tested: bool) -> tuple[TimeFormat, ...]:
    given = table.get("time", [])
    if given == "any":
        return KNOWN
    try:
        return tuple(
            time_format(spec, tested=tested) for spec in ([given] if isinstance(given, str) else given)
        )
    except TypeError:
        raise ValueError("time is a text or a list of texts") from None


def _with_level(pattern: str, level: object) -> str:
    return pattern.replace("<level>", f"(?P<level>{level})")


def _with(name: str, pattern: str, level: str = levels.LEVEL_PATTERN) -> re.Pattern[bytes]:
    return _compiled(name, _with_level(pattern, level))


def _compiled(name: str, text: str) -> re.Pattern[bytes]:
    try:
        return re.compile(text.encode())
    except re.error as error:
        raise ValueError(f"format {name}: no valid pattern: {error}") from error


def _levels(name: str, table: Mapping[str, Any]) -> dict[str, int]:
    given = table.get("levels", {})
    if not isinstance(given, dict):
        raise ValueError(f"format {name}: levels is a table of spelling to level word")  # noqa: TRY004
    numbers = {spelling: levels.WORDS.get(str(word).lower(), 0) for spelling, word in given.items()}
    if wrong := [spelling for spelling, number in numbers.items() if not number]:
        raise ValueError(f"format {name}: {given[wrong[0]]!r} is no level word")
    return numbers


def _samples(name: str, table: Mapping[str, Any]) -> tuple[Sample, ...]:
    given = table.get("sample")
    if not isinstance(given, list) or not given:
        raise ValueError(f"format {name}: a format has at least one [[format.sample]]")
    return tuple(Sample(_text(sample, "text").rstrip("\n"), sample) for sample in given)
