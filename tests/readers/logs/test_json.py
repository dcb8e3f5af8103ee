"""JSON logs: the fast way tells what the slow one tells, and a broken or odd line costs nobody else anything."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import orjson
import pytest

from explorer.decoding.contract import Confidence
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.json_lines import read_json, read_singly
from explorer.decoding.logs.lines import Lines, LineValues
from explorer.model.builder import Builder
from explorer.model.ids import trace_text
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.records import File
from explorer.model.schema import LogFlag
from explorer.readers import json_log
from tests.readers.logs.reading import MTIME_NS, details_of, fields_of, messages_of, read_with, refused_by

TRACES = [f"{i:032x}" for i in range(1, 40)]


def odd_object(chance: random.Random, i: int) -> dict[str, Any]:
    """A log object in one of many spellings, with keys that come and go and change their kind."""
    value: dict[str, Any] = {
        chance.choice(("ts", "@timestamp", "time")): chance.choice(
            (f"2026-11-22T09:14:{i % 60:02d}.{i:06d}Z", 1795338883000 + i, 1795338883.5 + i, "never", None)
        )
    }
    level = chance.choice(("INFO", "warn", "Error", 30, 50, "", None, True))
    value |= chance.choice(
        ({"level": level}, {"log": {"level": level}}, {"log.level": level}, {"severity": level}, {})
    )
    value |= chance.choice(({"msg": f"m{i}"}, {"message": f"m{i}"}, {"fields": {"message": f"m{i}"}}, {}))
    trace = chance.choice(TRACES)
    value |= chance.choice(
        ({"trace_id": trace}, {"trace": {"id": trace}}, {"traceId": trace[16:]}, {"dd.trace_id": str(i + 1)},
         {"traceparent": f"00-{trace}-00000000000000{i % 90 + 10}-01"}, {"trace": {"id": None}}, {})
    )  # fmt: skip
    value |= chance.choice(
        ({"span_id": f"{i + 1:016x}"}, {"spanId": "-"}, {"transaction": {"id": f"{i:016x}"}}, {})
    )
    value |= chance.choice(({"service": "a"}, {"service": {"name": "b"}}, {"app": "c", "host": "h"}, {}))
    labels = {"labels": {"run_id": i, "order": f"o{i}"}}
    value |= chance.choice(({"request_id": f"r{i}"}, labels, {"user": {"id": 7}}, {}))
    value |= chance.choice(
        ({"status": 503}, {"status": "error"}, {"status_code": "404"}, {"err": {"stack": "x"}}, {})
    )
    value |= chance.choice(
        ({"n": i}, {"n": i / 7}, {"n": "x"}, {"n": [1]}, {"n": {"a": i}}, {f"k{i % 50}": 1})
    )
    return dict(chance.sample(list(value.items()), len(value)))


def values_of(lines: Lines, way: Any, options: ReadOptions) -> tuple[LineValues, Builder]:
    builder = Builder(Issues(), options)
    builder.begin_file(File("unknown", None, 0, MTIME_NS))
    return way(lines, FileContext.of(builder, "test")), builder


def plain(values: LineValues, builder: Builder) -> list[Any]:
    """Rows of values as they compare: codes turned to what they stand for, fields in order of name."""
    fields: dict[int, list[tuple[str, str]]] = {}
    for rows, name, texts in values.fields:
        for row, text in zip(rows.tolist(), texts, strict=True):
            fields.setdefault(row, []).append((name, text))
    services, traces = builder.services.table(), [trace_text(number) for number in builder.traces.numbers]
    return [
        (int(values.kind[i]), int(values.time[i]), int(values.flags[i]), int(values.severity[i]),
         services[values.service[i]], builder.resources[values.resource[i]],
         traces[values.trace[i]] if values.trace[i] >= 0 else "", int(values.span_id[i]), sorted(fields.get(i, [])))
        for i in range(len(values))
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_tell_the_same(seed: int) -> None:
    chance = random.Random(seed)
    made = [orjson.dumps(odd_object(chance, i)) for i in range(1500)]
    lines = Lines.of(made)
    options = ReadOptions(id_fields=("order",))
    fast, slow = plain(*values_of(lines, read_json, options)), plain(*values_of(lines, read_singly, options))
    for i, (one, other) in enumerate(zip(fast, slow, strict=True)):
        assert one == other, made[i]


def test_an_id_that_first_comes_late_is_found() -> None:
    lines = [b'{"time":"2026-11-22T09:14:43Z","level":"info","msg":"tick"}'] * 5000
    lines[4321] = lines[0][:-1] + b',"request_id":"rq-1","extra":{"run_id":"x"}}'
    store = read_with(json_log, b"\n".join(lines) + b"\n")
    assert len(store.logs) == 5000
    assert [field[1:] for field in fields_of(store)] == [("request_id", "rq-1"), ("extra.run_id", "x")]


def test_broken_lines_are_kept_as_text_and_told_without_counting_them_lost() -> None:
    good = b'{"time":"2026-11-22T09:14:%02dZ","level":"info","msg":"ok %d"}'
    lines = [good % (i, i) for i in range(40)]
    lines[7] = b'{"time":"2026-11-22T09:14:07Z","level":"error","msg":"cut off he'
    lines[8] = b'{"time":"2026-11-22T09:14:08Z","level":"warn","msg":"a brace too many"}}'
    lines[9] = b'{"time":"2026-11-22T09:14:09Z","level":"warn","msg":"bad \xff byte","x":NaN}'
    store = read_with(json_log, b"\n".join(lines) + b"\n")
    assert len(store.logs) == 40
    broken = (store.logs.flags & LogFlag.BROKEN) > 0
    assert np.flatnonzero(broken).tolist() == [7, 8]
    assert store.logs.severity[7:10].tolist() == [17, 13, 13]
    messages = messages_of(store)
    assert messages[7] == lines[7].decode()
    assert messages[8] == "a brace too many"
    assert messages[9] == "bad \N{REPLACEMENT CHARACTER} byte"
    assert [(issue.code, issue.count) for issue in store.issues] == [("broken-json-line", 0)]


def test_json_that_is_no_log_is_refused_alone() -> None:
    log = b'{"time":"2026-11-22T09:14:43Z","level":"info","msg":"ok"}'
    data = (
        b"\n".join([log, b'{"resourceSpans":[]}', log, b'{"timestamp":1795338883000,"cpu":0.5}', log]) + b"\n"
    )
    assert refused_by(json_log, data) == [1, 3]
    assert refused_by(json_log, b'{"a":1}\n' * 30) == list(range(30))


def test_text_between_the_objects_is_kept_with_their_times() -> None:
    log = '{"time":"2026-11-22T09:14:4%dZ","level":"info","msg":"ok"}\n'
    noise = (
        "building the assets\n"
        + log % 3
        + "Traceback (most recent call last):\n  File 'a'\nKeyError: 'x'\n"
        + log % 4
    )
    store = read_with(json_log, (noise + log % 5 * 10).encode())
    assert messages_of(store)[:3] == ["building the assets", "ok", "KeyError: 'x'"]
    assert store.logs.flags[[0, 2]].tolist() == [LogFlag.TIME_INFERRED] * 2
    assert store.logs.time[0] == store.logs.time[1] == store.logs.time[2]
    assert int(store.logs.severity[2]) == 17


def test_times_are_exact() -> None:
    lines = [
        b'{"ts":1795338883.3152757,"level":"info","msg":"a"}',
        b'{"ts":1.7953388833152757e9,"level":"info","msg":"b"}',
        b'{"ts":1795338883315275701,"level":"info","msg":"c"}',
        b'{"ts":"1795338883315275702","level":"info","msg":"d"}',
    ]
    expected = [1795338883315275700] * 2 + [1795338883315275701, 1795338883315275702]
    assert read_with(json_log, b"\n".join(lines)).logs.time.tolist() == expected
    assert read_with(json_log, b"\n".join(lines * 50)).logs.time.tolist() == sorted(expected * 50)


@pytest.mark.parametrize("count", [1, 40, 600])
@pytest.mark.parametrize(
    "beside", [{}, {"timeMillis": 1493121664118}, {"context": {"instant": {"nanoOfSecond": 1}}}]
)
def test_nanoseconds_beside_an_instant_in_seconds_are_kept(count: int, beside: dict[str, Any]) -> None:
    nanos = [(118_123_457 * i + 5) % 10**9 for i in range(count)]
    lines = [
        orjson.dumps(
            {"instant": {"epochSecond": 1493121664 + i, "nanoOfSecond": nano}, "thread": "main", "level": "INFO",
             "loggerName": "shop.Cart", "message": f"m{i}", "endOfBatch": False} | beside
        )
        for i, nano in enumerate(nanos)
    ]  # fmt: skip
    told = read_with(json_log, b"\n".join(lines)).logs.time.tolist()
    if "timeMillis" in beside:
        assert told == [1493121664_118_000_000] * count
    else:
        assert told == [(1493121664 + i) * 10**9 + nano for i, nano in enumerate(nanos)]


def test_the_service_comes_from_the_field_then_the_pod_then_the_folder() -> None:
    line = b'{"time":"2026-11-22T09:14:43Z","level":"info","msg":"x"%s}\n'
    name = "pods/logs/shop/checkout-578fcf4766-9csqn/app.log"
    assert read_with(json_log, line % b',"app":"billing"', name=name).services[-1] == "billing"
    assert read_with(json_log, line % b',"pod":"ranker-578fcf4766-9csqn"', name=name).services[-1] == "ranker"
    store = read_with(json_log, line % b"", name=name)
    assert store.services[store.logs.service[0]] == "checkout"
    assert store.resources[store.logs.resource[0]].namespace == "shop"
    assert read_with(json_log, line % b"", name="var/log/app.log").services == [""]


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        (b'{"time":"x","msg":"y"}', Confidence.LIKELY),
        (b'{"msg":"y","a":{"b":[{"c":1}]},"ts":1', Confidence.LIKELY),
        (b'[\n {"@timestamp":"x","log":{"level":"info"}}', Confidence.LIKELY),
        (b'{"level":"info","msg":"no time"}', Confidence.POSSIBLE),
        (b'noise\n{"time":"x","msg":"y"}\n{"time":"x","msg":"y"}\n', Confidence.LIKELY),
        (b'{"traceId":"x","timestamp":1,"duration":2}', None),
        (b'{"a":1}', None),
        (b'[{"sha":"eb69","author":"a","timestamp":"2026-06-23T11:56:26Z","message":"fix"}]', None),
        (b"text\n", None),
    ],
)
def test_what_is_taken_for_a_json_log(head: bytes, sure: Confidence | None) -> None:
    assert json_log.detect(head) == sure


@pytest.mark.parametrize(
    ("beside", "message", "kind", "text"),
    [
        (
            ('"event":"task failed","error_detail":[{"exc_type":"ValueError","exc_value":"bad","frames":'
            '[{"filename":"/srv/a.py","lineno":3,"name":"load"}]}]'),
            "task failed", "ValueError", "bad",
        ),
        ('"message":{"errorType":"TypeError","errorMessage":"no function"}', "no function", "TypeError", "no function"),
        ('"error":{"message":"no such host"}', "no such host", "", "no such host"),
    ],
    ids=["structlog and Airflow", "Lambda", "only an error"],
)  # fmt: skip
def test_exceptions_that_are_objects(beside: str, message: str, kind: str, text: str) -> None:
    store = read_with(json_log, f'{{"time":"2026-11-22T09:14:43Z","level":"error",{beside}}}'.encode())
    detail = details_of(store)[0]
    assert (detail.message, detail.exception_type, detail.exception_message) == (message, kind, text)
    assert ('File "/srv/a.py", line 3, in load' in detail.stack) == (kind == "ValueError")


@pytest.mark.parametrize(
    ("trace", "known"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", True),
        ("projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736", True),
        ("4bf92f3577b34da6a3ce929d0e0e4736", True),
        ("at a.B(C.java:1)", False),
    ],
)
@pytest.mark.parametrize("count", [1, 40])
def test_a_field_called_trace_names_one_or_is_anything_else(trace: str, known: bool, count: int) -> None:
    line = orjson.dumps({"time": "2026-11-22T09:14:43Z", "level": "info", "msg": "x", "trace": trace})
    store = read_with(json_log, (line + b"\n") * count)
    ids = {store.correlation.rows[row].id for row in store.logs.id.tolist() if row >= 0}
    assert ids == ({"4bf92f3577b34da6a3ce929d0e0e4736"} if known else set())


@pytest.mark.parametrize("name", ["severityNumber", "severity_number", "SeverityNumber"])
def test_a_level_that_is_told_as_opentelemetrys_number_alone(name: str) -> None:
    line = orjson.dumps({"time": "2026-11-22T09:14:43Z", "body": "x", "severityText": None, name: 17})
    assert read_with(json_log, line).logs.severity.tolist() == [17]
