"""The selected span: when, how long, where, all attributes; and what is needed to see its failure again."""

from __future__ import annotations

import orjson
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.timing import self_time
from explorer.gui.fonts import mono, strong, ui
from explorer.gui.painting.ink import colour
from explorer.gui.state import AppState
from explorer.gui.text import label, line, set_label, tip
from explorer.layout import numbers
from explorer.layout.waterfall import failure_words
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.schema import GRPC, Kind, SpanFlag
from explorer.model.store import Store
from explorer.readers.details import span_detail
from explorer.report.reproduce import replay, reproduce_lines

Rows = list[tuple[str, str]]
Index = QModelIndex | QPersistentModelIndex
SHOWN = 4096


class SpanView(QWidget):
    """Follows the state's selected span."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Span details")
        self._state = state
        self._all: Rows = []
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 4)
        self._name = label("", "body", self)
        self._name.setFont(strong(ui("body")))
        small = label("Span", "small", self)
        small.setProperty("section", True)
        head.addWidget(small)
        head.addWidget(self._name, 1)
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter attributes")
        self._filter.setAccessibleName("Filter attributes")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._show_rows)
        self.model = PairsModel(state, self)
        self.table = pairs_table(self.model, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        filter_row = QHBoxLayout()
        filter_row.setContentsMargins(16, 0, 16, 0)
        filter_row.addWidget(self._filter)
        column.addLayout(filter_row)
        column.addWidget(self.table, 1)
        for signal in (state.opened, state.span_changed, state.id_changed):
            signal.connect(self._rebuild)
        state.theme_changed.connect(self.model.repaint)
        self._rebuild()

    def sizeHint(self) -> QSize:
        """As wide as drawn."""
        return QSize(390, 320)

    def _rebuild(self) -> None:
        store, row = self._state.store, self._state.span_row
        self._filter.setVisible(row >= 0)
        if store is None or row < 0:
            set_label(self._name, "Select a span in the waterfall" if store is not None else "")
            self._all = []
        else:
            set_label(self._name, line(f"{store.service(row)}  {store.operation(row)}", 120))
            self._all = span_pairs(store, row)
        self._show_rows()

    def _show_rows(self) -> None:
        words = self._filter.text().lower().split()
        kept = [pair for pair in self._all if all(word in f"{pair[0]} {pair[1]}".lower() for word in words)]
        self.model.show_pairs(kept if words else self._all)
        self.table.resizeRowsToContents()


def span_pairs(store: Store, row: int) -> Rows:
    """Everything known of a span, as name and value; a name without value is a heading."""
    spans = store.spans
    begin = int(store.traces.start[spans.trace[row]])
    own = slice(row, row + int(spans.size[row]))
    pairs: Rows = [
        ("start", f"+{numbers.duration(int(spans.start[row]) - begin)}"),
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
    command = replay(detail, store.correlation.rows[int(store.correlation.of_trace[spans.trace[row]])].id)
    if again or command:
        pairs += [("Reproduce", ""), *again]
        pairs += [("replay", command)] if command else []
    return pairs


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
    file = store.files[int(store.documents["file"][spans.doc[row]])].name if len(store.files) else ""
    if file:
        pairs.append(("file", f"{file} at byte {int(store.documents['offset'][spans.doc[row]])}"))
    return pairs


def value_text(value: object) -> str:
    """An attribute's value as text: JSON for lists and objects, text as it stands."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict | tuple):
        try:
            return orjson.dumps(value, default=str).decode()
        except (TypeError, orjson.JSONEncodeError):
            return str(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class PairsModel(QAbstractTableModel):
    """Name and value rows; a row without value is a heading."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._pairs: Rows = []

    def show_pairs(self, pairs: Rows) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._pairs = pairs
        self.endResetModel()

    def repaint(self) -> None:
        """Colours have changed."""
        if self._pairs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._pairs) - 1, 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many rows."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Name and value."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, font, colour, tool tip."""
        if not index.isValid() or index.row() >= len(self._pairs):
            return None
        name, value = self._pairs[index.row()]
        theme = self._state.theme
        if role == Qt.ItemDataRole.DisplayRole:
            return line(value if index.column() else name, SHOWN)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(value if index.column() else name)
        if role == Qt.ItemDataRole.FontRole:
            return strong(ui("small")) if not value and not index.column() else mono("small")
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column():
                return colour(theme.error if name == "error" else theme.text)
            return colour(theme.text if not value else theme.muted)
        return None

    def pair(self, row: int) -> tuple[str, str]:
        """Name and whole value of a row."""
        return self._pairs[row]


class PairsTable(QTableView):
    """Copies the selected rows as tab-separated text."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies whole values."""
        model = self.model()
        if (
            event.key() == Qt.Key.Key_C
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(model, PairsModel)
        ):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join("\t".join(model.pair(row)) for row in rows))
        else:
            super().keyPressEvent(event)


def pairs_table(model: PairsModel, parent: QWidget) -> PairsTable:
    """A quiet two-column table."""
    table = PairsTable(parent)
    table.setModel(model)
    table.setAccessibleName("Attributes")
    table.setShowGrid(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(20)
    table.verticalHeader().setMinimumSectionSize(18)
    table.horizontalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    table.horizontalHeader().setStretchLastSection(True)
    table.setColumnWidth(0, 150)
    table.setWordWrap(True)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    return table
