"""Qt, and Python's own ``import`` kept.

PySide6 puts a function of its own in the place of ``__import__``, which reads the source of every module that is
imported from then on, to learn whether ``from __feature__ import …`` is in it. Nothing here uses that,
and it costs the start a fifth of its time. Imported before anything else of Qt is.
"""

from __future__ import annotations

import builtins
from typing import Final

_IMPORT: Final = builtins.__import__

import PySide6.QtWidgets  # noqa: E402, F401 (between taking and putting back)

builtins.__import__ = _IMPORT
