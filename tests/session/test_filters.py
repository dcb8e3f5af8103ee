"""Saved filters: one of each name, found by what is written, kept with the settings."""

from __future__ import annotations

from pathlib import Path

from explorer.session.filters import SavedFilter, clean_name, fitting, named, with_filter, without
from explorer.session.settings import Settings, load_settings, save_settings, settings_file

SLOW, FAILING = SavedFilter("Slow", "duration>1s"), SavedFilter("failing pay", "service:pay status:error")


def test_names_are_unique_in_any_case_and_in_order() -> None:
    filters = with_filter((SLOW,), " failing   pay\n", FAILING.query)
    assert filters == (FAILING, SLOW)
    assert with_filter(filters, "SLOW", "duration>2s") == (FAILING, SavedFilter("SLOW", "duration>2s"))
    assert without(filters, "sLoW") == (FAILING,)
    assert named(filters, "SLOW ") == SLOW
    assert named(filters, "other") is None
    assert clean_name("  a\tb ") == "a b"


def test_what_is_written_finds_by_name_and_query_names_first() -> None:
    filters = (FAILING, SavedFilter("pay", "operation:x"), SLOW)
    assert [one.name for one in fitting(filters, "PAY")] == ["pay", "failing pay"]
    assert [one.name for one in fitting(filters, "duration")] == ["Slow"]
    assert fitting(filters, "nothing of it") == []
    assert len(fitting(filters, " ")) == 3


def test_they_are_kept_with_the_settings(tmp_path: Path) -> None:
    save_settings(Settings(filters=(FAILING, SLOW)), tmp_path)
    assert load_settings(tmp_path) == (Settings(filters=(FAILING, SLOW)), ())
    file = settings_file(tmp_path)
    file.write_text(file.read_text().replace('"name": "Slow"', '"name": 7'))
    settings, problems = load_settings(tmp_path)
    assert settings.filters == ()
    assert "filters" in problems[0]
