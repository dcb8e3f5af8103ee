"""Answers of Prometheus that hold what is no point: it is counted, and what stands beside it is kept."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.readers.reading import read_copy

_LABELS = {"__name__": "latency"}


def _exemplars(*items: object) -> dict[str, object]:
    return {"status": "success", "data": [{"seriesLabels": _LABELS, "exemplars": items}]}


@pytest.mark.parametrize(
    ("answer", "kept", "lost"),
    [
        (_exemplars("text", {"labels": "text", "value": "1", "timestamp": 1_700_000_000}), 1, 1),
        (_exemplars({"labels": {}, "value": "1", "timestamp": 1e300}), 0, 1),
        ({"metric": _LABELS, "values": [1, 2, 3], "timestamps": [1_700_000_000_000, "x", 1e300]}, 1, 2),
        ({"metric": _LABELS, "values": [1, 2], "timestamps": [1_700_000_000_000]}, 0, 2),
        ({"metric": _LABELS, "values": [[1_700_000_000, "1"], [1e300, "2"], "3", []]}, 1, 3),
    ],
)
def test_what_is_no_point_is_counted(tmp_path: Path, answer: object, kept: int, lost: int) -> None:
    store = read_copy(orjson.dumps(answer) + b"\n", tmp_path)
    assert len(store.points["time"]) == kept
    assert store.counts[0].skipped == lost
    assert [issue.code for issue in store.issues] == ["broken-point"]
    assert store.bounds()[0] == (1_700_000_000 * 10**9 if kept else 0)


def test_a_column_that_begins_with_no_number_is_none_of_labels(tmp_path: Path) -> None:
    rows = '"2026-01-01 10:00:00","NaN","+Inf"\n"2026-01-01 10:01:00","0.5","7"\n'
    store = read_copy(b'"Time","cpu","mem"\n' + rows.encode(), tmp_path)
    assert sorted((one.name, one.labels, one.count) for one in store.series) == [
        ("cpu", (), 2),
        ("mem", (), 2),
    ]
