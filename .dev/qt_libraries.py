"""Says which libraries of the system Qt would miss; ends with 1 if any, with 0 if none.

Prints their packages on one line where there is apt, otherwise one line each with the names
that other systems have for them. What counts is whether a library can be loaded, not whether
a package is there. Only Linux has such needs: the wheels for macOS and Windows bring all.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from typing import NamedTuple


class Library(NamedTuple):
    """One library: its name to the loader, its package on Debian and Ubuntu, and on Fedora."""

    soname: str
    debian: str
    fedora: str


# From `ldd` over the PySide6 6.11 wheels, tried on Debian 12 with one package after another.
ALWAYS = (
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
)
X11 = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
)
WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)
# Debian 13 and Ubuntu 24.04 renamed some packages when time became 64 bits wide.
RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}


def needed() -> list[Library]:
    """What is needed here: the libraries of a window only where there is a display."""
    if not sys.platform.startswith("linux"):
        return []
    wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
    x11 = wayland or bool(os.environ.get("DISPLAY"))
    return [*ALWAYS, *(X11 if x11 else ()), *(WAYLAND if wayland else ())]


def is_loadable(soname: str) -> bool:
    """Whether the loader finds the library and all that it needs in turn."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def debian_name(package: str) -> str:
    """The name that the package has in this release; the old one where apt does not know."""
    renamed = RENAMED.get(package)
    if renamed is None:
        return package
    known = subprocess.run(["apt-cache", "show", renamed], capture_output=True, check=False)  # noqa: S603, S607
    return renamed if known.returncode == 0 and known.stdout.strip() else package


def main() -> int:
    """Print what is missing; 1 if anything is."""
    missing = [library for library in needed() if not is_loadable(library.soname)]
    if shutil.which("apt-get"):
        lines = [" ".join(dict.fromkeys(debian_name(library.debian) for library in missing))]
    else:
        lines = [f"  {lib.soname}  (Fedora: {lib.fedora}, Debian: {lib.debian})" for lib in missing]
    if missing:
        sys.stdout.write("\n".join(lines) + "\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
