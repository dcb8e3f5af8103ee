"""A TOML file of ``[[name]]`` tables in which a user states something, read strictly.

``tomllib`` tells no lines; :class:`StatedLines` finds them, so that each complaint names file and line.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from explorer.errors import UsageError
from explorer.model.issue import Issues

MOST_BYTES: Final = 4 << 20
_AT_LINE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")
_HEADER: Final = r"^[ \t]*\[\[[ \t]*[\"']?{}[\"']?[ \t]*\]\]"
_KEY: Final = r"^[ \t]*(?:\[+[ \t]*|\[[\w \t.\"'-]*\.[ \t]*|.*[{{,][ \t]*)?[\"']?{}[\"']?[ \t]*[\].=]"


def text_of_stated(path: Path) -> str:
    """The text of such a file.

    Raises:
        UsageError: it cannot be read, is no UTF-8 or far too large.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UsageError(
                f"{path} is larger than {MOST_BYTES >> 20} MiB: nothing that was written by hand."
            )
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        raise UsageError(f"{path} cannot be read: {reason}.") from error


def stated_texts(
    folder: Path | None, endings: Collection[str], issues: Issues, code: str
) -> Iterator[tuple[Path, str]]:
    """Each such file of a folder with its text, in order; none where there is no such folder, or None.

    A file that cannot be read is an issue of that code, and the others stand.
    """
    try:
        known = sorted(_files(folder, endings)) if folder is not None and folder.exists() else []
    except OSError as error:
        text = f"This folder cannot be read: {error.strerror}."
        issues.add("warning", "unreadable-folder", str(folder), text, count=0)
        return
    for path in known:
        try:
            yield path, text_of_stated(path)
        except UsageError as error:
            issues.add("warning", code, path.name, str(error), count=0)


def _files(folder: Path, endings: Collection[str]) -> Iterator[Path]:
    with os.scandir(folder) as found:
        for entry in found:
            if Path(entry).suffix.lower() in endings and entry.is_file():  # a pipe would be waited for
                yield Path(entry)


def tables_of_stated(text: str, file: str, name: str) -> tuple[list[Mapping[str, Any]], StatedLines]:
    """The ``[[name]]`` tables of a text, at least one, and the lines they are on.

    Raises:
        UsageError: it is no TOML, or holds anything else.
    """
    lines = StatedLines(text, file, name)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        raise lines.error(line, f"this is no TOML: {_AT_LINE.sub('', str(error))}") from error
    for key in document:
        if key != name:
            raise lines.error(lines.of(0, key), f"unknown key “{key}”; a file holds [[{name}]] tables only")
    tables = document.get(name)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise lines.error(lines.of(0, name), f"it states nothing: write [[{name}]] tables")
    return tables, lines


class StatedLines:
    """Which line of a text something is on."""

    def __init__(self, text: str, file: str, name: str) -> None:
        self.file = file
        self._name = name
        self._text = text
        header = re.compile(_HEADER.format(re.escape(name)), re.MULTILINE)
        self._starts = [found.start() for found in header.finditer(text)]

    def of(self, table: int, key: str) -> int:
        """The line of a key in a table, counted from 1 (0: anywhere); of the table where it is not seen."""
        begin, end = 0, len(self._text)
        if 0 < table <= len(self._starts):
            begin, end = [*self._starts, end][table - 1 : table + 1]
        for name in (key, self._name):
            if found := re.compile(_KEY.format(re.escape(name)), re.MULTILINE).search(self._text, begin, end):
                return self._text.count("\n", 0, found.start()) + 1
        return self._text.count("\n", 0, begin) + 1

    def error(self, line: int, text: str) -> UsageError:
        """What to raise."""
        return UsageError(f"{self.file}:{line}: {text}.")
