"""What the program remembers by itself: recent bundles, where the window was, how it was arranged."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from explorer.paths import state_dir
from explorer.session import stored

VERSION: Final = 1
MOST: Final = 12
"""Recent bundles kept."""
MOST_COMMANDS: Final = 8
"""Commands kept that were used last."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A bundle that was opened: the paths read together."""

    paths: tuple[str, ...]
    name: str

    @property
    def missing(self) -> bool:
        """Whether a path of it is gone."""
        return not all(map(os.path.exists, self.paths))


@dataclass(frozen=True, slots=True)
class Remembered:
    """All of it.

    Attributes:
        recent: newest first.
        geometry, layout: the window's and its panels', as Qt saves them, in base64.
        open_folder, export_folder: where the dialogs were last.
        commands: ids of those chosen in the palette, newest first.
        met: whether the program was started before.
    """

    recent: tuple[Recent, ...] = ()
    geometry: str = ""
    layout: tuple[str, ...] = ()
    open_folder: str = ""
    export_folder: str = ""
    commands: tuple[str, ...] = ()
    met: bool = False

    def used(self, command: str) -> Remembered:
        """With that command as the newest."""
        others = tuple(one for one in self.commands if one != command)
        return replace(self, commands=(command, *others)[:MOST_COMMANDS])

    def without_missing(self) -> Remembered:
        """Without recent bundles that are gone."""
        return replace(self, recent=tuple(one for one in self.recent if not one.missing))

    def knows(self, paths: Sequence[Path]) -> bool:
        """Whether these paths were opened together before."""
        wanted = tuple(map(_plain, paths))
        return any(recent.paths == wanted for recent in self.recent)

    def opened(self, paths: Sequence[Path], name: str) -> Remembered:
        """With that bundle as the newest."""
        new = Recent(tuple(map(_plain, paths)), name)
        others = tuple(recent for recent in self.recent if recent.paths != new.paths)
        return replace(self, recent=(new, *others)[:MOST])


def _plain(path: Path) -> str:
    """A path as it is listed: one name for one place, and a link by its own name unless ``..`` leads out of it."""
    return str(path.resolve() if ".." in path.parts else path.absolute())


def remembered_file(home: Path | None = None) -> Path:
    """Where it is kept. Raises ``OSError`` where there is no such folder."""
    return state_dir(home) / "window.json"


def load_remembered(home: Path | None = None) -> Remembered:
    """What is remembered; nothing where it cannot be read."""
    try:
        return stored.read(remembered_file(home), Remembered, VERSION)[0]
    except OSError:
        return Remembered()


_CHANGING: Final = threading.Lock()


def change_remembered(change: Callable[[Remembered], Remembered]) -> Remembered:
    """Change what is kept, by any thread; what another window, or run, added to it stays.

    Raises:
        InputError, OSError: it cannot be kept.
    """
    with _CHANGING:
        changed = change(load_remembered())
        save_remembered(changed)
        return changed


def save_remembered(remembered: Remembered, home: Path | None = None) -> None:
    """Keep it. Raises :class:`~explorer.errors.InputError` or ``OSError`` where that is impossible."""
    stored.write(remembered_file(home), remembered, VERSION)
