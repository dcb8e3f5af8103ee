"""Labels as Loki writes them: ``{app="till", level="error"}``."""

from __future__ import annotations

import re
from typing import Final

_LABEL: Final = re.compile(r'([A-Za-z_][\w.]*)="((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def labels_of(text: str) -> dict[str, str]:
    """The labels by name."""
    return {name: _ESCAPE.sub(r"\1", item) for name, item in _LABEL.findall(text)}
