"""Each fixture read five ways: one winner, the golden result, under another name, in other blocks, cut anywhere."""

from __future__ import annotations

import random
from pathlib import Path

import orjson
import pytest

from explorer.decoding.contract import HEAD
from explorer.errors import InputError
from explorer.ingest.routing import records_of
from explorer.readers.registry import readers
from tests.readers.reading import FIXTURES, Told, fixtures, golden_of, read_copy, read_fixture, told

CUTS = 12
KEPT = ("spans", "logs", "series", "marks", "findings")

each_fixture = pytest.mark.parametrize(
    "path", fixtures(), ids=lambda path: path.relative_to(FIXTURES).as_posix()
)


def first_heads(path: Path) -> list[tuple[bytes, str]]:
    """The beginning of the first record, with the framing it comes in."""
    from explorer.bundle.framing import frames
    from explorer.bundle.limits import Limits
    from explorer.bundle.walk import walk
    from explorer.model.issue import Issues

    issues = Issues()
    for member in walk([path], Limits(), issues):
        for batch in frames(member, Limits(), issues):
            begin = int(records_of(batch, 0).starts[0])
            return [(batch.data[begin : begin + HEAD], batch.framing)]
    return []


@each_fixture
def test_one_reader_is_the_most_confident(path: Path) -> None:
    for head, framing in first_heads(path):
        sure = {name: reader.detect(head) for name, reader in readers().items() if framing in reader.FRAMINGS}
        best = max((one for one in sure.values() if one is not None), default=None)
        winners = [name for name, one in sure.items() if one is not None and one == best]
        assert winners == orjson.loads(golden_of(path).read_bytes())["formats"]


@each_fixture
def test_it_tells_what_the_golden_file_says(path: Path, tmp_path: Path) -> None:
    assert read_fixture(path, tmp_path) == orjson.loads(golden_of(path).read_bytes())


@each_fixture
def test_its_name_does_not_matter(path: Path, tmp_path: Path) -> None:
    renamed = told(read_copy(path.read_bytes(), tmp_path, "unknown"))
    expected = orjson.loads(golden_of(path).read_bytes())
    for key, one in [("name", each) for each in expected["series"]] + [
        ("service", each) for each in expected["logs"]
    ]:
        if one.get(key) == path.name.partition(".")[0]:  # what is named in no other place goes by its file
            one[key] = "unknown"
    assert renamed == expected


@each_fixture
@pytest.mark.parametrize("block_bytes", [64, 1000])
def test_the_size_of_the_blocks_does_not_matter(path: Path, tmp_path: Path, block_bytes: int) -> None:
    data = path.read_bytes()
    expected = orjson.loads(golden_of(path).read_bytes())
    assert told(read_copy(data, tmp_path, path.name, block_bytes)) == expected


@each_fixture
def test_what_lies_before_a_cut_is_kept(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    rng = random.Random(path.name)
    ends = [i + 1 for i, byte in enumerate(data) if byte == 10]
    whole = orjson.loads(golden_of(path).read_bytes())
    before: Told = {name: [] for name in KEPT}
    for cut in sorted(
        {*rng.sample(ends, min(CUTS, len(ends))), *(rng.randrange(1, len(data)) for _ in range(CUTS))}
    ):
        try:
            found = told(read_copy(data[:cut], tmp_path, path.name))
        except InputError:
            continue
        assert not [issue for issue in found["issues"] if issue[1] == "reader-failed"]
        if found["formats"] == whole["formats"]:
            assert all(len(found[name]) <= max(len(whole[name]), len(before[name])) for name in KEPT)
            before = found
