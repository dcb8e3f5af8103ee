"""Values of a wrong kind in records of a known one: each costs itself, not the file it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.model.store import Store
from tests.readers.reading import FIXTURES, read_copy


@pytest.mark.parametrize(
    ("fixture", "old", "new", "lost"),
    [
        ("docker_inspect/containers.json", '"ExitCode":', '"ExitCode":NaN,"Was":', 0),
        ("datadog_traces/tree.json", '"trace_id":', '"trace_id": "NaN", "was":', 0),
        ("zipkin_v1/thrift.json", '"c3Zj"', '"\u00e9"', 0),
        ("elastic_apm/search.json", '"total":', '"total": NaN, "was":', 0),
        ("elastic_hits/search.json", '"eq"', '"e\udcc4"', 0),
        ("otel_ruby/console.txt", 'name="', 'name="\\x\\u', 0),
        ("journald_verbose/journal.txt", "t=4c508a72423d9", "t=ffffffffffffffffffff", 1),
        ("grafana_frames/long.json", '["a","b"]', "[]", 0),
        ("grafana_frames/long.json", '["a","b"]', '[["a"],"b"]', 0),
        ("skywalking/storage.json", '"data_binary": "', '"data_binary": "\u00e9', 2),
    ],
)
def test_a_value_that_cannot_be_costs_no_more_than_itself(
    fixture: str, old: str, new: str, lost: int, tmp_path: Path
) -> None:
    whole = (FIXTURES / fixture).read_bytes()
    data = whole.decode().replace(old, new, 1).encode("utf-8", "surrogateescape")
    assert data != whole
    name = Path(fixture).name
    store, sound = read_copy(data, tmp_path, name), read_copy(whole, tmp_path, name)
    assert not {issue.code for issue in store.issues} & {"reader-failed"}
    assert held(store) == held(sound) - lost


def held(store: Store) -> int:
    return len(store.spans) + len(store.logs) + len(store.points["time"])
