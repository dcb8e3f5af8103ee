"""OpenMetrics that is not what it should be is read, and said not to be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.readers.prometheus_text import detect
from tests.readers.reading import read_copy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# TYPE a counter\na_total -1\n# EOF\n", "negative"),
        ("# TYPE a counter\na_total 1\n# EOF\na_total 2\n", "after # EOF"),
        ("# TYPE a counter\na 1\n# EOF\n", "no place in it"),
        ('# TYPE a gauge\na 1 # {trace_id="x"} 1\n# EOF\n', "exemplar"),
        ('# TYPE a histogram\na_bucket{le="1"} 1\n# EOF\n', "+Inf"),
        ('# TYPE a histogram\na_bucket{le="2"} 1\na_bucket{le="+Inf"} 0\n# EOF\n', "out of order"),
        ("# TYPE a gauge\n# TYPE b meh\n# EOF\n", "type is unknown"),
        ("# TYPE a gauge\n# TYPE a gauge\n# EOF\n", "told twice"),
        ("# UNIT a seconds\n# EOF\n", "its unit"),
        ('# TYPE a gauge\n# TYPE b gauge\na 1\nb 1\na{x="y"} 1\n# EOF\n', "stand together"),
        ("# TYPE a gauge\na 1 5\na 1 4\n# EOF\n", "back in time"),
        ('# TYPE a summary\na{quantile="2"} 1\n# EOF\n', "quantile"),
        ('# TYPE a summary\na{quantile="0.5"} -1\n# EOF\n', "negative value"),
        ('# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\n# EOF\n', "but not both"),
        ('# TYPE a histogram\na_bucket{le="+Inf"} 1\na_count 2\na_sum 1\n# EOF\n', "not that of all buckets"),
        ('# TYPE a histogram\na_bucket{le="-1"} 1\na_bucket{le="+Inf"} 2\na_sum 1\n# EOF\n', "below 0"),
        ('# TYPE a gaugehistogram\na_bucket{le="+Inf"} 1\na_gsum NaN\na_gcount 1\n# EOF\n', "not a number"),
        ('# TYPE a gauge\na{b="1",} 1\n# EOF\n', "written otherwise"),
        ('# TYPE a gauge\na{b="1",b="1"} 1\n# EOF\n', "a label stands twice"),
        ('# TYPE a counter\na_total 1 # {b="c"} 0.5 NaN\n# EOF\n', "written otherwise"),
        (f'# TYPE a counter\na_total 1 # {{b="{"c" * 128}"}} 1\n# EOF\n', "128 signs"),
        ("# TYPE a gauge\n # HELP a meh\n# EOF\n", "blanks"),
        ("# TYPE a_s info\n# UNIT a_s s\n# EOF\n", "no unit"),
        ('# TYPE a histogram\na_count{b="1"} 0\na_count{b="2"} 0\na_sum{b="1"} 0\n# EOF\n', "do not stand together"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("block_bytes", [16, 4096])
def test_what_openmetrics_forbids_is_told(tmp_path: Path, text: str, said: str, block_bytes: int) -> None:
    store = read_copy(text.encode(), tmp_path, "unknown", block_bytes)
    told = [issue.text for issue in store.issues if issue.code == "not-conforming"]
    assert any(said in one for one in told)
    assert store.counts[0].skipped == 0


def test_empty_lines_are_told(tmp_path: Path) -> None:
    store = read_copy(b"# TYPE a gauge\n\na 1\n# EOF\n", tmp_path)
    assert any("empty lines" in issue.text for issue in store.issues)


def test_a_name_of_one_letter_is_a_metric_where_the_end_is_told(tmp_path: Path) -> None:
    store = read_copy(b"a NaN\n# EOF\n", tmp_path)
    assert [one.name for one in store.series] == ["a"]
    assert read_copy(b"a 1\nb 2\n", tmp_path).counts[0].format != "prometheus-text"


def test_the_older_text_format_is_not_held_to_it(tmp_path: Path) -> None:
    store = read_copy(b'# TYPE a counter\na 1\na{x="y"} -1\n', tmp_path)
    assert not [issue for issue in store.issues if issue.code == "not-conforming"]


def test_what_is_well_formed_has_no_remark(tmp_path: Path) -> None:
    text = (
        "# HELP a all\n# TYPE a counter\n# UNIT x_seconds seconds\n"
        'a_total{k="v"} 1 1790000000.5 # {trace_id="4bf92f3577b34da6a3ce929d0e0e4736"} 1 1790000000\n'
        '# TYPE h histogram\nh_bucket{le="1"} 1 1790000000\nh_bucket{le="+Inf"} 2 1790000000\nh_count 2 1790000000\n'
        "h_sum 3 1790000000\n# EOF\n"
    )
    assert not read_copy(text.encode(), tmp_path).issues


@pytest.mark.parametrize(
    "line",
    ["{" + "a" * 4000, '{Tname":{"serviceName":-1,"tags":[{"key":"hostname","vType":"', "{" + '"a" ' * 900],
)
def test_a_line_that_is_none_is_refused_at_once(line: str) -> None:
    """Labels without a comma between them could be taken apart in more ways than can be tried."""
    began = time.process_time()
    assert detect(line.encode()) is None
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "text", ['{a="b"} => 5 @[1767261600.1]\n', "{} =>\n5 @[1767261600]\n6 @[1767261660]\n"]
)
def test_the_result_of_an_expression_goes_by_its_file(tmp_path: Path, text: str) -> None:
    store = read_copy(text.encode(), tmp_path, "rate.txt")
    assert [one.name for one in store.series] == ["rate"]
    assert len(store.points["time"]) == text.count("@")
