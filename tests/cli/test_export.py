"""Pictures, reports and converted bundles, as a user makes them without a display."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from explorer.session.notes import Note, Target
from explorer.session.sidecar import save
from tests.small import FAILING, SECRET

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[2]


def test_a_picture_without_a_display(bundle: Path, tmp_path: Path) -> None:
    """In a process of its own, as from a shell: no display, exit code 0, a PNG of twice the size."""
    bare = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    picture = tmp_path / "rca.png"
    words = [sys.executable, "-m", "explorer", "export", str(bundle), "--id", "rq-0001", "-o", str(picture)]
    done = subprocess.run(words, env=bare, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width == 2336
    assert 1000 < height < 6000


def test_svg_has_real_text_and_no_secret(run: Run, bundle: Path, tmp_path: Path) -> None:
    picture = tmp_path / "rca.svg"
    assert run("export", bundle, "--id", "rq-0001", "-o", picture)[0] == 0
    nodes = list(ET.parse(picture).iter())  # noqa: S314  our own file
    text = " ".join("".join(node.itertext()) for node in nodes)
    assert "Root cause of rq-0001" in text
    assert "payment" in text
    assert SECRET not in picture.read_text(encoding="utf-8")
    tags = {node.tag.rpartition("}")[2] for node in nodes}
    assert not tags & {"script", "image", "a", "foreignObject"}


def test_svg_text_keeps_its_room_where_the_fonts_are_not(run: Run, bundle: Path, tmp_path: Path) -> None:
    picture = tmp_path / "rca.svg"
    assert run("export", bundle, "--id", "rq-0001", "-o", picture, "--scale", "3")[0] == 0
    root = ET.parse(picture).getroot()  # noqa: S314  our own file
    view = [float(number) for number in str(root.get("viewBox")).split()]
    assert float(str(root.get("width"))) == 3 * view[2]
    texts = [node for node in root.iter() if node.tag.endswith("}text")]
    assert texts
    for one in texts:
        assert float(str(one.get("textLength"))) > 0
        assert str(one.get("font-family")).endswith(("sans-serif", "monospace"))
    # Nothing is painted beyond what it is cut at: SVG by Qt has no clips.
    lines = [
        point.split(",")
        for node in root.iter()
        for point in re.findall(r"[-\d.]+,[-\d.]+", node.get("d", ""))
    ]
    lines += [point.split(",") for node in root.iter() for point in node.get("points", "").split()]
    assert all(-1 <= float(x) <= view[2] + 1 and -1 <= float(y) <= view[3] + 1 for x, y in lines)


def test_pdf_is_one_page_of_lines_and_text_and_the_same_each_time(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    """One in a process of its own: Qt's hash tables are seeded anew in each."""
    files = [tmp_path / "one.pdf", tmp_path / "two.pdf"]
    words = [["export", str(bundle), "--id", "rq-0001", "-o", str(file)] for file in files]
    subprocess.run([sys.executable, "-m", "explorer", *words[0]], cwd=ROOT, timeout=100, check=True)
    assert run(*words[1])[0] == 0
    made = [file.read_bytes() for file in files]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-1.4")
    assert made[0].count(b"/Type /Page\n") == 1
    fonts = {bytes(name) for name in re.findall(rb"/BaseFont /([\w-]+)", made[0])}
    assert {b"Inter-Regular", b"Inter-SemiBold", b"JetBrainsMono-Regular"} <= fonts
    assert made[0].count(b"/FontFile2") == made[0].count(b"/ToUnicode") == len(fonts)
    assert b"/Subtype /Image" not in made[0]
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made[0])
    assert box is not None
    assert float(box[1]) == 876
    large = tmp_path / "large.pdf"
    assert run("export", bundle, "--id", "rq-0001", "-o", large, "--scale", "100", "--theme", "dark")[0] == 0
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", large.read_bytes())
    assert box is not None
    assert max(float(box[1]), float(box[2])) == pytest.approx(14_400, abs=1)


@pytest.mark.parametrize("view", ["rca", "waterfall", "graph"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ending", ["png", "svg", "pdf", "html", "md"])
def test_views_and_themes(run: Run, bundle: Path, tmp_path: Path, view: str, theme: str, ending: str) -> None:
    file = tmp_path / f"out.{ending}"
    words = ("--view", view, "--theme", theme, "--scale", "1")
    assert run("export", bundle, "--id", "rq-0001", "-o", file, *words)[0] == 0
    begin = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "html": b"<!DOCTYPE html>", "md": b"# "}
    assert file.read_bytes().startswith(begin[ending])
    if ending == "svg":
        ET.parse(file)  # noqa: S314  our own file
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [file.name]


def test_a_picture_too_large_is_refused(run: Run, bundle: Path, tmp_path: Path) -> None:
    code, _, err = run("export", bundle, "--id", "rq-0001", "-o", tmp_path / "x.png", "--scale", "400")
    assert code == 1
    assert "too large" in err
    assert not (tmp_path / "x.png").exists()


def test_the_report(run: Run, bundle: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    assert run("export", bundle, "--id", FAILING, "-o", report)[0] == 0
    text = report.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    for wanted in (
        "Summary",
        "Impact",
        "Root cause",
        "How it spread",
        "Evidence",
        "What went well",
        "Action items",
    ):
        assert wanted in headings
    assert "No space left on device" in text
    assert SECRET not in text
    assert "Redacted: 1 e-mail address" in text


@pytest.mark.parametrize("ending", ["md", "html"])
def test_secrets_are_kept_when_asked(run: Run, bundle: Path, tmp_path: Path, ending: str) -> None:
    report = tmp_path / f"report.{ending}"
    assert run("export", bundle, "--id", "rq-0001", "-o", report, "--no-redact")[0] == 0
    assert SECRET in report.read_text(encoding="utf-8")
    assert "Not redacted" in report.read_text(encoding="utf-8")


def test_a_healthy_id_has_a_report_too(run: Run, bundle: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    assert run("export", bundle, "--id", "rq-0002", "-o", report)[0] == 0
    assert "ended well" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ["md", "html", "svg"])
def test_notes_beside_the_bundle_are_in_it(run: Run, bundle: Path, tmp_path: Path, ending: str) -> None:
    target = Target(id="rq-0002")
    save([bundle], {}, {target: Note(target, False, "The customer called.", "rq-0002")})
    report = tmp_path / f"report.{ending}"
    code, _, err = run("export", bundle, "--id", "rq-0002", "-o", report)
    assert (code, err) == (0, "")
    assert "The customer called." in report.read_text(encoding="utf-8")


def test_notes_that_are_damaged_are_named_and_do_no_harm(run: Run, bundle: Path, tmp_path: Path) -> None:
    beside = bundle.with_name(f"{bundle.name}.notes.json")
    beside.write_text("{")
    code, _, err = run("export", bundle, "--id", "rq-0002", "-o", tmp_path / "report.md")
    assert code == 0
    assert str(beside) in err


def test_a_folder_that_is_not_there(run: Run, bundle: Path, tmp_path: Path) -> None:
    code, _, err = run("export", bundle, "--id", "rq-0001", "-o", tmp_path / "nowhere" / "x.md")
    assert code == 1
    assert "could not be written" in err


def test_convert_keeps_everything(run: Run, answer: Callable[..., Any], bundle: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    assert run("convert", bundle, "-o", copy)[0] == 0
    before, after = answer("summary", bundle)["totals"], answer("summary", copy)["totals"]
    for name in ("spans", "traces", "ids", "services", "logs"):
        assert after[name] == before[name], name
    assert answer("ids", copy)["ids"] == answer("ids", bundle)["ids"]
    path = [(step["span_id"], step["role"]) for step in answer("rca", copy)["ids"][0]["path"]]
    assert path == [(step["span_id"], step["role"]) for step in answer("rca", bundle)["ids"][0]["path"]]


def test_convert_some_ids(run: Run, bundle: Path, tmp_path: Path) -> None:
    copy = tmp_path / "one.jsonl"
    assert run("convert", bundle, "-o", copy, "--id", "rq-0001", "--to", "otlp")[0] == 0
    spans = [
        span
        for line in copy.read_bytes().splitlines()
        for resource in orjson.loads(line).get("resourceSpans", ())
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]
    assert {span["traceId"] for span in spans} == {FAILING}
    assert {span["spanId"] for span in spans} == {f"{number:016x}" for number in (1, 2, 3)}
    assert next(span for span in spans if span["spanId"].endswith("3"))["events"][0]["name"] == "exception"
    for chosen, expected in (("status:failing", copy.read_bytes()), ("-status:failing", b"")):
        assert run("convert", bundle, "-o", copy, "--id", "rq-0001", "--query", chosen)[0] == 0
        assert copy.read_bytes() == expected, chosen


def test_a_secret_where_a_message_is_cut_is_found(run: Run, tmp_path: Path) -> None:
    """The report shows the beginning of a message; what is cut in the middle would no longer be recognised."""
    log = tmp_path / "app.log"
    filler = "x" * (300 - len("user ") - 12)
    log.write_text(
        f"2026-09-21T14:13:20Z ERROR pay [request_id=rq-0009] {filler} user ana.silva@example.com\n" * 2
    )
    for ending in ("md", "html"):
        report = tmp_path / f"report.{ending}"
        assert run("export", log, "--id", "rq-0009", "-o", report)[0] == 0
        assert "ana.silva" not in report.read_text(encoding="utf-8")
