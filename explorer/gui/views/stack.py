"""The stack trace of the selected span or log record: chained causes, own frames told from library frames."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from explorer.analysis.categories.stacktrace import parse_stack
from explorer.gui.look.text import label, plain, reading, set_label
from explorer.gui.painting.ink import colour
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.model.raw import ChangedError
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail

LIBRARY = "    · "


class StackView(QWidget):
    """Follows the state's selected span and log record."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Stack trace")
        self._state = state
        self._raw = ""
        self._words = label("", "small", self)
        self._words.setProperty("look", "muted")
        self._as_written = QCheckBox("as written", self)
        self._libraries = QCheckBox("library frames", self)
        for box in (self._libraries, self._as_written):
            box.toggled.connect(lambda *_: self._show())
        self.text = reading("", self)
        self.text.setAccessibleName("Stack trace text")
        self._tint = _Tint(self.text.document(), state)
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 12, 2)
        head.addWidget(self._words, 1)
        head.addWidget(self._libraries)
        head.addWidget(self._as_written)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        self.text.setProperty("look", "page")
        column.addWidget(self.text, 1)
        column.addStretch(0)
        for signal in (state.opened, state.span_changed, state.log_changed):
            signal.connect(self._rebuild)
        state.theme_changed.connect(self._tint.rehighlight)
        self._rebuild()

    def _rebuild(self) -> None:
        store = self._state.store
        self._raw = stack_of(store, self._state.span_row, self._state.log) if store is not None else ""
        self._show()

    def _show(self) -> None:
        trace = parse_stack(self._raw) if self._raw else None
        self._as_written.setVisible(trace is not None)
        self._libraries.setVisible(trace is not None and not self._as_written.isChecked())
        self.text.setVisible(bool(self._raw))
        if not self._raw:
            set_label(self._words, "No stack trace in the selected span or its log records.")
            self.text.setPlainText("")
            return
        if trace is None or self._as_written.isChecked():
            set_label(self._words, "as written")
            self.text.setPlainText(plain(self._raw, 1_000_000))
            return
        own = sum(frame.own for raised in trace.chain for frame in raised.frames)
        frames = sum(len(raised.frames) for raised in trace.chain)
        set_label(self._words, f"{trace.language} · {own} own of {frames} frames · root cause first")
        shown = stack_lines(self._raw, libraries=self._libraries.isChecked() or not own)
        self.text.setPlainText(plain(shown, 1_000_000))


def stack_of(store: Store, span: int, log: int) -> str:
    """The stack trace of the selected log record, else of the span, else of the first log record of the span."""
    try:
        if log >= 0 and (stack := log_detail(store, log).stack):
            return stack
        if span < 0:
            return ""
        detail = span_detail(store, span)
        if detail.stack:
            return detail.stack
        for row in np.flatnonzero(store.logs.span == span)[:50].tolist():
            if stack := log_detail(store, row).stack:
                return stack
    except ChangedError as error:
        return str(error)
    return ""


def stack_lines(text: str, *, libraries: bool = True) -> str:
    """A parsed trace written innermost cause first, each frame a line, library frames marked by a dot.

    Args:
        libraries: whether library frames are listed; else a line says how many of them stand between own ones.
    """
    trace = parse_stack(text)
    if trace is None:
        return text
    lines: list[str] = []
    for raised in sorted(trace.chain, key=lambda one: one is not trace.chain[trace.root]):
        lines.append(f"{raised.type}: {raised.message}" if raised.message else raised.type)
        for own, run in groupby(raised.frames, key=lambda frame: frame.own):
            frames = list(run)
            if not own and not libraries:
                last = frames[0].function
                lines.append(f"{LIBRARY}{numbers.plural(len(frames), 'library frame')}, innermost {last}")
                continue
            for frame in frames:
                where = f"{frame.file}:{frame.line}" if frame.line else frame.file
                lines.append(f"{'    ' if own else LIBRARY}{frame.function}  {where}".rstrip())
                if own and frame.text:
                    lines.append(f"        {frame.text}")
        lines.append("")
    return "\n".join(lines).rstrip()


class _Tint(QSyntaxHighlighter):
    """Exceptions in red, own frames plain, library frames muted."""

    def __init__(self, document: QTextDocument, state: AppState) -> None:
        super().__init__(document)
        self._state = state

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        form = QTextCharFormat()
        theme = self._state.theme
        name = theme.text if text.startswith("    ") else theme.error
        form.setForeground(colour(theme.muted if text.startswith(LIBRARY) else name))
        self.setFormat(0, len(text), form)
