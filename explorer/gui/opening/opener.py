"""Opening from the window's side: what to open is chosen, asked about, followed, and shown when it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.gui import jobs
from explorer.gui.dialogs.asked import ask, show_error
from explorer.gui.opening.overlay import LoadingOverlay
from explorer.gui.opening.telling import OpeningError
from explorer.model.asking import Asking
from explorer.model.progress import bundle_name
from explorer.session.settings import Settings

if TYPE_CHECKING:  # imported behind the first paint, see explorer.gui.building
    from explorer.gui.opening.work import Opened

Where = Literal["here", "added", "elsewhere"]

Opening = Callable[..., jobs.Work]
"""As :func:`explorer.gui.opening.work.opening`."""
_SHOWN_MS: Final = 1000
"""After which what was opened is surely painted, and what may be asked of it next is made ready."""
FILTERS: Final = (
    "All files (*)",
    "Exports (*.json *.jsonl *.ndjson *.pb *.binpb *.log *.txt)",
    "Archives (*.zip *.tar *.gz *.tgz *.bz2 *.xz *.zst)",
)


class Opener(QObject):
    """Opens one bundle at a time; the one before stays until the new one is there.

    It is there before what reads and what shows: what is asked for until then is done when they are.

    Attributes:
        paths: of what is open.
        asking: what alone of a data lake was read of it.
        query: tells what the window shows alone of whatever is open.

    Signals:
        opened: an :class:`~explorer.gui.opening.work.Opened`.
        failed: why nothing was opened.
        elsewhere: paths that are to be opened in a window of their own.
    """

    opened = Signal(object)
    failed = Signal(str)
    elsewhere = Signal(object)

    def __init__(self, overlay: LoadingOverlay, window: QWidget) -> None:
        super().__init__(window)
        self.paths: tuple[Path, ...] = ()
        self.asking = Asking()
        self.query: Callable[[], str] = str
        self.settings = Settings()
        self._window = window
        self._overlay = overlay
        self._latest = jobs.Latest()
        self._opening: Opening | None = None
        self._wanted: Callable[[], None] | None = None
        self._shows = False
        self._unseen: Callable[[], None] | None = None
        overlay.cancelled.connect(self.cancel)

    @property
    def running(self) -> bool:
        """Whether something is being opened."""
        return not self._overlay.isHidden()

    @property
    def in_the_way(self) -> bool:
        """Whether nothing can be done but to wait or to cancel."""
        return self.running and not self._overlay.aside

    def ask_files(self, folder: str, where: Where = "here") -> None:
        """Have files chosen, then open them: in place of what is open, with it, or in another window."""
        dialog = self._dialog("Open files or archives", folder, QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(FILTERS)
        dialog.filesSelected.connect(lambda names: self._take(names, where))
        dialog.open()

    def ask_folder(self, folder: str) -> None:
        """Have a folder chosen, then open it."""
        dialog = self._dialog("Open a folder as one bundle", folder, QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self._take)
        dialog.open()

    def offer(self, paths: Sequence[Path]) -> None:
        """Open what was dropped; asks whether to add it where something is open."""
        if not self.paths:
            self.open(paths)
            return
        name = bundle_name(paths)
        question = ask(
            "Open", f"{name} can be read into the bundle that is open, or replace it.",
            ("Replace", "Add to this bundle", "In a new window"), self._window,
        )  # fmt: skip
        wheres: tuple[Where, ...] = ("here", "added", "elsewhere")
        question.answered.connect(lambda answer: self._open(paths, wheres[answer]))

    def open(self, paths: Sequence[Path], asking: Asking = Asking(), *, afresh: bool = False) -> None:
        """Open paths as one bundle; of data lakes among them only what is asked for."""
        wanted = tuple(dict.fromkeys(path.absolute() for path in paths))
        if not wanted:
            return
        self._overlay.begin(bundle_name(wanted))
        self._wanted = lambda: self._start(wanted, asking, afresh=afresh)
        if self._opening is not None:
            self._wanted()

    def use(self, opening: Opening) -> None:
        """What reads is there: begin what was asked for meanwhile."""
        self._opening = opening
        if self._wanted is not None:
            self._wanted()

    def show(self) -> None:
        """What shows is there: hand over what was read meanwhile."""
        self._shows = True
        if self._unseen is not None:
            self._unseen()
            self._unseen = None

    def reload(self) -> None:
        """Read what is open again."""
        self.open(self.paths, self.asking, afresh=True)

    def cancel(self) -> None:
        """Stop opening; what was open stays."""
        self._wanted = self._unseen = None
        self._latest.cancel()
        self._overlay.end()

    def close(self) -> None:
        """Forget what was open."""
        self.cancel()
        self.paths, self.asking = (), Asking()

    def _dialog(self, title: str, folder: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, folder)
        dialog.setFileMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _take(self, names: list[str], where: Where = "here") -> None:
        paths = tuple(Path(name) for name in names)
        # The dialog is closed first: it and the overlay would both want the focus.
        QTimer.singleShot(0, self, lambda: self._open(paths, where))

    def _open(self, paths: Sequence[Path], where: Where) -> None:
        if where == "elsewhere":
            self.elsewhere.emit(tuple(paths))
        else:
            added = where == "added"
            self.open((*self.paths, *paths) if added else paths, self.asking if added else Asking())

    def _start(self, paths: tuple[Path, ...], asking: Asking, *, afresh: bool) -> None:
        self._wanted = None
        if self._opening is not None:
            work = self._opening(paths, self.settings, asking, afresh=afresh, query=self.query())
            job = self._latest.start(work, self._done, self._failed)
            job.progress.connect(self._overlay.follow)
            job.part.connect(self._show_first_part)

    def _show_first_part(self, found: Opened) -> None:
        if not self._shows:
            self._unseen = lambda: self._show_first_part(found)
            return
        self.paths, self.asking = found.paths, found.asking
        self.opened.emit(found)
        self._overlay.step_aside()

    def _done(self, found: Opened) -> None:
        if not self._shows:
            self._unseen = lambda: self._done(found)
            return
        self.paths, self.asking = found.paths, found.asking
        self._overlay.end()
        self.opened.emit(found)
        QTimer.singleShot(_SHOWN_MS, self, lambda: jobs.start(found.warm))

    def _failed(self, error: BaseException) -> None:
        self._overlay.end()
        details = error.details if isinstance(error, OpeningError) else ""
        self.failed.emit(str(error))
        if isinstance(error, OpeningError):
            show_error("The bundle was not opened", str(error), details, self._window)
