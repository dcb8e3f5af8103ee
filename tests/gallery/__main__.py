"""``python -m tests.gallery OUT [WORD …]``: single pictures and a contact sheet of each theme.

With words, only scenes in whose names one of them occurs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from explorer.paths import HOME_VARIABLE

SCREEN = {"name": "wide", "x": 0, "y": 0, "width": 2560, "height": 1440, "logicalDpi": 96, "dpr": 1}
"""What the pictures are made for: dialogs take no more room than a screen has."""


def main() -> None:
    """Make the pictures; nothing of the user's is read or written."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out, words = Path(sys.argv[1]), sys.argv[2:]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trace-explorer-gallery-") as home:
        screen = Path(home, "screen.json")
        screen.write_text(json.dumps({"screens": [SCREEN]}), "utf-8")
        os.environ |= {HOME_VARIABLE: home, "XDG_RUNTIME_DIR": home, "TZ": "UTC"}
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
        from tests.gallery.pictures import make_pictures

        for name in make_pictures(out, Path(home), words):
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
