"""Where a user is in a bundle, and where the windows of a run were when it ended."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from explorer.model.asking import Asking
from explorer.model.spankey import SpanKey
from explorer.paths import state_dir
from explorer.session import stored

VERSION: Final = 1

Scope = Literal["id", "ids", "bundle"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the user is; back and forward walk over these.

    Attributes:
        id: text of the selected correlation id, "" for none.
        trace: number of the trace shown, of several of the id; 0: the first.
        span: the selected span.
        query: text of the query field.
        range: selected time range in ns, None for all.
        scope: what the call graph shows.
        root: span that the waterfall is rooted at (re-root), None for the whole trace.
        candidate: number of the candidate drawn as if it were the origin, from 2; 0: what was found.
    """

    id: str = ""
    trace: int = 0
    span: SpanKey | None = None
    query: str = ""
    range: tuple[int, int] | None = None
    scope: Scope = "id"
    root: SpanKey | None = None
    candidate: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """A bundle in a window, and where in it the window was.

    Attributes:
        paths: read together.
        viewport: visible time of the waterfall in ns, (0, 0) for all.
        tab: number of the bottom tab, from 0.
        path_on, critical_on, corrected: switches of the waterfall.
        asking: what alone of data lakes among the paths was read.
    """

    paths: tuple[str, ...] = ()
    name: str = ""
    place: Place = field(default_factory=Place)
    viewport: tuple[int, int] = (0, 0)
    tab: int = 0
    path_on: bool = True
    critical_on: bool = False
    corrected: bool = False
    asking: Asking = Asking()

    @property
    def missing(self) -> bool:
        """Whether a path of it is gone."""
        return not all(map(os.path.exists, self.paths))


@dataclass(frozen=True, slots=True)
class Session:
    """The windows that had a bundle open, in the order in which they were opened."""

    visits: tuple[Visit, ...] = ()


def session_file(home: Path | None = None) -> Path:
    """Where it is kept. Raises ``OSError`` where there is no such folder."""
    return state_dir(home) / "session.json"


def load_session(home: Path | None = None) -> tuple[Visit, ...]:
    """The visits of the last run whose bundles are still there; none where that cannot be read."""
    try:
        known = stored.read(session_file(home), Session, VERSION)[0]
    except OSError:
        return ()
    return tuple(visit for visit in known.visits if visit.paths and not visit.missing)


def save_session(visits: Sequence[Visit], home: Path | None = None) -> None:
    """Keep it. Raises :class:`~explorer.errors.InputError` or ``OSError`` where that is impossible."""
    stored.write(session_file(home), Session(tuple(visits)), VERSION)
