"""Only what is asked for is read, and the answer is that of reading everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.matching import matching_ids
from explorer.ingest import ingest
from explorer.model.asking import Asking
from explorer.model.options import ReadOptions
from explorer.model.store import Store
from explorer.query.parser import parse
from explorer.query.syntax import And, Not
from explorer.readers.parquet.weakening import answers_nothing, weakened
from explorer.session.rules import known_rules
from explorer.writers import parquet
from explorer.writers.parquet import write_parquet
from tests.small import MS, START, resource, span

TRACES = 400


def lines() -> list[bytes]:
    """Requests of two services; every 40th fails, every 100th is slow; a log for every 50th."""
    found = []
    for i in range(TRACES):
        trace = f"{(i * 2654435761) % 2**32:08x}{i + 1:024x}"
        fails = {"status": {"code": 2}} if i % 40 == 0 else {}
        shop = resource(
            "shop",
            span(
                trace,
                1,
                0,
                "POST /buy",
                i * 10,
                500 if i % 100 == 0 else 5,
                kind=2,
                **fails,
                attributes=[
                    {"key": "x-request-id", "value": {"stringValue": f"rq-{i:04}"}},
                    {"key": "http.status_code", "value": {"intValue": 500 if i % 80 == 0 else 200}},
                ],
            ),
        )
        stock = resource("stock", span(trace, 2, 1, f"GET /stock/{i % 5}", i * 10, 2, kind=3))  # fmt: skip
        found.append({"resourceSpans": [shop, stock]})
        if i % 50 == 0:
            record = {"timeUnixNano": START + i * 10 * MS, "severityNumber": 13, "traceId": trace,
                      "body": {"stringValue": f"stock low {i}"}}  # fmt: skip
            found.append({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    return [orjson.dumps(one) for one in found]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    source = folder / "bundle.jsonl"
    source.write_bytes(b"\n".join(lines()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "GROUP_ROWS", 64)
        write_parquet(ingest([source]), folder / "lake")
    return folder / "lake"


def read(lake: Path, **asking: object) -> Store:
    return ingest([lake], options=ReadOptions(asking=Asking(**asking)))  # type: ignore[arg-type]


def ids_that_match(store: Store, query: str) -> set[str]:
    answers = analyse(store, known_rules()[0])
    rows = np.flatnonzero(matching_ids(store, answers, parse(query))).tolist()
    return {store.correlation.rows[row].id for row in rows}


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("service:shop duration>100ms", 4), ("operation:stock/3 service:stock", 80), ("status:error", 10),
        ("http.status_code=500", 5), ("http.status_code>=500 or duration>100ms", 8), ("rq-0040", 1),
        ("id:rq-00", 400), ("log:low", 8), ("level:warn", 8), ("start<13:46:41", 100),
        ("not service:shop -duration<1ms", 400), ("status:failing duration>100ms", 4),
        ("category:unknown service:stock", 400), ('"POST /buy" attr.http.status_code!=200', 5),
    ],
)  # fmt: skip
def test_a_query_answers_as_if_all_had_been_read(lake: Path, query: str, most: int) -> None:
    part = read(lake, query=query)
    assert ids_that_match(part, query) == ids_that_match(ingest([lake]), query)
    assert len(part.correlation.rows) <= most


@pytest.mark.parametrize("spelling", ["{trace}", "{upper}", "{dashed}", "{low}", "{start}", "rq-0123"])
def test_an_id_in_any_spelling_brings_its_trace_alone(lake: Path, spelling: str) -> None:
    trace = next(
        t for t in pq.read_table(lake / "otel_traces")["TraceId"].to_pylist() if t.endswith(f"{124:08x}")
    )
    dashed = "-".join((trace[:8], trace[8:12], trace[12:16], trace[16:20], trace[20:]))
    asked = spelling.format(trace=trace, upper=trace.upper(), dashed=dashed, low=trace[16:], start=trace[:8])
    part = read(lake, ids=(asked,))
    assert [row.id for row in part.correlation.rows] == ["rq-0123"]
    assert len(part.spans) == 2
    left_out = [issue for issue in part.issues if issue.code == "not-asked-for"]
    assert sum(issue.count for issue in left_out) == 2 * TRACES - 2 + 8


def test_a_time_range_brings_what_lasts_into_it(lake: Path) -> None:
    begin = START + 1_050 * MS  # the slow request that began at 1,000 ms is still running
    part = read(lake, begin=str(begin), end=str(begin + 30 * MS))
    assert sorted(row.id for row in part.correlation.rows) == [
        "rq-0100",
        "rq-0105",
        "rq-0106",
        "rq-0107",
        "rq-0108",
    ]


def test_few_row_groups_are_read(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sum(
        pq.ParquetFile(path).metadata.num_row_groups for path in (lake / "otel_traces").rglob("*.parquet")
    )
    read_groups: list[int] = []
    real = pq.ParquetFile.iter_batches

    def counted(file: pq.ParquetFile, *arguments: int, **named: list[int]) -> object:
        if not named.get("columns"):
            read_groups.extend(named["row_groups"])
        return real(file, *arguments, **named)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", counted)
    read(lake, ids=("rq-0123",))
    assert whole >= 12
    assert len(read_groups) <= 2


def test_files_that_are_no_parquet_are_read_whole(lake: Path, tmp_path: Path) -> None:
    other = tmp_path / "more.jsonl"
    other.write_bytes(lines()[0])
    store = ingest([lake, other], options=ReadOptions(asking=Asking(ids=("rq-0123",))))
    assert {row.id for row in store.correlation.rows} == {"rq-0000", "rq-0123"}


def test_what_rows_cannot_answer_widens_the_question() -> None:
    def answers(condition: object) -> str:
        field = getattr(condition, "field", "")
        return "unknown" if field == "cause" else "wider" if field == "status" else "exact"

    def after(query: str) -> object:
        return weakened(parse(query), answers)  # type: ignore[arg-type]

    assert after("service:a cause:b") == And((parse("service:a"), And(())))
    assert answers_nothing(after("service:a or cause:b"))  # type: ignore[arg-type]
    assert answers_nothing(after("not cause:b"))  # type: ignore[arg-type]
    assert answers_nothing(after("not status:error"))  # type: ignore[arg-type]
    assert after("not service:a") == Not(parse("service:a"))
    assert not answers_nothing(after("status:error"))  # type: ignore[arg-type]
