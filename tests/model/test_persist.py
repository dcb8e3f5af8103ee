"""A store written into a folder and read again is the same store."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from explorer.model.assemble import assemble
from explorer.model.builder import Builder, Records
from explorer.model.issue import Issues
from explorer.model.persist import MAPPED_FROM, UnreadableError, load, load_columns, save, save_columns
from explorer.model.records import File, Finding, Mark, Resource, Series
from explorer.model.schema import FailureKind, Status
from explorer.model.store import Store
from tests.model.fields import span_field

RAW = b'{"a": 1}\n{"b": 2}\n'
TRACE = f"{1 << 100:032x}"
HOUR = 3600 * 10**9


def sample() -> Store:
    """A store with something in each table."""
    builder = Builder(Issues())
    file = builder.begin_file(File("a \\udcff.jsonl", None, len(RAW), 5))
    builder.begin_reader("made-up")
    records = Records(file, RAW, 0, np.array([0, 9]), np.array([8, 17]))
    builder.raw.keep(file, 0, RAW, block_bytes=7)
    doc = builder.document(records, 1)
    builder.resource_value(Resource(service="cart", host="h1"))
    for number in range(1, 4):
        builder.spans.append(
            trace=builder.traces[TRACE], span_id=number, parent_id=number - 1, start=HOUR + number, duration=50,
            service=builder.services["cart"], name=builder.operations["GET"], status=int(Status.ERROR),
            doc=doc, index=number, resource=1,
        )  # fmt: skip
    builder.failure(0, FailureKind.EXCEPTION, "ValueError", "bad \ud800 value")
    builder.event(0, HOUR, "retry")
    builder.link(1, TRACE, 2)
    span_field(builder, 0, "x-request-id", "rq-1")
    span_field(builder, 0, "session.id", "s-1")
    builder.logs.append(time=HOUR, severity=17, trace=0, span_id=1, doc=doc, index=9, length=8)
    series = builder.series_code(Series("up", (("job", "a"),), "1", "gauge", "cart"))
    builder.points.append(series=series, time=HOUR, value=float("nan"))
    builder.exemplars.append(series=series, time=HOUR, value=1.0, trace=0, span_id=1)
    builder.marks.append(Mark("deploy", HOUR, -1, "cart", "v2"))
    builder.findings.append(Finding("evidently", "user_v4", "fail", "41 % missing", value=float("inf")))
    builder.skip("warning", "broken-json", "does not parse", offset=3)
    return assemble(builder, "sample", [builder.end_file()])


def differences(a: object, b: object, where: str = "") -> list[str]:
    """Paths at which two values differ, arrays compared by dtype and value."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        same = a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        return [] if same else [where]
    if is_dataclass(a):
        return [
            found
            for field in fields(a)
            for found in differences(getattr(a, field.name), getattr(b, field.name), f"{where}.{field.name}")
        ]
    if isinstance(a, dict) and isinstance(b, dict):
        return [
            found
            for key in a.keys() | b.keys()
            for found in differences(a.get(key), b.get(key), f"{where}.{key}")
        ]
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        pairs = enumerate(zip(a, b, strict=False))
        found = [one for i, (left, right) in pairs for one in differences(left, right, f"{where}[{i}]")]
        return found if len(a) == len(b) else [where]
    return [] if a == b or where == ".raw" else [where]


def test_every_field_comes_back(tmp_path: Path) -> None:
    store = sample()
    save(store, tmp_path)
    again = load(tmp_path)
    assert differences(store, again) == []
    assert len(again.spans) == 3
    assert again.raw.read(0, 0, len(RAW)) == RAW
    assert again.raw.read(0, 5, 6) == RAW[5:11]
    assert again.texts == tuple(store.texts)


def test_an_empty_store(tmp_path: Path) -> None:
    store = assemble(Builder(Issues()), "empty")
    save(store, tmp_path)
    assert differences(store, load(tmp_path)) == []


def test_loaded_arrays_cannot_be_changed_and_large_ones_are_mapped(tmp_path: Path) -> None:
    large = np.arange(MAPPED_FROM // 8 + 1)
    save_columns({"large": large, "small": np.arange(3)}, tmp_path, "t")
    found = load_columns(tmp_path, "t", ["large", "small"])
    assert type(found["large"]) is np.ndarray
    assert isinstance(found["large"].base, np.memmap)
    assert not isinstance(found["small"].base, np.memmap)
    assert np.array_equal(found["large"], large)
    for values in found.values():
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


@pytest.mark.parametrize(
    "name", ["store.json", "spans.start.npy", "issues.jsonl", "texts.text", "blocks.zst"]
)
def test_whatever_is_missing_or_cut_is_no_store(tmp_path: Path, name: str) -> None:
    save(sample(), tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableError):
        load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(UnreadableError):
        load(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk on this system")
def test_a_full_disk_says_so(tmp_path: Path) -> None:
    (tmp_path / "spans.start.npy").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        save_columns({"start": np.zeros(100_000, np.int64)}, tmp_path, "spans")


def test_another_format_is_no_store(tmp_path: Path) -> None:
    save(sample(), tmp_path)
    head = json.loads((tmp_path / "store.json").read_text())
    (tmp_path / "store.json").write_text(json.dumps(head | {"format": 0}))
    with pytest.raises(UnreadableError, match="format 0"):
        load(tmp_path)


def test_nothing_is_left_out_when_the_store_grows(tmp_path: Path) -> None:
    store = sample()
    save(store, tmp_path)
    assert {field.name for field in fields(load(tmp_path))} == {field.name for field in fields(store)}
