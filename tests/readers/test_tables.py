"""Tables: rows across blocks, quotes that never close, headers that are none, columns in other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.decoding.tables.columns import kind_of, time_of, unit_of
from explorer.decoding.tables.rows import header_of
from explorer.readers.details import span_detail
from tests.readers.reading import read_copy

SPANS = "trace_id,span_id,parent_span_id,name,start_time,end_time,note\n"


def row(number: int, note: str) -> str:
    return (
        f"{1:032x},{number:016x},,op {number},179000000000000000{number},179000000100000000{number},{note}\n"
    )


@pytest.mark.parametrize("size", [7, 64, 101, 1 << 20])
def test_a_row_may_lie_across_blocks(tmp_path: Path, size: int) -> None:
    text = SPANS + row(1, '"two\n\n{lines} of ""text"""') + row(2, "x") + row(3, '"[a\n[b"')
    store = read_copy(text.encode(), tmp_path, block_bytes=max(size, len(SPANS)))
    assert [int(start) for start in store.spans.start] == [1790000000000000000 + i for i in (1, 2, 3)]
    assert dict(span_detail(store, 0).attributes)["note"] == 'two\n\n{lines} of "text"'
    assert dict(span_detail(store, 2).attributes)["note"] == "[a\n[b"
    assert store.counts[0].skipped == 0


def test_a_quote_that_never_closes_loses_no_other_row(tmp_path: Path) -> None:
    store = read_copy((SPANS + row(1, "x") + row(2, '"open')).encode(), tmp_path)
    assert len(store.spans) == 2


def test_short_rows_are_counted(tmp_path: Path) -> None:
    store = read_copy((SPANS + row(1, "x") + "a,b\n" + SPANS + row(2, "x")).encode(), tmp_path)
    assert (len(store.spans), store.counts[0].skipped) == (2, 1)


@pytest.mark.parametrize(
    "line",
    [b"just words\n", b"a,a,b\n", b"1,2,3\n", b'{"a": 1, "b": 2}\n', b"2026-01-01 00:00:00,001 INFO x, y\n"],
)
def test_what_is_no_header(line: bytes) -> None:
    assert header_of(line) is None


def test_a_header_may_tell_its_delimiter() -> None:
    header = header_of(b"\xef\xbb\xbfsep=;\r\ntime;message\r\n1;2\r\n")
    assert header is not None
    assert (header.names, header.delimiter) == (("time", "message"), ";")


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("Timestamp", "TraceId", "SpanId", "SpanName", "Duration"), "spans"),
        (("timestamp", "id", "operation_Id", "duration", "cloud_RoleName"), "spans"),
        (("timestamp", "cmdb_id", "parent_span", "span_id", "trace_id", "duration"), "spans"),
        (("@timestamp", "message", "trace.id"), "logs"),
        (("Date", "Host", "Service", "Content"), "logs"),
        (("run_id", "start_time", "end_time", "metrics.loss"), ""),
        (("a", "b"), ""),
    ],
)
def test_columns_by_their_names(names: tuple[str, ...], kind: str) -> None:
    assert kind_of(names) == kind


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("DurationMs", 10**6),
        ("duration_ns", 1),
        ("elapsed (s)", 10**9),
        ("latency [us]", 1000),
        ("Duration", 0),
    ],
)
def test_units_by_the_end_of_a_name(name: str, unit: int) -> None:
    assert unit_of(name) == unit


@pytest.mark.parametrize(
    ("cell", "ns"),
    [
        ("1790000000123456789", 1790000000123456789),
        ("1790000000.123456789", 1790000000123456789),
        ("1.79E9", 0),
        ("2026-09-21 14:13:20.000000001 +0000 UTC m=+0.1", 1790000000000000001),
        ("2026-09-21T16:13:20.5+02:00", 1790000000500000000),
        ("soon", 0),
    ],
)
def test_times_of_cells(cell: str, ns: int) -> None:
    assert time_of(cell) == ns


def test_a_clock_of_another_zone_within_a_line_gives_way_to_the_tables_time(tmp_path: Path) -> None:
    head = "TimeUnixNano,PodName,TraceID,Log\n"
    line = '1790000000000000000,pay-1,,"{""log"":""22:13:20.250 INFO  a.b.Pay#31 paid\\n"",""stream"":""stdout""}"\n'
    near = line.replace("22:13:20.250", "14:13:20.250")
    store = read_copy((head + line + near).encode(), tmp_path)
    assert sorted(store.logs.time.tolist()) == [1790000000000000000, 1790000000250000000]


@pytest.mark.parametrize("unit", [1, 1000, 10**6])
def test_durations_are_in_the_unit_in_which_calls_lie_within_their_callers(unit: int, tmp_path: Path) -> None:
    """Begins in ms; durations in µs, ns, ms: nothing but their nesting tells."""
    lines = ["timestamp,service,span_id,trace_id,duration,parent_id"]
    for number in range(8):
        trace, begin = f"{number + 1:032x}", 1_790_000_000_000 + 1000 * number
        lines += [
            f"{begin},web,a{number:015x},{trace},{50 * 10**6 // unit},",
            f"{begin + 10},pay,b{number:015x},{trace},{30 * 10**6 // unit},a{number:015x}",
        ]
    store = read_copy("\n".join(lines).encode() + b"\n", tmp_path)
    assert sorted(set(store.spans.duration.tolist())) == [30 * 10**6, 50 * 10**6]


def test_columns_that_begin_with_cells_that_say_there_is_no_number(tmp_path: Path) -> None:
    """As load tests write percentiles before the first answer."""
    table = b"Timestamp,Name,95%,Users\n1784588369,all,N/A,0\n1784588370,all,9,3\n"
    told = {one.name: one.count for one in read_copy(table, tmp_path).series}
    assert told == {"95%": 1, "Users": 2}
