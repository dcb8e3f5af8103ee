"""Whether a window can be shown. Qt aborts the process where it cannot, so this is asked before Qt is."""

from __future__ import annotations

import ctypes
import os
import sys

from explorer.errors import UsageError


def has_display() -> bool:
    """Whether there is a display to show a window on."""
    if sys.platform != "linux":
        return True
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def require_display() -> None:
    """Make sure a window can be shown.

    Raises:
        UsageError: there is no display, or a library that Qt needs for it is missing.
    """
    if not has_display():
        raise UsageError(
            "There is no display. Use `trace-explorer rca BUNDLE` or "
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
