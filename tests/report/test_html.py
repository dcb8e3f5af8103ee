"""The HTML report: whole, one file, without scripts, readable by eye, by screen reader and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest

from explorer.cli.main import main
from tests.small import FAILING, SECRET, failing_lines, write_small

Written = Callable[..., str]
SECTIONS = [
    "Summary", "Impact", "Timeline", "Root cause", "How it spread", "Evidence", "Log lines on the path",
    "Contributing factors", "What went well", "Action items", "Reproduce",
]  # fmt: skip
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Tags, their attributes and the text of headings; fails where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["h2"]:
            self.headings.append(data)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("html") / "small bundle")


@pytest.fixture
def written(bundle: Path, tmp_path: Path) -> Written:
    """Write the report of an id; gives its text."""

    def write(*words: str, bundle: Path = bundle, id: str = "rq-0001") -> str:
        file = tmp_path / "report.html"
        assert main(["export", str(bundle), "--id", id, "-o", str(file), *words]) == 0
        return file.read_text(encoding="utf-8")

    return write


def test_all_sections_in_order_and_nothing_fetched(written: Written) -> None:
    text = written()
    page = Page(text)
    assert page.headings == SECTIONS
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "a", "form", "base"}
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "href", "xlink:href"})
    assert not re.search(r"url\(|@import", text)
    policy = next(a for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert str(policy["content"]).startswith("default-src 'none'")
    assert SECRET not in text
    assert "Redacted: 1 e-mail address." in text


def test_what_a_screen_reader_needs(written: Written) -> None:
    page = Page(written())
    assert ("html", {"lang": "en"}) in page.tags
    ids = {a["id"] for _, a in page.tags if "id" in a}
    assert len(ids) == sum("id" in a for _, a in page.tags)
    for tag, attributes in page.tags:
        if tag == "section":
            assert attributes["aria-labelledby"] in ids
        if tag == "figure":
            assert attributes["aria-label"]
        if tag == "svg":
            assert attributes["role"] == "img"
        if tag == "th":
            assert attributes["scope"] == "col"
    assert sum(tag == "h1" for tag, _ in page.tags) == 1


def test_it_follows_its_reader_or_stays_as_told(written: Written) -> None:
    both = written()
    assert both.count("<svg") == 4
    assert "@media screen and (prefers-color-scheme: dark)" in both
    dark = written("--theme", "dark")
    assert dark.count("<svg") == 2
    assert "prefers-color-scheme" not in dark
    assert "#15171c" in dark
    assert "@media print" in dark
    assert "font-size: 30px" in written("--scale", "2")


def test_views_choose_the_pictures(written: Written) -> None:
    words = {view: written("--view", view, "--theme", "light") for view in ("rca", "waterfall", "graph")}
    assert {view: text.count("<svg") for view, text in words.items()} == {
        "rca": 2,
        "waterfall": 1,
        "graph": 1,
    }
    assert "Failure path in time" in words["rca"]
    assert "Failure path in time" not in words["waterfall"]


def test_a_healthy_id_and_one_of_logs_only(written: Written, tmp_path: Path) -> None:
    healthy = written(id="rq-0002")
    assert "ended well" in healthy
    assert Page(healthy).headings == ["Summary", "Impact", "Root cause", "How it spread", *SECTIONS[6:]]
    only = tmp_path / "only.log"
    only.write_text(
        "2026-09-21T14:13:20.050Z ERROR payment [request_id=rq-0009] journal full\n", encoding="utf-8"
    )
    page = Page(written(bundle=only, id="rq-0009"))
    assert not [tag for tag, _ in page.tags if tag == "svg"]
    assert (
        main(["export", str(only), "--id", "rq-0009", "-o", str(tmp_path / "w.svg"), "--view", "waterfall"])
        == 2
    )


def test_names_of_strangers_stay_text(written: Written, tmp_path: Path) -> None:
    raw = b"".join(orjson.dumps(line) + b"\n" for line in failing_lines())
    raw = raw.replace(b'"shop"', orjson.dumps(HOSTILE)).replace(b"POST /buy", orjson.dumps(HOSTILE)[1:-1])
    hostile = tmp_path / "hostile.jsonl"
    hostile.write_bytes(raw)
    text = written(bundle=hostile, id=FAILING)
    page = Page(text)
    assert not [tag for tag, _ in page.tags if tag in {"script", "img"}]
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text
    assert "⟨U+202E⟩" in text
