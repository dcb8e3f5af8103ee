"""The user's own rules: what is faulty is told with file and line, and the rest is used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.paths import own_folder
from tests.cli.conftest import Run

CATEGORIES = """\
[[rule]]
id = "mine"
"""
ALERTS = """\
groups:
- name: shop
  rules:
  - alert: Beyond
    expr: up @ 1609746000 == 0
  - alert: Elsewhere
    expr: elsewhere_total > 1
"""


def test_faults_are_told_with_file_and_line(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACE_EXPLORER_HOME", str(tmp_path))
    folder = tmp_path / "config" / "rules"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(CATEGORIES)
    (folder / "shop.yml").write_text(ALERTS)
    code, out, err = run("rca", bundle)
    assert code == 0
    assert out
    assert "trace-explorer: own.toml: line 1: " in err
    assert "trace-explorer: shop.yml: line 4: Beyond is not evaluated: " in err
    assert "Traceback" not in err


def test_a_settings_folder_that_cannot_be_made_holds_no_rules(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRACE_EXPLORER_HOME", str(tmp_path / "file" / "below"))
    code, out, err = run("rca", bundle)
    assert (code, err) == (0, "")
    assert out


def test_a_settings_folder_nobody_may_look_into_is_told_and_the_answer_stands(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ("x" * 300)  # as a folder of another user would, but for root too: asking raises
    monkeypatch.setenv("TRACE_EXPLORER_HOME", str(home))
    code, out, err = run("rca", bundle)
    assert code == 0
    assert out
    assert err == (
        "trace-explorer: settings.json could not be read: File name too long.\n"
        f"trace-explorer: {home / 'config' / 'rules'}: This folder cannot be read: File name too long.\n"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_rules_that_are_no_files_are_not_waited_for(run: Run, bundle: Path) -> None:
    folder = own_folder("rules")
    assert folder is not None
    (folder / "folder.toml").mkdir(parents=True)
    os.mkfifo(folder / "pipe.toml")
    assert run("rca", bundle)[::2] == (0, "")
