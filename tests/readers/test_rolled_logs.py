"""Spark's event logs in parts: what goes on in the next file is of the same application."""

from __future__ import annotations

from pathlib import Path

import orjson

from explorer.ingest import ingest
from explorer.model.store import Store

BEGIN = (
    {"Event": "SparkListenerLogStart", "Spark Version": "4.0.0"},
    {"Event": "SparkListenerApplicationStart", "App Name": "etl", "App ID": "app-1", "Timestamp": 1790000000000},
    {"Event": "SparkListenerJobStart", "Job ID": 0, "Submission Time": 1790000001000, "Stage IDs": [7]},
)  # fmt: skip
REST = (
    {"Event": "SparkListenerStageCompleted", "Stage Info": {"Stage ID": 7, "Stage Attempt ID": 0, "Stage Name": "count",
     "Submission Time": 1790000001500, "Completion Time": 1790000003000}},
    {"Event": "SparkListenerJobEnd", "Job ID": 0, "Completion Time": 1790000003500,
     "Job Result": {"Result": "JobSucceeded"}},
    {"Event": "SparkListenerApplicationEnd", "Timestamp": 1790000004000},
)  # fmt: skip


def read(folder: Path, **parts: tuple[object, ...]) -> Store:
    for name, events in parts.items():
        (folder / name).write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in events))
    return ingest([folder])


def test_a_log_goes_on_in_the_next_file(tmp_path: Path) -> None:
    store = read(tmp_path, events_1_app=BEGIN, events_2_app=REST)
    assert len(store.traces.number) == 1
    spans = [
        (store.operations[int(name)], int(start) // 10**6, int(length) // 10**6)
        for name, start, length in zip(store.spans.name, store.spans.start, store.spans.duration, strict=True)
        if length > 0
    ]
    assert sorted(spans) == [
        ("count", 1790000001500, 1500),
        ("etl", 1790000000000, 4000),
        ("job 0", 1790000001000, 2500),
    ]
    assert not store.issues


def test_a_log_without_its_beginning_is_shown_from_its_first_event_on(tmp_path: Path) -> None:
    store = read(tmp_path, events_2_app=REST)
    assert int(store.spans.start.min()) == 1790000001500 * 10**6
    assert [issue.code for issue in store.issues] == ["begin-unknown"]


def test_another_application_begins_anew(tmp_path: Path) -> None:
    store = read(tmp_path, events_1_app=BEGIN, other=(BEGIN[0], {**BEGIN[1], "App ID": "app-2"}))
    assert len(store.traces.number) == 2
