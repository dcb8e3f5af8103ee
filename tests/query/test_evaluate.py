"""Which rows a query matches."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import QueryError
from explorer.model.ids import id_forms
from explorer.query import Coded, Mask, Numbers, evaluate, evaluation, parse
from tests.query.rows import SPANS, Rows


def rows(query: str, columns: Rows = SPANS) -> list[int]:
    return np.flatnonzero(evaluate(parse(query), columns, id_forms=id_forms)).tolist()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("rank", [1, 2]),
        ("RANK*", [1, 2]),
        ('"502"', [0]),
        ("502", [0, 1]),
        ('"time out"', [5]),
        ("*", [0, 1, 2, 3, 4, 5]),
        ("service:ranking-api", [1, 2]),
        ("service=ranking-api", [1]),
        ("service!=edge", [1, 2, 3]),
        ("-service:edge", [1, 2, 3, 4]),
        ("not service=edge", [1, 2, 3, 4]),
        ("service:rank", []),
        ("service:rank*", [1, 2]),
        ("service:*-*", [1, 2, 3]),
        ("service:*", [0, 1, 2, 3, 5]),
        ("-service:*", [4]),
        ("service~ing-a", [1]),
        ("service~(?i)ING-A", [1, 2]),
        ("service!~e", [1, 2]),
        ("operation:rank", [1, 2]),
        ("operation:get*", [0, 3, 5]),
        ('operation:"rank *"', [2]),
        ('operation="rank *"', [2]),
        ("operation:/h*h", []),
        ("operation:*/h*h", [5]),
        ("error:nan", [1]),
        ("cause:x", []),
        ("status:error", [0, 1]),
        ("status:ok", [2, 5]),
        ("status:failing", [0, 1, 2]),
        ("status:degraded or status:unset", [3, 4]),
        ("level>=warn", [0, 1]),
        ("level:warn", [1]),
        ("level<info", [3]),
        ("level!=error", [1, 2, 3]),
        ("level:odd", [5]),
        ("duration>200ms", [0, 1, 5]),
        ("duration>=200ms", [0, 1, 2, 5]),
        ("duration=200ms", [2]),
        ("duration:200ms", [2, 5]),
        ("duration!=200ms", [0, 1, 3, 4, 5]),
        ("duration=0", [4]),
        ("self<3ms", [1, 2]),
        ("self!=1ms", [2, 3, 4, 5]),
        ("self:*", [1, 2, 3, 4, 5]),
        ("start:14:07", [0, 1]),
        ("start>14:07:31.5", [2]),
        ("start>=14:07:31.5 start<14:08", [1]),
        ("start:2024-10-04", [0, 1, 2, 3]),
        ("start<1970-01-02", [4, 5]),
        ("trace:4BF92F35*", [0, 1, 2]),
        ("trace:4BF92F35-77b34da6-A3CE929D0E0E4736", [0, 1, 2]),
        ("trace:0x00F067AA0BA902B7", [3, 4, 5]),
        ("trace=4bf92f35", []),
        ("trace:S/kvNXezTaajzpKdDg5HNg==", [0, 1, 2]),
        ("trace={4bf92f35-77b3-4da6-a3ce-929d0e0e4736}", [0, 1, 2]),
        ("trace:a3ce929d0e0e4736", [0, 1, 2]),
        ("trace=11803532876627986230", [0, 1, 2]),
        ("S/kvNXezTaajzpKdDg5HNg==", [0, 1, 2]),
        ("{4bf92f35-77b3-4da6-a3ce-929d0e0e4736}", [0, 1, 2]),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", [0, 1, 2]),
        ("service:edge 4bf92f3577b34da6a3ce929d0e0e4736", [0]),
        ("abcfffffffffffff", [3]),
        ("trace:4bf92f35", [0, 1, 2]),
        ("trace!=00f067aa0ba902b7", [0, 1, 2]),
        ("id:rq-7f3a", [0, 1]),
        ("id:RQ-8", [2, 3]),
        ("span:00f067aa0ba902b7", [0]),
        ("span:ABC", [2, 3]),
        ("span=0000000000000001", [1]),
        ("span!=1", [0, 2, 3, 4, 5]),
        ("span:xyz", []),
        ("http.response.status_code>=500", [0, 1]),
        ("http.response.status_code:404", [4]),
        ("http.response.status_code=x", [5]),
        ("http.response.status_code!=200", [0, 1, 4, 5]),
        ("attr.retry:TRUE", [0, 1]),
        ("attr.retry=true", [0]),
        ("latency_ms.x>1", []),
        ("attr.latency_ms>=200ms", [0, 2, 3]),
        ("attr.latency_ms>0.3s", [3]),
        ("attr.latency_ms>95", [0, 2]),
        ("attr.payload=4KiB", [0, 1]),
        ("attr.payload>=4096B", [0, 1, 2, 3]),
        ("attr.payload>4.5KB", [2, 3]),
        ('"app.kubernetes.io/name":"A B"', [0]),
        ("app.kubernetes.io/name:a*", [0, 1]),
        ("service:edge status:ok or kind:internal", [4, 5]),
        ("-(service:edge or kind:internal)", [1, 2, 3]),
    ],
)
def test_rows(query: str, expected: list[int]) -> None:
    assert rows(query) == expected


def test_attributes_kept_as_numbers() -> None:
    columns = Rows(3, values={"attr.x_ms": np.array([10.0, 300.0, np.nan]), "attr.n": np.array([5, 7, -1])})
    assert rows("attr.x_ms>200ms", columns) == [1]
    assert rows("attr.x_ms<200", columns) == [0]
    assert rows("attr.n:5", columns) == [0]
    assert rows("attr.n<=1e99", columns) == [0, 1, 2]


def test_no_rows() -> None:
    assert rows("a service:x duration>1s", Rows(0, values={"duration": np.zeros(0)})) == []


@settings(max_examples=200, deadline=None)
@given(st.recursive(
    st.sampled_from(["rank", "service:edge", "duration>200ms", "level>=warn", "trace:4bf", "attr.retry:true"]),
    lambda inner: st.one_of(
        inner.map(lambda a: f"-({a})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]}) ({ab[1]})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]} or {ab[1]})"),
    ),
    max_leaves=6,
))  # fmt: skip
def test_the_same_as_row_by_row(query: str) -> None:
    leaves = {leaf: set(rows(leaf)) for leaf in
              ["rank", "service:edge", "duration>200ms", "level>=warn", "trace:4bf", "attr.retry:true"]}  # fmt: skip

    def holds(row: int) -> bool:
        python = query
        for number, leaf in enumerate(leaves):
            python = python.replace(leaf, f"L{number}")
        python = python.replace(") (", ") and (").replace("-(", " not (")
        values = {f"L{number}": row in found for number, found in enumerate(leaves.values())}
        return bool(eval(python, {}, values))  # noqa: S307 - made of the texts above

    assert rows(query) == [row for row in range(6) if holds(row)]


def test_a_pattern_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "PATIENCE_S", -1.0)
    with pytest.raises(QueryError, match="too long") as caught:
        rows("service~x")
    assert caught.value.column == 8
    assert rows("service:edge") == [0, 5]


class Million:
    """A million spans, with as many texts as a large bundle has."""

    length = 1_000_000
    day_start_ns = 0

    def __init__(self) -> None:
        random = np.random.default_rng(1)
        self._codes = random.integers(-1, 10_000, self.length, dtype=np.int32)
        self._table = [f"GET /v1/items/{number}/of/{number * 7}" for number in range(10_000)]
        self._numbers = random.integers(0, 10**9, self.length)

    def strings(self, _: str) -> Coded | None:
        return self._codes, self._table

    def numbers(self, field: str) -> Numbers | None:
        return self._numbers if field == "duration" else None

    def attribute(self, _: str) -> Coded | None:
        return self._codes, self._table

    def text_match(self, _: str, exact: bool) -> Mask:
        return np.full(self.length, exact)


@pytest.mark.parametrize(
    "query", ["operation:items/77", "operation~/7\\d+/of", "duration>900ms -kind:x*", "a.b>5"]
)
def test_a_million_spans_take_milliseconds(query: str) -> None:
    columns, tree = Million(), parse(query)
    took = []
    for _ in range(5):
        begun = time.process_time()
        evaluate(tree, columns)
        took.append(time.process_time() - begun)
    assert min(took) < 0.25  # 5 to 20 ms on a quiet machine
