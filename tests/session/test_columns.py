"""Stating columns: the first guess, what it would read, and that what is kept is what was stated."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.bundle.limits import Limits
from explorer.decoding.tables.mapping import mappings
from explorer.errors import UsageError
from explorer.model.mapping import TableMapping
from explorer.session.columns import (
    Sample,
    as_toml,
    guess,
    keep_columns,
    lacking,
    mapping,
    sample_of_bytes,
    sample_of_file,
    tried,
)

CALLS = b"""Vorgang;Schritt;Teil "von";Beginn;Dauer;Ort
0af7651916cd43dd8448eb211c80319c;b7ad6b7169203331;;2026-11-22 09:14:43,301;1500;kasse
0af7651916cd43dd8448eb211c80319c;00f067aa0ba902b7;b7ad6b7169203331;2026-11-22 09:14:43,302;700;konto
"""
PROBES = b"when,where,load,free\n1795338883,a,0.5,12\n1795338893,a,0.7,11\n"


def sample(data: bytes) -> Sample:
    found = sample_of_bytes("some.csv", data)
    assert found is not None
    return found


def test_ids_and_times_are_known_by_their_cells() -> None:
    kind, chosen = guess(sample(CALLS))
    assert kind == "spans"
    assert chosen == {"trace": "Vorgang", "span": "Schritt", "parent": 'Teil "von"', "start": "Beginn"}


def test_names_that_tell_come_first() -> None:
    kind, chosen = guess(sample(b"ts,severity,msg,pod\n2026-11-22T09:14:43Z,WARN,slow,pay-1\n"))
    assert kind == "logs"
    assert chosen["message"] == "msg"
    assert chosen["level"] == "severity"
    assert chosen["pod"] == "pod"


def test_what_lacks_is_told_and_what_would_be_read() -> None:
    shown = sample(CALLS)
    kind, chosen = guess(shown)
    assert lacking(mapping(shown, kind, chosen, {})) == ("end or duration",)
    made = mapping(
        shown, kind, chosen | {"duration": "Dauer", "service": "Ort"}, {"duration": "us", "end": "s"}
    )
    assert made.units == (("duration", 1000),)
    found = tried(shown, made)
    assert (found.spans, found.traces, found.skipped) == (2, 1, 0)
    assert found.last - found.first == 1_000_000


def test_rows_that_cannot_be_read_so_are_counted() -> None:
    shown = sample(b"a,b\n2026-11-22T09:14:43Z,x\nno time,y\n")
    found = tried(shown, mapping(shown, "metrics", {"time": "a", "value": "b"}, {}))
    assert found.points == 0
    assert found.skipped
    assert found.told


def test_columns_of_numbers_are_series_where_no_value_is_chosen() -> None:
    shown = sample(PROBES)
    made = mapping(shown, "metrics", {"time": "when", "service": "where"}, {})
    assert made.values == ("load", "free")
    assert tried(shown, made).series == ("load", "free")


def test_what_is_kept_is_what_was_stated(tmp_path: Path) -> None:
    shown = sample(CALLS)
    made = mapping(shown, "spans", {"trace": "Vorgang", "span": "Schritt", "parent": 'Teil "von"', "start": "Beginn",
                                    "duration": "Dauer"}, {"duration": "us"}, "%Y-%m-%d %H:%M:%S,%f")  # fmt: skip
    assert mappings(as_toml(made, "of\na file"), "x") == (made,)
    file = keep_columns(made, str(tmp_path / "mine.toml"), "first")
    other = replace(made, time_format="")
    keep_columns(other, str(file), "then")
    assert mappings(file.read_text("utf-8"), "x") == (other, made)  # the newest one counts


def test_a_faulty_file_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[[table]]\nkind = 'clouds'\n")
    with pytest.raises(UsageError, match="kind must be one of"):
        keep_columns(TableMapping("metrics", (("time", "t"), ("value", "v"))), str(file))
    assert file.read_text() == "[[table]]\nkind = 'clouds'\n"


def test_a_table_within_a_bundle_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no table")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(PROBES))
    found = sample_of_file([tmp_path], "", Limits())
    assert found is not None
    assert found.names == ("when", "where", "load", "free")
    assert sample_of_file([tmp_path], "a.txt", Limits()) is None
    named = sample_of_file([tmp_path], found.name, Limits())
    assert named == found
