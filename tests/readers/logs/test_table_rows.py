"""Rows of log tables: each is a record whatever its text looks like, and has a time though no year is written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from explorer.decoding.logs.lines import NO_TIME
from explorer.model.options import ReadOptions
from explorer.model.schema import LogFlag
from explorer.readers import json_table, log_table
from tests.readers.logs.reading import MTIME_NS, messages_of, read_with


@pytest.mark.parametrize("time", ["?", "03-17,16:13:38.811"])
def test_rows_are_never_joined(time: str) -> None:
    texts = [
        "started",
        "at com.example.A.b(A.java:3)",
        "  indented",
        "Caused by: it",
        '{"a": 1',
        "ValueError: x",
    ]
    cells = [text.replace('"', '""') for text in texts]
    rows = "".join(f'{time},{"" if "," in time else "x,"}E,"{cell}"\n' for cell in cells)
    store = read_with(log_table, f"Date,Time,Level,Content\n{rows}".encode())
    assert messages_of(store) == [text.strip() for text in texts]


def test_a_quoted_cell_spans_lines() -> None:
    data = b'time,message\n2026-11-21T10:00:00Z,"failed\n\tat a.B.c(B.java:1)"\n2026-11-21T10:00:01Z,on\n'
    assert len(read_with(log_table, data).logs) == 2


@pytest.mark.parametrize(
    ("header", "row", "written"),
    [
        ("Date,Time,Content", "03-17,16:13:38.811,up", (2026, 3, 17, 16, 13, 38, 811_000)),
        ("Time,Content", "10.30 16:49:06,up", (2026, 10, 30, 16, 49, 6)),
        ("Month,Date,Time,Content", "Jun,4,15:16:01,up", (2026, 6, 4, 15, 16, 1)),
        ("Date,Day,Time,Content", "Dec,10,06:55:46,up", (2025, 12, 10, 6, 55, 46)),
        ("Month,Day,Time,Content", "6,4,15:16:01,up", (2026, 6, 4, 15, 16, 1)),
        ("Time,Content", "10-Nov 06:55:46,up", (2026, 11, 10, 6, 55, 46)),
    ],
)
def test_times_without_a_year(header: str, row: str, written: tuple[int, ...]) -> None:
    store = read_with(log_table, f"{header}\n{row}\n".encode(), mtime_ns=MTIME_NS)
    want = datetime(*written, tzinfo=UTC)  # type: ignore[arg-type,misc]
    assert int(store.logs.time[0]) == round(want.timestamp() * 1000) * 10**6
    assert int(store.logs.flags[0]) == LogFlag.NO_ZONE
    assert [issue.code for issue in store.issues] == ["no-year"]


def test_the_year_that_the_user_states() -> None:
    data = b"Date,Time,Content\n03-17,16:13:38,up\n"
    store = read_with(log_table, data, options=ReadOptions(year=2017))
    assert datetime.fromtimestamp(int(store.logs.time[0]) / 1e9, UTC).year == 2017
    assert not list(store.issues)


def test_a_whole_date_with_a_day_of_the_week_beside_it() -> None:
    store = read_with(log_table, b"Date,Day,Time,Content\n2026-03-17,Tue,16:13:38,up\n")
    assert datetime.fromtimestamp(int(store.logs.time[0]) / 1e9, UTC) == datetime(
        2026, 3, 17, 16, 13, 38, tzinfo=UTC
    )
    assert not list(store.issues)


def test_milliseconds_behind_a_colon() -> None:
    store = read_with(log_table, b"Time,Content\n20171223-22:15:29:606,up\n")
    assert int(store.logs.time[0]) % 10**9 == 606 * 10**6 != NO_TIME


def test_rows_of_a_table_in_json() -> None:
    rows = ",".join(
        f'["2026-11-21T10:00:0{i}Z","{text}"]' for i, text in enumerate(("up", "at a.B.c(B.java:1)"))
    )
    columns = '[{"name":"TimeGenerated","type":"datetime"},{"name":"Message","type":"string"}]'
    data = f'{{"tables":[{{"name":"PrimaryResult","columns":{columns},"rows":[{rows}]}}]}}'.encode()
    assert len(read_with(json_table, data, framing="document").logs) == 2


def test_each_row_has_its_own_component() -> None:
    data = b"time,component,message\n2026-11-21T10:00:00Z,cart,a\n2026-11-21T10:00:01Z,pay,b\n"
    store = read_with(log_table, data)
    assert [store.services[code] for code in store.logs.service.tolist()] == ["cart", "pay"]


def test_a_time_of_known_form_without_a_year_is_not_of_1970() -> None:
    data = b'date,message\n"Feb 13 10:11:12.123",up\n'
    store = read_with(log_table, data, mtime_ns=MTIME_NS)
    assert datetime.fromtimestamp(int(store.logs.time[0]) / 1e9, UTC).year == 2026
    assert [issue.code for issue in store.issues] == ["no-year"]
