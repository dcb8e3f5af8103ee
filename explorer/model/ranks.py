"""Ranks of distributed training: which process of a job something comes from, as an instance ``rank 3``."""

from __future__ import annotations

import re
from typing import Final

_IN_NAME: Final = re.compile(r"(?:\A|[^a-zA-Z])rank[-_. ]?(\d{1,6})(?!\d)", re.IGNORECASE)
_ATTEMPT: Final = re.compile(r"(?:\A|/)attempt_\d+/(\d{1,6})/[^/]+\Z")
"""Where torchrun keeps what a process prints (``--log-dir``)."""
_INSTANCE: Final = re.compile(r"rank (\d{1,6})(?: |\Z)")


def rank_name(rank: str) -> str:
    """The instance that a rank is."""
    return f"rank {rank}"


def rank_of_instance(instance: str) -> int:
    """The rank that an instance is, -1 for none."""
    found = _INSTANCE.match(instance)
    return int(found[1]) if found else -1


def rank_of_name(name: str) -> str:
    """The rank in a file's name or place, empty for none."""
    path = name.replace("\\", "/").replace("!", "/")
    found = _IN_NAME.search(path.rpartition("/")[2]) or _ATTEMPT.search(path)
    return str(int(found[1])) if found else ""
