"""Text from a bundle made safe to show: control, bidi and zero-width characters become visible."""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
_BREAKS = re.compile(r"\s*[\r\n\t]\s*")


def visible(text: str, limit: int = 4096) -> str:
    """One line: line breaks become blanks, hidden characters ``⟨U+202E⟩``, what is longer than ``limit`` is cut."""
    return visible_lines(_BREAKS.sub(" ", text[: limit + 1]), limit)


def visible_lines(text: str, limit: int = 32768) -> str:
    """The same with line breaks and tabs kept."""
    shown = _HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text[:limit].replace("\r\n", "\n"))
    return shown + "…" if len(text) > limit else shown
