"""``python -m explorer`` is ``trace-explorer``."""

from __future__ import annotations

import sys

from explorer.cli.main import main

if __name__ == "__main__":  # a spawned child process imports this file again, under another name
    sys.exit(main())
