"""What tells one opening from another: the content of the paths, how they are read, and the program itself."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import explorer
from explorer.bundle.limits import Limits
from explorer.decoding.write_ahead import log_beside
from explorer.model.options import ReadOptions
from explorer.model.persist import FORMAT
from explorer.paths import own_folder, resource

SAMPLES: Final = 6
"""Pieces of a file that are hashed, its beginning and end among them."""
SAMPLE_BYTES: Final = 4096
SAMPLED_FILES: Final = 2000
"""With more files than that, sizes, times and inodes must do."""


def bundle_key(paths: Sequence[Path], options: ReadOptions, limits: Limits) -> str:
    """32 hex digits that change when a file below the paths does, or the way of reading, or the program.

    Raises:
        OSError: a path cannot be looked at.
    """
    digest = hashlib.blake2b(digest_size=16)
    # The paths as given too: a folder and the list of its files are shown under other names.
    formats = _stats_below(own_folder("formats"))
    _add(
        digest, FORMAT, _program(), formats, options, limits, [os.fsencode(path.absolute()) for path in paths]
    )
    files = [file for path in paths for file in _files(path)]
    for file in files:
        found = file.stat()
        _add(digest, os.fsencode(file), found.st_size, found.st_mtime_ns, found.st_ino)
        if len(files) <= SAMPLED_FILES and file.is_file():  # a pipe would be waited for
            for piece in _samples(file, found.st_size):
                digest.update(piece)
    return digest.hexdigest()


def answers_key(rules: Path | None = None) -> str:
    """As :func:`bundle_key`, of what the analysis depends on beside the bundle: the folder of own rules."""
    digest = hashlib.blake2b(digest_size=8)
    _add(digest, FORMAT, _program(), _stats_below(rules))
    return digest.hexdigest()


def _stats_below(folder: Path | None) -> list[tuple[bytes, int, int]]:
    """Name, size and time of the files in a folder of the user's; none where nobody may look, as when it is used."""
    with contextlib.suppress(OSError):
        if folder is not None and folder.is_dir():
            stats = ((file, file.stat()) for file in _files(folder))
            return [(os.fsencode(file), found.st_size, found.st_mtime_ns) for file, found in stats]
    return []


def _add(digest: hashlib.blake2b, *parts: object) -> None:
    for part in parts:
        digest.update(repr(part).encode("utf-8", "replace") + b"\0")


def _files(path: Path) -> Iterator[Path]:
    """The absolute paths of all files at or below a path, in a fixed order, and of the log of a single database."""
    whole = path.resolve()
    if not whole.is_dir():
        yield whole
        if (log := log_beside(whole)).is_file():  # it is read with its database
            yield log
        return
    for folder, names, files in os.walk(whole):
        names.sort()
        yield from (file for file in (Path(folder, name) for name in sorted(files)) if file.is_file())


def _samples(path: Path, size: int) -> Iterator[bytes]:
    # A file rewritten within the resolution of its time, size and inode kept, differs somewhere in these.
    with open(path, "rb") as stream:
        for number in range(SAMPLES):
            stream.seek(max(0, size - SAMPLE_BYTES) * number // (SAMPLES - 1))
            yield stream.read(SAMPLE_BYTES)
            if size <= SAMPLE_BYTES:
                return


@cache
def _program() -> tuple[object, ...]:
    """Version, and what changes with the code and the rules of a checkout whose version does not."""
    roots = [
        Path(explorer.__file__).parent,
        *(resource(name) for name in ("formats", "rules") if _ships(name)),
    ]
    stats = [file.stat() for root in roots for file in _files(root) if file.suffix in (".py", ".toml")]
    newest = max((found.st_mtime_ns for found in stats), default=0)
    return explorer.__version__, len(stats), sum(found.st_size for found in stats), newest


def _ships(name: str) -> bool:
    try:
        return resource(name).is_dir()
    except FileNotFoundError:
        return False
