"""A frozen dataclass kept as a small, versioned JSON file that people may read and edit."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from explorer.session.saving import save_text
from explorer.session.typed import WrongTypeError, typed

T = TypeVar("T")


def read(path: Path, kind: type[T], version: int) -> tuple[T, tuple[str, ...]]:
    """What the file holds, and a sentence for each thing in it that could not be used.

    A field that is missing, unknown or of the wrong type gets its default, so that no file, however broken,
    keeps the program from starting. A file that cannot be read at all is put aside as ``….broken``.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return kind(), ()
    except (OSError, ValueError) as error:
        return kind(), (_put_aside(path, error),)
    if not isinstance(found, dict):
        return kind(), (_put_aside(path, TypeError("it holds no object")),)
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
    """Replace the file at once.

    Raises:
        InputError: it cannot be written; the old content stays.
    """
    content = {"version": version, **asdict(value)}
    save_text(path, json.dumps(content, indent=1, ensure_ascii=True) + "\n")


def _put_aside(path: Path, error: Exception) -> str:
    with contextlib.suppress(OSError):
        path.replace(path.with_name(f"{path.name}.broken"))
    return f"{path.name} could not be read and was put aside: {error}."
