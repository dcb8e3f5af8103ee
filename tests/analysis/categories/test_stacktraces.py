"""Stack traces of nine languages read into one form."""

from __future__ import annotations

import pytest

from explorer.analysis.categories.stacktrace import StackTrace, parse_stack
from tests.analysis.categories import traces
from tests.analysis.categories.shipped import judged
from tests.analysis.categories.unusual_traces import UNUSUAL

OUTLINES = {
    "python": (
        traces.PYTHON,
        [
            ("app.errors.ScoringError", "no score", ["score", "handle"]),
            ("KeyError", "'income'", ["__getitem__ (pandas)", "score"]),
        ],
    ),
    "java": (
        traces.JAVA,
        [
            (
                "com.acme.ApiException",
                "cannot rank",
                ["com.acme.rank.Api.rank", "org.springframework.web.Servlet.service (org.springframework)"],
            ),
            ("java.lang.IllegalStateException", "no model", ["com.acme.rank.Model.get"]),
            (
                "java.net.ConnectException",
                "Connection refused",
                ["sun.nio.ch.Net.connect0 (sun.nio)", "com.acme.rank.Registry.fetch"],
            ),
        ],
    ),
    "javascript": (
        traces.JAVASCRIPT,
        [
            (
                "TypeError",
                "Cannot read properties of undefined (reading 'id')",
                ["rank", "<anonymous>", "Layer.handle (express)"],
            ),
            (
                "Error",
                "connect ECONNREFUSED 10.0.0.1:80",
                ["TCPConnectWrap.afterConnect [as oncomplete] (node)"],
            ),
        ],
    ),
    "dotnet": (
        traces.DOTNET,
        [
            ("System.InvalidOperationException", "cannot rank", ["Acme.Rank.Api.Rank"]),
            (
                "System.Net.Sockets.SocketException",
                "Connection refused",
                ["System.Net.Sockets.Socket.Connect (System)", "Acme.Rank.Registry.Fetch"],
            ),
        ],
    ),
    "go": (
        traces.GO,
        [
            (
                "panic",
                "runtime error: index out of range [3] with length 3",
                [
                    "main.rank",
                    "github.com/acme/lib/serve.(*Server).Handle (github.com/acme/lib)",
                    "net/http.(*Server).Serve (net/http)",
                ],
            )
        ],
    ),
    "rust": (
        traces.RUST,
        [
            (
                "panic",
                "called `Option::unwrap()` on a `None` value",
                [
                    "rust_begin_unwind (std)",
                    "core::panicking::panic (std)",
                    "ranker::rank::score",
                    "ranker::main",
                ],
            )
        ],
    ),
    "ruby": (
        traces.RUBY,
        [("NoMethodError", "undefined method `id' for nil:NilClass", ["score", "call", "serve (rack)"])],
    ),
    "php": (
        traces.PHP,
        [("RuntimeException", "no model", ["<raised>", "Acme\\Model->get", "Acme\\Api->rank (slim/slim)"])],
    ),
    "cpp": (
        traces.CPP,
        [("std::out_of_range", "vector::_M_range_check", ["raise (c)", "acme::rank::score", "main"])],
    ),
}


def parsed(text: str) -> StackTrace:
    stack = parse_stack(text)
    assert stack is not None
    return stack


@pytest.mark.parametrize("language", OUTLINES)
def test_chain_message_and_frames(language: str) -> None:
    text, wanted = OUTLINES[language]
    stack = parsed(text)
    drawn = [
        (
            raised.type,
            raised.message,
            [each.function if each.own else f"{each.function} ({each.library})" for each in raised.frames],
        )
        for raised in stack.chain
    ]
    assert stack.language == language
    assert drawn == wanted
    assert stack.root == len(wanted) - 1


def test_places_are_kept() -> None:
    frame = parsed(traces.PYTHON).chain[0].frames[0]
    assert (frame.file, frame.line, frame.text) == (
        "/app/serve.py",
        15,
        'raise ScoringError("no score") from error',
    )
    assert parsed(traces.DOTNET).chain[1].frames[1].line == 88
    assert parsed(traces.GECKO).chain[0].frames[0].line == 12


@pytest.mark.parametrize("form", UNUSUAL)
def test_unusual_forms(form: str) -> None:
    text, language, chain = UNUSUAL[form]
    stack = parsed(text)
    assert stack.language == language
    assert [
        (raised.type, [frame.function for frame in raised.frames if frame.own]) for raised in stack.chain
    ] == chain


def test_a_trace_on_one_line_with_escaped_breaks() -> None:
    escaped = traces.PYTHON.replace("\n", "\\n")
    assert parsed(escaped).chain[-1].type == parsed(traces.PYTHON).chain[-1].type


def test_exception_groups_are_read() -> None:
    text = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/app/a.py", line 3, in main\n'
        "  |     raise ExceptionGroup('several', errors)\n"
        "  | ExceptionGroup: several (1 sub-exception)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | Traceback (most recent call last):\n"
        '    |   File "/app/a.py", line 9, in one\n'
        "    | ValueError: bad\n"
        "    +------------------------------------\n"
    )
    assert "ValueError" in {raised.type for raised in parsed(text).chain}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all is well",
        "at last\nsomething happened",
        "Traceback (most recent call last):",
        "panic over\nnothing here",
    ],
)
def test_what_is_no_stack_trace(text: str) -> None:
    assert parse_stack(text) is None


@pytest.mark.parametrize("text", [text for text, _ in OUTLINES.values()], ids=list(OUTLINES))
def test_a_trace_cut_anywhere_never_raises(text: str) -> None:
    for end in range(0, len(text), 7):
        parse_stack(text[:end])
        parse_stack(text[end:])


def test_a_long_trace_is_bounded() -> None:
    text = (
        "Traceback (most recent call last):\n"
        + '  File "/app/a.py", line 1, in f\n' * 50_000
        + "RecursionError: deep\n"
    )
    assert len(parsed(text).chain[0].frames) <= 2000


def test_of_a_deep_python_stack_the_innermost_frames_are_kept() -> None:
    frames = "".join(f'  File "/app/a.py", line {at}, in f\n' for at in range(1, 3001))
    kept = parsed(f"Traceback (most recent call last):\n{frames}RecursionError: deep\n").chain[0].frames
    assert (kept[0].line, kept[-1].line) == (3000, 1001)


def test_the_cause_of_a_trace_decides() -> None:
    assert judged("log", traces.JAVA).category == "infrastructure"
    assert judged("log", traces.DOTNET).category == "infrastructure"
    assert judged("log", traces.PYTHON).category == "data"
    assert judged("log", traces.RUST).category == "application"
    assert judged("exception", "com.acme.ApiException", traces.JAVA).category == "infrastructure"
