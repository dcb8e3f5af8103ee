"""What readers wrote becomes an ordered, joined, marked store."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from explorer.model.assemble import NO_TRACE, assemble
from explorer.model.builder import Builder
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.records import File
from explorer.model.schema import Kind, SpanFlag, Status
from explorer.model.spankey import SpanKey
from explorer.model.store import Spans, Store
from tests.model.fields import span_field

LONG, SHORT = "5d82881a0a913cde9f1b2c3d4e5f6071", "9f1b2c3d4e5f6071"


def builder(**options: object) -> Builder:
    made = Builder(Issues(), ReadOptions(**options))  # type: ignore[arg-type]
    made.begin_file(File("made", None, 0, 0))
    made.begin_reader("made")
    return made


def span(
    to: Builder, span_id: int, parent: int = 0, *, trace: str = LONG, start: int = 0, **more: int
) -> int:
    values = {"start": start or 1000 + span_id, "duration": 10, **more}
    return to.spans.append(trace=to.traces[trace], span_id=span_id, parent_id=parent, **values)


def ids_of(store: Store) -> list[int]:
    return [int(number) for number in store.spans.span_id]


def test_children_follow_their_parent_by_start() -> None:
    to = builder()
    for number, parent, start in ((3, 1, 30), (1, 0, 10), (2, 1, 20), (4, 2, 25)):
        span(to, number, parent, start=start)
    store = assemble(to, "made")
    assert ids_of(store) == [1, 2, 4, 3]
    assert store.spans.parent.tolist() == [-1, 0, 1, 0]
    assert store.spans.size.tolist() == [4, 2, 1, 1]


def test_a_trace_begins_with_the_first_of_its_spans_that_have_a_time() -> None:
    to = builder()
    for number, start in ((1, 0), (2, 500), (3, 700)):
        to.spans.append(trace=to.traces[LONG], span_id=number, start=start, duration=10)
    traces = assemble(to, "made").traces
    assert traces.start.tolist() == [500]
    assert traces.end.tolist() == [710]


@pytest.mark.parametrize("family", [1, 7, 64])
def test_traces_taken_a_few_at_a_time_come_out_alike(family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stores = []
    for size in (1 << 20, family):
        monkeypatch.setattr("explorer.model.assemble.FAMILY", size)
        made, to = random.Random(5), builder()
        for _ in range(400):  # repeated ids, orphans, cycles and missing starts among them
            trace = f"{made.randrange(1, 30):032x}"
            start = made.choice((0, 1000 + made.randrange(90)))
            span(
                to,
                made.randrange(1, 60),
                made.randrange(60),
                trace=trace,
                start=start,
                kind=made.randrange(6),
            )
        stores.append(assemble(to, "made"))
    one, other = stores
    assert one.traces.text == other.traces.text
    for field in fields(Spans):
        assert getattr(one.spans, field.name).tolist() == getattr(other.spans, field.name).tolist()


def test_short_and_long_trace_ids_are_one_trace() -> None:
    to = builder()
    span(to, 1)
    span(to, 2, 1, trace=SHORT)
    store = assemble(to, "made")
    assert len(store.traces) == 1
    assert store.trace_id(0) == LONG
    assert store.spans.parent.tolist() == [-1, 0]


def test_a_short_id_with_two_long_ones_stays_alone() -> None:
    to = builder()
    span(to, 1)
    span(to, 2, trace="11111111111111119f1b2c3d4e5f6071")
    span(to, 3, trace=SHORT)
    assert len(assemble(to, "made").traces) == 3


def test_orphans_and_self_parents_are_marked() -> None:
    to = builder()
    span(to, 1)
    span(to, 2, 99)
    span(to, 3, 3)
    store = assemble(to, "made")
    flags = {int(i): SpanFlag(int(f)) for i, f in zip(store.spans.span_id, store.spans.flags, strict=True)}
    assert flags == {1: SpanFlag(0), 2: SpanFlag.ORPHAN, 3: SpanFlag.CYCLE}
    assert "its parent is not in the bundle" in store.remarks(ids_of(store).index(2))


def test_the_server_half_of_a_shared_id_hangs_under_the_client_half() -> None:
    to = builder()
    span(to, 1, kind=Kind.SERVER)
    span(to, 2, 1, kind=Kind.CLIENT, start=2000)
    span(to, 2, 1, kind=Kind.SERVER, start=2005)
    span(to, 3, 2, start=2006)
    store = assemble(to, "made")
    assert [(int(i), int(p)) for i, p in zip(store.spans.span_id, store.spans.parent, strict=True)] == [
        (1, -1),
        (2, 0),
        (2, 1),
        (3, 2),
    ]
    assert int(store.spans.flags[2]) & SpanFlag.SHARED


@pytest.mark.parametrize(
    "names", [("", "shop"), ("unknown_service:java", "shop"), ("shop", "unknown_service")]
)
def test_of_copies_the_one_whose_service_is_known_is_shown(names: tuple[str, str]) -> None:
    to = builder()
    for name in names:
        span(to, 1, service=to.services[name])
    store = assemble(to, "made")
    assert [store.services[code] for code in store.spans.service] == ["shop"]
    assert [i.code for i in store.issues] == ["duplicate-span"]


def test_a_span_within_a_process_that_nobody_names_is_its_parents() -> None:
    to = builder()
    shop, unnamed = to.services["shop"], to.services["unknown_service"]
    kinds = (Kind.SERVER, Kind.INTERNAL, Kind.CLIENT, Kind.SERVER, Kind.INTERNAL, Kind.UNSPECIFIED)
    for number, kind in enumerate(kinds, 1):
        service = shop if number == 1 else unnamed
        span(to, number, min(number - 1, 4), kind=int(kind), service=service)
    store = assemble(to, "made")
    told = [store.service(ids_of(store).index(number)) for number in range(1, len(kinds) + 1)]
    assert told == ["shop", "shop", "shop", *["unknown_service"] * 3]


def test_copies_are_shown_once_and_counted() -> None:
    to = builder()
    span(to, 1)
    failed = span(to, 2, 1, status=Status.ERROR)
    copied = span(to, 2, 1, status=Status.ERROR)
    to.failure(failed, 0, "E", "m")  # type: ignore[arg-type]
    to.failure(copied, 0, "E", "m")  # type: ignore[arg-type]
    store = assemble(to, "made")
    assert ids_of(store) == [1, 2]
    assert [(i.code, i.count) for i in store.issues] == [("duplicate-span", 1)]
    assert store.failures["span"].tolist() == [1]


def test_different_spans_with_one_id_are_both_kept() -> None:
    to = builder()
    span(to, 1)
    span(to, 7, 1, start=2000)
    span(to, 7, 1, start=3000)
    store = assemble(to, "made")
    assert ids_of(store) == [1, 7, 7]
    assert int(store.spans.flags[1]) & int(store.spans.flags[2]) & SpanFlag.DUPLICATE_ID
    keys = [store.key(row) for row in range(3)]
    assert keys[2] == SpanKey(store.traces.number[0], 7, 1)
    assert [store.row(key) for key in keys] == [0, 1, 2]


def test_spans_without_trace_id_are_kept_together() -> None:
    to = builder()
    span(to, 1, trace="")
    store = assemble(to, "made")
    assert store.trace_id(0) == NO_TRACE


def test_a_request_id_joins_traces_and_logs_to_one_row() -> None:
    to = builder()
    first, second = span(to, 1), span(to, 2, trace="2" * 32)
    span_field(to, first, "http.request.header.x-request-id", "rq-1")
    span_field(to, second, "request_id", "rq-1")
    alone = to.logs.append(time=5)
    to.log_field(alone, "requestId", "rq-1")
    in_trace = to.logs.append(time=6, trace=to.traces[LONG.upper()], span_id=1)
    nowhere = to.logs.append(time=7)
    store = assemble(to, "made")
    assert [(r.id, r.kind, r.traces) for r in store.correlation.rows] == [("rq-1", "request-id", (0, 1))]
    assert store.logs.id.tolist() == [0, 0, -1]
    assert store.logs.span.tolist() == [-1, 0, -1]
    assert store.correlation.logs_of(0).tolist() == [alone, in_trace]
    assert nowhere not in store.correlation.logs_of(0)


def test_the_entry_spans_request_id_wins() -> None:
    to = builder()
    inner, entry = span(to, 2, 1), span(to, 1)
    span_field(to, inner, "request.id", "inner")
    span_field(to, entry, "request.id", "outer")
    store = assemble(to, "made")
    assert [row.id for row in store.correlation.rows] == ["outer"]


def test_the_field_a_user_names_wins_and_names_its_kind() -> None:
    to = builder(id_fields=("order.no",))
    one = span(to, 1)
    span_field(to, one, "request.id", "rq")
    span_field(to, one, "order.no", "A-7")
    store = assemble(to, "made")
    assert [(row.id, row.kind) for row in store.correlation.rows] == [("A-7", "order.no")]


def test_ids_known_only_from_logs_are_rows_without_traces() -> None:
    to = builder()
    span(to, 1)
    to.logs.append(time=1, trace=to.traces["7" * 32])
    log = to.logs.append(time=2)
    to.log_field(log, "correlation_id", "c-9")
    store = assemble(to, "made")
    assert [(r.id, r.kind, r.traces) for r in store.correlation.rows] == [
        (LONG, "trace-id", (0,)),
        ("c-9", "correlation-id", ()),
        ("7" * 32, "trace-id", ()),
    ]


def test_sessions_and_runs_group() -> None:
    to = builder()
    one = span(to, 1)
    span_field(to, one, "session.id", "s-1")
    span_field(to, one, "mlflow.run_id", "r-1")
    store = assemble(to, "made")
    assert store.correlation.rows[0].id == LONG
    assert dict(store.correlation.rows[0].groups) == {"session": "s-1", "run": "r-1"}


def test_a_span_without_start_is_placed_at_its_parent() -> None:
    to = builder()
    span(to, 1, start=500)
    to.spans.append(trace=to.traces[LONG], span_id=2, parent_id=1, flags=int(SpanFlag.NO_TIME))
    store = assemble(to, "made")
    assert store.spans.start.tolist() == [500, 500]


def test_the_order_of_reading_does_not_matter() -> None:
    made = []
    rows = [(1, 0, 10), (2, 1, 20), (3, 1, 30), (4, 3, 35), (5, 99, 12)]
    for order in (rows, rows[::-1]):
        to = builder()
        for number, parent, start in order:
            span(to, number, parent, start=start)
        made.append(ids_of(assemble(to, "made")))
    assert made[0] == made[1]


def test_nothing_read_is_an_empty_store() -> None:
    store = assemble(builder(), "made")
    assert len(store.spans) == len(store.logs) == len(store.traces) == 0
    assert store.bounds() == (0, 0)
    assert list(store.correlation.rows) == []
