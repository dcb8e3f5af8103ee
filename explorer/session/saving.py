"""Writing a user's file so that a crash leaves the old or the new one, never half of either."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from explorer.errors import InputError

_PART: Final = ".part"
_DEAD_SECONDS: Final = 3600


def save_text(path: Path, text: str) -> None:
    """Write UTF-8 text. Raises as :func:`save_bytes`."""
    save_bytes(path, text.encode("utf-8", "replace"))


def save_bytes(path: Path, data: bytes) -> None:
    """Write a whole file. Raises as :func:`saved_file`."""
    with saved_file(path) as stream:
        stream.write(data)


@contextlib.contextmanager
def saved_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write in pieces: made beside its place, flushed to disk, then renamed over the old one.

    A link stays one, and what it leads to is written.

    Raises:
        InputError: the folder cannot be written, the disk is full; the old file is untouched.
    """
    real, temporary = Path(os.path.realpath(path)), ""
    try:
        _sweep(real)
        handle, temporary = tempfile.mkstemp(dir=real.parent, prefix=_prefix(real), suffix=_PART)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode(real))
        Path(temporary).replace(real)
        temporary = ""
        _sync_folder(real.parent)
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _prefix(path: Path) -> str:
    return f".{path.name[:40]}."  # the name may be as long as names can be


def _sweep(path: Path) -> None:
    """Remove what programs that died while they saved this file have left."""
    with contextlib.suppress(OSError):
        for left in path.parent.iterdir():
            ours = left.name.startswith(_prefix(path)) and left.name.endswith(_PART)
            if ours and time.time() - left.stat().st_mtime > _DEAD_SECONDS:
                left.unlink()


def _mode(path: Path) -> int:
    """Mode of the file replaced, else what the user's umask gives."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Flush the rename; where folders cannot be opened (Windows) there is nothing to do."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
