"""Each line format reads its own samples, and no other format knows them better; faulty formats are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import paths
from explorer.decoding.logs.choosing import all_ranked, all_records, best_format, choose_formats
from explorer.decoding.logs.line_format import (
    LineFormat,
    Sample,
    format_faults,
    known_formats,
    load_formats,
    shipped,
)
from explorer.decoding.logs.severity import WORDS
from explorer.decoding.logs.times import parse_time
from explorer.ingest import ingest
from explorer.model.ids import span_text
from explorer.model.issue import Issues
from explorer.readers import text_log
from tests.readers.logs.reading import details_of, fields_of, read_with

SAMPLES = [(one, sample) for one in shipped() for sample in one.samples]
each_sample = pytest.mark.parametrize(
    ("one", "sample"), SAMPLES, ids=[f"{one.name}-{i}" for i, (one, _) in enumerate(SAMPLES)]
)
LEVELS = {"ERROR2": 18}


def test_the_shipped_formats_load_without_a_fault() -> None:
    issues = Issues()
    assert len(load_formats([paths.resource("formats")], issues)) >= 60
    assert issues.rows() == ()


@each_sample
def test_a_sample_is_of_its_format(one: LineFormat, sample: Sample) -> None:
    lines = sample.text.encode().split(b"\n")
    assert best_format(lines[0], shipped()) is one
    assert choose_formats(lines, shipped())[0] is one
    assert text_log.detect(sample.text.encode()) is not None


@each_sample
def test_a_sample_is_read_as_it_says(one: LineFormat, sample: Sample) -> None:
    store = read_with(text_log, sample.text.encode() + b"\n")
    expected = sample.expected
    assert len(store.logs) == 1
    if "time" in expected:
        parsed = parse_time(expected["time"])
        assert parsed is not None
        assert int(store.logs.time[0]) == parsed[0]
    if "level" in expected:
        word = str(expected["level"])
        assert int(store.logs.severity[0]) == LEVELS.get(word, WORDS.get(word.lower()))
    detail = details_of(store)[0]
    for name in ("message", "exception_type", "exception_message"):
        if name in expected:
            assert getattr(detail, name) == expected[name]
    attributes = dict(detail.attributes)
    assert {name: attributes.get(name) for name in expected.get("attributes", {})} == expected.get(
        "attributes", {}
    )
    assert store.services[store.logs.service[0]] == expected.get("service", "")
    if "trace_id" in expected:
        assert [row.id for row in store.correlation.rows] == [expected["trace_id"]]
    assert span_text(int(store.logs.span_id[0])) == expected.get("span_id", "")
    if "request_id" in expected:
        assert ("request_id", expected["request_id"]) in [field[1:] for field in fields_of(store)]


@each_sample
def test_fast_and_slow_ways_agree(one: LineFormat, sample: Sample) -> None:
    """A hundred of the same line are read by place, one by pattern: they tell the same."""
    single = read_with(text_log, sample.text.encode() + b"\n")
    many = read_with(text_log, (sample.text.encode() + b"\n") * 100)
    for name in ("time", "severity", "flags", "span_id"):
        assert set(getattr(many.logs, name).tolist()) == set(getattr(single.logs, name).tolist())
    assert len(many.logs) == 100


BROKEN = {
    "no toml": ("[[format]\nname = 1", "cannot be read"),
    "no table": ('name = "x"', "no [[format]] table"),
    "no name": ('[[format]]\npattern = "x"', "Line 1: a format needs a text for name"),
    "bad name": ('\n\n[[format]]\nname = "Not Kebab"', "Line 3: the name of a format is in kebab case"),
    "bad pattern": ('[[format]]\nname = "a"\nlabel = "A"\npattern = "("', "no valid pattern"),
    "bad time": (
        '[[format]]\nname = "a"\nlabel = "A"\npattern = "<time>"\ntime = "%Q"',
        "unknown time directive %Q",
    ),
    "bad key": ('[[format]]\nname = "a"\nlabel = "A"\npattern = "x"\ncolour = "red"', "unknown key colour"),
    "bad level": (
        '[[format]]\nname = "a"\nlabel = "A"\npattern = "x"\nlevels = {X = "loud"}',
        "no level word",
    ),
    "no sample": ('[[format]]\nname = "a"\nlabel = "A"\npattern = "x"', "at least one"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_faulty_format_is_told_with_file_and_line(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    issues = Issues()
    assert load_formats([tmp_path], issues) == ()
    (issue,) = issues.rows()
    assert issue.severity == "error"
    assert issue.file == str(tmp_path / "mine.toml")
    assert told in issue.text


def test_a_format_of_the_user_replaces_the_shipped_one_and_the_rest_of_a_faulty_file_stands(
    tmp_path: Path,
) -> None:
    good = "[[format]]\nname = \"klog\"\nlabel = \"mine\"\npattern = 'K '\n[[format.sample]]\ntext = 'K x'\n"
    (tmp_path / "mine.toml").write_text(f'{good}\n[[format]]\nname = "worse"\n', "utf-8")
    issues = Issues()
    found = {one.name: one for one in load_formats([paths.resource("formats"), tmp_path], issues)}
    assert found["klog"].label == "mine"
    assert [issue.text for issue in issues.rows()] == ["Line 8: a format needs a text for pattern"]


@pytest.fixture
def formats_afresh() -> Iterator[None]:
    """Formats are loaded once a run of the program."""
    held = (known_formats, format_faults, all_ranked, all_records)
    for one in held:
        one.cache_clear()
    yield
    for one in held:
        one.cache_clear()


@pytest.mark.usefixtures("formats_afresh")
def test_a_users_own_formats_are_used_and_faults_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "home" / "config" / "formats"
    own.mkdir(parents=True)
    monkeypatch.setenv("TRACE_EXPLORER_HOME", str(tmp_path / "home"))
    (own / "mine.toml").write_text(
        "[[format]]\nname = 'mine'\nlabel = 'mine'\npattern = '<<<time>>> !<level>! '\n"
        "time = ['%Y-%m-%d %H:%M:%S']\nlevel = '[A-Z]+'\n"
        "[[format.sample]]\ntext = '<<2026-11-18 14:00:00>> !ERROR! it broke'\n"
        "time = '2026-11-18T14:00:00Z'\nlevel = 'ERROR'\nmessage = 'it broke'\n"
    )
    (own / "faulty.toml").write_text("this is no TOML")
    (tmp_path / "odd.log").write_text("<<2026-11-18 14:00:00>> !ERROR! it broke\n" * 5)
    store = ingest([tmp_path / "odd.log"])
    assert len(store.logs) == 5
    assert [issue.code for issue in store.issues] == ["faulty-format"]
    assert store.issues[0].file.endswith("faulty.toml")
