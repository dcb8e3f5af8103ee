"""A frozen dataclass kept as a small, versioned JSON file that people may read and edit."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from explorer.paths import created
from explorer.session.saving import save_text
from explorer.session.typed import WrongTypeError, typed

T = TypeVar("T")


def read(path: Path, kind: type[T], version: int) -> tuple[T, tuple[str, ...]]:
    """What the file holds, and a sentence for each thing in it that could not be used.

    A field that is missing, unknown or of the wrong type gets its default, so that no file, however broken,
    keeps the program from starting.
    """
    try:
        found = _fields_of(path)
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        return kind(), (f"{path.name} could not be read: {reason}.",)
    problems: list[str] = []
    if isinstance(found.get("version"), int) and found["version"] > version:
        problems.append(f"{path.name} was written by a newer version of this program; what it knows is used.")
    values: dict[str, Any] = {}
    types = get_type_hints(kind)
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name in found:
            try:
                values[field.name] = typed(found[field.name], types[field.name])
            except WrongTypeError as error:
                problems.append(f"{field.name} in {path.name} is not used: {error}.")
    return kind(**values), tuple(problems)


def write(path: Path, value: Any, version: int) -> None:
    """Replace the file at once; one that could not be read is put aside as ``….broken``.

    Raises:
        InputError: it cannot be written; the old content stays.
        OSError: there is no folder for it.
    """
    created(path.parent)
    try:
        _fields_of(path)
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            path.replace(path.with_name(f"{path.name}.broken"))
    content = {"version": version, **asdict(value)}
    save_text(path, json.dumps(content, indent=1, ensure_ascii=True) + "\n")


def _fields_of(path: Path) -> dict[str, Any]:
    """What the file says, nothing where there is none. Raises ``OSError`` or ``ValueError``: it cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if not isinstance(found, dict):
        raise ValueError("it holds no object")  # noqa: TRY004 - as of any other content
    return found
