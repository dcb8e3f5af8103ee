"""Reading queries, and writing them back."""

from __future__ import annotations

import pytest

from explorer.errors import QueryError
from explorer.query import And, Compare, Not, Or, Query, Word, parse
from explorer.query.units import amount, instant

A, B, C, D = (Word(letter) for letter in "abcd")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And(())),
        ("a", A),
        ("a b c", And((A, B, C))),
        ("a and b", And((A, B))),
        ("a or b c", Or((A, And((B, C))))),
        ("a b or c d or a", Or((And((A, B)), And((C, D)), A))),
        ("a b or not c d", Or((And((A, B)), And((Not(C), D))))),
        ("(a or b) c", And((Or((A, B)), C))),
        ("(a b) c", And((A, B, C))),
        ("-a", Not(A)),
        ("not -a", Not(Not(A))),
        ("-(a b)", Not(And((A, B)))),
        ("a AND b Or c", Or((And((A, B)), C))),
        ('"a b" \'c"d\'', And((Word("a b", quoted=True), Word('c"d', quoted=True)))),
        (r'"a\"b\\c\d"', Word(r'a"b\c\d', quoted=True)),
        ('"or"', Word("or", quoted=True)),
    ],
)
def test_how_terms_hold_together(text: str, tree: Query) -> None:
    assert parse(text) == tree


def test_links_names_and_times_are_words() -> None:
    words = "http://h/p?a=1 std::bad_alloc 14:07:31 /v2/rank a-b don't"
    assert parse(words) == And(tuple(Word(word) for word in words.split()))


@pytest.mark.parametrize(
    ("text", "field", "operator", "value"),
    [
        ("service:ranking-api", "service", ":", "ranking-api"),
        ("Service = x", "service", "=", "x"),
        ("service!=x", "service", "!=", "x"),
        ("operation~^GET\\s(a|b)$", "operation", "~", "^GET\\s(a|b)$"),
        ("operation !~ x", "operation", "!~", "x"),
        ("duration >= 1.5s", "duration", ">=", "1.5s"),
        ("start<14:07:31.5", "start", "<", "14:07:31.5"),
        ("log:f(x)", "log", ":", "f(x)"),
        ("error:=", "error", ":", "="),
        ('service:"a b"', "service", ":", "a b"),
    ],
)
def test_conditions(text: str, field: str, operator: str, value: str) -> None:
    read = parse(f"({text})")
    assert isinstance(read, Compare)
    assert (read.field, read.operator, read.value, read.attribute) == (field, operator, value, False)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("attr.retry:true", "retry"),
        ("attr.service:x", "service"),
        ("http.response.status_code>=500", "http.response.status_code"),
        ("k8s/pod:x", "k8s/pod"),
        ('"odd name":x', "odd name"),
        ("attr.a.b:x", "a.b"),
    ],
)
def test_attributes(text: str, name: str) -> None:
    read = parse(text)
    assert isinstance(read, Compare)
    assert (read.field, read.attribute) == (name, True)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("(a", 0, "not closed"),
        ("a (b or (c d) ", 2, "not closed"),
        ("a)", 1, "opening bracket"),
        ("a ()", 2, "Nothing stands"),
        ("or a", 0, "before “or”"),
        ("a and or b", 6, "before “or”"),
        ("a not", 5, "missing here"),
        ("a and ", 5, "missing here"),
        ('x "open', 2, "not closed"),
        ("service:", 8, "value is missing"),
        ("(service:)", 9, "value is missing"),
        (">5", 0, "needs a field"),
        ("servcie:x", 0, "Did you mean “service”"),
        ("status:eror", 7, "error, ok, unset, failing, degraded"),
        ("service>3", 8, "holds text"),
        ("duration>200", 12, "duration>200ms?"),
        ("duration>fast", 9, "as in duration>200ms"),
        ("duration>200kb", 9, "as in duration>200ms"),
        ("duration~2", 9, "as in duration>200ms"),
        ("start>25:00", 6, "as in start>14:07:31"),
        ("start>2026-02-30", 6, "as in start>14:07:31"),
        ("level>x", 6, "as in level>warn"),
        ("a.b>x", 4, "compares numbers"),
        ("service:(a b)", 8, "field:a or field:b"),
        ("a service~[x", 10, "no regular expression"),
        ('service~"x(a+)+"', 10, "several ways"),
        ("(" * 100, 61, "Too many brackets"),
        ("-" * 100 + "a", 61, "Too many brackets"),
    ],
)
def test_mistakes_are_pointed_at(text: str, column: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("200ms", 200_000_000, 199_500_000, 200_500_000),
        ("1.5 s", 1_500_000_000, 1_450_000_000, 1_550_000_000),
        ("7ns", 7, 7, 7.5),
        ("2m", 120 * 10**9, 90 * 10**9, 150 * 10**9),
        ("1h", 3600 * 10**9, 1800 * 10**9, 5400 * 10**9),
        ("3µs", 3000, 2500, 3500),
        ("4KiB", 4096, 3584, 4608),
        ("4kb", 4000, 3500, 4500),
        ("1e3", 1000, 500, 1500),
        ("-2.5", -2.5, -2.5, -2.45),
    ],
)
def test_amounts(text: str, value: float, low: float, high: float) -> None:
    read = amount(text)
    assert read is not None
    assert (read.value, read.low, read.high) == (value, low, high)


@pytest.mark.parametrize("text", ["", "ms", "1 2", "1x", "1.", "0x10", "1e999", "nan", "1,5s", "٣ms"])
def test_no_amounts(text: str) -> None:
    assert amount(text) is None


SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "start", "width"),
    [
        ("1970-01-02", 86_400 * SECOND, 86_400 * SECOND),
        ("1970-01-01T01:02", 3720 * SECOND, 60 * SECOND),
        ("1970-01-01 00:00:07.5Z", 7_500_000_000, 100_000_000),
        ("1970-01-01T02:00:00+01:30", 1800 * SECOND, SECOND),
        ("1969-12-31T23:59:59", -SECOND, SECOND),
        ("1700000000", 1_700_000_000 * SECOND, SECOND),
        ("1700000000123", 1_700_000_000_123 * 10**6, 10**6),
        ("1700000000123456789", 1_700_000_000_123_456_789, 1),
        ("14:07", (14 * 60 + 7) * 60 * SECOND, 60 * SECOND),
        ("00:00:00.123456789", 123_456_789, 1),
    ],
)
def test_instants(text: str, start: int, width: int) -> None:
    read = instant(text)
    assert read is not None
    assert (read.value, read.low, read.high - read.low) == (start, start, width)


@pytest.mark.parametrize(
    "text", ["", "14", "24:00", "14:60", "2026-13-01", "2026-11-18T9", "2026-11-18T14:07+1", "12345"]
)
def test_no_instants(text: str) -> None:
    assert instant(text) is None
