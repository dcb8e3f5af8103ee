"""Lines read by their file's grammar tell what they tell when each is read with care."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import orjson
import pytest

from explorer.decoding.logs.alike import LEAST, read_alike
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.grammar import END, START, Grammar
from explorer.decoding.logs.json_lines import read_singly
from explorer.decoding.logs.lines import Lines, LineValues
from explorer.decoding.logs.scalars import scalar_ends
from explorer.decoding.logs.words import distinct
from explorer.model.builder import Builder
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.records import File
from tests.shared import shared

Line = Callable[[random.Random, int], object]

LINES = 700
LONG = 2000
MESSAGES = ("done", "", "größer als 3", 'said "no"', "a\\b", "tab\there", "\u2028 \u00fc \U0001f600")


def plain(made: random.Random, number: int) -> object:
    return {"timestamp": f"2026-11-22T10:{number // 60 % 60:02d}:{number % 60:02d}.{number % 1000:03d}Z",
            "level": made.choice(("INFO", "WARN", "ERROR", "debug", "")), "service": f"service-{number % 7}",
            "trace_id": f"{made.randrange(1, 30):032x}", "span_id": f"{made.randrange(1 << 60):016X}",
            "message": made.choice(MESSAGES),
            "request_id": made.choice(("", "r-1", "r-2", "r-" + "x" * 70)),
            "http.status_code": made.choice((200, 503))}  # fmt: skip


def nested(made: random.Random, number: int) -> object:
    return {"ts": made.choice((1_790_000_000 + number, 1_790_000_000.25 + number, (1_790_000_000 + number) * 10**9)),
            "severity": made.choice((9, 17, "warn", None, True)),
            "resource": {"service.name": made.choice(("a", "b", "")), "tags": ["x", number]},
            "context": {"traceId": made.choice(("", "-", f"{made.randrange(1, 9):016x}", "not hex at all")),
                        "took": made.choice((0.5, 12, -3, 1e-7, None))},
            "body": f"line {number}",
            "dd.trace_id": str(made.randrange(1, 1 << 62)), "user.id": number % 5}  # fmt: skip


def wrapped(made: random.Random, number: int) -> object:
    return {"_source": {"@timestamp": f"2026-11-22 10:00:{number % 60:02d},{number % 1000:03d}",
                        "log": {"level": made.choice(("info", "fatal"))},
                        "error": {"message": made.choice(("", "gone"))},
                        "kubernetes": {"pod_name": f"web-7d9f8b6c5-{made.choice('abc')}xyz1"},
                        "traceparent": f"00-{made.randrange(1, 9):032x}-{made.randrange(1, 99):016x}-01",
                        "trace.id": made.choice(("", f"{number:032x}")), "span": {"id": f"{number + 1:016x}"},
                        "session": {"id": number % 3}}}  # fmt: skip


def several(made: random.Random, number: int) -> object:
    return made.choice((plain, nested, wrapped))(made, number)


def context_of(**options: object) -> FileContext:
    builder = Builder(Issues(), ReadOptions(**options))  # type: ignore[arg-type]
    builder.begin_file(File("made.log", None, 0, 0))
    return FileContext.of(builder, "json-log")


def told(values: LineValues, rows: Sequence[int], context: FileContext) -> list[tuple[object, ...]]:
    """What rows tell, without the codes that texts and traces happen to have."""
    builder, services = context.builder, context.builder.services.table()
    fields: dict[int, set[tuple[str, str]]] = {}
    for of, name, texts in values.fields:
        for row, text in zip(of.tolist(), texts, strict=True):
            fields.setdefault(row, set()).add((name, text))
    traces = [*builder.traces.numbers, None]
    return [
        (int(values.kind[i]), int(values.time[i]), int(values.severity[i]), int(values.flags[i]),
         services[values.service[i]], builder.resources[values.resource[i]], traces[values.trace[i]],
         int(values.span_id[i]), fields.get(i, set()))
        for i in rows
    ]  # fmt: skip


def both(texts: Sequence[bytes], **options: object) -> tuple[int, list[object], list[object]]:
    """How many lines are cut; what they tell so, and what they tell when read with care."""
    lines = Lines.of(texts)
    quick, careful = context_of(**options), context_of(**options)
    values = LineValues.empty(len(lines))
    left = read_alike(lines, values, quick)
    rows = np.setdiff1d(np.arange(len(lines)), left)
    with_care = read_singly(lines, careful)
    return len(rows), list(told(values, rows.tolist(), quick)), list(told(with_care, rows.tolist(), careful))


@pytest.mark.parametrize("line", [plain, nested, wrapped, several])
@pytest.mark.parametrize("spaced", [False, True])
def test_the_same_as_with_care(line: Line, spaced: bool) -> None:
    made = random.Random(3)
    texts = [orjson.dumps(line(made, number)) for number in range(LINES)]
    if spaced:
        texts = [text.replace(b'":', b'": ').replace(b',"', b', "') for text in texts]
    read, quick, careful = both(texts, id_fields=("user.id",))
    assert quick == careful
    assert read > LINES // 3


@pytest.mark.parametrize("seed", range(4))
def test_a_line_changed_anywhere_is_read_the_same_or_left(seed: int) -> None:
    made = random.Random(seed)
    texts = []
    for number in range(LINES):
        text = bytearray(orjson.dumps(several(made, number)))
        for _ in range(made.choice((0, 0, 1, 3))):
            at = made.randrange(len(text))
            text[at : at + made.choice((0, 1, 1, 5))] = made.choice(
                (
                    b'"',
                    b"\\",
                    b"{",
                    b"}",
                    b",",
                    b":",
                    b"\x01",
                    b"\xff",
                    b"1",
                    b"",
                    b'\\"',
                    b'"x":1,',
                    b"0",
                    b".",
                    b" ",
                )
            )
        texts.append(bytes(text).replace(b"\n", b" "))
    read, quick, careful = both(texts)
    assert quick == careful
    assert read > LINES // 8


def test_real_lines() -> None:
    read = 0
    for path in sorted(shared("samples").rglob("*")):
        if path.suffix not in (".json", ".jsonl", ".ndjson", ".log", ".txt") or path.stat().st_size > 1 << 18:
            continue
        texts = [
            line for line in path.read_bytes().split(b"\n")[:20] if line.startswith(b"{") and len(line) < LONG
        ]
        if len(texts) > 1:
            number, quick, careful = both(texts * (-(-LEAST // len(texts)) + 1))
            assert quick == careful, path
            read += number
    assert read


def test_equal_lines_are_all_cut() -> None:
    texts = [orjson.dumps(plain(random.Random(n), n) | {"level": "INFO", "message": "m", "request_id": "r"})  # type: ignore[operator]
             for n in range(LINES)]  # fmt: skip
    read, quick, careful = both(texts)
    assert quick == careful
    assert read > LINES - 5  # but the last ones, behind which too little is left


def tagged(number: int, *, of_kibana: bool) -> bytes:
    tags = ["warning", "x"] if number % 3 else ["info"]
    line = {"type": "log", "@timestamp": f"2026-11-22T10:00:{number % 60:02d}Z", "tags": tags, "message": "m"}
    return orjson.dumps(line | ({"pid": 7} if of_kibana else {"level": "error"}))


@pytest.mark.parametrize("kibana", [0, 1, 2])
def test_tags_are_read_with_care_only_where_they_may_hold_the_level(kibana: int) -> None:
    texts = [tagged(n, of_kibana=n % 2 < kibana) for n in range(LINES)]
    read, quick, careful = both(texts)
    assert quick == careful
    assert read > LINES * (2 - kibana) // 2 - 5 if kibana < 2 else read == 0


def grammar_of(*lines: bytes) -> tuple[Grammar, list[bool]]:
    grammar = Grammar(lambda name: name in {"level", "message"}, lambda name: name == "message")
    return grammar, [grammar.learn([line]) for line in lines]


def test_what_is_not_learned_from() -> None:
    for line in (b'{"a":1,"a":2}', b'{"level":["x"]}', b'{"message":{}}', b'{"a\\u0062":1}', b"[1]", b'{"a":1',
                 b'{"a":NaN}', b'{"a.b":1,"a":{"b":2}}',
                 b'{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":1}}}}}}}}'):  # fmt: skip
        assert grammar_of(line)[1] == [False], line


def test_a_grammar_knows_what_stands_between_values() -> None:
    line = b'{"a": "x\\"", "b":{"c":1.5,"level":["u",{"z":2}]}, "level":null, "l":[]}'
    grammar, learned = grammar_of(line, line)
    assert learned == [True, False]
    at, literals, names = START, [], []
    while at != END:
        (way,) = grammar.states[at].ways
        literals.append(way.literal)
        at = way.to
        names.append(grammar.states[at].name)
    assert literals == [
        b'{"a": "',
        b'", "b":{"c":',
        b',"level":["',
        b'",{"z":',
        b'}]}, "level":',
        b', "l":[]}',
    ]
    assert names == ["a", "b.c", "", "", "level", ""]
    assert [bool(state.bit) for state in grammar.states if state.name == "level"] == [True]


def test_a_way_that_begins_with_another_comes_first() -> None:
    grammar, _ = grammar_of(b'{"a":1,"b":2}', b'{"a":1,"b":"x"}', b'{"a":1,"b":{"c":1}}', b'{"a":1}')
    state = next(state for state in grammar.states if state.name == "a")
    assert [way.literal for way in state.ways] == [b',"b":"', b',"b":{"c":', b',"b":', b"}"]


def optional(made: random.Random, number: int) -> object:
    """Keys in any order, some only at times; lists of any length."""
    pairs = [
        ("time", f"2026-11-22T10:00:{number % 60:02d}.{number % 1000:03d}Z"),
        ("level", made.choice(("info", "error"))),
        ("service", made.choice((f"s-{number % 5}", {"name": "s", "node": {"name": f"n-{number % 3}"}}))),
        ("odd", made.choice((1, "x" * 70, {"level": "fatal"}, {}))),
        ("msg", made.choice(MESSAGES)),
        ("trace_id", f"{made.randrange(1, 99):032x}"),
        ("list", [made.randrange(9) for _ in range(made.randrange(4))]),
        ("status", made.choice((200, -1, "warn"))),
        ("error", made.choice(({"type": "T", "message": made.choice(("", "gone"))}, "gone", None))),
        ("user.id", made.randrange(5)),
    ]
    return dict(made.sample(pairs, made.randrange(5, len(pairs) + 1)))


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_keys_and_keys_that_are_there_at_times(seed: int) -> None:
    made = random.Random(seed)
    texts = [orjson.dumps(optional(made, number)) for number in range(LINES)]
    for at in range(0, LINES, 7):  # something twice, in ways that each is known of other lines
        texts[at] = texts[at][:-1] + b"," + texts[made.randrange(LINES)][1:]
    read, quick, careful = both(texts, id_fields=("user.id",))
    assert quick == careful
    assert read > LINES // 4


def test_scalars_are_those_of_json() -> None:
    good = [b"0", b"10", b"0.5", b"12.25", b"true", b"false", b"null", b"18446744073709551616",
            b"-1", b"-0.5", b"-0"]  # fmt: skip
    bad = [
        b"",
        b"01",
        b"1.",
        b".5",
        b"1.2.3",
        b"1..2",
        b"tru",
        b"nulls",
        b"1a",
        b"-",
        b"--1",
        b"-01",
        b"-.5",
        b"-true",
        b"1-2",
        b"9" * 32,
        b"1.5.6789012345678",
    ]
    for behind in (b",", b"}", b"]", b" ,"):
        lines = Lines.of([*(text + behind for text in (*good, *bad)), b" " * 40])
        ends, found = scalar_ends(lines.data, lines.starts[:-1])
        assert found.tolist() == [True] * len(good) + [False] * len(bad)
        assert (ends[: len(good)] == lines.ends[: len(good)] - len(behind)).all()


def test_rows_are_told_apart_in_order_of_first_sight() -> None:
    made = np.random.default_rng(1)
    columns = [made.integers(0, 40, 5000).astype(np.uint64), made.integers(0, 3, 5000).astype(np.uint64)]
    firsts, kinds = distinct(columns)
    pairs = list(zip(*(column.tolist() for column in columns), strict=True))
    expected = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    assert kinds.tolist() == [expected[pair] for pair in pairs]
    assert [pairs[row] for row in firsts.tolist()] == list(expected)
