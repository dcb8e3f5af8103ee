"""The store of the first part of a large bundle, told while the rest is read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

import explorer.ingest
from explorer.bundle.framing import frames
from explorer.errors import Cancelled
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.ingest.test_lanes import differences, line


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of small blocks, of which a fifth is told first; one span is there twice, one is of no trace."""
    monkeypatch.setattr(explorer.ingest, "frames", partial(frames, block_bytes=8 << 10))
    monkeypatch.setattr(explorer.ingest, "EARLY_BYTES", 20 << 10)
    folder = tmp_path / "bundle"
    folder.mkdir()
    lines = [line(number) for number in range(60)]
    lines[3] = lines[2]
    lines[4] = lines[4].replace(f"{3:032x}".encode(), b"")
    (folder / "a.jsonl").write_bytes(b"\n".join(lines[:30]))
    (folder / "b.jsonl").write_bytes(b"\n".join(lines[30:]))
    return folder


def test_it_is_told_once_and_leaves_no_trace_in_the_whole(bundle: Path) -> None:
    told: list[Store] = []
    whole = ingest([bundle], early=told.append)
    assert not differences(whole, ingest([bundle]))
    (first,) = told
    assert first.name == "bundle, first part"
    assert 0 < len(first.spans) < len(whole.spans)
    assert {row.id for row in first.correlation.rows} < {row.id for row in whole.correlation.rows}
    assert [count.name for count in first.counts] == ["a.jsonl"]
    assert first.issues == whole.issues[: len(first.issues)]


def test_a_small_bundle_has_no_first_part(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer.ingest, "EARLY_BYTES", 1 << 20)
    told: list[Store] = []
    ingest([bundle], early=told.append)
    assert told == []


def test_what_it_is_used_for_may_stop_reading(bundle: Path) -> None:
    def stop(_: Store) -> None:
        raise Cancelled("Opening was cancelled.")

    with pytest.raises(Cancelled):
        ingest([bundle], early=stop)
