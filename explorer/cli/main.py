"""``trace-explorer``: parses the words and calls one verb; errors become one sentence and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper

from explorer.cli.arguments import VERBS, parse
from explorer.errors import Cancelled, ExplorerError, InputError, QueryError, UsageError

DONE, FAILED, WRONG_USAGE = 0, 1, 2
_TERMINATED = 128 + signal.SIGTERM
_MOST = 1000
"""Characters of a line of a complaint."""
_AROUND = 60
"""Characters of a query shown before and behind a mistake."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 input unreadable or a check failed, 2 wrong usage)."""
    words = list(sys.argv[1:] if argv is None else argv)
    query = ""
    _prepare_output()
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # so that what is half written goes
    try:
        arguments = parse(words)
        query = vars(arguments).get("query", "")
        module = import_module(f"explorer.cli.{VERBS[arguments.verb]}")
        code = int(module.run(arguments))
        sys.stdout.flush()  # else the interpreter complains in its own words when it ends
        return code
    except QueryError as error:
        return _complain(f"{error}{_pointed(query, error.column)}", WRONG_USAGE)
    except UsageError as error:
        return _complain(error, WRONG_USAGE)
    except (InputError, ExplorerError) as error:
        return _complain(error, FAILED)
    except (KeyboardInterrupt, Cancelled):
        return _complain("Stopped.", 130)
    except BrokenPipeError:
        _drop_output()
        return DONE
    except OSError as error:  # without the name of a file it is the disk behind stdout
        _drop_output()
        what = (
            f"{os.fsdecode(error.filename)} cannot be used"
            if error.filename
            else "The answer could not be written"
        )
        return _complain(f"{what}: {error.strerror or error}.", FAILED)


def _prepare_output() -> None:
    """Answers are UTF-8 wherever they go, whatever the system's code page; nobody may be there to read them."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the rest of the run
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _drop_output() -> None:
    """Let what waits in the buffer of stdout go nowhere, so that closing it at the end raises nothing."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _pointed(query: str, column: int) -> str:
    """The query with a mark under the column where it went wrong, on lines of their own; ``""`` without one."""
    line = " ".join(query.split("\n"))
    first = max(0, column - _AROUND)
    return f"\n  {line[first : column + _AROUND]}\n  {' ' * (column - first)}^" if line else ""


def _complain(text: object, code: int) -> int:
    """A sentence on stderr. Ids and names of a bundle stand in it, which could write to the terminal."""
    from explorer.layout.visible import visible_line

    lines = f"trace-explorer: {text}".split("\n")
    sys.stderr.write("".join(f"{visible_line(line, _MOST)}\n" for line in lines))
    return code
