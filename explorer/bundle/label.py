"""Names from archives and file systems as text that is safe to show. A label is never used as a path."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 1000
"""Characters of a label; a longer one keeps its end, which tells more."""

_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible or turning the direction
    "\ud800-\udfff]"  # bytes that were no text, see PEP 383
)


def label(name: str | bytes) -> str:
    r"""The name with control, invisible and undecodable characters as ``\xNN`` or ``\uNNNN``."""
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
    shown = _UNSAFE.sub(_visible, text.removeprefix("./"))
    return shown if len(shown) <= LONGEST else "…" + shown[1 - LONGEST :]


def joined(container: str, name: str | bytes) -> str:
    """The label of a member of ``container``."""
    return label(f"{container}/{label(name)}") if container else label(name)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
