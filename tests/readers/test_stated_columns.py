"""What a user states about columns: every kind of table, and a complaint with file and line for every slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.bundle.limits import Limits
from explorer.cache.key import bundle_key
from explorer.decoding.tables.mapping import mappings, read_mappings
from explorer.errors import UsageError
from explorer.ingest import ingest
from explorer.model.mapping import TableMapping
from explorer.model.options import ReadOptions
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail

CALLS = """[[table]]
kind = "spans"
trace = "Vorgang"
span = "Schritt"
parent = "aus"
operation = "Tätigkeit"
service = "Dienst"
host = "Rechner"
start = "Beginn"
duration = "Dauer"
status = "Ergebnis"
units = { duration = "us" }
time_format = "%d.%m.%Y %H:%M:%S,%f"
"""
CALL_ROWS = """Vorgang;Schritt;aus;Tätigkeit;Dienst;Rechner;Beginn;Dauer;Ergebnis;Rest
0af7651916cd43dd8448eb211c80319c;b7ad6b7169203331;;zahlen;kasse;r1;22.11.2026 09:14:43,301;1500;ERROR;x
0af7651916cd43dd8448eb211c80319c;00f067aa0ba902b7;b7ad6b7169203331;buchen;konto;r2;22.11.2026 09:14:43,302;700;OK;y
"""


def read(tmp_path: Path, rows: str, given: str | tuple[TableMapping, ...], name: str = "some.csv") -> Store:
    tables = mappings(given, "columns.toml") if isinstance(given, str) else given
    path = tmp_path / name
    path.write_text(rows, "utf-8")
    return ingest([path], options=ReadOptions(tables=tables))


def test_spans_of_columns_in_any_words(tmp_path: Path) -> None:
    store = read(tmp_path, CALL_ROWS, CALLS)
    assert store.counts[0].format == "span-table"
    assert [store.services[code] for code in store.spans.service.tolist()] == ["kasse", "konto"]
    assert store.spans.start.tolist() == [1795338883301000000, 1795338883302000000]
    assert store.spans.duration.tolist() == [1_500_000, 700_000]
    assert store.spans.parent.tolist() == [-1, 0]
    assert [store.resources[code].host for code in store.spans.resource.tolist()] == ["r1", "r2"]
    assert bool(store.spans.failed[0])
    detail = span_detail(store, 1)
    assert dict(detail.attributes)["Rest"] == "y"
    assert not store.issues


def test_without_the_mapping_it_is_not_guessed(tmp_path: Path) -> None:
    store = read(tmp_path, CALL_ROWS, ())
    assert not len(store.spans)
    assert store.counts[0].skipped


def test_logs_with_their_level_service_and_ids(tmp_path: Path) -> None:
    rows = (
        "when|who|how bad|what|corr\n"
        "1795338883301|pay|WARN|slow answer|0af7651916cd43dd8448eb211c80319c\n"
        "1795338883302|pay|ERROR|no answer|0af7651916cd43dd8448eb211c80319c\n"
    )
    given = """[[table]]
kind = "logs"
time = "when"
message = "what"
level = "how bad"
service = "who"
trace = "corr"
"""
    store = read(tmp_path, rows, given)
    assert store.counts[0].format == "log-table"
    assert store.logs.time.tolist() == [1795338883301000000, 1795338883302000000]
    assert store.logs.severity.tolist() == [13, 17]
    assert log_detail(store, 1).message == "no answer"
    assert [row.id for row in store.correlation.rows] == ["0af7651916cd43dd8448eb211c80319c"]
    assert [store.resources[code].service for code in store.logs.resource.tolist()] == ["pay", "pay"]


def test_metrics_by_column_and_by_name(tmp_path: Path) -> None:
    wide = """[[table]]
kind = "metrics"
time = "t"
values = ["load", "free"]
service = "component"
units = { time = "s" }
"""
    store = read(
        tmp_path, "t,component,load,free,zone\n1795338883,pay,0.5,12,a\n1795338893,pay,0.7,,a\n", wide
    )
    assert sorted(one.name for one in store.series) == ["free", "load"]
    assert {one.service for one in store.series} == {"pay"}
    assert {one.labels for one in store.series} == {(("component", "pay"), ("zone", "a"))}
    assert len(store.points["time"]) == 3
    long = """[[table]]
kind = "metrics"
time = "t"
name = "probe"
value = "reading"
"""
    store = read(tmp_path, "t,probe,reading\n1795338883,load,0.5\n1795338883,free,12\n", long)
    assert sorted(one.name for one in store.series) == ["free", "load"]


def test_a_file_without_a_line_of_names(tmp_path: Path) -> None:
    given = """[[table]]
kind = "metrics"
files = "probe-*.tsv"
header = ["t", "load"]
time = "t"
values = ["load"]
"""
    store = read(tmp_path, "1795338883\t0.5\n1795338893\t0.75\n", given, "probe-7.tsv")
    assert store.points["value"].tolist() == [0.5, 0.75]
    assert not len(read(tmp_path, "1795338883\t0.5\n", given, "other.tsv").points["value"])


def test_rows_that_say_nothing_are_counted(tmp_path: Path) -> None:
    store = read(tmp_path, CALL_ROWS + "a;b\n", CALLS)
    assert (len(store.spans), store.counts[0].skipped) == (2, 1)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[[table]]\nkind = 'calls'\n", 2, "kind must be one of spans, logs, metrics"),
        ("[[table]]\nkind = 'spans'\ntrace = 't'\nspan = 's'\nstart = 'b'\n", 1, "needs end or duration"),
        ("[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 'm'\ncolour = 'c'\n", 5, "unknown key “colour”"),
        ("[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 7\n", 4, "message must be a text"),
        (
            "[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 'm'\nunits = { time = 'hours' }\n",
            5,
            "ns, us, ms, s, min",
        ),
        (
            "[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 'm'\n\n[[table]]\nkind = 'logs'\ntime = 't'\n",
            6,
            "needs message",
        ),
        (
            "[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 'm'\ntime_format = '%Q'\n",
            5,
            "unknown time directive",
        ),
        ("[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 'm'\nheader = ['t', 'm']\n", 5, "say which with files"),
        (
            "[[table]]\nkind = 'logs'\ntime = 't'\nmessage = 'm'\nfiles = 'a'\nheader = ['t']\n",
            6,
            "header has no column “m”",
        ),
        ("[[table]\n", 1, "this is no TOML"),
        ("x = 1\n", 1, "unknown key “x”"),
        ("", 1, "it states nothing"),
    ],
)  # fmt: skip
def test_slips_name_file_and_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        read_mappings(path)
    assert str(raised.value).startswith(f"{path}:{line}: ")
    assert said in str(raised.value)


def test_what_was_read_before_is_read_again_with_another_mapping(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CALL_ROWS, "utf-8")
    keys = {
        bundle_key([path], ReadOptions(tables=tables), Limits())
        for tables in ((), mappings(CALLS, "a"), mappings(CALLS.replace('"us"', '"ms"'), "a"))
    }
    assert len(keys) == 3


def test_a_slip_stops_the_window_from_opening_with_file_and_line(tmp_path: Path) -> None:
    from explorer.gui.opening.telling import OpeningError
    from explorer.gui.opening.work import open_bundle
    from explorer.session.settings import Settings

    stated = tmp_path / "columns.toml"
    stated.write_text("[[table]]\nkind = 'calls'\n", "utf-8")
    path = tmp_path / "a.csv"
    path.write_text(CALL_ROWS, "utf-8")
    with pytest.raises(OpeningError, match=r"columns\.toml:2: kind must be"):
        open_bundle((path,), Settings(columns=str(stated)), lambda _: None, lambda: False)
