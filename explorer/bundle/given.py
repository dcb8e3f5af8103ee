"""What a user may name as a bundle, and what may be written while it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from explorer.errors import InputError, UsageError


def demand_bundles(paths: Iterable[Path]) -> None:
    """Refuse what is neither a file nor a folder, or cannot be looked at. Raises ``InputError``."""
    for path in paths:
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(f"{path} does not exist.") from None
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise InputError(
                f"{path} is neither a file nor a folder: devices, pipes and sockets are not read."
            )


def demand_other(written: Path, read: Iterable[str | Path]) -> None:
    """Refuse to write over what was read: bundles are never changed. Raises ``UsageError``."""
    for path in read:
        if os.path.exists(written) and os.path.exists(path) and written.samefile(path):
            raise UsageError(f"{written} is part of the bundle, which is only read: name another file.")
