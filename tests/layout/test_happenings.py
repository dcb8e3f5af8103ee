"""What a bundle says happened outside of any span."""

from __future__ import annotations

from dataclasses import replace

from explorer.analysis.causes import analyse
from explorer.layout.happenings import checks_words, happenings
from explorer.model.records import Finding
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

DRAWING = """
trace one at=20
gate: GET /pay      | server 0+500 500 request=rq-one
mark deploy gate at=10 gate 1 -> 2
"""


def test_checks_and_changes_are_listed_under_headings() -> None:
    store = store_of(DRAWING, "drawn.jsonl")
    findings = (
        Finding("whylogs", "age", "fail", "age drifted"), Finding("whylogs", "country", "pass", ""),
        Finding("Evidently", "", "warn", "few rows"),
    )  # fmt: skip
    rows = happenings(replace(store, findings=findings), analyse(store, known_rules()[0]), utc=True)
    assert [name for name, value in rows if not value] == [
        "Checks that did not pass (2)", "Changes, alerts and restarts (1)", "Checks that passed (1)",
    ]  # fmt: skip
    said = dict(rows)
    assert (said["whylogs: age"], said["Evidently"]) == ("failed: age drifted", "warned: few rows")
    assert said["whylogs: country"] == "passed"
    assert any(value.startswith("deploy gate: gate 1 -> 2") for value in said.values())
    assert checks_words(replace(store, findings=findings)) == "Of 3 checks of data and models 2 did not pass."
    assert checks_words(store) == ""
