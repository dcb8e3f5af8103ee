"""Saying what the columns of a table hold: its first rows, a choice for each role, and what would be read so."""

from __future__ import annotations

from typing import Final, get_args

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QTableView,
    QWidget,
)

from explorer.decoding.tables.mapping import NEEDED, ROLES, TIMED, UNITS
from explorer.gui import jobs
from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import fonts, text
from explorer.gui.look.style import look
from explorer.layout.numbers import date_time, plural
from explorer.model.mapping import TableKind, TableMapping
from explorer.session.columns import Sample, Tried, guess, lacking, mapping, tried

Index = QModelIndex | QPersistentModelIndex

_KINDS: Final[dict[TableKind, str]] = {
    "spans": "a span: a piece of work with a beginning and an end",
    "logs": "a log record: a time and a message",
    "metrics": "a point of metrics: a time and numbers",
}
_SAID: Final = {
    "trace": "Trace id", "span": "Span id", "parent": "Parent span", "operation": "Operation", "service": "Service",
    "pod": "Pod", "host": "Host", "start": "Start", "end": "End", "duration": "Duration", "span_kind": "Kind",
    "status": "Status", "status_message": "Status message", "success": "Success", "attributes": "Attributes",
    "resource": "Resource", "time": "Time", "message": "Message", "level": "Level", "request_id": "Request id",
    "container": "Container", "logger": "Logger", "name": "Name of the metric", "value": "Value",
}  # fmt: skip
_NONE: Final = "–"
_ANY_UNIT: Final = "unit as told"
_ACROSS: Final = 2
"""Roles side by side."""
_UNIT_WIDTH: Final = 116
_WAIT_MS: Final = 150
_SHOWN: Final = 60
"""Signs of the name of a column."""


class RowModel(QAbstractTableModel):
    """The first rows of a table; below the name of each column stands what it was chosen for."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self._sample = sample
        self._roles: dict[str, str] = {}

    def tell(self, roles: dict[str, str]) -> None:
        """What each column is chosen for, by its name."""
        self._roles = roles
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._sample.names) - 1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._sample.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._sample.names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        name = self._sample.names[section]
        return f"{text.line(name, _SHOWN)}\n{self._roles.get(name, _NONE)}"

    def data(self, index: Index, role: int = 0) -> object:
        if not index.isValid() or index.row() >= len(self._sample.rows):
            return None
        cell = self._sample.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text.line(cell, 200)
        return text.tip(cell) if role == Qt.ItemDataRole.ToolTipRole and len(cell) > _SHOWN else None


class ColumnsDialog(Dialog):
    """``stated`` carries the mapping; ``other`` asks for another file."""

    stated = Signal(object)
    other = Signal()

    def __init__(self, sample: Sample, *, utc: bool, parent: QWidget | None = None) -> None:
        super().__init__("Columns of a table", parent, 880, 720)
        self._sample, self._utc = sample, utc
        self._latest = jobs.Latest(self)
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._try)
        kind, chosen = guess(sample)
        about = text.label(text.line(sample.name, 140), "body", self)
        look(about, "muted")
        self.body.addWidget(about)
        self.model = RowModel(sample)
        self.body.addWidget(_table(self.model, self), 1)
        line = QHBoxLayout()
        self.kind = _choice("What a row is", list(_KINDS.values()))
        line.addWidget(text.label("Each row is"))
        line.addWidget(self.kind, 1)
        self.body.addLayout(line)
        self._page = QWidget(self)
        self.body.addWidget(self._page)
        self.told = text.breaking("", "body", self)
        self.told.setMinimumHeight(40)
        self.told.setAccessibleName("What would be read")
        self.body.addWidget(self.told)
        self.choices: dict[str, QComboBox] = {}
        self.units: dict[str, QComboBox] = {}
        self.time_format = QLineEdit()
        self._other = self.add_button("Another file…", self._ask_other, "quiet", left=True)
        self.add_button("Cancel", self.close)
        self.keep = self.add_button("Save and read again", self._keep, "primary")
        self.kind.setCurrentIndex(get_args(TableKind).index(kind))
        self.kind.currentIndexChanged.connect(lambda _: self._lay_out(self._carried()))
        self._lay_out(chosen)

    @property
    def mapping(self) -> TableMapping:
        """What is chosen."""
        units = {role: box.currentText() for role, box in self.units.items() if box.currentText() in UNITS}
        return mapping(self._sample, self._kind, self._chosen(), units, self.time_format.text().strip())

    @property
    def _kind(self) -> TableKind:
        kinds: tuple[TableKind, ...] = get_args(TableKind)
        return kinds[self.kind.currentIndex()]

    def _chosen(self) -> dict[str, str]:
        return {
            role: self._sample.names[box.currentIndex() - 1]
            for role, box in self.choices.items()
            if box.currentIndex() > 0
        }

    def _carried(self) -> dict[str, str]:
        """What was chosen, under the names of the roles of another kind of row."""
        chosen = self._chosen()
        when = chosen.get("start") or chosen.get("time")
        return chosen | ({"start": when, "time": when} if when else {})

    def _lay_out(self, chosen: dict[str, str]) -> None:
        """A choice of a column for each role, those that are needed first."""
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        needed = [role for choice in NEEDED[self._kind] for role in choice if role in ROLES[self._kind]]
        roles = [*needed, *(role for role in ROLES[self._kind] if role not in needed)]
        names = [_NONE, *(text.line(name, _SHOWN) for name in self._sample.names)]
        self.choices, self.units = {}, {}
        for i, role in enumerate(roles):
            box = self.choices[role] = _choice(_SAID[role], names)
            if chosen.get(role) in self._sample.names:
                box.setCurrentIndex(1 + self._sample.names.index(chosen[role]))
            box.currentIndexChanged.connect(self._changed)
            row, at = divmod(i, _ACROSS)
            said = text.label(_SAID[role])
            look(said, "plain" if role in needed else "muted")
            grid.addWidget(said, row, 3 * at)
            if role in TIMED:
                unit = self.units[role] = _choice(f"Unit of {_SAID[role].lower()}", [_ANY_UNIT, *UNITS])
                unit.currentIndexChanged.connect(self._changed)
                grid.addWidget(box, row, 3 * at + 1)
                grid.addWidget(unit, row, 3 * at + 2)
            else:
                grid.addWidget(box, row, 3 * at + 1, 1, 2)
        for at in range(_ACROSS):
            grid.setColumnStretch(3 * at + 1, 1)
            grid.setColumnMinimumWidth(3 * at + 2, _UNIT_WIDTH)
        self._add_time_format(grid, (len(roles) + _ACROSS - 1) // _ACROSS)
        self.body.replaceWidget(self._page, page)
        self._page.deleteLater()
        self._page = page
        self._order()
        self._changed()

    def _order(self) -> None:
        """The tab key goes through the page from top to bottom, though it was made after the buttons."""
        before: QWidget = self.kind
        for role, box in self.choices.items():
            for field in (box, self.units.get(role)):
                if field is not None:
                    self.setTabOrder(before, field)
                    before = field
        self.setTabOrder(before, self.time_format)
        self.setTabOrder(self.time_format, self._other)

    def _add_time_format(self, grid: QGridLayout, row: int) -> None:
        written = self.time_format.text()
        self.time_format = QLineEdit(written)
        self.time_format.setAccessibleName("How times are written")
        self.time_format.setPlaceholderText("any known way, or a format: %d.%m.%Y %H:%M:%S,%f")
        self.time_format.textChanged.connect(self._changed)
        said = text.label("Times written as")
        look(said, "muted")
        grid.addWidget(said, row, 0)
        grid.addWidget(self.time_format, row, 1, 1, 3 * _ACROSS - 1)

    def _changed(self) -> None:
        self._latest.cancel()  # it would tell of what was chosen before
        self.keep.setEnabled(False)
        said = {name: _SAID[role] for role, name in self._chosen().items()}
        self.model.tell(said | dict.fromkeys(self.mapping.values, "a series"))
        self._timer.start()

    def _try(self) -> None:
        made = self.mapping
        missing = lacking(made)
        if missing:
            said = ", ".join(" or ".join(_said(role) for role in choice.split(" or ")) for choice in missing)
            self._tell(f"Still to be chosen: {said}.", "muted")
            return
        self._tell("Reading the first rows so …", "muted")
        sample = self._sample
        self._latest.start(lambda _progress, _cancelled: tried(sample, made), self._show, self._fail)

    def _fail(self, error: BaseException) -> None:
        self._tell(str(error), "error")

    def _show(self, found: Tried) -> None:
        kept = found.spans + found.logs + found.points
        said = _of_tried(found, utc=self._utc)
        left = f" {plural(found.skipped, 'row')} not: {found.told}." if found.skipped else ""
        self._tell(f"{said}{left}", "error" if not kept else "warning" if found.skipped else "accent")
        self.keep.setEnabled(kept > 0)

    def _tell(self, said: str, how: str) -> None:
        text.set_label(self.told, said)
        look(self.told, how)

    def _ask_other(self) -> None:
        self.close()
        self.other.emit()

    def _keep(self) -> None:
        made = self.mapping
        self.close()
        self.stated.emit(made)


def _said(role: str) -> str:
    return "columns of numbers" if role == "values" else _SAID[role].lower()


def _of_tried(found: Tried, *, utc: bool) -> str:
    """What of the first rows is read, in words."""
    if found.spans:
        what = f"{plural(found.spans, 'span')} of {plural(found.traces, 'trace')}"
    elif found.logs:
        what = plural(found.logs, "log record")
    elif found.points:
        names = ", ".join(text.line(name, 24) for name in found.series[:4]) + (
            " …" if len(found.series) > 4 else ""
        )
        what = f"{plural(found.points, 'point')} of {names}"
    else:
        return "Nothing of the first rows can be read so."
    when = date_time(found.first, utc)
    until = f" to {date_time(found.last, utc)}" if found.last > found.first else ""
    return f"The first rows give {what}, {when}{until}."


def _choice(name: str, words: list[str]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.addItems(words)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    return made


def _table(model: RowModel, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setAccessibleName("First rows")
    table.setModel(model)
    table.setFont(fonts.ui("body"))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    header.setMaximumSectionSize(260)
    header.setMinimumSectionSize(88)
    header.setStretchLastSection(True)
    table.setMinimumHeight(6 * 24)
    table.resizeColumnsToContents()
    return table
