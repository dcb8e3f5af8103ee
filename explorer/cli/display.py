"""Whether a window can be shown. Qt aborts the process where it cannot, so this is asked before Qt is."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from explorer.errors import UsageError


def has_display() -> bool:
    """Whether there is a display to show a window on, and it answers."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return _wayland_answers() or _x_answers()


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and (Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name).exists()


def _x_answers() -> bool:
    """Whether the X server named is there: a name stays set where a forwarded or earlier one is gone."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # what Qt misses it says itself
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    broken = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not broken


def require_display() -> None:
    """Make sure a window can be shown.

    Raises:
        UsageError: there is no display, or a library that Qt needs for it is missing.
    """
    if not has_display():
        raise UsageError(
            "There is no display that answers. Use `trace-explorer rca BUNDLE` or "
            "`trace-explorer export BUNDLE --id ID -o rca.png`, or `xvfb-run trace-explorer`."
        )
    if sys.platform == "linux" and os.environ.get("DISPLAY") and not os.environ.get("QT_QPA_PLATFORM"):
        try:
            ctypes.CDLL("libxcb-cursor.so.0")
        except OSError:
            raise UsageError(
                "Qt needs the library libxcb-cursor: `apt install libxcb-cursor0` (Debian, Ubuntu), "
                "`dnf install xcb-util-cursor` (Fedora)."
            ) from None
