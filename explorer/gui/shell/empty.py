"""What is shown while nothing is open: what to drop, where such files come from, and what was open before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.gui.look import fonts, text
from explorer.gui.look.style import look
from explorer.session.place import Visit
from explorer.session.remembered import Recent

_WIDTH: Final = 640
_SHOWN: Final = 5

_FIRST: Final = (
    "Welcome. The demo is a whole incident: requests that fail across several services, the path of the failure, "
    "and its cause with the evidence. It opens in seconds and is the shortest way to see what this program does."
)
_SOURCES: Final = (
    ("OpenTelemetry", "the file exporter of the Collector (OTLP JSON, JSON lines)"),
    ("Jaeger", "the JSON button on a trace, or /api/traces?service=…"),
    ("Zipkin", "Download JSON on a trace, or /api/v2/traces"),
    ("Prometheus", "the answer of /api/v1/query_range"),
    ("Logs", "docker logs, kubectl logs, Filebeat, Fluent Bit, or any text log"),
)


class EmptyView(QScrollArea):
    """Three buttons, a place to drop files, and the recent bundles."""

    open_files = Signal()
    open_folder = Signal()
    open_demo = Signal()
    open_recent = Signal(object)
    resume = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Nothing is open")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget(self)
        look(page, "page")
        outer = QHBoxLayout(page)
        outer.setContentsMargins(24, 24, 24, 24)
        middle = QWidget(page)
        middle.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        column.addStretch(1)
        self._first = text.label("", "body", middle)
        self._first.setWordWrap(True)
        self._first.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._first.hide()
        column.addWidget(self._first)
        self._resume = QPushButton(middle)
        look(self._resume, "primary")
        self._resume.clicked.connect(self.resume)
        self._resume.hide()
        column.addWidget(self._resume, 0, Qt.AlignmentFlag.AlignHCenter)
        self._drop = self._drop_area(middle)
        column.addWidget(self._drop)
        column.addWidget(self._sources(middle))
        self._listed: list[QWidget] = []
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        column.addLayout(self._recent)
        column.addStretch(2)
        outer.addStretch(1)
        outer.addWidget(middle, 8)
        outer.addStretch(1)
        self.setWidget(page)

    def show_recent(self, recent: Sequence[Recent]) -> None:
        """The bundles opened last, newest first; those that are gone cannot be chosen."""
        for widget in self._listed:
            self._recent.removeWidget(widget)
            widget.deleteLater()
        self._listed = [text.label("Opened before", "head")] if recent else []
        self._listed += [self._recent_button(one) for one in recent[:_SHOWN]]
        for widget in self._listed:
            self._recent.addWidget(widget)

    def show_session(self, visits: Sequence[Visit], *, first_run: bool) -> None:
        """Offer to go on where the last run ended; where there was none, the demo."""
        text.set_label(self._first, _FIRST)
        self._first.setVisible(first_run)
        self._resume.setVisible(bool(visits))
        offer = "primary" if not visits else "plain"
        look(self._buttons[0], "plain" if first_run else offer)
        look(self._buttons[2], "primary" if first_run and not visits else "plain")
        if visits:
            more = f" and {len(visits) - 1} more" if len(visits) > 1 else ""
            where = f", at {visits[0].place.id}" if visits[0].place.id else ""
            words = text.line(f"Go on with {visits[0].name}{where}{more}", 90)
            self._resume.setText(words.replace("&", "&&"))
            self._resume.setAccessibleName(words)
            text.tooltip(self._resume, "\n".join(path for visit in visits for path in visit.paths))

    def show_over(self, *, over: bool) -> None:
        """Whether something that can be opened is held over the window."""
        look(self._drop, "over", value="true" if over else "false")

    def _drop_area(self, parent: QWidget) -> QFrame:
        frame = QFrame(parent)
        look(frame, "drop")
        column = QVBoxLayout(frame)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(8)
        column.addWidget(_centred("Drop a bundle here", "title"))
        about = _centred("Traces, logs and metrics of one incident: a file, a folder or an archive, in any mix.\n"
                         "Nothing leaves this computer.", "body")  # fmt: skip
        look(about, "muted")
        column.addWidget(about)
        row = QHBoxLayout()
        row.setContentsMargins(0, 16, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        self._buttons: list[QPushButton] = []
        for words, signal, kind in (
            ("Open files…", self.open_files, "primary"), ("Open folder…", self.open_folder, "plain"),
            ("Open the demo", self.open_demo, "plain"),
        ):  # fmt: skip
            button = QPushButton(words, frame)
            button.setAccessibleName(words.rstrip("…"))
            look(button, kind)
            button.clicked.connect(signal)
            row.addWidget(button)
            self._buttons.append(button)
        row.addStretch(1)
        column.addLayout(row)
        return frame

    def _sources(self, parent: QWidget) -> QWidget:
        frame = QWidget(parent)
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(text.label("Where such files come from", "head", frame))
        for name, how in _SOURCES:
            row = QHBoxLayout()
            row.setSpacing(16)
            known = text.label(name, "body", frame)
            known.setFixedWidth(112)
            row.addWidget(known)
            said = text.label(how, "body", frame)
            said.setWordWrap(True)
            look(said, "muted")
            row.addWidget(said, 1)
            column.addLayout(row)
        return frame

    def _recent_button(self, recent: Recent) -> QPushButton:
        where = (
            recent.paths[0]
            if len(recent.paths) == 1
            else f"{recent.paths[0]} and {len(recent.paths) - 1} more"
        )
        words = text.line(f"{recent.name}    {where}", 160).replace("&", "&&")
        button = QPushButton(f"{words}    (gone)" if recent.missing else words)
        button.setFont(fonts.ui("body"))
        button.setAccessibleName(text.line(f"Open {recent.name} again"))
        button.setEnabled(not recent.missing)
        text.tooltip(button, "\n".join(recent.paths))
        look(button, "row")
        button.clicked.connect(lambda: self.open_recent.emit(recent))
        return button


def _centred(words: str, role: fonts.Role) -> QWidget:
    made = text.label(words, role)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setWordWrap(True)
    return made
