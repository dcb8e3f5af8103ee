"""Levels in words and numbers, and the severity of access logs."""

from __future__ import annotations

import re

import pytest

from explorer.decoding.logs.objects import read_object, severity_value
from explorer.decoding.logs.severity import (
    LEVEL_PATTERN,
    Severities,
    number_severity,
    status_severity,
    word_severity,
)

WORDS = [
    ("INFO", 9), ("info ", 9), ("[WARN ]", 13), ("Warning", 13), ("err", 17), ("E", 17), ("CRITICAL", 21), ("crit", 18),
    ("FATAL", 21), ("notice", 10), ("SUCCESS", 9), ("trce", 1), ("dbug", 5), ("dpanic", 18), ("debug2", 5), ("30", 9),
    ("6", 9), ("", 0), ("maybe", 0), ("INFO+2", 9),
]  # fmt: skip


@pytest.mark.parametrize(("word", "number"), WORDS)
def test_words(word: str, number: int) -> None:
    assert word_severity(word) == number
    assert Severities()[word] == number


def test_numbers() -> None:
    assert [number_severity(n) for n in (10, 20, 30, 40, 50, 60)] == [1, 5, 9, 13, 17, 21]  # pino, bunyan
    assert [number_severity(n) for n in range(8)] == [24, 19, 18, 17, 13, 10, 9, 5]  # syslog, journald
    assert number_severity(1000) == number_severity(-1) == 0
    assert severity_value("severityNumber", 17) == 17
    assert severity_value("level", True) == 0


@pytest.mark.parametrize(
    ("code", "plain", "number"),
    [(200, False, 9), (404, False, 13), (503, False, 17), (0, False, 17), (0, True, 9)],
)
def test_status(code: int, plain: bool, number: int) -> None:
    assert status_severity(code, plain=plain) == number


def test_a_level_word_is_found_only_whole() -> None:
    pattern = re.compile(LEVEL_PATTERN)
    assert pattern.match("ERROR: x")
    assert pattern.match("Warning ")
    assert not pattern.match("Errors")
    assert not pattern.match("INFOrmal")


@pytest.mark.parametrize(
    ("record", "number"),
    [
        ({"status": "error", "message": "x"}, 17),
        ({"status": 503, "path": "/"}, 17),
        ({"message": "x", "err": {"stack": "E: x\n at y"}}, 17),
        ({"message": "x"}, 0),
        ({"level": "info", "status": 500}, 9),
        ({"PRIORITY": "3", "MESSAGE": "x"}, 17),
        ({"t": {"$date": "2026-11-22T09:14:43Z"}, "s": "W", "c": "NETWORK", "ctx": "conn1", "msg": "x"}, 13),
    ],
)
def test_the_level_of_a_record(record: dict[str, object], number: int) -> None:
    assert read_object(record).severity == number
