"""What the report says is so: counts, singular and plural, what was read, file and line of its evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.cli.main import main
from tests.drawn import draw, trace_hex
from tests.drawn_otlp import otlp_lines
from tests.small import write_small

BROKEN = """
trace t1
gate: GET /rank | server 0+40 error 500
  rank: rank | server 5+30 error !LookupError(no such_key in _cache_)
"""
SOUND = """
trace t4
gate: GET /rank | server 0+40 200
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("said") / "small bundle")


def said(bundle: Path, id: str, folder: Path) -> str:
    file = folder / "report.md"
    assert main(["export", str(bundle), "--id", id, "-o", str(file)]) == 0
    return file.read_text(encoding="utf-8")


def test_one_of_two_failed(small: Path, tmp_path: Path) -> None:
    text = said(small, "rq-0001", tmp_path)
    assert "## Impact\n\n- 1 of 2 requests in the bundle failed.\n- It has this cause.\n" in text
    assert "confidence medium, of the one failing id" in text
    assert "failure the only request with this cause: rq-0001" in text
    assert "shop POST /buy" in text.splitlines()[2]
    assert "2 of 3 files read, 1 record not understood" in text
    assert "all of it understood" not in text


def test_a_cause_is_shared_by_the_failing_ids_it_explains(tmp_path: Path) -> None:
    other = (
        BROKEN.replace("t1", "t3")
        .replace("rank", "price")
        .replace("LookupError(no such_key in _cache_)", "OSError(disk full)")
    )
    drawn = [draw(one) for one in (BROKEN, BROKEN.replace("t1", "t2"), other, SOUND)]
    bundle = tmp_path / "bundle.jsonl"
    bundle.write_bytes(b"\n".join(line for one in drawn for line in otlp_lines(one)))
    assert "shared by 2 of 3 failing ids" in said(bundle, trace_hex("t1"), tmp_path)


def test_evidence_names_its_line(small: Path, tmp_path: Path) -> None:
    text = said(small, "rq-0001", tmp_path)
    lines = (small / "spans.jsonl").read_bytes().split(b"\n")
    number = next(at for at, line in enumerate(lines, 1) if b"0000000000000003" in line)
    assert f"`spans.jsonl, line {number}`" in text


def test_underscores_within_words_are_left_to_be_copied(tmp_path: Path) -> None:
    bundle = tmp_path / "b.jsonl"
    bundle.write_bytes(b"\n".join(otlp_lines(draw(BROKEN))))
    assert "no such_key in \\_cache\\_" in said(bundle, trace_hex("t1"), tmp_path)
