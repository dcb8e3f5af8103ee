"""What the query field offers: fields, and the values that the bundle has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

from explorer.analysis.categories.verdict import CATEGORIES
from explorer.gui.look import text
from explorer.gui.look.style import look
from explorer.gui.state.appstate import AppState
from explorer.query import complete
from explorer.session.filters import Filters, fitting

LOOKED_AT: Final = 20_000
"""Values of a field that are looked through: what is offered must be there at once."""
_MOST: Final = 50
_WIDEST: Final = 420


def known_values(state: AppState, field: str, prefix: str) -> Sequence[str]:
    """Values of a query field in what is open, that hold ``prefix`` in any case; few of them."""
    wanted = prefix.lower()
    found = dict.fromkeys(
        value for value in islice(_values(state, field), LOOKED_AT) if wanted in value.lower()
    )
    return [value for value in islice(found, _MOST) if value]


def _values(state: AppState, field: str) -> Iterator[str]:
    store, analysis = state.store, state.analysis
    if store is None:
        return
    if field == "service":
        yield from sorted(store.services)
    elif field == "operation":
        yield from store.operations
    elif field == "id":
        yield from (row.id for row in store.correlation.rows)
    elif field == "trace":
        yield from (store.trace_id(trace) for trace in range(len(store.traces)))
    elif field == "category" and analysis:
        yield from sorted(
            {CATEGORIES[code] for code in np.unique(analysis.ids.category).tolist() if code >= 0}
        )
    elif field == "cause" and analysis:
        yield from (cause.title for cause in analysis.causes)
    elif field == "error":
        yield from (store.texts[code] for code in set(store.failures["type"].tolist()))
    elif field == "attr":
        yield from sorted(store.texts[code] for code in set(store.span_fields["field"].tolist()))


class Completer(QCompleter):
    """Offers candidates below a field and puts the chosen one where it belongs."""

    def __init__(self, field: QLineEdit, state: AppState) -> None:
        super().__init__(field)
        self._field = field
        self._state = state
        self._model = QStringListModel(self)
        self.setModel(self._model)
        self.setWidget(field)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._list = QListView()
        self._list.setAccessibleName("Completions")
        look(self._list, "offers")
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setUniformItemSizes(True)
        self.setPopup(self._list)
        self._at = (0, 0)
        self.filters: Filters = ()
        self._saved: dict[str, str] = {}
        self.activated.connect(self._insert)

    @property
    def offering(self) -> bool:
        """Whether something is offered."""
        return self._list.isVisible()

    @property
    def begin(self) -> int:
        """Column from which on what is offered stands."""
        return self._at[0]

    def withdraw(self) -> None:
        """Offer nothing more."""
        self._list.hide()

    def offer(self) -> None:
        """Show what could stand at the cursor; nothing where nothing could, or it stands there already."""
        written, cursor = self._field.text(), self._field.cursorPosition()
        found = complete(written, cursor, lambda field, prefix: known_values(self._state, field, prefix))
        self._at = (found.start, found.end)
        self._saved = self._fitting(written)
        candidates = [*self._saved, *(one for one in found.candidates if one == text.line(one))]
        if not candidates or candidates == [written[found.start : found.end]]:
            self._list.hide()
            return
        self._model.setStringList(candidates)
        self._list.setFont(self._field.font())
        width = self._field.fontMetrics().horizontalAdvance("0")
        left = self._field.cursorRect().center().x() - (cursor - found.start) * width
        widest = max(len(one) for one in candidates) * width + 48
        self.complete(QRect(max(0, left - 8), 6, min(_WIDEST, widest), self._field.height()))

    def _fitting(self, written: str) -> dict[str, str]:
        """Saved filters that what is written could mean as a whole: as they are offered, to their queries."""
        return {
            f"{text.line(one.name)} → {text.line(one.query, 200)}": one.query
            for one in fitting(self.filters, written)
            if one.query != written.strip()
        }

    def _insert(self, candidate: str) -> None:
        start, end = self._at
        written = self._field.text()
        if candidate in self._saved:
            start, end, candidate = 0, len(written), self._saved[candidate]
        self._field.setText(written[:start] + candidate + written[end:])
        self._field.setCursorPosition(start + len(candidate))
        self._field.textEdited.emit(self._field.text())
