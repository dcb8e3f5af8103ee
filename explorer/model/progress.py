"""What is being read, and how far that has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come. ``bytes`` are unpacked bytes of all files so far."""

    file: str
    files: int
    bytes: int
    spans: int
    logs: int
    ids: int


def bundle_name(paths: Sequence[Path]) -> str:
    """Display name of what was opened together."""
    names = [path.resolve().name or str(path) for path in paths]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
