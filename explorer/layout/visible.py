"""Text from a bundle made safe to show: what cannot be seen is spelled out, what is too long is cut.

Text of a bundle is written by strangers: direction marks, zero-width and control characters would hide or
reorder what is shown, in a window, a terminal or a report alike.
"""

from __future__ import annotations

import re
from typing import Final

LIMIT: Final = 4096

# C0 and C1 controls but tab and line feed, soft hyphen, Arabic letter mark, zero-width and direction marks,
# line and paragraph separators, invisible operators, isolates, byte order mark, what is no character, tags,
# lone surrogates.
_COLOURS: Final = re.compile("\x1b\\[[0-9;:]*m")
"""What a terminal is told of colours; it says nothing."""
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]",
)


def visible(text: str, limit: int = LIMIT) -> str:
    """The text clipped to ``limit`` characters, what cannot be seen spelled out: ``⟨U+202E⟩``.

    Only what tells a terminal of colours is left out.
    """
    if "\x1b" in text:
        text = _COLOURS.sub("", text)
    clipped = text if len(text) <= limit else text[: max(0, limit - 1)] + "…"
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", clipped.replace("\r\n", "\n"))


def visible_line(text: str, limit: int = 512) -> str:
    """As :func:`visible`, on one line: line breaks and tabs become ``⏎`` and a space."""
    return visible(text, limit).replace("\n", " ⏎ ").replace("\t", " ")
