"""Where things are: what the program ships, and the folders of the user it may write to.

A user folder is created when something is kept there, readable by its owner only, because that
(recent files, notes, cached columns) comes out of the user's bundles.
All three lie under one folder when ``home`` is given or the environment variable
``TRACE_EXPLORER_HOME`` is set: ``config/``, ``cache/`` and ``state/`` in it.
Otherwise they follow the custom of the system: the XDG Base Directory Specification 0.8,
``~/Library`` on macOS, ``%APPDATA%`` and ``%LOCALAPPDATA%`` on Windows.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Kind = Literal["config", "cache", "state"]

NAME = "trace-explorer"
HOME_VARIABLE = "TRACE_EXPLORER_HOME"

_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
_WINDOWS = {
    "config": ("APPDATA", "AppData/Roaming", ""),
    "cache": ("LOCALAPPDATA", "AppData/Local", "cache"),
    "state": ("LOCALAPPDATA", "AppData/Local", "state"),
}
_MACOS = {
    "config": f"Library/Application Support/{NAME}",
    "cache": f"Library/Caches/{NAME}",
    "state": f"Library/Application Support/{NAME}/state",
}


def resource(*names: str) -> Path:
    """The file or folder of that name among what the program ships, ``resource("fonts")``.

    In a wheel it lies in the package ``explorer._resources``; in a checkout, installed or
    not, in ``resources/`` beside the package.

    Raises:
        FileNotFoundError: the program ships no such thing.
    """
    path = _resources().joinpath(*names)
    if not path.exists():
        raise FileNotFoundError(f"The program ships no {'/'.join(names)}: {path} does not exist.")
    return path


def demo_bundle() -> Path:
    """The incident that ships with the program. Raises ``FileNotFoundError`` where none does."""
    found = sorted(resource("demo").glob("incident-*"))
    if not found:
        raise FileNotFoundError("The program ships no incident.")
    return found[0]


def config_dir(home: Path | None = None) -> Path:
    """The folder of settings, which need not exist. Raises ``OSError`` where there is no place for it."""
    return _place("config", home)


def own_folder(name: str) -> Path | None:
    """Where additions of the user's own would lie (rules, formats); None where there is no place for them."""
    try:
        return config_dir() / name
    except OSError:
        return None


def cache_dir(home: Path | None = None) -> Path:
    """The folder of what can be made again, created if need be. Raises ``OSError`` where that is impossible."""
    return created(_place("cache", home))


def state_dir(home: Path | None = None) -> Path:
    """The folder of logs, recent files, window layout. As :func:`cache_dir`."""
    return created(_place("state", home))


def created(folder: Path) -> Path:
    """That folder, created for its owner alone if need be. Raises ``OSError`` where that is impossible."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def user_dir(kind: Kind, environ: Mapping[str, str], platform: str) -> Path:
    """Where the folder of that kind is for such an environment; nothing is created.

    Args:
        kind: which of the three.
        environ: the environment variables.
        platform: as ``sys.platform`` has it.

    Raises:
        OSError: there is no home folder to put it in.
    """
    if override := environ.get(HOME_VARIABLE):
        return Path(override).expanduser().absolute() / kind
    if platform == "darwin":
        return _home() / _MACOS[kind]
    if platform == "win32":
        variable, below_home, below_name = _WINDOWS[kind]
        base = environ.get(variable)
        return (Path(base) if base else _home() / below_home) / NAME / below_name
    variable, below_home = _XDG[kind]
    base = environ.get(variable, "")
    # The specification has relative paths ignored.
    return (Path(base) if Path(base).is_absolute() else _home() / below_home) / NAME


def _resources() -> Path:
    """The folder of resources.

    Looked for inside the package that is running, and then beside it, and not imported as
    a module: with a second checkout installed, its resources would be found instead.
    """
    package = Path(__file__).resolve().parent
    inside = package / "_resources"
    return inside if inside.is_dir() else package.parent / "resources"


def _place(kind: Kind, home: Path | None) -> Path:
    return home / kind if home is not None else user_dir(kind, os.environ, sys.platform)


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:  # a container's user without an entry and without HOME
        raise OSError(f"There is no home folder; set {HOME_VARIABLE} to a folder.") from error
