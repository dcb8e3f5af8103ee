"""Settings and what is remembered: kept, tolerant, written at once."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.bundle.limits import Limits
from explorer.errors import InputError
from explorer.paths import created
from explorer.session.remembered import MOST, Recent, Remembered, load_remembered, save_remembered
from explorer.session.settings import SCALES, Settings, load_settings, save_settings, settings_file

CHANGED = Settings(
    theme="light", utc=False, scale=125, id_fields=("order_id", "été"), limits=replace(Limits(), depth=5),
    redact=False, rules=str(Path(__file__).parent), cache_bytes=1,
)  # fmt: skip


def stated(content: str | bytes) -> None:
    """Have the user write that into the file of settings."""
    created(settings_file().parent)
    settings_file().write_bytes(content.encode() if isinstance(content, str) else content)


def test_defaults_where_there_is_no_file() -> None:
    assert load_settings() == (Settings(), ())


def test_every_setting_comes_back() -> None:
    save_settings(CHANGED)
    assert load_settings() == (CHANGED, ())
    assert json.loads(settings_file().read_text())["version"] == 1


def test_wrong_values_get_their_default_and_are_named() -> None:
    stated('{"version": 1, "theme": "pink", "utc": "no", "scale": 150, "new": 1}')
    settings, problems = load_settings()
    assert settings == Settings(scale=150)
    assert [problem.split()[0] for problem in problems] == ["theme", "utc"]


def test_numbers_with_which_nothing_could_be_seen_or_read_get_their_default() -> None:
    stated(
        '{"scale": 100000, "cache_bytes": -1, "limits": {"ratio": -3, "depth": 0, "members": 0, "record_bytes": 9}}'
    )
    settings, problems = load_settings()
    assert settings == Settings(limits=replace(Limits(), depth=0, record_bytes=9))
    assert [problem.split()[0] for problem in problems] == [
        "scale", "cache_bytes", "limits.ratio", "limits.members",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"theme": "dark"'])
def test_a_broken_file_is_told_and_put_aside_by_the_next_save(content: bytes) -> None:
    stated(content)
    for _ in range(2):
        settings, problems = load_settings()
        assert settings == Settings()
        assert len(problems) == 1
    assert settings_file().read_bytes() == content
    save_settings(CHANGED)
    assert settings_file().with_name("settings.json.broken").read_bytes() == content
    assert load_settings() == (CHANGED, ())


def test_looking_for_settings_makes_no_folder() -> None:
    load_settings()
    assert not settings_file().parent.exists()


def test_a_folder_of_rules_that_is_not_there_is_told(tmp_path: Path) -> None:
    save_settings(Settings(rules=str(tmp_path / "gone")))
    assert load_settings()[1] == (
        f"rules in settings.json cannot be used: {tmp_path / 'gone'} is no folder.",
    )


def test_a_newer_file_is_used_as_far_as_known() -> None:
    stated('{"version": 99, "theme": "dark"}')
    settings, problems = load_settings()
    assert settings.theme == "dark"
    assert "newer" in problems[0]


def test_a_failed_write_leaves_the_old_content(monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(CHANGED)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space"):
        save_settings(Settings())
    assert load_settings()[0] == CHANGED
    assert [path.name for path in settings_file().parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(os.name != "posix", reason="links are made the POSIX way here")
def test_settings_kept_elsewhere_by_a_link_stay_there(tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.json"
    created(settings_file().parent)
    settings_file().symlink_to(elsewhere)
    save_settings(replace(Settings(), theme="dark"))
    assert settings_file().is_symlink()
    assert json.loads(elsewhere.read_bytes())["theme"] == "dark"


def test_own_rules_lie_beside_the_settings_unless_said_otherwise() -> None:
    assert Settings().rule_folder == settings_file().with_name("rules")
    assert CHANGED.rule_folder == Path(__file__).parent


def test_text_grows_in_steps_and_stops() -> None:
    assert Settings().scaled(1).scale == 110
    assert Settings(scale=120).scaled(0).scale == 125
    assert (Settings().scaled(99).scale, Settings().scaled(-99).scale) == (SCALES[-1], SCALES[0])


def test_recent_bundles_newest_first_without_repeats(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    remembered = Remembered().opened([one], "one").opened([two], "two").opened([one], "one")
    save_remembered(remembered)
    again = load_remembered().recent
    assert again == (Recent((str(one),), "one"), Recent((str(two),), "two"))
    assert [recent.missing for recent in again] == [False, True]


def test_a_bundle_is_one_recent_bundle_however_its_path_was_typed(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    remembered = Remembered().opened([tmp_path / "one"], "one")
    roundabout = [tmp_path / "one" / ".." / "one"]
    assert remembered.knows(roundabout)
    assert remembered.opened(roundabout, "one").recent == remembered.recent


def test_recent_bundles_are_bounded(tmp_path: Path) -> None:
    remembered = Remembered()
    for number in range(MOST + 5):
        remembered = remembered.opened([tmp_path / str(number)], str(number))
    assert len(remembered.recent) == MOST
    assert remembered.recent[0].name == str(MOST + 4)
