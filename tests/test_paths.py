"""Folders of the user on three systems, and what the program ships."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from explorer import paths
from tests.shared import ROOT

HOME = Path.home()


@pytest.mark.parametrize(
    ("kind", "platform", "environ", "expected"),
    [
        ("config", "linux", {}, HOME / ".config/trace-explorer"),
        ("cache", "linux", {}, HOME / ".cache/trace-explorer"),
        ("state", "linux", {}, HOME / ".local/state/trace-explorer"),
        ("cache", "linux", {"XDG_CACHE_HOME": "/var/big"}, Path("/var/big/trace-explorer")),
        ("cache", "linux", {"XDG_CACHE_HOME": "relative"}, HOME / ".cache/trace-explorer"),
        ("config", "darwin", {}, HOME / "Library/Application Support/trace-explorer"),
        ("cache", "darwin", {}, HOME / "Library/Caches/trace-explorer"),
        ("config", "win32", {"APPDATA": "/roaming"}, Path("/roaming/trace-explorer")),
        ("cache", "win32", {"LOCALAPPDATA": "/local"}, Path("/local/trace-explorer/cache")),
        ("state", "win32", {}, HOME / "AppData/Local/trace-explorer/state"),
        ("state", "linux", {"TRACE_EXPLORER_HOME": "/stick", "XDG_STATE_HOME": "/x"}, Path("/stick/state")),
    ],
)
def test_user_folders(kind: paths.Kind, platform: str, environ: dict[str, str], expected: Path) -> None:
    assert paths.user_dir(kind, environ, platform) == expected


def test_no_home_is_an_error_that_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(OSError, match="TRACE_EXPLORER_HOME"):
        paths.user_dir("config", {}, "linux")


def test_folders_are_made_on_demand_and_private(tmp_path: Path) -> None:
    home = tmp_path / "not yet" / "there"
    folders = [paths.cache_dir(home), paths.state_dir(home)]
    assert folders == [home / "cache", home / "state"]
    if os.name == "posix":
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert paths.cache_dir(home) == home / "cache"
    assert paths.config_dir(home) == home / "config"
    assert not (home / "config").exists()


def test_tests_do_not_touch_the_folders_of_the_user() -> None:
    assert not paths.config_dir().is_relative_to(HOME / ".config")


def test_resources_of_this_checkout() -> None:
    assert paths.resource() == ROOT / "resources"
    assert paths.resource("fonts").is_dir()
    with pytest.raises(FileNotFoundError, match=r"no fonts/Wingdings\.ttf"):
        paths.resource("fonts", "Wingdings.ttf")
