"""Past incidents: kept beside the settings, known again by fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace

from explorer.session.incidents import (
    MOST,
    Incident,
    Incidents,
    incidents_file,
    keep_incidents,
    load_incidents,
)

MAY = Incident(
    "f1", 10, "may.zip", "store timed out", "infrastructure", "store", 12, "disk of the store was full"
)
JUNE = replace(MAY, time_ns=20, bundle="june.zip", note="")
OTHER = replace(MAY, fingerprint="f2", time_ns=15)


def test_nothing_is_kept_at_first() -> None:
    assert load_incidents() == (Incidents(), ())


def test_what_is_kept_comes_back_newest_first() -> None:
    keep_incidents([MAY])
    keep_incidents([JUNE, OTHER])
    assert load_incidents() == (Incidents((JUNE, OTHER, MAY)), ())
    assert json.loads(incidents_file().read_text())["version"] == 1


def test_the_same_fault_is_known_again_but_not_as_itself() -> None:
    past = Incidents((JUNE, OTHER, MAY))
    assert past.seen(JUNE) == (MAY,)
    assert past.seen(replace(JUNE, time_ns=99)) == (JUNE, MAY)
    assert past.seen(replace(JUNE, fingerprint="new")) == ()


def test_keeping_the_same_again_changes_its_words() -> None:
    assert keep_incidents([MAY]).kept([replace(MAY, note="better words")]).incidents[0].said == "better words"
    assert JUNE.said == JUNE.title


def test_only_so_many_are_kept() -> None:
    many = Incidents().kept([replace(MAY, time_ns=at) for at in range(MOST + 5)])
    assert (len(many.incidents), many.incidents[-1].time_ns) == (MOST, 5)


def test_a_broken_file_is_told() -> None:
    keep_incidents([MAY])
    incidents_file().write_text("{")
    found, problems = load_incidents()
    assert found == Incidents()
    assert "could not be read" in problems[0]
