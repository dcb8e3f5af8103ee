"""The small bundle that the window is tested on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from explorer.gui.opening.work import Opened
from explorer.gui.window import MainWindow
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn import draw
from tests.drawn_otlp import otlp_lines
from tests.drawn_store import store_of

DRAWING: Final = """
trace good at=10
gate: GET /pay      | server 0+80 200 request=rq-good
  pay: charge       | server 10+60
trace bad at=60
gate: GET /pay      | server 0+500 500 request=rq-bad
  gate: pay         | client 10+480 error peer=pay
    pay: charge     | server 15+470 error !ValueError(bad amount) pod=pay-1
      - 20 WARN cart has no price
      bank: debit   | server 30+40
trace worse at=90
gate: GET /pay      | server 0+700 500 request=rq-worse
  pay: charge       | server 15+650 error !ValueError(bad amount) pod=pay-1
"""
IDS: Final = {"rq-good", "rq-bad", "rq-worse"}


@cache
def drawn_store() -> Store:
    """The drawing as a store."""
    return store_of(DRAWING, "drawn.jsonl")


@cache
def drawn_answers() -> Analysis:
    """What the analysis says about it."""
    return analyse(drawn_store(), known_rules()[0])


def drawn_bundle(folder: Path) -> Path:
    """Write the drawing into a folder, beside a file of no known format."""
    folder.mkdir()
    (folder / "spans.jsonl").write_bytes(b"\n".join(otlp_lines(draw(DRAWING))) + b"\n")
    (folder / "noise.bin").write_bytes(bytes(range(1, 256)) * 4)
    return folder


def show(window: MainWindow, paths: tuple[Path, ...] = ()) -> None:
    """Have a window show the drawing as if it had been read."""
    window.opener.paths = paths or (Path("drawn.jsonl"),)
    found = Opened(window.opener.paths, drawn_store(), drawn_answers(), (), before=False, seconds=0.5)
    window.show_opened(found)
