"""Each fixture converted to OTLP JSON lines and read again: the same spans, links, logs, points, marks and findings."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from explorer.model.ids import span_text
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.writers.otlp_json import otlp_lines
from explorer.writers.whole import events_of, links_of
from tests.readers.reading import FIXTURES, fixtures, read_copy

each_fixture = pytest.mark.parametrize(
    "path", fixtures(), ids=lambda path: path.relative_to(FIXTURES).as_posix()
)


@each_fixture
def test_a_converted_file_tells_the_same(path: Path, tmp_path: Path) -> None:
    before = read_copy(path.read_bytes(), tmp_path, path.name)
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(b"".join(line + b"\n" for line in otlp_lines(before)))
    after = read_copy(copy.read_bytes(), tmp_path, "again.jsonl")
    assert spans(after) == spans(before)
    assert logs(after) == logs(before)
    assert points(after) == points(before)
    assert exemplars(after) == exemplars(before)
    assert placeless(after.marks) == placeless(before.marks)
    assert placeless(after.findings) == placeless(before.findings)


@pytest.mark.parametrize("odd", ['"\\ud83d"', '{"a":' * 300 + "1" + "}" * 300])
def test_what_json_may_hold_though_few_write_it_is_converted(odd: str, tmp_path: Path) -> None:
    """Half a surrogate pair, and what is nested deeply."""
    line = f'{{"time":"2026-01-01T00:00:00Z","level":"error","message":"a","odd":{odd}}}\n'
    before = read_copy(line.encode(), tmp_path, "odd.jsonl")
    after = read_copy(b"".join(otlp_lines(before)), tmp_path, "again.jsonl")
    assert logs(after) == logs(before)


def spans(store: Store) -> list[Any]:
    table = store.spans
    found = []
    for row in range(len(table)):
        detail = span_detail(store, row)
        end = int(table.start[row]) + int(table.duration[row])
        found.append(
            (
                store.traces.number[int(table.trace[row])], span_text(int(table.span_id[row])),
                int(table.parent_id[row]), store.service(row), store.operation(row), int(table.start[row]),
                int(table.duration[row]), int(table.kind[row]), int(table.status[row]),
                [(event.time_ns, event.name) for event in events_of(detail, end)], detail.exception_message,
                sorted((trace, span_text(span)) for trace, span in links_of(detail, store, row)),
                sorted(str(name) for name, _ in detail.attributes), detail.message,
            )
        )  # fmt: skip
    return sorted(found, key=str)


def logs(store: Store) -> list[Any]:
    table, files = store.logs, {file.name for file in store.files}
    found = []
    for row in range(len(table)):
        ids, detail = int(table.id[row]), log_detail(store, row)
        told = store.correlation.rows[ids].id if ids >= 0 else ""
        found.append(
            (
                int(table.time[row]), int(table.severity[row]), store.services[int(table.service[row])],
                "" if told in files else told,  # a job without a name is called as its file
                int(table.span_id[row]),
                detail.message, detail.exception_type, bool(detail.stack),
            )
        )  # fmt: skip
    return sorted(found, key=str)


def points(store: Store) -> list[Any]:
    return sorted(
        (
            series.name, sorted(series.labels), series.unit, series.kind, series.service,
            [
                (int(time), repr(float(value)))
                for time, value in zip(
                    store.points["time"][series.first : series.first + series.count],
                    store.points["value"][series.first : series.first + series.count],
                    strict=True,
                )
            ],
        )
        for series in store.series
        if series.count
    )  # fmt: skip


def exemplars(store: Store) -> list[Any]:
    table = store.exemplars
    return sorted(
        tuple(row)
        for row in zip(
            *(table[name].tolist() for name in ("time", "value", "high", "low", "span_id")), strict=True
        )
    )


def placeless(values: Any) -> list[Any]:
    return sorted(
        (sorted((k, str(v)) for k, v in asdict(one).items() if k not in ("doc", "index")) for one in values),
    )
