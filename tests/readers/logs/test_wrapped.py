"""Records of log stores and collectors: MessagePack values, and what happens to entries that are cut or odd."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from explorer.decoding.logs.msgpack import BrokenError, CutError, Extension, decode, values
from explorer.readers import (
    cloudwatch_logs,
    docker_local,
    elastic_bulk,
    fluent_bit_stdout,
    fluent_msgpack,
    loki,
)
from explorer.readers.details import log_detail
from tests.readers.logs.reading import messages_of, read_with, refused_by
from tests.readers.reading import read_copy


def anything(rng: random.Random, depth: int = 0) -> Any:
    """A random value that MessagePack can hold."""
    sizes = (0, 1, 15, 16, 31, 32, 255, 256, 70_000) if depth == 0 else (0, 1, 16, 40)
    kind = rng.randrange(6 if depth > 2 else 8)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([1, -1]) * rng.getrandbits(rng.choice([3, 5, 7, 8, 15, 16, 31, 32, 62]))
    if kind == 2:
        return rng.random() * 10 ** rng.randrange(-9, 9)
    if kind == 3:
        return "ü" * rng.choice(sizes)
    if kind == 4:
        return bytes(rng.choice(sizes))
    if kind == 5:
        return rng.randrange(100)
    few = [anything(rng, depth + 1) for _ in range(rng.choice((0, 3, 20)))]
    return few if kind == 6 else {f"n{i}": item for i, item in enumerate(few)}


@pytest.mark.parametrize("seed", range(60))
def test_a_value_of_msgpack_is_what_was_written(seed: int) -> None:
    value = anything(random.Random(seed))
    data = msgspec.msgpack.encode(value)
    assert decode(data, 0) == (value, len(data))
    for cut in {0, len(data) // 2, len(data) - 1}:
        with pytest.raises(CutError):
            decode(data[:cut], 0)


def test_random_bytes_are_refused_or_read_but_never_fail() -> None:
    rng = random.Random(1)
    for _ in range(2000):
        data = rng.randbytes(rng.randrange(1, 40))
        with suppress(BrokenError):
            list(values(data))
    with pytest.raises(BrokenError):
        decode(b"\x91" * 5000, 0)


def test_event_times_are_exact() -> None:
    assert Extension(0, struct.pack(">II", 1795338883, 301000001)).time_ns == 1795338883301000001
    assert Extension(0, struct.pack(">II", 1, 10**9)).time_ns is None


def event(text: str) -> bytes:
    """An event of Fluent Bit's."""
    time = msgspec.msgpack.Ext(0, struct.pack(">II", 1795338883, 1))
    return msgspec.msgpack.encode([time, {"log": text}])


def test_events_before_a_cut_are_kept_and_the_rest_is_counted() -> None:
    store = read_with(fluent_msgpack, event("one") + event("two") + event("three")[:-2], framing="binary")
    assert messages_of(store) == ["one", "two"]
    assert store.counts[0].skipped == 1


def test_binary_that_is_no_log_is_refused() -> None:
    assert refused_by(fluent_msgpack, msgspec.msgpack.encode([1, 2, 3]), "binary") == [0]
    assert refused_by(docker_local, b"\0\0\0\x08" + bytes(20), "binary") == [0]


def test_metrics_of_loki_are_refused() -> None:
    matrix = b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1795338883,"1"]]}]}}'
    assert refused_by(loki, matrix, "document") == [0]
    assert loki.detect(matrix) is None


def test_quotes_and_arrows_in_what_fluent_bit_prints() -> None:
    line = b'[3] a.b: [1795338883.000000001, {"log"=>"a => \\"b\\" \\xc3\\\\", "n"=>{"x"=>[1, nil]}}]\n'
    (text,) = messages_of(read_with(fluent_bit_stdout, line))
    assert text.startswith('a => "b" ')


def test_a_bulk_body_over_two_blocks() -> None:
    first = b'{"index":{"_index":"logs"}}\n'
    second = b'{"@timestamp":"2026-11-22T09:14:43Z","message":"one","level":"info"}\n'
    assert messages_of(read_with(elastic_bulk, first, second)) == ["one"]


def test_events_of_cloudwatch_without_time_are_counted() -> None:
    data = b'{"events":[{"timestamp":1795338883301,"message":"one","ingestionTime":1},{"message":"two"},3]}'
    store = read_with(cloudwatch_logs, data, framing="document")
    assert messages_of(store) == ["one"]
    assert store.counts[0].skipped == 2


PRINTED = """\
{
  level: 'error',
  message: 'could not price',
  requestId: 'rq-7',
  err: Error: upstream refused the connection
      at price (/srv/cart.js:2:11) {
    code: 'ECONNREFUSED'
  },
  timestamp: '2026-11-22T09:14:43.322Z'
}
{ level: 'info', message: "it's well", timestamp: '2026-11-22T09:14:44.322Z' }
"""
WRITTEN = """\
{
  "level": "error",
  "message": "could not price",
  "requestId": "rq-7",
  "err": {"name": "Error", "message": "upstream refused the connection", "code": "ECONNREFUSED"},
  "timestamp": "2026-11-22T09:14:43.322Z"
}
{"level": "info", "message": "it's well", "timestamp": "2026-11-22T09:14:44.322Z"}
"""
DICTIONARIES = """\
{'level': 'error',
 'message': 'could not price',
 'requestId': 'rq-7',
 'err': {'name': 'Error', 'message': 'upstream refused the connection', 'code': 'ECONNREFUSED'},
 'timestamp': datetime.datetime(2026, 11, 22, 9, 14, 43, 322000, tzinfo=datetime.timezone.utc)}
{'level': 'info', 'message': "it's well", 'final': True, 'cart': <Cart 7>, 'timestamp': '2026-11-22T09:14:44.322Z'}
"""
LATER = "2026-11-22T09:14:50.000000001Z"


@pytest.mark.parametrize(
    "text", [PRINTED, WRITTEN, DICTIONARIES], ids=["as Node.js prints", "JSON", "as Python prints"]
)
@pytest.mark.parametrize(
    "wrapped",
    [
        lambda line: line,
        lambda line: f"{LATER} stdout F {line}",
        lambda line: json.dumps({"log": line + "\n", "stream": "stdout", "time": LATER}),
        lambda line: f"cart-1  | {line}",
    ],
    ids=["alone", "cri", "docker", "compose"],
)
def test_objects_over_several_lines(text: str, wrapped: Callable[[str], str], tmp_path: Path) -> None:
    store = read_copy("".join(wrapped(line) + "\n" for line in text.splitlines()).encode(), tmp_path)
    assert store.logs.time.tolist() == [1795338883322000000, 1795338884322000000]
    assert store.logs.severity.tolist() == [17, 9]
    assert [row.id for row in store.correlation.rows] == ["rq-7"]
    first, second = (log_detail(store, row) for row in range(2))
    assert (first.message, first.exception_type, first.exception_message) == (
        "could not price", "Error", "upstream refused the connection",
    )  # fmt: skip
    assert ("err.code", "ECONNREFUSED") in first.attributes
    assert second.message == "it's well"
