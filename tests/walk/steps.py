"""The steps of the walk: each acts with mouse and keys in a real window, and checks what the user then sees."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton, QWidget

from explorer.analysis.results import Outcome, Step
from explorer.gui import jobs
from explorer.gui.app import application
from explorer.gui.dialogs.export import ExportDialog
from explorer.gui.dialogs.note import NoteDialog
from explorer.gui.views.bottom import ROOM, TITLES
from explorer.gui.views.parts import ClickRow
from explorer.gui.views.steprow import StepRow
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.layout.strip import shown_marks
from explorer.paths import demo_bundle
from explorer.session.settings import Settings, ThemeChoice

SECONDS: Final = 30.0
SIZE: Final = (1440, 900)
NOTE: Final = "Null ratio rose with release 4.12.0. Rolled back at 14:12."
Kind = TypeVar("Kind", bound=QWidget)
_LEFT, _NONE, _CONTROL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@dataclass
class Walk:
    """A window, and a folder with a copy of the demo's bundle in it; ``shown`` is what a picture is made of."""

    folder: Path
    theme: ThemeChoice = "dark"
    window: MainWindow = field(init=False)
    bundle: Path = field(init=False)
    shown: QWidget = field(init=False)

    def __post_init__(self) -> None:
        self.bundle = Path(shutil.copy(demo_bundle(), self.folder))
        settings = replace(Settings(), theme=self.theme, utc=True)
        self.window = self.shown = Windows(application(), settings).new()
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()
        self.until(self.window.isVisible)

    def until(self, holds: Callable[[], object]) -> None:
        """Let the window live until something holds."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, "what was waited for did not come"
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            time.sleep(0.005)

    def rest(self) -> None:
        """Until no work is under way and all is painted."""
        self.until(jobs.idle)
        QTest.qWait(150)
        self.until(jobs.idle)

    def click(self, target: QWidget, at: QPoint | None = None) -> None:
        """Click a widget, in its middle unless told."""
        QTest.mouseClick(target, _LEFT, _NONE, at or target.rect().center())

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE, target: QWidget | None = None
    ) -> None:
        """Press a key, in the waterfall unless told."""
        QTest.keyClick(target or self.window.board.waterfall.rows, key, modifiers)

    def dialog(self, kind: type[Kind]) -> Kind:
        """The dialog of that kind, once it is open."""
        self.until(lambda: self.window.findChildren(kind))
        return self.window.findChildren(kind)[-1]

    def path(self) -> tuple[Step, ...]:
        """The failure path of the id shown."""
        verdict = self.window.state.verdict
        assert verdict is not None
        return verdict.path

    def selected(self) -> tuple[str, str]:
        """Service and operation of the selected span."""
        store, row = self.window.state.store, self.window.state.span_row
        assert store is not None
        assert row >= 0
        return store.service(row), store.operation(row)


def open_bundle(walk: Walk) -> None:
    """Drop the file on the empty window."""
    window = walk.window
    assert window.pages.currentWidget() is not window.board
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(walk.bundle))])
    place = QPointF(window.rect().center())
    drop = QDropEvent(place, Qt.DropAction.CopyAction, data, _LEFT, _NONE)
    window.dropEvent(drop)
    walk.until(lambda: window.pages.currentWidget() is window.board and window.state.analysis is not None)


def see(walk: Walk) -> None:
    """At once: how many failed, of which causes, since when; the worst id of the first cause is shown."""
    state = walk.window.state
    assert state.analysis is not None
    assert state.store is not None
    failing = int(np.count_nonzero(state.analysis.ids.outcome == Outcome.FAILING))
    assert failing > 100
    first = state.analysis.causes[0]
    assert state.id_row in first.ids
    assert first.category == "data"
    marks = shown_marks(state.store, state.analysis, *state.store.bounds())
    assert {"deploy", "alert"} <= {mark.kind for mark in marks}
    assert len(walk.path()) >= 3
    assert walk.selected()[0] == first.service == walk.path()[0].service


def follow_the_path(walk: Walk) -> None:
    """Click down How it spread, from the origin to what the user saw; then go from error to error, and back."""

    def steps() -> list[StepRow]:
        return [row for row in walk.window.board.rca.findChildren(StepRow) if row.isVisible()]

    walk.until(lambda: len(steps()) == len(walk.path()))
    for row, step in zip(steps(), walk.path(), strict=True):
        walk.click(row)
        assert walk.selected()[0] == step.service
    walk.press(Qt.Key.Key_Home)
    walk.press(Qt.Key.Key_E)
    state = walk.window.state
    assert state.store is not None
    assert state.store.spans.failed[state.span_row]
    walk.press(Qt.Key.Key_O)
    assert walk.selected()[0] == walk.path()[0].service


def check_the_log(walk: Walk) -> None:
    """Click the log line that is evidence; then group what all services wrote into patterns."""
    board, logs = walk.window.board, walk.window.board.bottom.logs
    evidence = next(
        row
        for row in board.rca.findChildren(ClickRow)
        if row.isVisible() and row.accessibleName().startswith("log")
    )
    walk.click(evidence)
    assert board.bottom.tabs.currentIndex() == TITLES.index("Logs")
    state = walk.window.state
    assert state.log >= 0
    assert logs.lines.place(state.log) >= 0
    message = logs.lines.message(state.log)
    assert message.split()[0] in evidence.accessibleName()
    board.bottom.room_wanted.emit(ROOM)
    logs.show_scope("all")
    walk.click(logs.show_patterns)
    model = logs.patterns.patterns
    walk.until(lambda: model.rowCount() > 10)
    mine = next(
        row for row in range(model.rowCount()) if model.pattern(row).text.split()[:2] == message.split()[:2]
    )
    before = len(logs.lines.rows)
    walk.click(logs.patterns.viewport(), logs.patterns.visualRect(model.index(mine, 0)).center())
    walk.until(lambda: len(logs.lines.rows) == model.pattern(mine).count < before)


def compare(walk: Walk) -> None:
    """``x``: the same request where it went well, beside it."""
    walk.click(walk.window.board.bottom.logs.show_patterns)
    walk.window.board.bottom.logs.show_scope("span")
    bottom = walk.window.board.bottom
    walk.press(Qt.Key.Key_X)
    assert bottom.tabs.currentIndex() == TITLES.index("Compare")
    walk.until(lambda: bottom.compare.model.rowCount() > 3)
    walk.rest()


def note(walk: Walk) -> None:
    """``n``: what was seen, kept in a file beside the bundle."""
    walk.press(Qt.Key.Key_O)
    walk.press(Qt.Key.Key_N)
    dialog = walk.dialog(NoteDialog)
    QTest.keyClicks(dialog.field, NOTE)
    walk.rest()
    walk.shown = dialog


def keep_the_note(walk: Walk) -> None:
    """Ctrl+Enter; it stands in the waterfall and beside the bundle."""
    walk.shown = walk.window
    dialog = walk.dialog(NoteDialog)
    walk.press(Qt.Key.Key_Return, _CONTROL, dialog.field)
    walk.until(lambda: not walk.window.findChildren(NoteDialog))
    walk.until(lambda: any(NOTE in path.read_text() for path in walk.folder.glob("*.notes.json")))
    walk.window.activateWindow()
    walk.until(walk.window.isActiveWindow)


def ask_for_the_export(walk: Walk) -> None:
    """Ctrl+E: a post-mortem, as one HTML file."""
    walk.press(Qt.Key.Key_E, _CONTROL)
    dialog = walk.dialog(ExportDialog)
    _choose(dialog.what, "Post-mortem report")
    assert dialog.redact.isChecked()
    walk.rest()
    walk.shown = dialog


def export(walk: Walk) -> None:
    """Choose where; the report says all of it, and what was redacted."""
    dialog, walk.shown = walk.dialog(ExportDialog), walk.window
    walk.click(next(one for one in dialog.findChildren(QPushButton) if one.text() == "Choose where…"))
    files = dialog.findChildren(QFileDialog)[-1]
    report = walk.folder / "post-mortem.html"
    files.selectFile(str(report))
    files.accept()
    walk.until(report.exists)
    walk.until(lambda: walk.window.status.currentMessage().startswith("Written"))
    text = report.read_text(encoding="utf-8")
    state = walk.window.state
    assert state.analysis is not None
    for words in (state.place.id, state.analysis.causes[0].title, NOTE, "Contributing factors", "Redacted: "):
        assert words in text, words
    assert "<script" not in text


def _choose(box: QComboBox, words: str) -> None:
    """Choose by key, as from the list."""
    QTest.keyClicks(box, words[:4])
    assert box.currentText() == words


def _centre(walk: Walk) -> QRect:
    board = walk.window.board
    top, foot = board.graph.mapTo(walk.window, QPoint(0, 0)), board.bottom.mapTo(walk.window, QPoint(0, 0))
    right = board.rca.mapTo(walk.window, QPoint(board.rca.width(), 0))
    return QRect(top.x(), top.y(), right.x() - top.x(), foot.y() - top.y())


def _bottom(walk: Walk) -> QRect:
    bottom = walk.window.board.bottom
    return QRect(bottom.mapTo(walk.window, QPoint(0, 0)), bottom.size())


@dataclass(frozen=True)
class Stop:
    """A step of the walk; with a ``picture``, it is of what is then shown, or of a part of it."""

    name: str
    play: Callable[[Walk], None]
    picture: str = ""
    crop: Callable[[Walk], QRect] | None = None


STOPS: Final = (
    Stop("open", open_bundle),
    Stop("see", see, "window"),
    Stop("path", follow_the_path, "walk-path", _centre),
    Stop("log", check_the_log, "walk-log", _bottom),
    Stop("compare", compare, "walk-compare", _bottom),
    Stop("note", note, "walk-note"),
    Stop("noted", keep_the_note),
    Stop("export", ask_for_the_export, "walk-export"),
    Stop("exported", export),
)
