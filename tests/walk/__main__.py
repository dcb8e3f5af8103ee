"""``python -m tests.walk OUT``: walks through the demo incident and makes the pictures of the README on the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from explorer.paths import HOME_VARIABLE

COLOURS = 250
"""Of a picture, where ImageMagick is there to choose them: a third of the size."""


def main() -> None:
    """Make the pictures; nothing of the user's is read or written."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trace-explorer-walk-") as home:
        os.environ |= {HOME_VARIABLE: home, "XDG_RUNTIME_DIR": home, "TZ": "UTC"}
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from explorer.gui.app import end
        from explorer.gui.exporting.files import export
        from explorer.gui.opening.work import open_bundle as open_again
        from explorer.report.export import Export
        from tests.walk.steps import STOPS, Walk

        folder = Path(home, "bundle")
        folder.mkdir()
        walk = Walk(folder)
        # A second opening, so that the pictures do not tell how busy this machine was.
        open_again((walk.bundle,), walk.window.settings, lambda _: None, lambda: False)
        for stop in STOPS:
            stop.play(walk)
            if stop.picture:
                walk.rest()
                grabbed = walk.shown.grab()
                if stop.crop is not None:
                    grabbed = grabbed.copy(stop.crop(walk))
                grabbed.save(str(out / f"{stop.picture}.png"))
                _reduce(out / f"{stop.picture}.png")
        state = walk.window.state
        if state.store is not None and state.analysis is not None:
            wanted = Export(out / "rca.png", scale=1.0)
            _reduce(export(state.store, state.analysis, state.id_row, wanted))
        end(walk.window)


def _reduce(file: Path) -> None:
    """Fewer colours, and the size told."""
    convert = shutil.which("convert")
    if convert is not None:
        subprocess.run(
            [convert, file, "-strip", "+dither", "-colors", str(COLOURS), f"PNG8:{file}"], check=True
        )
    sys.stdout.write(f"{file} {file.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
