"""What ``compare`` prints for people: which id is which, and log lines of which something is left to read."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.drawn import draw
from tests.drawn_otlp import otlp_lines

TWO = """
trace t1
gate: GET /cart | server 0+40 error 502 request=rq-bad cached=false
  - 30 ERROR "GET /cart HTTP/1.1" 502 157 "-" rt=0.126
  - 31 ERROR no price for order 4711, giving up after 3 tries
trace t2 at=10
gate: GET /cart | server 0+30 200 request=rq-good cached=true
"""


def test_sides_are_named_and_lines_can_be_read(run: Run, tmp_path: Path) -> None:
    bundle = tmp_path / "two.jsonl"
    bundle.write_bytes(b"\n".join(otlp_lines(draw(TWO))))
    code, out, _ = run("compare", bundle, "rq-bad", "rq-good")
    assert code == 0
    assert out.splitlines()[:2] == ["a: rq-bad, took 40 ms", "b: rq-good, took 30 ms"]
    assert '"GET /cart HTTP/1.1" 502 157 "-" rt=0.126' in out  # its template has hardly a word
    assert "no price for order <*>, giving up after <*> tries" in out
    (line,) = [line for line in out.splitlines() if " cached " in line]
    assert line.split()[-2:] == ["false", "true"]
