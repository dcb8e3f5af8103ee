"""Where real exports lie, which are too large or not ours to keep here.

They are looked for in the folder that the environment variable ``TRACE_EXPLORER_SHARED``
names, else beside the checkout in ``shared/``. A test that needs them is marked
``@needs_shared`` and is skipped, with a reason, where they are absent.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "TRACE_EXPLORER_SHARED"
ROOT = Path(__file__).resolve().parents[1]


def _find() -> Path | None:
    folder = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared")
    return folder if (folder / "samples").is_dir() else None


SHARED: Path | None = _find()

needs_shared = pytest.mark.skipif(SHARED is None, reason=f"no real exports here ({VARIABLE})")


def shared(*names: str) -> Path:
    """The file or folder of that name among the real exports; skips the test where it is absent."""
    path = (SHARED or ROOT).joinpath(*names)
    if SHARED is None or not path.exists():
        pytest.skip(f"the real exports have no {'/'.join(names)} here")
    return path
