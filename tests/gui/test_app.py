"""Starting and ending, as the command line does it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.gui.app import application, end, run
from explorer.gui.dialogs.error import ErrorDialog
from explorer.gui.look import style
from explorer.gui.window import MainWindow
from explorer.gui.windows import Windows
from explorer.layout.palette import THEMES
from explorer.paths import created
from explorer.session.settings import Settings, load_settings, settings_file
from tests.shared import ROOT

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from explorer.gui import app

def close():
    for widget in app.application().topLevelWidgets():
        if widget.windowTitle().startswith("bundle"):  # it is open
            widget.close()

app.application()
timer = QTimer(interval=50)
timer.timeout.connect(close)
timer.start()
sys.exit(app.run([Path(sys.argv[1])], "rq-bad"))
"""


def windows() -> list[MainWindow]:
    """All that are there."""
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]


def test_runs_until_it_is_closed_and_leaves_nothing(qtbot: QtBot) -> None:
    hook = sys.excepthook
    themes: list[str] = []

    def look_and_close() -> None:
        for window in windows():
            if window.whole:
                themes.append(window.state.theme.name)
                window.close()
                looking.stop()

    looking = QTimer(interval=50)
    looking.timeout.connect(look_and_close)
    looking.start()
    assert run([], theme="light") == 0
    assert themes == ["light"]
    assert windows() == []
    assert sys.excepthook is hook
    assert not settings_file().exists()  # the theme was for this run only


def test_a_fault_is_shown_and_the_window_stays(qtbot: QtBot) -> None:
    seen: list[bool] = []

    def fail() -> None:
        raise RuntimeError("made up")

    def look_and_close() -> None:
        window = windows()[0]
        seen.append(isinstance(window.findChild(ErrorDialog), ErrorDialog) and window.isVisible())
        window.close()

    with qtbot.captureExceptions():
        QTimer.singleShot(100, fail)
        QTimer.singleShot(300, look_and_close)
        assert run([]) == 0
    assert seen == [True]


def test_a_process_ends_cleanly(bundle: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(bundle)], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    noise = {line for line in ended.stderr.splitlines() if "This plugin does not support" not in line}
    assert (ended.returncode, noise, ended.stdout) == (0, set(), "")


def test_settings_that_could_not_be_used_are_told(qtbot: QtBot) -> None:
    created(settings_file().parent)
    settings_file().write_text('{"version": 1, "scale": "huge"}')
    said: list[str] = []

    def look_and_close() -> None:
        said.append(windows()[0].status.currentMessage())
        windows()[0].close()

    QTimer.singleShot(200, look_and_close)
    run([])
    assert said[0].startswith("scale in settings.json is not used")


def test_the_desktop_is_followed_unless_a_theme_is_set(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = Windows(application(), Settings(theme="system")).new()
    hints = QGuiApplication.styleHints()
    for name in ("light", "dark", "light"):
        monkeypatch.setattr(style, "system_theme", lambda name=name: name)
        hints.colorSchemeChanged.emit(hints.colorScheme())
        assert window.state.theme.name == name
    window.change_settings(Settings(theme="dark"))
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert window.state.theme.name == "dark"
    end(window)
    hints.colorSchemeChanged.emit(hints.colorScheme())  # finds nobody


def test_what_is_given_for_one_run_is_not_kept(qtbot: QtBot) -> None:
    window = Windows(application(), Settings(theme="light", id_fields=("order",)), Settings()).new()
    window.change_settings(replace(window.settings, utc=False))
    assert window.settings == Settings(theme="light", id_fields=("order",), utc=False)
    assert load_settings()[0] == Settings(utc=False)
    end(window)


@pytest.mark.parametrize("name", THEMES)
def test_a_style_sheet_has_no_holes(qtbot: QtBot, name: str) -> None:
    made = style.sheet(THEMES[name])
    assert "$" not in made
    assert made.count("{") == made.count("}")


def test_marks_are_left_out_where_they_cannot_be_kept(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> Path:
        raise OSError("No space left on device")

    monkeypatch.setattr("explorer.gui.look.marks.cache_dir", full)
    assert 'url("")' in style.sheet(THEMES["dark"])
