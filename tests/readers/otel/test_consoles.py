"""What OpenTelemetry's JavaScript SDK prints: no JSON, so read by lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explorer.decoding.literals import LiteralError, literal
from explorer.model.schema import Kind, Status
from explorer.readers.details import log_detail, span_detail
from tests.readers.reading import FIXTURES, read_copy

CHILD = """{
  resource: {
    attributes: { 'service.name': 'shop', 'process.command_args': [Array] }
  },
  instrumentationScope: { name: 'http', version: '1', schemaUrl: undefined },
  traceId: '3f1fe6256ea46d19ec3ca97b3409ad6d',
  parentSpanContext: {
    traceId: '3f1fe6256ea46d19ec3ca97b3409ad6d',
    spanId: '6a2f3f1a2b3c4d5e',
    traceFlags: 1
  },
  traceState: undefined,
  name: "it's \\"me\\"",
  id: 'f0b7340dd6e08a70',
  kind: 2,
  timestamp: 1684498209535000,
  duration: 103064.458,
  attributes: { 'http.status_code': 503, long: 'a' +
      'b', list: [ 1, -2.5, 3n, ... 4 more items ] },
  status: { code: 2, message: 'boom' },
  events: [
    {
      name: 'exception',
      attributes: [Object],
      time: [ 1684498209, 535000012 ],
      droppedAttributesCount: 0
    }
  ],
  links: []
}
"""
ROOT = """{
  traceId: '3f1fe6256ea46d19ec3ca97b3409ad6d',
  parentId: undefined,
  name: 'root',
  id: '6a2f3f1a2b3c4d5e',
  kind: 1,
  timestamp: 1684498209535000,
  duration: 203064,
  attributes: {},
  status: { code: 0 },
  events: [],
  links: []
}
"""


def test_spans_among_other_lines(tmp_path: Path) -> None:
    store = read_copy(f"{CHILD}some text\n{ROOT}".encode(), tmp_path)
    assert [count.format for count in store.counts] == ["otel-javascript"]
    assert [store.operations[name] for name in store.spans.name] == ["root", 'it\'s "me"']
    assert store.spans.kind.tolist() == [Kind.SERVER, Kind.CLIENT]
    assert store.spans.parent.tolist() == [-1, 0]
    assert store.spans.duration.tolist() == [203_064_000, 103_064_458]
    assert store.spans.status.tolist() == [0, Status.ERROR]
    assert store.events["time"].tolist() == [1684498209535000012]
    assert sum(issue.count for issue in store.issues) == 1
    detail = span_detail(store, 1)
    assert dict(detail.attributes) == {"http.status_code": 503, "long": "ab", "list": [1, -2.5, 3]}
    assert ("service.name", "shop") in detail.resource


def test_colours_of_a_terminal_are_no_part_of_an_object(tmp_path: Path) -> None:
    """Node colours values and quoted names, where it prints to a terminal that a script recorded."""
    coloured = re.sub(r"('[^'\n]*'|\[(?:Object|Array)\])", "\x1b[32m\\1\x1b[39m", CHILD)
    coloured = re.sub(r": (-?\d[\d.]*|undefined)", ": \x1b[33m\\1\x1b[39m", coloured)
    plain, told = (
        read_copy((text + ROOT).encode(), tmp_path, name)
        for name, text in (("plain", CHILD), ("coloured", coloured))
    )
    assert "\x1b[33m" in coloured
    one, other = span_detail(told, 1), span_detail(plain, 1)
    assert (one.attributes, one.events, one.resource) == (other.attributes, other.events, other.resource)
    assert told.spans.duration.tolist() == plain.spans.duration.tolist()


@pytest.mark.parametrize("cut", range(len(CHILD) + 80, len(CHILD) + len(ROOT), 17))
def test_a_cut_object_is_counted(cut: int, tmp_path: Path) -> None:
    store = read_copy((CHILD + ROOT)[:cut].encode(), tmp_path)
    assert len(store.spans) == 1
    assert sum(issue.count for issue in store.issues) >= 1


def test_what_only_python_or_node_prints() -> None:
    text = "{'a': (1, None), u'b': <Cart (7) at 0x7f>, 'c': b'x', 'd': deque([1], maxlen=2)}"
    assert literal(text) == {"a": [1, None], "b": "<Cart (7) at 0x7f>", "c": "x", "d": "deque([1], maxlen=2)"}
    assert literal("{ at: 2026-11-22T09:14:44.322Z, n: 2026 }") == {
        "at": "2026-11-22T09:14:44.322Z",
        "n": 2026,
    }


@pytest.mark.parametrize("text", ["", "{", "{ a: ", "[ 1, 2", "}", "{ a: '", "[" * 500])
def test_what_is_no_literal_is_refused(text: str) -> None:
    with pytest.raises(LiteralError):
        literal(text)


def test_activities_of_dotnet_among_the_lines_of_a_log(tmp_path: Path) -> None:
    block = (FIXTURES / "otel_dotnet" / "console.txt").read_bytes()
    before = b"info: Hosting[14]\n      Now listening on: http://localhost:5000\n"
    after = b"\ninfo: Cart[0]\n      Cart 7 opened\n"
    store = read_copy(before + block + after + block.replace(b"00f067", b"00f068"), tmp_path)
    assert len(store.spans) == 3  # the root twice
    assert [log_detail(store, row).message for row in range(len(store.logs))] == [
        "Now listening on: http://localhost:5000", "Cart 7 opened",
    ]  # fmt: skip
    detail = span_detail(store, store.spans.depth.tolist().index(1))
    assert (detail.exception_type, detail.message) == (
        "System.Net.Http.HttpRequestException", "no stock: try later",
    )  # fmt: skip
    assert "Stock.cs:line 41" in detail.stack
    assert [name for name, _ in detail.attributes][-1] == "error.type"


def test_resources_that_java_logs_behind_its_own_words(tmp_path: Path) -> None:
    line = (FIXTURES / "otlp_resources" / "lines.jsonl").read_bytes().splitlines()[0]
    before = (
        b"Sep 21, 2026 2:13:20 PM io.opentelemetry.exporter.logging.otlp.OtlpJsonLoggingSpanExporter export\nINFO: ",
        b"[otel.javaagent 2026-09-21 14:13:20:123 +0000] [main] INFO OtlpJsonLoggingSpanExporter - ",
    )
    for words in before:
        store = read_copy(words + line + b"\n", tmp_path)
        assert [(store.service(0), store.operation(0))] == [("pay", "GET /")]


def test_a_resource_that_is_cut_keeps_its_whole_parts(tmp_path: Path) -> None:
    line = (FIXTURES / "otlp_resources" / "lines.jsonl").read_bytes().splitlines()[0]
    span = line[line.index(b'{"traceId"') : line.rindex(b"}]}]}") + 1]
    two = line.replace(span, span + b"," + span.replace(b"02b7", b"02b8"))
    store = read_copy(two[: two.rindex(b"endTime")], tmp_path)
    assert [store.operation(row) for row in range(len(store.spans))] == ["GET /"]
    assert "truncated-record" in {issue.code for issue in store.issues}


@pytest.mark.parametrize("block_bytes", [100, 4 << 20])
def test_logs_and_metrics_of_javascript_among_its_spans(tmp_path: Path, block_bytes: int) -> None:
    """Objects may lie across the blocks in which a file is read."""
    signals = (FIXTURES / "otel_javascript" / "console.txt").read_text()
    for text in (f"{ROOT}{signals}{CHILD}", f"{signals}{ROOT}{CHILD}"):
        store = read_copy(text.encode(), tmp_path, block_bytes=block_bytes)
        assert (len(store.spans), len(store.logs), len(store.points["time"])) == (2, 2, 7)
        assert "http.status_code" in dict(span_detail(store, 1).attributes)
        assert store.logs.severity.tolist() == [9, 17]
        assert not store.issues
