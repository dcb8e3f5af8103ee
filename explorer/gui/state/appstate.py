"""What the window shows, in one place: frozen values, one setter and one signal each.

Setting an equal value does nothing. Views listen to the signals they need and ask the state for the rest.
A place (id, span, query, time range, scope) can be gone back to, see :meth:`AppState.back`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from explorer.analysis.ids import first_error_log
from explorer.analysis.lookup import find_id
from explorer.analysis.results import Analysis, Cause, Evidence, Verdict
from explorer.analysis.supposed import offered, supposing
from explorer.gui.jobs import start
from explorer.gui.state.notebook import Notebook
from explorer.gui.state.options import Shown
from explorer.layout.palette import THEMES, Theme, service_colours
from explorer.model.asking import Asking
from explorer.model.records import Resource
from explorer.model.spankey import SpanKey
from explorer.model.store import Store
from explorer.session.notes import Target, selected_target
from explorer.session.place import Place, Scope, Visit


class AppState(Shown):
    """The state of one window.

    Signals carry no value: listeners read the property, so that a late one never shows a stale value.
    """

    opened = Signal()  # store and analysis replaced
    id_changed = Signal()
    span_changed = Signal()
    query_changed = Signal()
    range_changed = Signal()
    scope_changed = Signal()
    root_changed = Signal()
    viewport_changed = Signal()
    theme_changed = Signal()
    log_changed = Signal()
    listed_changed = Signal()
    cursor_changed = Signal()
    evidence_opened = Signal()
    history_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notebook = Notebook(self)
        self._store: Store | None = None
        self._analysis: Analysis | None = None
        self._place = Place()
        self._past: list[Place] = []
        self._future: list[Place] = []
        self._viewport: tuple[int, int] = (0, 0)
        self._log = -1
        self._listed: NDArray[np.int64] = np.empty(0, np.int64)
        self._evidence: Evidence | None = None
        self._cursor = -1
        self._found: tuple[int, SpanKey | None, int] = 0, None, -1
        self._supposing = lru_cache(maxsize=1)(supposing)
        self._theme: Theme = THEMES["dark"]
        self._colours: dict[str, int] = {}

    # -- what is open ----------------------------------------------------------------------------------

    @property
    def store(self) -> Store | None:
        """What is open."""
        return self._store

    @property
    def analysis(self) -> Analysis | None:
        """The answers about it; None while they are computed."""
        return self._analysis

    def open(
        self, store: Store | None, analysis: Analysis | None = None, first: str = "", *, anew: bool = False
    ) -> None:
        """Show another store.

        Args:
            store: None closes what is open.
            analysis: its answers, None while they are computed.
            first: id to show where the new store has not the one that was shown; views then build once.
            anew: show that id in any case.
        """
        self._store, self._analysis = store, analysis
        self._supposing.cache_clear()
        self._colours = service_colours(store.services) if store else {}
        if store is None or anew or self._place.id not in store.correlation.row_by_id:
            self._place = replace(Place(), id=first, span=self._first_span(first), query=self._place.query)
            self._past, self._future = [], []
        self._past, self._future = (self._known(places) for places in (self._past, self._future))
        self._viewport, self._log = (0, 0), self._first_log()
        self.opened.emit()
        self.history_changed.emit()

    def _known(self, places: list[Place]) -> list[Place]:
        """Those that what is open still has."""
        ids = self._store.correlation.row_by_id if self._store is not None else {}
        return [place for place in places if place.id in ids]

    def visit(self) -> Visit:
        """Where the user is and how it is shown, to be gone on with by :meth:`resume`."""
        return Visit(
            place=self._place, viewport=self._viewport, path_on=self.path_on, critical_on=self.critical_on,
            corrected=self.corrected,
        )  # fmt: skip

    def resume(self, visit: Visit) -> None:
        """Go on where a visit ended, as far as what is open still has that."""
        store, place = self._store, visit.place
        if store is None or (place.id and place.id not in store.correlation.row_by_id):
            return
        span, root = (key if key and store.row(key) >= 0 else None for key in (place.span, place.root))
        self.set_options(path_on=visit.path_on, critical_on=visit.critical_on, corrected=visit.corrected)
        self.go(replace(place, span=span, root=root), remember=False)
        self.set_viewport(visit.viewport)

    # -- the place -------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the user is."""
        return self._place

    def go(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place, emitting the signals of what differs."""
        old = self._place
        if place == old:
            return
        here, there = ((one.id, one.scope, one.root, one.range, one.candidate) for one in (old, place))
        if remember and here != there and (old.id or not place.id):  # else there was nothing to see yet
            self._past.append(old)
            self._future.clear()
            self.history_changed.emit()
        self._place = place
        for changed, signal in (
            (place.query != old.query, self.query_changed),
            (place.range != old.range, self.range_changed),
            ((place.id, place.trace, place.candidate) != (old.id, old.trace, old.candidate), self.id_changed),
            (place.scope != old.scope, self.scope_changed),
            (place.root != old.root, self.root_changed),
            (place.span != old.span, self.span_changed),
        ):
            if changed:
                signal.emit()
        if place.id != old.id:
            self.select_log(self._first_log())

    def select_id(self, text: str, trace: int = 0) -> None:
        """Show a correlation id (and one of its traces)."""
        if (text, trace) != (self._place.id, self._place.trace):
            self._viewport = (0, 0)
            candidate = self._place.candidate if text == self._place.id else 0
            span = self._first_span(text)
            self.go(replace(self._place, id=text, trace=trace, span=span, root=None, candidate=candidate))

    def choose_candidate(self, number: int) -> None:
        """Draw another candidate (from 2) as if it were the origin of the id shown; 1: what was found again."""
        store, analysis, row = self._store, self._analysis, self.id_row
        found = analysis.verdicts.get(row) if analysis else None
        if store is None or analysis is None or found is None or not 1 <= number <= len(offered(found)):
            return
        place = replace(self._place, candidate=number if number > 1 else 0, root=None)
        if (span := self._supposing(store, analysis, row, number).first_step(row)) >= 0:
            trace = store.traces.number[int(store.spans.trace[span])]
            place = replace(place, span=store.key(span), trace=trace)
        self.go(place)

    def show_cause(self, cause: Cause) -> None:
        """Show the first id of a cause, of those in the list where it has any there."""
        if self._store is not None and cause.ids:
            listed = np.isin(cause.ids, self._listed)
            self.select_id(self._store.correlation.rows[cause.ids[int(listed.argmax())]].id)

    def find_id(self, text: str, failed: Callable[[object], object]) -> None:
        """Show the id that a text names, in any spelling; ``failed`` is told why there is none."""
        if (store := self._store) is not None and text in store.correlation.row_by_id:
            self.select_id(text)
        elif store is not None:  # all ids are looked through
            job = start(lambda _, __: store.correlation.rows[find_id(store, text)].id)
            job.done.connect(lambda found: self.select_id(found) if store is self._store else None)
            job.failed.connect(failed)

    def ask(self, asking: Asking) -> None:
        """Select the time range that was asked for. Raises :class:`~explorer.errors.UsageError`."""
        if self._store is not None and (chosen := asking.range(*self._store.bounds())):
            self.set_range(chosen)

    def _first_span(self, text: str) -> SpanKey | None:
        """What to look at first in an id: where its failure began, as far as that left a span."""
        store, analysis = self._store, self._analysis
        if store is None or analysis is None:
            return None
        row = analysis.first_step(store.correlation.row_by_id.get(text, -1))
        return store.key(row) if row >= 0 else None

    def _first_log(self) -> int:
        """What to look at first in an id that left no span: its first error, -1 for none."""
        spanless = self._store is not None and self._place.span is None and self.trace_row < 0
        return first_error_log(self._store, self.id_row) if self._store and spanless else -1

    def select_span(self, span: SpanKey | None) -> None:
        """Select a span of the id shown."""
        self.go(replace(self._place, span=span))

    def set_query(self, text: str) -> None:
        """Filter by a query (its text; whether it parses is the field's business)."""
        self.go(replace(self._place, query=text))

    def set_range(self, value: tuple[int, int] | None) -> None:
        """Select a time range, ns."""
        self.go(replace(self._place, range=value))

    def set_scope(self, scope: Scope) -> None:
        """What the call graph shows."""
        self.go(replace(self._place, scope=scope))

    def set_root(self, span: SpanKey | None) -> None:
        """Root the waterfall at a span, or at the trace again."""
        self.go(replace(self._place, root=span))

    def back(self) -> None:
        """To the place before."""
        if self._past:
            self._future.append(self._place)
            self.go(self._past.pop(), remember=False)
            self.history_changed.emit()

    def forward(self) -> None:
        """To the place that was gone back from."""
        if self._future:
            self._past.append(self._place)
            self.go(self._future.pop(), remember=False)
            self.history_changed.emit()

    @property
    def can_go(self) -> tuple[bool, bool]:
        """Whether there is a place to go back and forward to."""
        return bool(self._past), bool(self._future)

    # -- what follows from the place -------------------------------------------------------------------

    @property
    def id_row(self) -> int:
        """Row of the selected id, -1 for none."""
        if self._store is None or not self._place.id:
            return -1
        return self._store.correlation.row_by_id.get(self._place.id, -1)

    @property
    def trace_row(self) -> int:
        """Row of the trace shown, -1 for none."""
        row = self.id_row
        if self._store is None or row < 0 or not self._store.correlation.rows[row].traces:
            return -1
        wanted = self._store.correlation.trace_by_number.get(self._place.trace, -1)
        traces = self._store.correlation.rows[row].traces
        return wanted if wanted in traces else traces[0]

    @property
    def span_row(self) -> int:
        """Row of the selected span, -1 for none."""
        store, span = self._store, self._place.span
        if store is None or span is None:
            return -1
        if self._found[:2] != (id(store), span):
            # Looked for in all spans of the trace, and asked by every view.
            self._found = id(store), span, store.row(span)
        return self._found[2]

    @property
    def verdict(self) -> Verdict | None:
        """Why the selected id failed, or would have if the candidate chosen were the origin.

        None where it did not fail or the analysis is still running.
        """
        answers = self.answers
        return answers.verdicts.get(self.id_row) if answers else None

    @property
    def answers(self) -> Analysis | None:
        """The answers with the chosen candidate in the place of what was found: what is drawn and exported."""
        store, analysis, number = self._store, self._analysis, self._place.candidate
        if store is None or analysis is None or number < 2:
            return analysis
        return self._supposing(store, analysis, self.id_row, number)

    @property
    def note_target(self) -> Target | None:
        """What a note would be on: the selected span, else the id, None where neither is."""
        return selected_target(self._store, self._place.id, self.span_row) if self._store else None

    def resource(self, row: int) -> Resource:
        """Resource of a span."""
        return self._store.resources[self._store.spans.resource[row]] if self._store else Resource()

    # -- the rest --------------------------------------------------------------------------------------

    @property
    def viewport(self) -> tuple[int, int]:
        """Visible time of the waterfall, ns; (0, 0): all of it."""
        return self._viewport

    def set_viewport(self, value: tuple[int, int]) -> None:
        """Zoom the waterfall."""
        if value != self._viewport:
            self._viewport = value
            self.viewport_changed.emit()

    @property
    def listed(self) -> NDArray[np.int64]:
        """Rows of the ids that the list has now, ascending: by query, time range and outcome, folded ones too."""
        return self._listed

    def set_listed(self, rows: NDArray[np.int64]) -> None:
        """The list has other ids."""
        if not np.array_equal(rows, self._listed):
            self._listed = rows
            self.listed_changed.emit()

    @property
    def log(self) -> int:
        """Selected log row, -1 for none."""
        return self._log

    def select_log(self, row: int) -> None:
        """Select a log record."""
        if row != self._log:
            self._log = row
            self.log_changed.emit()

    @property
    def evidence(self) -> Evidence | None:
        """The piece of evidence opened last."""
        return self._evidence

    def open_evidence(self, evidence: Evidence) -> None:
        """Go to what a piece of evidence speaks of: its span, log record, series, mark or time."""
        store = self._store
        if store is None:
            return
        row = evidence.span
        if row < 0 <= evidence.log:
            row = int(store.logs.span[evidence.log])
        if row >= 0:
            self.show_row(row)
        if evidence.log >= 0:
            self.select_log(evidence.log)
        elif row < 0 and evidence.series < 0 and evidence.time_ns:
            self.set_cursor(evidence.time_ns)  # what is but a time is shown on every time axis
        self._evidence = evidence
        self.evidence_opened.emit()

    def show_row(self, row: int) -> None:
        """Select a span wherever it is: its id, its trace, itself."""
        store = self._store
        if store is None:
            return
        trace = int(store.spans.trace[row])
        if trace != self.trace_row:
            owner = store.correlation.rows[int(store.correlation.of_trace[trace])]
            self.select_id(owner.id, store.traces.number[trace])
        self.select_span(store.key(row))

    @property
    def cursor(self) -> int:
        """The time the mouse is at on any time axis, ns; -1: on none."""
        return self._cursor

    def set_cursor(self, time_ns: int) -> None:
        """The mouse is at another time."""
        if time_ns != self._cursor:
            self._cursor = time_ns
            self.cursor_changed.emit()

    @property
    def theme(self) -> Theme:
        """Colours in use."""
        return self._theme

    def set_theme(self, name: str) -> None:
        """Use the ``dark`` or the ``light`` theme."""
        if name != self._theme.name:
            self._theme = THEMES[name]
            self.theme_changed.emit()

    @property
    def colours(self) -> dict[str, int]:
        """Colour number of each service of the bundle."""
        return self._colours
