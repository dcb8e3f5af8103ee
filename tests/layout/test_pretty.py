"""Long values laid out: nothing is lost, nothing is run, and no text takes long."""

from __future__ import annotations

import re
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.pretty import clauses, indented, pretty

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_indented_json_is_the_same_json(value: object) -> None:
    import json  # numbers beyond 64 bits

    text = json.dumps(value)
    assert json.loads(indented(text)) == json.loads(text)


def test_json_has_a_line_for_each_member() -> None:
    assert indented('{"a":{"b":"c,d:{}"},"e":{},"f":[],"g":[1,2,{"h":true}]}').split("\n") == [
        "{", '  "a": {', '    "b": "c,d:{}"', "  },", '  "e": {},', '  "f": [],', '  "g": [', "    1,", "    2,",
        "    {", '      "h": true', "    }", "  ]", "}",
    ]  # fmt: skip


def test_lists_of_numbers_fill_lines() -> None:
    text = indented(orjson.dumps({"embedding": [0.125] * 100}).decode())
    lines = text.split("\n")
    assert len(lines) < 14
    assert max(map(len, lines)) <= 90
    assert orjson.loads(text) == {"embedding": [0.125] * 100}


@pytest.mark.parametrize(
    "text",
    ['{"a": 123456789012345678901234567890, "a": 1e400}', '{"cut": "in the mid', '{"a": [1, 2', "[}]{:,"],
)
def test_nothing_is_lost_of_odd_json(text: str) -> None:
    assert re.sub(r"\s", "", indented(text)) == re.sub(r"\s", "", text)


def test_sql_is_broken_at_its_clauses() -> None:
    text = "SELECT a FROM t LEFT JOIN u ON t.id=u.id WHERE x='from where' AND (c=1 OR d IN (select 1 from z))  LIMIT 5"
    assert clauses(text).split("\n") == [
        "SELECT a", "FROM t", "LEFT JOIN u ON t.id=u.id", "WHERE x='from where'",
        "  AND (c=1 OR d IN (select 1 from z))", "LIMIT 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("db.statement", "SELECT 1 FROM t", "sql"),
        ("db.query.text", "with x as (select 1) select * from x", "sql"),
        ("message", "UPDATE t SET a = 1", "sql"),
        ("message", "select your favourite colour", "text"),
        ("message", "update failed", "text"),
        ("http.request.body", '{"a": 1}', "json"),
        ("gen_ai.prompt", '[{"role":"user","content":"hi"}]', "conversation"),
        (
            "llm.output",
            '{"messages":[{"role":"assistant","content":[{"type":"text","text":"hello"}]}]}',
            "conversation",
        ),
        (
            "gen_ai.input.messages",
            '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
            "conversation",
        ),
        ("roles", '[{"role":"admin","name":"x"},{"name":"y"}]', "json"),
        ("x", "{not json}", "json"),
        ("x", "<b>bold</b>", "text"),
    ],
)
def test_what_a_value_is(name: str, value: str, kind: str) -> None:
    assert pretty(name, value).kind == kind


def test_a_conversation_says_who_said_what() -> None:
    value = (
        '[{"role":"system","content":"Be\\nkind"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1"}]},'
        '{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image","url":"x"}]}]'
    )
    text = pretty("gen_ai.prompt", value).text
    assert text.startswith("system:\n  Be\n  kind\n\nassistant:\n  tool_calls: ")
    assert '"id": "c1"' in text
    assert "user:\n  Hi\n  {" in text


@pytest.mark.parametrize(
    "text",
    ["[" * 400_000, '{"a":' * 150_000, "[{" * 300_000, "select " + "(" * 400_000, "select " + "'a" * 300_000,
     "select /*" * 100_000, "SELECT " + "left " * 150_000 + " from", '"' * 500_000, "[" + '\\"' * 400_000],
)  # fmt: skip
def test_no_text_takes_long_or_grows_without_bound(text: str) -> None:
    begin = time.process_time()
    found = pretty("db.statement", text)
    assert time.process_time() - begin < 6
    assert len(found.text) < 12_000_000
