"""Opening a bundle: found among what was opened before, or read by a process of its own.

:func:`open_bundle` runs in a thread of :mod:`explorer.gui.jobs`; it only waits for that process, so that
cancelling takes the time of one look at the pipe, and then kills it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.clocks import clock_offsets
from explorer.analysis.matching import matching_ids
from explorer.analysis.results import Analysis
from explorer.bundle.framing import PARQUET
from explorer.bundle.limits import Limits
from explorer.cache.answers import load_answers
from explorer.cache.entries import Entries, entries
from explorer.cache.key import answers_key, bundle_key
from explorer.decoding.logs.choosing import named
from explorer.decoding.logs.line_format import known_formats
from explorer.errors import Cancelled, QueryError, UsageError
from explorer.gui.jobs import Cancel, Part, Report, Work
from explorer.gui.opening.child import child, dismiss
from explorer.gui.opening.pipe import FIRST_ANSWERS, Done, Failure, FirstPart, Request
from explorer.gui.opening.telling import OpeningError, Reading
from explorer.layout.idlist import within
from explorer.layout.strip import axis_of
from explorer.model.asking import Asking
from explorer.model.issue import Issue
from explorer.model.options import ReadOptions
from explorer.model.persist import UnreadableError, load
from explorer.model.progress import Progress
from explorer.model.raw import ChangedError
from explorer.model.store import Store
from explorer.query import parse, reads_bytes
from explorer.readers.details import span_detail
from explorer.readers.registry import reader
from explorer.session.reading import read_options
from explorer.session.settings import Settings

LARGE_BYTES: Final = 64 << 20
"""From this size on, the first part is shown while the rest is read."""
PACKED_TIMES: Final = 10
"""About how much larger exports are unpacked."""
LOOK_SECONDS: Final = 0.05
"""How long the pipe is waited on before ``cancelled`` is asked again."""

_TRIES: Final = 3
_PACKED: Final = frozenset({".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"})
_COUNTED: Final = 20_000


@dataclass(frozen=True)
class Opened:
    """What was opened.

    Attributes:
        faults: what is wrong with rule files.
        before: whether it was found among what was opened before.
        seconds: how long this opening took.
        key: of its entry among what was opened before.
        first_part: the rest of it is still being read.
        asking: what alone of data lakes was read.
        wanted: what is to be shown of it.
    """

    paths: tuple[Path, ...]
    store: Store
    analysis: Analysis
    faults: tuple[Issue, ...]
    before: bool
    seconds: float
    key: str = ""
    first_part: bool = False
    asking: Asking = Asking()
    wanted: Asking = Asking()

    @cached_property
    def first_id(self) -> str:
        """The id that stands first in the list, "" for none: the worst of the first cause, else of all.

        Of those within what is wanted; "" too where only the bytes of the bundle tell which are, for that takes a
        while: the list then chooses.
        """
        known, ids = self.store.correlation.rows, self.analysis.ids
        left = self._left()
        for one in (*(cause.ids for cause in self.analysis.causes), range(len(known))):
            rows = np.array(one, np.int64)
            rows = rows[left[rows]]
            if len(rows):
                outcome = -ids.outcome[rows].astype(np.int64)
                worst = np.lexsort((ids.start[rows], -ids.duration[rows], -ids.errors[rows], outcome))[0]
                return known[int(rows[worst])].id
        return ""

    def warm(self, _progress: Report, _cancelled: Cancel) -> None:
        """Compute what looking at log lines would wait for where their messages may be lines of any format."""
        if len(self.store.logs):
            _ = [one.pattern for one in known_formats()]

    def _left(self) -> NDArray[np.bool_]:
        """Ids within what is wanted; what is no query or no time limits nothing, as in the list."""
        left = np.ones(len(self.analysis.ids.start), bool)
        with contextlib.suppress(UsageError):
            left &= within(self.analysis, self.wanted.range(*self.store.bounds()))
        if self.wanted.query:
            with contextlib.suppress(QueryError):
                query = parse(self.wanted.query)
                left &= not reads_bytes(query) and matching_ids(self.store, self.analysis, query)
        return left


def opening(
    paths: Sequence[Path],
    settings: Settings,
    asking: Asking = Asking(),
    *,
    afresh: bool = False,
    query: str = "",
) -> Work:
    """The work of opening these paths as one bundle, for :func:`explorer.gui.jobs.start`.

    It reports :class:`Reading` and :class:`~explorer.gui.opening.pipe.Stage` and returns :class:`Opened`.

    Args:
        afresh: read again even what was opened before.
        query: what alone will be shown, unless ``asking`` says.
    """
    return lambda progress, cancelled: open_bundle(
        tuple(paths), settings, progress, cancelled, asking, afresh=afresh, query=query
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the files of one opening are kept."""

    known: Entries
    key: str
    answers: str

    def load(self) -> tuple[Store, Analysis, tuple[Issue, ...]] | None:
        """Store, answers and faults of rules, None where they are not there whole.

        Tried more than once, for another window may be putting what it read of the same files in their place.
        """
        for _ in range(_TRIES):
            with contextlib.suppress(UnreadableError):
                if entry := self.known.find(self.key):
                    return load(entry), *load_answers(entry / self.answers)
        return None

    def has_store(self) -> bool:
        """Whether at least the store is there, from before rules changed; a broken one is removed."""
        entry = self.known.find(self.key)
        if entry is None:
            return False
        try:
            load(entry)
        except UnreadableError:
            self.known.drop(entry)
            return False
        return True

    def keep(self, scratch: Path) -> None:
        """Take over what the process left in ``scratch``."""
        entry = self.known.find(self.key) if not (scratch / "store.json").exists() else None
        if entry is None:
            self.known.keep(scratch, self.key)
        else:
            shutil.rmtree(entry / self.answers, ignore_errors=True)
            (scratch / self.answers).rename(entry / self.answers)


def open_bundle(
    paths: tuple[Path, ...], settings: Settings, progress: Report, cancelled: Cancel,
    asking: Asking = Asking(), *, afresh: bool = False, query: str = "",
) -> Opened:  # fmt: skip
    """Open these paths as one bundle.

    Raises:
        Cancelled: ``cancelled()`` said so.
        OpeningError: it cannot be read, or the process that read it died.
    """
    begun = time.perf_counter()
    shown = replace(asking, query=asking.query or query)
    try:
        # Other files are read whole whatever is asked for, so that they are found again as they were kept.
        asked = asking if asking and _has_parquet(paths) else Asking()
        options = replace(read_options(settings), asking=asked)
        key = bundle_key(paths, options, settings.limits)
        place = _Place(entries(), key, f"answers-{answers_key(settings.rule_folder)}")
        found = None if afresh else place.load()
        before = found is not None
        if found is None:
            wanted = paths if afresh or not place.has_store() else ()
            _read(place, wanted, options, settings.limits, shown, progress, cancelled)
            found = place.load()
    except UsageError as error:
        raise OpeningError(str(error)) from error
    except OSError as error:
        where = error.filename or paths[0]
        raise OpeningError(f"{where} cannot be read: {error.strerror or error}.") from error
    finally:
        dismiss()
    if found is None:
        raise OpeningError("What was read could not be loaded again.", f"entry {key}", bug=True)
    opened = Opened(paths, *found, before=before, seconds=time.perf_counter() - begun, key=key, asking=asked,
                    wanted=shown)  # fmt: skip
    _warm(opened)
    return opened


def _warm(opened: Opened) -> None:
    """Compute and import here, off the GUI thread, what the first look at it would wait for."""
    store = opened.store
    for name in store.readers:
        reader(name)
    for code in np.unique(store.documents["formats"]).tolist():
        _ = [one.pattern for one in named(store.texts[code])]
    clock_offsets(store)
    spans = store.spans
    _ = spans.failed, spans.errors_before, spans.end, spans.children, axis_of(store, opened.analysis)
    first = opened.analysis.first_step(store.correlation.row_by_id.get(opened.first_id, -1))
    if first >= 0:
        with contextlib.suppress(ChangedError):
            span_detail(store, first)


def _read(
    place: _Place, paths: tuple[Path, ...], options: ReadOptions, limits: Limits, asking: Asking,
    progress: Report, cancelled: Cancel,
) -> None:  # fmt: skip
    """Have a process read and analyse (or only analyse, without paths) into the place."""
    scratch = place.known.begin()
    early = place.known.begin() if _expected_bytes(paths) >= LARGE_BYTES else None
    try:
        (scratch / place.answers).mkdir(mode=0o700)
        if early is not None:
            (early / FIRST_ANSWERS).mkdir(mode=0o700)
        folder = scratch if paths else place.known.folder / place.key
        crash = scratch / "crash.txt"
        request = Request(paths, options, limits, folder, scratch / place.answers, crash, early, asking)
        _follow(request, progress, cancelled)
        crash.unlink(missing_ok=True)
        place.keep(scratch)
    finally:
        place.known.drop(scratch)
    if early is not None:  # where reading was stopped, the first part is still shown: a later sweep takes it
        place.known.drop(early)


def _follow(request: Request, progress: Report, cancelled: Cancel) -> None:
    """Have a process read, and pass on what it tells until it is done."""
    reading = child()
    try:
        with contextlib.suppress(OSError):  # it died: the pipe says so, too
            reading.requests.send(request)
        _listen(reading.messages, reading.process, request, progress, cancelled)
    finally:
        reading.end()


def _listen(
    here: Connection, process: BaseProcess, request: Request, progress: Report, cancelled: Cancel
) -> None:
    begun = time.perf_counter()
    last: Progress | None = None
    total = plain_bytes(request.paths)
    while True:
        if cancelled():
            raise Cancelled("Opening was cancelled.")
        if not here.poll(LOOK_SECONDS):
            continue
        try:
            message = here.recv()
        except (EOFError, OSError):
            raise _died(process, request, last) from None
        if isinstance(message, Done):
            return
        if isinstance(message, Failure):
            raise OpeningError(message.text, message.details, bug=message.bug)
        if isinstance(message, Progress):
            last = message
            progress(Reading(message, total))
        elif isinstance(message, FirstPart):
            _show_first_part(request, time.perf_counter() - begun, progress)
        else:
            progress(message)


def _show_first_part(request: Request, seconds: float, progress: Report) -> None:
    folder = request.early
    if folder is None:
        return
    try:
        store = load(folder)
        analysis, faults = load_answers(folder / FIRST_ANSWERS)
    except UnreadableError:
        return  # the whole of it will come
    part = Opened(request.paths, store, analysis, faults, before=False, seconds=seconds, first_part=True,
                  asking=request.options.asking, wanted=request.wanted)  # fmt: skip
    _warm(part)
    progress(Part(part))


def _has_parquet(paths: Sequence[Path]) -> bool:
    for file in itertools.chain.from_iterable(map(_files, paths)):
        with contextlib.suppress(OSError):
            if file.is_file() and _begins_with(file, PARQUET):
                return True
    return False


def _begins_with(file: Path, what: bytes) -> bool:
    with open(file, "rb") as stream:
        return stream.read(len(what)) == what


def _files(path: Path) -> Iterator[Path]:
    """The files at or below a path."""
    if not path.is_dir():
        return iter((path,))
    return (Path(folder, name) for folder, _, names in os.walk(path) for name in names)


def _expected_bytes(paths: Sequence[Path]) -> int:
    """About how many bytes are to be read once they are unpacked."""
    total = 0
    for path in paths:
        for file in itertools.islice(_files(path), _COUNTED):
            with contextlib.suppress(OSError):
                total += file.stat().st_size * (PACKED_TIMES if file.suffix.lower() in _PACKED else 1)
    return total


def plain_bytes(paths: Sequence[Path]) -> int:
    """Bytes of all files at or below the paths, 0 where an archive is among them or there are very many."""
    total = seen = 0
    for path in paths:
        for file in _files(path):
            seen += 1
            if file.suffix.lower() in _PACKED or seen > _COUNTED:
                return 0
            with contextlib.suppress(OSError):
                total += file.stat().st_size
    return total


def _died(process: BaseProcess, request: Request, last: Progress | None) -> OpeningError:
    """What to say of a process that ended without a word."""
    process.join(1)
    code = process.exitcode or 0
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    where = f" in {last.file}, after {last.spans:,} spans and {last.logs:,} log lines" if last else ""
    try:
        trace = request.crash.read_text("utf-8", "replace")
    except OSError:
        trace = ""
    text = f"Reading ended unexpectedly{where}. Nothing of this bundle was kept; what was open stays open."
    return OpeningError(text, f"The reading process ended with {how}.\n{trace}", bug=True)
