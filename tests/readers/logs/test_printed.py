"""Exceptions that programs print among lines of their own, and fields behind the last line of a message."""

from __future__ import annotations

import pytest

from explorer.readers import text_log
from tests.readers.logs.reading import details_of, messages_of, read_with


@pytest.mark.parametrize(
    ("thrown", "kind"),
    [
        ("TypeError: no card\n    at pay (/app/pay.js:4:3)\n    at /app/main.js:9:1\n", "TypeError"),
        (
            "java.io.IOException: disk\n\tat a.B.c(B.java:12)\nCaused by: a.FullError: x\n\t... 1 more\n",
            "java.io.IOException",
        ),
        ("Traceback (most recent call last):\n  File 'a', line 1, in b\n    c()\nKeyError: 1\n", "KeyError"),
    ],
)
def test_exceptions_that_a_program_prints_among_lines_of_its_own(thrown: str, kind: str) -> None:
    """Nothing in such a file has a time or a level."""
    text = f"listening on 80\n{thrown}done with 7\n".encode()
    assert text_log.detect(text) is not None
    store = read_with(text_log, text)
    assert store.logs.severity.tolist() == [0, 17, 0]
    assert [one.exception_type for one in details_of(store)] == ["", kind, ""]
    assert messages_of(store)[::2] == ["listening on 80", "done with 7"]
    at = text.index(b"done")
    cut = read_with(text_log, text[:at], text[at:])
    assert cut.logs.severity.tolist() == [0, 17, 0]


def test_an_exception_alone_among_words_is_no_log() -> None:
    assert (
        text_log.detect(b"What to do\nTypeError: no card is told where no card was given.\nAsk for it.\n")
        is None
    )


def test_an_error_of_several_lines_is_found_among_records_that_have_json_behind_them() -> None:
    """Fields, and with them the time, stand behind the last line of a message of winston."""
    trace = "".join(f"    at f{i} (/app/a.js:{i}:1)\n" for i in range(20))
    time = ' {"timestamp":"2026-11-24T04:31:17.326Z"}\n'
    text = f"info: started{time}error: no card: TypeError: x\n{trace[:-1]}{time}http: GET /cart{time}info: y{time}"
    assert read_with(text_log, text.encode()).logs.severity.tolist() == [9, 17, 7, 9]


def test_slow_queries_of_one_second_are_records_of_their_own() -> None:
    """MariaDB tells the time where the second changes, MySQL before each query."""
    query = "# User@Host: ann[ann] @ localhost []\n# Query_time: 2.5  Lock_time: 0.0\nSELECT {};\n"
    time = "# Time: 260722 16:01:0{}\n"
    text = time.format(1) + query.format(1) + query.format(2) + time.format(2) + query.format(3)
    store = read_with(text_log, text.encode())
    assert [one.rstrip().rpartition("\n")[2] for one in messages_of(store)] == [
        "SELECT 1;", "SELECT 2;", "SELECT 3;",
    ]  # fmt: skip
    first, second, third = store.logs.time.tolist()
    assert (second - first, third - first) == (0, 10**9)
