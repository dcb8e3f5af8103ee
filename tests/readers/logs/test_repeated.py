"""Traces whose lines each wear a prefix, what times leave open, and formats that few lines fit by chance."""

from __future__ import annotations

import pytest

from explorer.decoding.logs.times import KNOWN, left_out
from explorer.readers import text_log
from tests.readers.logs.reading import MTIME_NS, details_of, messages_of, read_with

TRACE = (
    "Traceback (most recent call last):",
    '  File "a.py", line 3, in f',
    "ValueError: x",
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    "Traceback (most recent call last):",
    "KeyError: 'y'",
)


def _worn(prefix: str, lines: tuple[str, ...]) -> bytes:
    return "".join(f"{prefix.format(i % 10)}{line}\n" for i, line in enumerate(lines)).encode()


@pytest.mark.parametrize(
    "prefix",
    [
        "2026-11-22T09:14:4{},000 [INFO ] W-9000-m_1.0-stdout MODEL_LOG - ",
        "ERROR 11-22 09:14:4{} [core.py:396] ",
        "Nov 22 09:14:4{} host shop[7]: ",
        "2026-11-22T09:14:4{}.1234567Z ",
        "(Worker pid=7{}) ",
    ],
)
def test_a_traceback_is_one_record(prefix: str) -> None:
    store = read_with(text_log, _worn(prefix, (*TRACE, "went on")))
    assert len(store.logs) == 2
    assert int(store.logs.severity[0]) == 17
    first = details_of(store)[0]
    assert (first.exception_type, first.exception_message) == ("KeyError", "'y'")
    assert 'File "a.py", line 3' in first.stack
    assert messages_of(store)[1] == "went on"


def test_a_traceback_belongs_to_the_error_above_it() -> None:
    lines = ("engine failed to start", *TRACE[:3])
    store = read_with(text_log, _worn("ERROR 11-22 09:14:4{} [core.py:396] ", lines))
    assert messages_of(store) == ["engine failed to start"]
    assert details_of(store)[0].exception_type == "ValueError"


@pytest.mark.parametrize("indent", ["\t", "    ", "     "])
@pytest.mark.parametrize("process", ["web.1", "web.10"])
def test_frames_and_causes_of_java_with_a_prefix(indent: str, process: str) -> None:
    lines = (
        "java.lang.IllegalStateException: x", f"{indent}at org.acme.A.b(A.java:3)", "Caused by: java.io.IOException: y",
        f"{indent}at org.acme.C.d(C.java:4)", f"{indent}... 3 more", "on",
    )  # fmt: skip
    store = read_with(text_log, _worn(f"2026-11-22T09:14:4{{}}.123456+00:00 app[{process}]: ", lines))
    assert [detail.exception_type for detail in details_of(store)] == ["java.lang.IllegalStateException", ""]


def test_records_that_only_look_alike_stay_apart() -> None:
    lines = ("met   at noon (x)", "met   at noon (x)", "Caused by: nobody")
    assert len(read_with(text_log, _worn("2026-11-22T09:14:4{}Z INFO ", lines)).logs) == 3


def test_words_before_a_colon_are_no_host_and_program() -> None:
    data = b"".join(b"2026-11-22T09:14:4%dZ plain words\n" % i for i in range(5))
    store = read_with(text_log, data + b"2026-11-22T09:14:46Z Requested labels: linux\n")
    assert messages_of(store)[-1] == "Requested labels: linux"
    assert [store.services[code] for code in set(store.logs.service.tolist())] == [""]


@pytest.mark.parametrize(
    ("time", "part"),
    [
        (b"Nov 22 09:14:43", "year"), (b"2026-11-22 09:14:43", ""), (b"1795338883", ""),
        (b"03/04/2026 10:00:00", "order"), (b"no time", ""),
    ],
)  # fmt: skip
def test_what_a_time_leaves_open(time: bytes, part: str) -> None:
    assert left_out(time, KNOWN) == part


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (b"Nov 22 09:14:43 h app[1]: up\n", ["no-year"]),
        (b"[09:14:43] [INF] up\n", ["no-date"]),
        (b"2026-11-22 09:14:43 INFO built on 06/10/2013 17:26 GMT\n", []),
        (b"03/04/2026 10:00:00 INFO up\n", ["date-order"]),
    ],
)
def test_what_a_time_leaves_open_is_told(line: bytes, codes: list[str]) -> None:
    store = read_with(text_log, line, mtime_ns=MTIME_NS)
    assert [issue.code for issue in store.issues] == codes
