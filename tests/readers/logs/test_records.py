"""Records taken apart: stack traces, propagation headers, broken objects, documents of many objects."""

from __future__ import annotations

import pytest

from explorer.decoding.logs.detail import record_detail
from explorer.decoding.logs.objects import flatten
from explorer.decoding.logs.propagation import span_of, trace_context, trace_of
from explorer.decoding.logs.salvage import salvage
from explorer.decoding.logs.stacks import exception_of, split_stack
from explorer.readers import json_log
from tests.readers.logs.reading import details_of, messages_of, read_with

TRACEBACK = "Traceback (most recent call last):\n  File 'a'\n"
STACKS = {
    "python": (
        f"failed\n{TRACEBACK}KeyError: 1\n\nDuring handling of it:\n\n{TRACEBACK}ValueError: NaN\nsecond line",
        ("failed", "ValueError", "NaN\nsecond line"),
    ),
    "java": (
        "refused\norg.x.AccessException: I/O: no\n\tat a.B(C.java:1)\nCaused by: java.net.X: no\n\t... 3 more",
        ("refused", "org.x.AccessException", "I/O: no"),
    ),
    "java, in the message": (
        "request failed java.lang.IllegalStateException: pool\n\tat a.B(C.java:1)",
        ("request failed java.lang.IllegalStateException: pool", "java.lang.IllegalStateException", "pool"),
    ),
    "java, of two lines": (
        "x\ncom.a.SqlException: syntax\nnear FROM\n\tat a.B(C.java:1)",
        ("x", "com.a.SqlException", "syntax\nnear FROM"),
    ),
    "dotnet": (
        "System.InvalidOperationException: bad\n ---> System.IO.IOException: disk\n   at A.B() in /a.cs:line 4",
        ("System.InvalidOperationException: bad", "System.InvalidOperationException", "bad"),
    ),
    "node": ("TypeError: no x\n    at f (/a.js:1:2)", ("TypeError: no x", "TypeError", "no x")),
    "go": (
        "panic: index out of range\n\ngoroutine 1 [running]:\nmain.main()",
        ("", "panic", "index out of range"),
    ),
    "rust": ("thread 'main' panicked at src/main.rs:4:5:\nboom\nnote: run with", ("", "panic", "boom")),
    "zap": ("dropped\nmain.f\n\t/src/main.go:12", ("dropped", "", "")),
    "none": ("one\ntwo", ("one\ntwo", "", "")),
}


@pytest.mark.parametrize(("text", "expected"), STACKS.values(), ids=STACKS.keys())
def test_stack_traces(text: str, expected: tuple[str, str, str]) -> None:
    found = split_stack(text)
    assert (found.message, found.type, found.text) == expected
    assert (found.stack == "") == (text == "one\ntwo")
    assert text.endswith(found.stack)


def test_the_exception_of_a_stack_field() -> None:
    assert exception_of("Traceback (most recent call last):\n  File 'a'\nKeyError: 'x'") == (
        "KeyError",
        "'x'",
    )
    assert exception_of("java.lang.Error: no\n\tat a.B(C.java:1)") == ("java.lang.Error", "no")
    assert exception_of("main.f\n\t/src/main.go:12") == ("", "")


TRACE, SPAN = 0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7
CONTEXTS = {
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": (TRACE, SPAN),
    "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b90": (TRACE, SPAN),
    "a3ce929d0e0e4736:f067aa0ba902b7:0:1": (TRACE & (1 << 64) - 1, SPAN),
    "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1": (TRACE, SPAN),
    "4bf92f3577b34da6a3ce929d0e0e4736/67667974448284343;o=1": (TRACE, SPAN),
    "hello": None,
    "": None,
}


@pytest.mark.parametrize(("text", "expected"), CONTEXTS.items())
def test_propagation_headers(text: str, expected: tuple[int, int] | None) -> None:
    assert trace_context(text) == expected


def test_ids_in_the_spellings_of_vendors() -> None:
    assert trace_of("dd.trace_id", "11806409466530875190") == 11806409466530875190
    assert trace_of("dd.trace_id", "4bf92f3577b34da6a3ce929d0e0e4736") == TRACE
    assert span_of("dd.span_id", 67667974448284343) == SPAN
    assert (
        trace_of("logging.googleapis.com/trace", "projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736")
        == TRACE
    )
    assert trace_of("trace_id", "0" * 32) is None
    assert trace_of("trace_id", None) is None


def test_what_still_stands_in_a_broken_object() -> None:
    assert salvage(b'{"a":1,"b":"x"}}') == {"a": 1, "b": "x"}
    assert salvage(b'{"a":-1.5,"b":"x \\"q\\"","c":{"d":true,"e":"cut') == {
        "a": -1.5,
        "b": 'x "q"',
        "d": True,
    }
    assert salvage(b"{") is None
    assert salvage(b"text") is None


def test_names_dotted_and_nested_are_one() -> None:
    assert flatten({"a": {"b": {"c": 1}, "d.e": 2}, "_source": {"f": 3}, "g": {}}) == [
        ("a.b.c", 1), ("a.d.e", 2), ("f", 3), ("g", {}),
    ]  # fmt: skip


def test_the_layers_of_a_record() -> None:
    raw = b'{"log":"{\\"level\\":\\"warn\\",\\"msg\\":\\"inner\\"}","kubernetes":{"pod":"p"}}'
    detail = record_detail(raw)
    assert detail.message == "inner"
    assert [name for name, _ in detail.attributes] == ["log", "kubernetes.pod", "level", "msg"]


DOCUMENT = b"""[
 {"time": "2026-11-22T09:14:43Z", "level": "info",
  "msg": "first"},
 {"time": "2026-11-22T09:14:44Z", "level": "error", "msg": "second\\nline"}, 7
]"""


def test_a_document_of_many_objects() -> None:
    store = read_with(json_log, DOCUMENT, framing="document")
    assert messages_of(store) == ["first", "second\nline"]
    begin = int(store.logs.index[0])
    assert DOCUMENT[begin : begin + int(store.logs.length[0])].endswith(b'"first"}')


@pytest.mark.parametrize(
    "text",
    [
        b'{"hits":{"total":1,"hits":[{"_id":"a","_source":{"@timestamp":"2026-11-22T09:14:43Z","message":"hit"}}]}}',
        b'{"logs":[{"timestamp":"2026-11-22T09:14:43Z","message":"hit"}]}',
        b'{"events":[{"timestamp":1795338883000,"message":"hit","ingestionTime":1795338884000}],"nextForwardToken":"f"}',
        b'{"timestamp":"2026-11-22T09:14:43Z","message":"hit"}',
    ],
)
def test_documents_that_hold_log_objects(text: bytes) -> None:
    store = read_with(json_log, text, framing="document")
    assert [detail.message for detail in details_of(store)] == ["hit"]
    assert int(store.logs.time[0]) == 1_795_338_883_000_000_000
