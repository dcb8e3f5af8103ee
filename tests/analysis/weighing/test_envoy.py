"""Lines of Envoy's access log, where they are all that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.envoy import callee_in_line, said_in_line
from explorer.analysis.weighing.titles import clause
from explorer.ingest import ingest
from tests.analysis.rules import RULES

LINE = (
    '[2026-06-22T10:17:14.118Z] "POST /charge HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 1 - "-" "curl/8" '
    '"5735b2d0-4949-9384-b082-9d4c368eb9dc" "pay:8000" "-" outbound|8000||pay.shop.svc.cluster.local - '
    "10.99.37.119:8000 172.17.0.6:44690 - default"
)


def test_a_line_is_told_in_words() -> None:
    assert said_in_line(LINE) == "POST /charge ended in 503: no healthy upstream (UH)"
    assert clause(LINE) == said_in_line(LINE)
    assert callee_in_line(LINE) == "pay.shop.svc.cluster.local"


@pytest.mark.parametrize("flags", ["-", "DC"])
def test_flags_that_speak_of_nobody_behind_the_proxy_blame_nobody(flags: str) -> None:
    line = LINE.replace(" UH ", f" {flags} ")
    assert callee_in_line(line) == ""
    assert said_in_line(line) == "POST /charge ended in 503"


def test_what_is_no_such_line_is_left_alone() -> None:
    assert said_in_line("bad amount") == ""
    assert clause("bad amount: 3") == "bad amount: 3"


def test_the_callee_is_at_fault(tmp_path: Path) -> None:
    (tmp_path / "proxy.log").write_text(LINE + "\n", encoding="utf-8")
    (cause,) = analyse(ingest([tmp_path]), RULES).causes
    assert cause.service == "pay"
    assert "no_healthy_upstream" not in cause.title
