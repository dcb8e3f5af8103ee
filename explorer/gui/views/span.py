"""The selected span: when, how long, where, all attributes; and what is needed to see its failure again.

A log record that is selected without a span is shown in its place.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from explorer.analysis.ids import ERROR
from explorer.analysis.timing import self_time
from explorer.gui.actions.menus import pop_up
from explorer.gui.dialogs.frame import copy
from explorer.gui.look.elided import Elided
from explorer.gui.look.fonts import strong, ui
from explorer.gui.look.text import label, set_label
from explorer.gui.state.appstate import AppState
from explorer.gui.state.copying import Form, copied, span_detail_or_none
from explorer.gui.views.notestrip import NoteStrip
from explorer.gui.views.pairmenu import pair_menu, show_value
from explorer.gui.views.pairs import PairsModel, Rows, pairs_table, value_text
from explorer.layout import numbers
from explorer.layout.waterfall import failure_words
from explorer.model.raw import DECODED, ChangedError
from explorer.model.records import Detail
from explorer.model.schema import GRPC, Kind, SpanFlag, severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.report.reproduce import replay, reproduce_lines

FORMS: Final[tuple[tuple[str, Form], ...]] = (
    ("As text", "text"), ("As JSON", "json"), ("As Markdown", "markdown"), ("As curl command", "curl"),
)  # fmt: skip
"""What a span can be copied as."""


class SpanView(QWidget):
    """Follows the state's selected span."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Span details")
        self._state = state
        self._all: Rows = []
        self._attributes: set[str] = set()
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 4)
        self._name = Elided(strong(ui("body")), parent=self)
        self._kind = label("Span", "small", self)
        self._kind.setProperty("look", "section")
        head.addWidget(self._kind)
        head.addWidget(self._name)
        head.addStretch(1)
        self.copy_button = QToolButton(self)
        self.copy_button.setText("Copy ▾")
        self.copy_button.setAccessibleName("Copy what is shown")
        self.copy_button.setProperty("look", "choice")
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy_button.setMenu(self._copy_menu())
        head.addWidget(self.copy_button)
        self.filter_field = QLineEdit(self)
        self.filter_field.setPlaceholderText("Filter attributes")
        self.filter_field.setAccessibleName("Filter attributes")
        self.filter_field.setClearButtonEnabled(True)
        self.filter_field.textChanged.connect(self._show_rows)
        self.model = PairsModel(state, self)
        self.table = pairs_table(self.model, self)
        self.table.entered.connect(lambda row: show_value(self, state, *self.model.pair(row)))
        self.table.menu_wanted.connect(lambda row, at: pop_up(self.pair_menu(row), at))
        self.note = NoteStrip(state, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.note)
        filter_row = QHBoxLayout()
        filter_row.setContentsMargins(16, 0, 16, 0)
        filter_row.addWidget(self.filter_field, 1)
        filter_row.addWidget(self.note.buttons)
        filter_row.addStretch()  # without a span there is no field, and the buttons stay together
        column.addLayout(filter_row)
        table_row = QHBoxLayout()
        table_row.setContentsMargins(8, 0, 0, 0)  # its cells have 8 more
        table_row.addWidget(self.table)
        column.addLayout(table_row, 1)
        for signal in (state.opened, state.span_changed, state.id_changed, state.log_changed):
            signal.connect(self._rebuild)
        state.theme_changed.connect(self.model.repaint)
        self._rebuild()

    def sizeHint(self) -> QSize:
        """As wide as drawn."""
        return QSize(390, 320)

    def _copy_menu(self) -> QMenu:
        menu = QMenu(self)
        for words, form in FORMS:
            action = menu.addAction(words, partial(self._copy, form))
            action.setObjectName(form)
        menu.aboutToShow.connect(lambda: self._enable_curl(menu))
        return menu

    def _enable_curl(self, menu: QMenu) -> None:
        """A span of no HTTP request has none."""
        action = menu.findChild(QAction, "curl")
        if isinstance(action, QAction):
            action.setEnabled(bool(copied(self._state, "curl")))

    def _copy(self, form: Form) -> None:
        copy(copied(self._state, form))

    def pair_menu(self, row: int) -> QMenu:
        """What can be done with an attribute."""
        name, value = self.model.pair(row)
        return pair_menu(self, self._state, name, value, attribute=name in self._attributes)

    def _rebuild(self) -> None:
        store, row = self._state.store, self._state.span_row
        log = self._state.log if row < 0 else -1
        for widget in (self.filter_field, self.copy_button):
            widget.setVisible(row >= 0 or log >= 0)
        detail = span_detail_or_none(store, row) if store is not None and row >= 0 else None
        self._attributes = {name for name, _ in (*detail.attributes, *detail.resource)} if detail else set()
        spans = store is None or len(store.spans) > 0
        set_label(self._kind, "Span" if spans and log < 0 else "Log record")
        if store is not None and row >= 0:
            self._name.show_text(f"{store.service(row)}  {store.operation(row)}")
            self._all = span_pairs(store, row)
        elif store is not None and log >= 0:
            self._name.show_text(store.services[int(store.logs.service[log])])
            self._all = log_pairs(store, log, utc=self._state.utc)
        else:
            some = store is not None and (spans or len(store.logs))
            self._name.show_text(f"Select {'a span in the waterfall' if spans else 'a line'}" if some else "")
            self._all = []
        self._show_rows()

    def _show_rows(self) -> None:
        words = self.filter_field.text().lower().split()
        kept = [pair for pair in self._all if all(word in f"{pair[0]} {pair[1]}".lower() for word in words)]
        self.model.show_pairs(kept if words else self._all)
        self.table.fit()


def span_pairs(store: Store, row: int) -> Rows:
    """Everything known of a span, as name and value; a name without value is a heading."""
    spans = store.spans
    begin = int(store.traces.start[spans.trace[row]])
    own = slice(row, row + int(spans.size[row]))
    pairs: Rows = [
        ("start", offset_text(int(spans.start[row]), begin)),
        ("duration", _duration(store, row, own)),
        ("kind", Kind(int(spans.kind[row])).name.lower()),
    ]
    if spans.failed[row]:
        pairs.append(("error", failure_words(store, row)))
    if spans.code[row]:
        code = int(spans.code[row])
        pairs.append(("code", f"gRPC {code - GRPC}" if code >= GRPC else f"HTTP {code}"))
    pairs += [("remark", text) for text in store.remarks(row)]
    try:
        detail = span_detail(store, row)
    except ChangedError as error:
        return [*pairs, ("attributes", str(error)), *_ids(store, row)]
    pairs += [(name, value_text(value)) for name, value in detail.attributes]
    pairs += _events(detail, begin)
    if detail.resource:
        pairs += [("Resource", ""), *((name, value_text(value)) for name, value in detail.resource)]
    pairs += [("Ids", ""), *_ids(store, row)]
    again = reproduce_lines([detail])
    owner = store.correlation.rows[int(store.correlation.of_trace[spans.trace[row]])]
    command = replay(detail, owner.id if owner.kind != "trace-id" else "")
    if again or command:
        pairs += [("Reproduce", ""), *again]
        pairs += [("replay", command)] if command else []
    return pairs


def log_pairs(store: Store, row: int, *, utc: bool) -> Rows:
    """Everything known of a log record, as name and value."""
    logs = store.logs
    time = int(logs.time[row])
    digits = next(digits for digits in (3, 6, 9) if time % 10 ** (9 - digits) == 0)
    pairs: Rows = [("time", numbers.date_time(time, utc=utc, precision=digits))]
    if severity := severity_word(int(logs.severity[row])):
        pairs.append(("error" if logs.severity[row] >= ERROR else "level", severity))
    try:
        detail = log_detail(store, row)
    except ChangedError as error:
        return [*pairs, ("message", str(error))]
    pairs += [
        (name, value)
        for name, value in (
            ("message", detail.message or detail.raw), ("exception", detail.exception_type),
            ("says", detail.exception_message), ("stack", detail.stack),
        )
        if value
    ]  # fmt: skip
    pairs += [(name, value_text(value)) for name, value in detail.attributes]
    if detail.resource:
        pairs += [("Resource", ""), *((name, value_text(value)) for name, value in detail.resource)]
    if place := _place(store, int(logs.doc[row])):
        pairs += [("Source", ""), ("file", place)]
    return pairs


def _place(store: Store, doc: int) -> str:
    """File of a document and where it begins there, "" where that is unknown."""
    file = store.files[int(store.documents["file"][doc])].name if len(store.files) else ""
    offset = int(store.documents["offset"][doc])
    return f"{file} at byte {offset}" if file and offset < DECODED else file


def offset_text(time_ns: int, begin_ns: int) -> str:
    """A time since the start of the trace; in words where it was never recorded."""
    if time_ns <= 0:
        return "not recorded"
    offset = time_ns - begin_ns
    return f"+{numbers.duration(offset)}" if offset >= 0 else numbers.duration(offset)


def _duration(store: Store, row: int, own: slice) -> str:
    if store.spans.flags[row] & SpanFlag.UNFINISHED:
        return "unfinished"
    text = numbers.duration(int(store.spans.duration[row]))
    if own.stop - own.start > 1:
        text += f" (self {numbers.duration(self_time(store.spans, row))})"
    return text


def _events(detail: Detail, begin: int) -> Rows:
    if not detail.events:
        return []
    pairs: Rows = [("Events", "")]
    for event in detail.events[:100]:
        values = " ".join(f"{name}={value_text(value)}" for name, value in event.attributes)
        pairs.append((f"+{numbers.duration(event.time_ns - begin)}", f"{event.name} {values}".strip()))
    return pairs


def _ids(store: Store, row: int) -> Rows:
    spans = store.spans
    pairs: Rows = [("trace id", store.trace_id(int(spans.trace[row]))), ("span id", store.span_id(row))]
    if spans.parent_id[row]:
        pairs.append(("parent id", f"{int(spans.parent_id[row]):016x}"))
    if place := _place(store, int(spans.doc[row])):
        pairs.append(("file", place))
    return pairs
