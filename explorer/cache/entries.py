"""The folder of what was opened before: one folder an opening, bounded, the longest unused removed first.

An entry is written under a name of its own and renamed when it is whole, so that another window never finds
half of one.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from explorer.paths import cache_dir, created

BYTES: Final = 8 << 30
"""All entries together, unless settings say otherwise."""
DAYS: Final = 60
"""An entry not used for so long goes."""
ABANDONED: Final = 24 * 3600
"""Seconds after which an unfinished entry is taken for left behind by a process that was killed."""
_UNFINISHED: Final = "unfinished-"


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries below one folder."""

    folder: Path

    def find(self, key: str) -> Path | None:
        """The folder of an entry, noted as used now; None where there is none."""
        entry = self.folder / key
        if not entry.is_dir():
            return None
        with contextlib.suppress(OSError):
            os.utime(entry)
        return entry

    def begin(self) -> Path:
        """A new folder to write an entry into, readable by its owner only. Raises ``OSError``."""
        return Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))

    def keep(self, unfinished: Path, key: str) -> Path:
        """Make a written entry one that is found, in the place of a former one. Returns where it is now.

        The former may be what another window wrote just now and is about to load: it is replaced at once.
        """
        entry, former = self.folder / key, self.begin()
        with contextlib.suppress(OSError):  # there is none
            entry.rename(former / key)
        try:
            unfinished.rename(entry)
        except OSError:
            entry = unfinished
        self.drop(former)
        return entry

    def drop(self, entry: Path) -> None:
        """Remove an entry, finished or not."""
        shutil.rmtree(entry, ignore_errors=True)

    def sweep(self, most_bytes: int = BYTES, *, spare: int = 0, now: float | None = None) -> int:
        """Remove what was abandoned, what is old, and the longest unused beyond the bound; how many went.

        Args:
            most_bytes: of all entries that stay.
            spare: that many of the last used stay in any case.
            now: seconds since the epoch.
        """
        now = time.time() if now is None else now
        going: list[Path] = []
        total = seen = 0
        for used, entry in sorted(self._used(), reverse=True):
            age, size = now - used, _size(entry)
            unfinished = entry.name.startswith(_UNFINISHED)
            seen += not unfinished
            if unfinished:
                stays = age <= ABANDONED
            else:
                stays = seen <= spare or (age <= DAYS * 86_400 and total + size <= most_bytes)
            if stays:
                total += size
            else:
                going.append(entry)
        for entry in going:
            self.drop(entry)
        return len(going)

    def _used(self) -> list[tuple[float, Path]]:
        found = []
        for entry in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if entry.is_dir():
                    found.append((entry.stat().st_mtime, entry))
        return found


def entries(home: Path | None = None) -> Entries:
    """The entries of this user, or of this run alone where nothing can be kept. Raises ``OSError``."""
    with contextlib.suppress(OSError):
        folder = created(cache_dir(home) / "opened")
        if os.access(folder, os.W_OK | os.X_OK):
            return Entries(folder)
    return Entries(_of_this_run())


@cache
def _of_this_run() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="trace-explorer-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _size(entry: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        for file in entry.rglob("*"):
            total += file.stat().st_size
    return total
