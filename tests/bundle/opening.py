"""Opens files as the program would, in a process with bounded memory, and prints what came of each.

``python -m tests.bundle.opening FILE …`` prints a line of JSON for each file or folder.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path

from explorer.bundle.framing import frames
from explorer.bundle.limits import Limits
from explorer.bundle.walk import walk
from explorer.model.issue import Issues

MEMORY = 1 << 30


def opened(path: Path) -> dict[str, object]:
    """Issues by code, bytes and seconds of one file."""
    issues, count, begun = Issues(), 0, time.perf_counter()
    for member in walk([path], Limits(), issues):
        for batch in frames(member, Limits(), issues):
            count += len(batch.data)
    codes = sorted({issue.code for issue in issues.rows()})
    return {"path": str(path), "bytes": count, "codes": codes, "seconds": time.perf_counter() - begun}


def main(paths: list[str]) -> None:
    """Open all, one after the other."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # there is no such bound on this system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for path in paths:
        sys.stdout.write(json.dumps(opened(Path(path))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
