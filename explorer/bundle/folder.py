"""The regular files below a folder, without following links, waiting at pipes or walking in circles."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from explorer.bundle.label import label
from explorer.bundle.ledger import Ledger

_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def is_hidden(name: str) -> bool:
    """Whether a part of the name hides it: version control, and what macOS leaves in archives."""
    parts = name.replace("\\", "/").split("/")
    return any(part == "__MACOSX" or (part[:1] == "." and part.strip(".")) for part in parts)


def files_below(root: Path, inside: str, ledger: Ledger) -> Iterator[tuple[Path, str]]:
    """Path and name of each regular file below ``root``, sorted; names are relative, after ``inside``.

    All else is counted. Folders are met once each, also where one is mounted within itself.
    """
    waiting = [(root, inside)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        path, name = waiting.pop()
        try:
            status = path.lstat()
            mode = status.st_mode
            if stat.S_ISDIR(mode):
                identity = (status.st_dev, status.st_ino)
                if identity not in seen or not status.st_ino:  # no such number on some file systems
                    seen.add(identity)
                    waiting += _children(path, name, ledger)
                continue
        except OSError as error:
            ledger.fault(error, label(name or root.name), kept=False)
            continue
        if stat.S_ISREG(mode):
            yield path, name
        else:
            skip_special(mode, name, ledger)


def _children(folder: Path, name: str, ledger: Ledger) -> list[tuple[Path, str]]:
    """The entries of a folder, last one first."""
    found = []
    for child in sorted((child.name for child in folder.iterdir()), reverse=True):
        below = f"{name}/{child}" if name else child
        if is_hidden(child):
            ledger.skip("hidden-skipped", label(below), "Hidden files and folders are not read.", "info")
        else:
            found.append((folder / child, below))
    return found


def skip_special(mode: int, name: str, ledger: Ledger) -> None:
    """Count something that is neither a regular file nor a folder."""
    if stat.S_ISLNK(mode):
        ledger.skip("link-skipped", label(name), "Links are not followed.")
    else:
        ledger.skip("not-a-regular-file", label(name), "Devices, pipes and sockets are not read.")


def open_regular(path: Path, name: str, ledger: Ledger) -> BinaryIO | None:
    """The file, open and unbuffered; None (and an issue) if it cannot be read or is no regular file any more."""
    try:
        mode = path.lstat().st_mode  # before opening: that alone can have effects on a device
        if not stat.S_ISREG(mode):
            skip_special(mode, name, ledger)
            return None
        file = open(path, "rb", buffering=0, opener=lambda place, _: os.open(place, _FLAGS))  # noqa: SIM115
    except OSError as error:
        ledger.fault(error, label(name), kept=False)
        return None
    mode = os.fstat(file.fileno()).st_mode
    if not stat.S_ISREG(mode):
        file.close()
        skip_special(mode, name, ledger)
        return None
    return file
