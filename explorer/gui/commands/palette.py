"""What the command palette finds: commands, ids, spans, services, operations, filters, recent bundles, a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.lookup import named_id
from explorer.analysis.results import Outcome
from explorer.errors import QueryError
from explorer.gui import jobs
from explorer.gui.actions.table import COMMANDS, keys_in_words
from explorer.gui.dialogs.commands import Item
from explorer.gui.state.appstate import AppState
from explorer.gui.window import MainWindow
from explorer.layout.numbers import plural
from explorer.layout.ranking import Haystack, score
from explorer.model.ids import meant_ids
from explorer.model.store import Store
from explorer.query import parse
from explorer.query.spelling import value_text

MOST: Final = 12
"""Of each kind of thing in a bundle that are shown."""
_RECENT: Final = 15
"""What having been used lately is worth."""
_OUTCOMES: Final = {Outcome.FAILING: "failing", Outcome.DEGRADED: "degraded"}


class Palette:
    """Finds for one window. What a bundle holds is searched once it has been gathered, off the GUI thread.

    Args:
        ready: called when more can be found than before.
    """

    def __init__(self, window: MainWindow, ready: Callable[[], object]) -> None:
        self._window = window
        self._hay: dict[str, Haystack] = {}
        self._work = jobs.Latest()
        store = window.state.store
        if store is not None:
            self._work.start(lambda _progress, _cancelled: _gathered(store), partial(self._gathered, ready))

    def _gathered(self, ready: Callable[[], object], hay: dict[str, Haystack]) -> None:
        self._hay = hay
        ready()

    def close(self) -> None:
        """Nothing more is wanted."""
        self._work.cancel()

    def find(self, words: str) -> list[Item]:
        """What the words find, best first; without words all commands, those used last first."""
        commands = self._commands(words)
        if not words.strip() or words.lstrip().startswith(">"):
            return [item for _, item in commands]
        found = [*commands, *self._in_bundle(words), *self._filters(words), *self._recent(words)]
        found.sort(key=lambda one: -one[0])
        return [item for _, item in found] + self._query(words)

    def _commands(self, words: str) -> list[tuple[int, Item]]:
        window, used = self._window, self._window.remembered.commands
        wanted = words.strip().removeprefix(">")
        found = []
        for command in COMMANDS:
            named = f"{command.menu.replace('/', ' › ')} › {command.text.rstrip('…')}"
            worth = max(
                score(wanted, command.text), score(wanted, named) - 5, score(wanted, command.tip) // 2
            )
            if worth > 0 and command.id != "commands":
                worth += _RECENT - used.index(command.id) if command.id in used else 0
                action = window.actions_[command.id]
                found.append((worth, Item(
                    "", named, keys_in_words(command), command.later or command.tip,
                    partial(self._use, command.id), action.isEnabled(),
                )))  # fmt: skip
        found.sort(key=lambda one: -one[0])
        return found

    def _use(self, command: str) -> None:
        self._window.remember(lambda known: known.used(command))
        self._window.actions_[command].trigger()

    def _in_bundle(self, words: str) -> Iterator[tuple[int, Item]]:
        store, state = self._window.state.store, self._window.state
        if store is None or not self._hay:
            return
        here = _rows_here(state)
        for kind in ("service", "operation"):
            hay = self._hay[kind]
            codes = store.spans.service if kind == "service" else store.spans.name
            for number in hay.find(words, MOST):
                mine = here[codes[here] == number]
                yield score(words, hay.names[number]), _jump(state, kind, hay.names[number], mine)
        hay = self._hay["id"]
        for number in hay.find(words, MOST):
            name = hay.names[number]
            yield (
                score(words, name),
                Item("id", name, _outcome(state, number), name, partial(state.select_id, name)),
            )
        if (row := _id_row(store, words)) >= 0:
            name = store.correlation.rows[row].id
            yield 100, Item("id", name, _outcome(state, row), name, partial(state.select_id, name))
        if (row := _span_row(store, words)) >= 0:
            text = f"{store.service(row)}  {store.operation(row)}"
            yield 100, Item("span", text, store.span_id(row), text, partial(state.show_row, row))

    def _filters(self, words: str) -> Iterator[tuple[int, Item]]:
        state = self._window.state
        for one in self._window.settings.filters if state.store is not None else ():
            if worth := score(words, one.name):
                yield (
                    worth,
                    Item("filter", one.name, one.query, one.query, partial(state.set_query, one.query)),
                )

    def _recent(self, words: str) -> Iterator[tuple[int, Item]]:
        for recent in self._window.remembered.recent:
            if (worth := score(words, f"{recent.name} {recent.paths[0]}")) and not recent.missing:
                where = str(Path(recent.paths[0]).parent)
                yield worth - 10, Item("bundle", recent.name, where, "\n".join(recent.paths),
                                       partial(self._window.open_recent, recent))  # fmt: skip

    def _query(self, words: str) -> list[Item]:
        """Last of all: what was typed, as a query."""
        if self._window.state.store is None:
            return []
        try:
            parse(words)
        except QueryError:
            return []
        run = partial(self._window.state.set_query, words.strip())
        return [Item("query", words.strip(), "show only these ids", "Filter the ids by this query", run)]


def _gathered(store: Store) -> dict[str, Haystack]:
    return {
        "id": Haystack([row.id for row in store.correlation.rows]), "service": Haystack(store.services),
        "operation": Haystack(store.operations),
    }  # fmt: skip


def _rows_here(state: AppState) -> NDArray[np.int64]:
    """Rows of the trace shown, those on its failure path first, then those that failed."""
    store, trace = state.store, state.trace_row
    if store is None or trace < 0:
        return np.empty(0, np.int64)
    rows = store.traces.rows(trace)
    every = np.arange(rows.start, rows.stop)
    path = [step.row for step in state.verdict.path] if state.verdict else []
    return every[np.lexsort((every, ~store.spans.failed[every], ~np.isin(every, path)))]


def _jump(state: AppState, kind: str, name: str, mine: NDArray[np.int64]) -> Item:
    """To the first of these rows; where there are none, to the ids that have them."""
    if len(mine):
        run: Callable[[], object] = partial(state.show_row, int(mine[0]))
        return Item(kind, name, f"{plural(len(mine), 'span')} in this id", name, run)
    query = f"{kind}={value_text(name, '=', quoted=False).strip()}"
    return Item(kind, name, "show only ids with it", query, partial(state.set_query, query))


def _outcome(state: AppState, row: int) -> str:
    return _OUTCOMES.get(Outcome(int(state.analysis.ids.outcome[row])), "ok") if state.analysis else ""


def _id_row(store: Store, words: str) -> int:
    """The id that a trace id in another spelling than its own names, -1 for none."""
    row = named_id(store, words.strip()) if len(words.strip()) >= 12 else -1
    return row if row >= 0 and words.strip().lower() not in store.correlation.rows[row].id.lower() else -1


def _span_row(store: Store, words: str) -> int:
    """The span that a whole span id names, -1 for none."""
    numbers = [one for one in meant_ids(words) if one < 1 << 64] if len(words.strip()) >= 12 else []
    found = np.flatnonzero(np.isin(store.spans.span_id, np.array(numbers, np.uint64)))
    return int(found[0]) if len(found) else -1
