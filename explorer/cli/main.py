"""``trace-explorer``: parses the words and calls one verb; errors become one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from explorer.cli.arguments import VERBS, parse
from explorer.errors import Cancelled, ExplorerError, InputError, UsageError

DONE, FAILED, WRONG_USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 input unreadable or a check failed, 2 wrong usage)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = parse(words)
        module = import_module(f"explorer.cli.{VERBS[arguments.verb]}")
        return int(module.run(arguments))
    except UsageError as error:
        return _complain(error, WRONG_USAGE)
    except (InputError, ExplorerError) as error:
        return _complain(error, FAILED)
    except (KeyboardInterrupt, Cancelled):
        return _complain("Stopped.", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _complain(text: object, code: int) -> int:
    sys.stderr.write(f"trace-explorer: {text}\n")
    return code
