"""All windows of a run: opened, dressed alike, remembered, and closed one by one or together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication

from explorer.cache.entries import entries
from explorer.errors import ExplorerError
from explorer.gui import jobs
from explorer.gui.building import Builder, build
from explorer.gui.dialogs.asked import ask
from explorer.gui.dress import Dresser
from explorer.gui.garbage import Collector
from explorer.gui.look.scale import launch_again
from explorer.gui.window import MainWindow
from explorer.layout.numbers import plural
from explorer.model.asking import Asking
from explorer.session.place import Visit, load_session, save_session
from explorer.session.settings import Settings

KEEP_MS: Final = 3000
"""After the last step of the user, where the windows are is written down: a crash costs no more than that."""
_ASIDE: Final = QPoint(32, 32)
_IDLE_MS: Final = 200


class Windows(QObject):
    """Each window has a state of its own; settings are those of all.

    Attributes:
        shown: those that are there, oldest first.
        before: where the windows of the run before were.

    Args:
        swiftly: windows that are opened are shown before they are whole.
    """

    def __init__(
        self, app: QApplication, settings: Settings, kept: Settings | None = None, *, swiftly: bool = False
    ) -> None:
        super().__init__()
        self._swiftly = swiftly
        self.shown: list[MainWindow] = []
        self.before: tuple[Visit, ...] = load_session()
        self._settings = settings
        self._kept = kept or settings
        self._closed: list[MainWindow] = []
        self._quitting = False
        self._scale = settings.scale
        self._dresser = Dresser(app, self.shown, settings, self)
        self._keeping = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keeping.timeout.connect(self._keep_soon)
        self._collector = Collector(self)
        self._tidying = QTimer(self, interval=_IDLE_MS)
        self._tidying.timeout.connect(self._tidy)

    def new(self) -> MainWindow:
        """Another window on nothing, beside the one in use; whole, and not shown yet."""
        window = self._frame()
        build(window)
        return window

    def _frame(self) -> MainWindow:
        # First, or parts are measured naked and move when they are dressed.
        self._dresser.dress(self._settings)
        window = MainWindow(self._settings, self._kept)
        window.owner = self
        if self.shown:
            window.move(self.shown[-1].pos() + _ASIDE)
        self.shown.append(window)
        window.settings_changed.connect(lambda: self._settle(window))
        window.remembered_changed.connect(lambda: self._tell_remembered(window))
        window.window_wanted.connect(self.open)
        window.resume_wanted.connect(self.resume)
        window.quit_wanted.connect(self.quit)
        window.clear_wanted.connect(lambda: self._clear_cache(window))
        window.opener.opened.connect(lambda _: self.bound_cache(self._settings.cache_bytes))
        window.closed.connect(lambda: self._forget(window))
        window.completed.connect(lambda: self._follow_places(window))
        self._dresser.dress(self._settings)
        return window

    def _follow_places(self, window: MainWindow) -> None:
        """Write down where the user is, a while after each step."""
        state = window.state
        for changed in (state.opened, state.id_changed, state.span_changed, state.viewport_changed,
                        state.query_changed):  # fmt: skip
            changed.connect(self._keeping.start)

    def open(self, paths: Sequence[Path] = (), id_text: str = "", asking: Asking = Asking()) -> MainWindow:
        """Another window, shown, on these paths."""
        window = self._frame() if self._swiftly else self.new()
        window.show()
        if self._swiftly:
            window.completed.connect(self._collector.spare)
            Builder(window)
        if paths:
            window.open_paths(paths, id_text, asking)
        return window

    def start(
        self, paths: Sequence[Path], id_text: str = "", asking: Asking = Asking(), *, again: bool = False
    ) -> MainWindow:
        """The first window of a run; without paths it offers, or opens, where the run before ended.

        Args:
            again: the program was started by :meth:`start_again`.
        """
        window = self.open(paths, id_text, asking)
        if again or (not paths and self._settings.restore == "always"):
            self.resume(window)
        elif not paths and self._settings.restore == "offer":
            window.offer_session(self.before)
        return window

    def start_again(self) -> None:
        """End this run and begin another that goes on where this one ended."""
        self.quit()
        if not self.shown:
            launch_again()

    def resume(self, window: MainWindow) -> None:
        """Go on where the run before ended: its first bundle in this window, each other in one of its own."""
        first, *others = self.before or (Visit(),)
        window.resume(first)
        for visit in others:
            self.open().resume(visit)

    def keep(self) -> None:
        """Write down where the windows are."""
        try:
            save_session(self.visits())
        except (ExplorerError, OSError):
            return  # nothing the user could do about it now

    def visits(self) -> list[Visit]:
        """Where the windows are that have a bundle open."""
        return [visit for window in self.shown if (visit := window.visit()) is not None]

    def quit(self) -> None:
        """Close all windows; the next run can go on with all of them. A window that refuses to close stays."""
        self.keep()
        self._quitting = True
        for window in reversed(list(self.shown)):
            if not window.close():
                self._quitting = False
                return

    def end(self) -> None:
        """Take everything down in order, so that nothing is left for the interpreter's exit to trip over."""
        windows = [*self.shown, *self._closed]
        self.shown.clear()
        self._closed.clear()
        for window in windows:
            if shiboken6.isValid(window):
                window.close()
                shiboken6.delete(window)
        self._collector.end()
        # At once: the garbage may be collected by another thread, which must not stop timers of this one.
        for part in (self._dresser, self._keeping, self._tidying, self._collector):
            shiboken6.delete(part)

    def bound_cache(self, most_bytes: int, done: Callable[[int], object] = lambda _: None) -> None:
        """Remove the longest unused of what was read before, never what a window shows: it reads on in there."""
        keys = {window.entry for window in self.shown if window.entry}

        def sweep(_progress: object, _cancelled: object) -> int:
            known = entries()
            for key in keys:
                known.find(key)  # is used now
            return known.sweep(most_bytes, spare=len(keys))

        jobs.start(sweep).done.connect(done)

    def _clear_cache(self, window: MainWindow) -> None:
        self.bound_cache(
            0, lambda gone: window.status.showMessage(f"{plural(gone, 'bundle')} forgotten", 10_000)
        )

    def _keep_soon(self) -> None:
        visits = self.visits()
        job = jobs.start(lambda _progress, _cancelled: save_session(visits))
        job.failed.connect(lambda _: None)

    def _forget(self, window: MainWindow) -> None:
        """A window was closed: its bundle goes at once, the window itself when no work may come back to it."""
        if window not in self.shown:
            return
        if len(self.shown) == 1 and not self._quitting:
            self.keep()
        self.shown.remove(window)
        self._keeping.stop()
        if self.shown:
            window.close_bundle()
            if not self._quitting:
                self.keep()
            self._tidying.start()
        self._closed.append(window)

    def _tidy(self) -> None:
        if jobs.idle():
            self._tidying.stop()
            for window in self._closed:
                window.deleteLater()
            self._closed.clear()
            QTimer.singleShot(0, self, self._collector.look_at_all)  # once they are gone

    def _settle(self, changed: MainWindow) -> None:
        """What was set in one window counts in all."""
        self._settings, self._kept = changed.settings, changed.kept
        for window in self.shown:
            if window is not changed and window.settings != changed.settings:
                window.kept = changed.kept
                window.use_settings(changed.settings)
        self._dresser.dress(self._settings)
        if self._settings.scale != self._scale:
            self._scale = self._settings.scale
            self._ask_to_start_again(changed)

    def _ask_to_start_again(self, window: MainWindow) -> None:
        question = ask(
            f"Everything at {self._scale} %",
            "The new size is used from the next start. What is open is opened again then, where it is now.",
            ("Start again",), window, no="Later",
        )  # fmt: skip
        question.answered.connect(self.start_again)

    def _tell_remembered(self, changed: MainWindow) -> None:
        for window in self.shown:
            if window is not changed:
                window.show_remembered(replace(changed.remembered))
