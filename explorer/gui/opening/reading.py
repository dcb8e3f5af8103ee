"""The process that reads: whatever a hostile file does to it, the window lives on.

Imported by the spawned child, so nothing here may import Qt. The child sends messages through its end of a
pipe; the store and the answers it leaves in a folder, as files.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from multiprocessing.connection import Connection
from typing import Final

from explorer.analysis.categories.rules import Rules
from explorer.analysis.causes import analyse
from explorer.cache.answers import save_answers
from explorer.decoding.logs.line_format import known_formats
from explorer.errors import ExplorerError, InputError
from explorer.gui.opening.pipe import FIRST_ANSWERS, Done, Failure, FirstPart, Message, Request
from explorer.gui.opening.telling import Stage
from explorer.ingest import ingest
from explorer.ingest.lanes import spare_processes
from explorer.model.issue import Issues
from explorer.model.persist import load, save
from explorer.model.progress import Progress
from explorer.model.store import Store
from explorer.readers.registry import readers
from explorer.session.rules import known_rules, with_known_alerts

PER_SECOND: Final = 20
MOST_DETAILS: Final = 200


_loaded: Final = cache(known_rules)


def _rules() -> tuple[Rules, Issues]:
    rules, faults = _loaded()
    return rules, faults.copy()


AHEAD: Final[Sequence[Callable[[], object]]] = (_loaded, readers, known_formats)
"""What most bundles need, to be made while the window has not yet said what to read; the surest first."""


def read(request: Request, pipe: Connection) -> None:
    """Read and analyse: the whole life of the child."""
    multiprocessing.current_process().daemon = False  # may have helpers, which end when their pipe does
    gc.disable()  # columns grow, and nothing here goes in circles
    with open(request.crash, "w", encoding="utf-8") as crash:
        faulthandler.enable(crash)
        message = _outcome(request, pipe)
        faulthandler.disable()
    with contextlib.suppress(BrokenPipeError, OSError):  # the window is gone
        pipe.send(message)
        pipe.close()


def _outcome(request: Request, pipe: Connection) -> Message:
    try:
        _read_and_analyse(request, pipe)
    except ExplorerError as error:
        return Failure(str(error), "\n".join(getattr(error, "__notes__", ())))
    except OSError as error:
        said = f"What was read could not be kept in {request.folder.parent}: {error.strerror or error}."
        return Failure(said, traceback.format_exc())
    except MemoryError:
        return Failure("There is not enough memory to read all of this at once.", traceback.format_exc())
    except Exception as error:  # noqa: BLE001 - shown with its traceback; the window stays
        return Failure(f"Reading stopped: {type(error).__name__}.", traceback.format_exc(), bug=True)
    return Done()


def _read_and_analyse(request: Request, pipe: Connection) -> None:
    tell = _throttled(pipe)
    if request.paths:
        store = ingest(
            request.paths, options=request.options, limits=request.limits, processes=spare_processes(),
            progress=tell, early=_keeps_first_part(request, pipe),
        )  # fmt: skip
        _demand_something(store)
        pipe.send(Stage("Keeping what was read"))
        save(store, request.folder)
    else:
        store = load(request.folder)
    pipe.send(Stage("Finding causes"))
    rules, faults = _rules()
    answers = analyse(store, rules, progress=lambda share: tell(Stage("Finding causes", share)))
    answers = with_known_alerts(answers, store, faults)
    save_answers(answers, faults.rows(), request.answers)


def _keeps_first_part(request: Request, pipe: Connection) -> Callable[[Store], None] | None:
    folder = request.early
    if folder is None:
        return None

    def keep(store: Store) -> None:
        rules, faults = _rules()
        save(store, folder)
        answers = with_known_alerts(analyse(store, rules), store, faults)
        save_answers(answers, faults.rows(), folder / FIRST_ANSWERS)
        pipe.send(FirstPart())

    return keep


def _demand_something(store: Store) -> None:
    """Refuse a bundle of which nothing was understood.

    Raises:
        InputError: with the issues as notes.
    """
    kept = (store.spans, store.logs, store.points["time"], store.marks, store.findings)
    if any(len(part) for part in kept):
        return
    if not len(store.files):
        raise InputError(f"{store.name} is empty: there is no file in it.")
    files = f"{len(store.files)} files" if len(store.files) != 1 else "1 file"
    said = (
        f"Nothing in {store.name} could be understood as traces, logs or metrics ({files}). "
        "What can be read is listed under Formats read… in the Help menu."
    )
    if any(issue.code == "unknown-table" for issue in store.issues):
        said += " What the columns of a table hold can be stated: Columns of a table… in the File menu."
    error = InputError(said)
    for issue in store.issues[:MOST_DETAILS]:
        error.add_note(f"{issue.file}: {issue.text}" if issue.file else issue.text)
    raise error


def _throttled(pipe: Connection) -> Callable[[Progress | Stage], None]:
    last = [0.0]

    def tell(message: Progress | Stage) -> None:
        now = time.monotonic()
        if now - last[0] >= 1 / PER_SECOND:
            last[0] = now
            pipe.send(message)

    return tell
