"""Dates like 03/04/2026, times in CST: what a file shows tells what they mean, and what is not sure is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.decoding.logs.date_order import order_of
from explorer.decoding.logs.times import HOUR, parse_time
from explorer.ingest import ingest
from explorer.readers import json_log, text_log
from tests.readers.logs.reading import read_with

APRIL_3 = 1_775_210_400_000_000_000  # 2026-04-03T10:00:00Z
MARCH_4 = 1_772_618_400_000_000_000  # 2026-03-04T10:00:00Z


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        ("03/04/2026 10:00 31/04/2026 10:00", (True, True)),
        ("03/04/2026 10:00 03/25/2026 10:00", (False, True)),
        ("03/04/2026 10:00 04/04/2026 10:00", (True, False)),
        ("03/04/2026 10:00", (False, False)),
        ("2026/03/04 10:00, 1/2/3, http://x/03/04/2026 10:00", None),
    ],
)
def test_the_order_of_day_and_month(dates: str, order: tuple[bool, bool] | None) -> None:
    assert order_of(dates.encode(), 0) == order


def test_what_would_be_in_the_future_is_no_date_of_the_file() -> None:
    assert order_of(b"03/12/2026 10:00 12/03/2026 10:00", MARCH_4) == (False, False)
    assert order_of(b"01/06/2026 10:00", APRIL_3) == (False, False)
    assert order_of(b"06/01/2026 10:00", APRIL_3) == (True, False)


def test_a_later_line_tells_the_order_of_all_text() -> None:
    store = read_with(text_log, b"03/04/2026 10:00:00 ERROR refused\n31/03/2026 10:00:01 INFO up\n")
    assert int(store.logs.time[1]) == APRIL_3
    assert not [issue for issue in store.issues if issue.code == "date-order"]


def test_a_guess_is_told() -> None:
    store = read_with(json_log, b'{"time":"03/04/2026 10:00:00","level":"error","msg":"refused"}\n')
    assert int(store.logs.time[0]) == MARCH_4
    assert [issue.code for issue in store.issues] == ["date-order"]


def test_the_rows_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time,level,message\n03/04/2026 10:00:00,error,refused\n31/03/2026 10:00:00,info,up\n")
    assert int(ingest([path]).logs.time[1]) == APRIL_3


def postgres(said: str) -> bytes:
    return f"2026-06-14 10:22:33.123 CST [7] ERROR:  {said}\n".encode()


@pytest.mark.parametrize(
    ("text", "written", "utc_hour"),
    [
        (postgres("no relation"), "2026-06-14T18:00:00Z", 16),
        (postgres("no relation"), "2026-06-14T02:23:00Z", 2),
        (postgres("关系不存在"), "2026-06-14T18:00:00Z", 2),
        (postgres("since 2026-06-14T10:20:00+08:00"), "2026-06-14T18:00:00Z", 2),
        (postgres("since 2026-06-14 09:00:00 EST"), "2026-06-14T02:23:00Z", 16),
    ],
    ids=["nothing tells", "not after the file", "Chinese", "other times of China", "other times of America"],
)
def test_what_cst_means_is_told_by_the_file(text: bytes, written: str, utc_hour: int, tmp_path: Path) -> None:
    path = tmp_path / "postgres.log"
    path.write_bytes(text * 3)
    parsed = parse_time(written)
    assert parsed is not None
    os.utime(path, ns=(parsed[0], parsed[0]))
    store = ingest([path])
    assert {time // HOUR % 24 for time in store.logs.time.tolist()} == {utc_hour}
    assert [issue.code for issue in store.issues] == ["time-zone"]
