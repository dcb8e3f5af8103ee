"""Logs that say themselves what their fields are, and Windows' events: blocks, odd lines, hostile XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ingest import ingest
from explorer.model.schema import LogFlag
from explorer.readers import w3c_log, windows_events
from explorer.readers.details import log_detail
from tests.readers.logs.reading import details_of, messages_of, read_with


def test_a_line_with_more_fields_than_named_is_kept_with_them() -> None:
    store = read_with(
        w3c_log, b"#Fields: date time cs-method cs-uri-stem\n2026-11-22 09:14:43 GET /cart - 80 10.0.0.1\n"
    )
    (detail,) = details_of(store)
    assert detail.message == "GET /cart"
    assert dict(detail.attributes)["field 6"] == "80"


def test_local_times_are_told_from_utc() -> None:
    local = read_with(w3c_log, b"#Fields: date-local time-local cs-uri-stem\n2026-11-22 09:14:43 /\n")
    assert int(local.logs.flags[0]) == LogFlag.NO_ZONE
    utc = read_with(w3c_log, b"#Fields: date time cs-uri-stem\n2026-11-22 09:14:43 /\n")
    assert int(utc.logs.flags[0]) == 0


def test_the_fields_of_a_file_hold_for_its_later_blocks() -> None:
    head = b"#Version: 1.0\n#Date: 2026-11-22 00:00:00\n#Fields: time cs-uri-stem sc-status\n"
    store = read_with(w3c_log, head + b"09:14:43 /a 200\n", b"09:14:44 /b 500\n")
    assert messages_of(store) == ["/a 200", "/b 500"]
    assert store.logs.severity.tolist() == [9, 17]


EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"
    "<System><Provider Name='Cart'/>{}</System></Event>"
)
TIMED = EVENT.format("<Level>{}</Level><TimeCreated SystemTime='2026-11-22T09:14:43.3Z'/>")


@pytest.mark.parametrize(("level", "severity"), [(0, 9), (1, 21), (2, 17), (3, 13), (4, 9), (5, 1)])
def test_levels_of_windows(level: int, severity: int) -> None:
    store = read_with(windows_events, TIMED.format(level).encode())
    assert store.logs.severity.tolist() == [severity]


def test_events_all_on_one_line_in_utf_16(tmp_path: Path) -> None:
    (tmp_path / "events.xml").write_text("<Events>" + TIMED.format(2) * 3 + "</Events>", "utf-16")
    store = ingest([tmp_path / "events.xml"])
    assert [count.format for count in store.counts] == ["windows-events"]
    assert len(store.logs) == 3
    assert {log_detail(store, row).exception_type for row in range(3)} == {""}


def test_what_stands_between_events_is_counted(tmp_path: Path) -> None:
    cut = b"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provi\n"
    whole = TIMED.format(2).encode() + b"\n"
    other = b"2026-11-22 a line of something else\n"
    (tmp_path / "events.xml").write_bytes(whole + cut + whole + other + whole + b"the end\n")
    store = ingest([tmp_path / "events.xml"])
    assert len(store.logs) == 3
    assert sum(issue.count for issue in store.issues if issue.code == "broken-record") == 3


def test_declarations_roots_and_comments_are_nothing_lost() -> None:
    head = b'<?xml version="1.0" encoding="utf-8"?>\n<Events>\n<!-- saved -->\n'
    store = read_with(windows_events, head + TIMED.format(2).encode() + b"\n</Events>\n")
    assert len(store.logs) == 1
    assert store.issues == ()


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = "<Event ><!DOCTYPE a [<!ENTITY b 'bbbb'>]>" + TIMED.format(2)[7:].replace("Cart", "&b;")
    (tmp_path / "events.xml").write_text(TIMED.format(2) + "\n" + bomb + "\n")
    store = ingest([tmp_path / "events.xml"])
    assert len(store.logs) == 1
    assert [(issue.code, issue.count) for issue in store.issues] == [("broken-record", 1)]
