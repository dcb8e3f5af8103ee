"""Lines with one sign written very often: whatever looks for something in them looks once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.decoding.logs.detail import record_detail
from tests.readers.reading import read_copy

LINES = (
    "INFO  [main] 2026-07-22 10:15:44,001 starting",
    "E260614 10:22:33.123456 71 server/x.go:3 [n1] 12 no answer",
    "2026-06-14T10:22:33.123456Z stderr F upstream reset",
    "Nov 22, 2026 9:14:43 AM org.acme.Cart add",
)


@pytest.mark.parametrize("line", LINES)
def test_a_long_run_within_a_line_is_read_in_time(line: str, tmp_path: Path) -> None:
    """Where two parts of a pattern may share a run, every way of sharing it is tried: a quarter of a minute each."""
    began = time.process_time()
    for number, run in enumerate(("1", "a", "1.", ".", " ", "a.", "::")):
        for at in (1, 10, 20):
            text = f"{line[:at]}{run * (30_000 // len(run))}{line[at:]}\n"
            read_copy((text * 2).encode(), tmp_path, f"{number}-{at}.log")
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "text",
    ["{ a: [" + "A: " * 10_000 + "]}", "ERROR " + " " * 30_000 + "|\nx", "ERROR " + "\n" * 30_000 + "x"],
)
def test_a_long_run_is_opened_in_time(text: str) -> None:
    began = time.process_time()
    record_detail(text.encode())
    assert time.process_time() - began < 1
