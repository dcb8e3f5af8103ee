"""Executions of ML Metadata: which artifacts tie one to another."""

from __future__ import annotations

import pytest

from explorer.decoding.traces.executions import link


@pytest.mark.parametrize(
    ("wrote", "read", "linked"),
    [(4, 3, True), (1, 2, True), (6, 5, True), (7, 3, True), (3, 3, False), (2, 3, False)],
)
def test_what_one_wrote_and_another_read_links_them(wrote: int, read: int, linked: bool) -> None:
    """Types of events as metadata_store.proto numbers them: 1, 4, 6 and 7 are outputs."""
    rows = {1: {"id": 1, "updated": 5, "from": []}, 2: {"id": 2, "updated": 5, "from": []}}
    link(rows, [(1, 9, wrote, 8), (2, 9, read, 9)])
    assert rows[2]["from"] == ([1] if linked else [])
    assert rows[1]["updated"] == (8 if linked else 5)
