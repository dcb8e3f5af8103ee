"""``python -m tests.incident [FILE]``: writes the incident, by default to where it is shipped from."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.incident.bundle import NAME, compressed, tar
from tests.shared import ROOT


def main(arguments: list[str]) -> None:
    """Write the archive."""
    default = ROOT / "resources" / "demo" / f"{NAME}.tar.zst"
    target = Path(arguments[0]) if arguments else default
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(compressed(tar()))


main(sys.argv[1:])
