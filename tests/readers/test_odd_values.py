"""Values of a wrong kind in records of a known one: each costs itself, not the file it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.readers.reading import FIXTURES, read_copy


@pytest.mark.parametrize(
    ("fixture", "old", "new"),
    [
        ("docker_inspect/containers.json", '"ExitCode":', '"ExitCode":NaN,"Was":'),
        ("datadog_traces/tree.json", '"trace_id":', '"trace_id": "NaN", "was":'),
        ("zipkin_v1/thrift.json", '"c3Zj"', '"\u00e9"'),
        ("elastic_apm/search.json", '"total":', '"total": NaN, "was":'),
        ("elastic_hits/search.json", '"eq"', '"e\udcc4"'),
        ("otel_ruby/console.txt", 'name="', 'name="\\x\\u'),
    ],
)
def test_a_value_that_cannot_be_costs_no_more_than_itself(
    fixture: str, old: str, new: str, tmp_path: Path
) -> None:
    whole = (FIXTURES / fixture).read_bytes()
    data = whole.decode().replace(old, new, 1).encode("utf-8", "surrogateescape")
    assert data != whole
    name = Path(fixture).name
    store, sound = read_copy(data, tmp_path, name), read_copy(whole, tmp_path, name)
    assert not {issue.code for issue in store.issues} & {"reader-failed"}
    assert (len(store.spans), len(store.logs)) == (len(sound.spans), len(sound.logs))
