"""A reader that fails on one record of many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from explorer.model.builder import Builder, Records
from explorer.readers import json_log
from tests.readers.reading import read_copy

_LINES = [b'{"time":"2026-11-22T09:14:%02dZ","level":"info","msg":"step %d"}' % (i, i) for i in range(40)]
_READ = json_log.read


def _read(records: Records, builder: Builder) -> Sequence[int]:
    if any(b'"step 3"' in records[i] for i in range(len(records))):
        builder.skip("warning", "odd", "told before it fails, and again", offset=records.offset)
    if any(b'"step 17"' in records[i] for i in range(len(records))):
        raise ZeroDivisionError
    return _READ(records, builder)


def test_the_records_around_the_one_it_fails_on_are_kept(tmp_path: Path) -> None:
    with patch.object(json_log, "read", _read):
        store = read_copy(b"\n".join(_LINES) + b"\n", tmp_path)
    assert len(store.logs.time) == 39
    assert {(one.code, one.count) for one in store.issues} == {("reader-failed", 1), ("odd", 1)}
    assert store.counts[0].skipped == 2
