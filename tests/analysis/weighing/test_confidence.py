"""How sure a cause is where another explanation stands beside it."""

from __future__ import annotations

import pytest

from explorer.analysis.causes import analyse
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

ASKED = """
trace bad at=300
api: POST /predict | server 0+300 500 error
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200
  api: decode | client 180+50 500 error peer=post
    post: decode | server 182+45 500 error !ValueError({text})
      - 220 ERROR cannot go on
"""
ALONE = """
trace bad at=300
post: POST /decode | server 0+45 500 error !ValueError({text})
  - 40 ERROR cannot go on
"""
FINE = """
trace fine
api: POST /predict | server 0+300 200
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200
  api: decode | client 180+50 200 peer=post
    post: decode | server 182+45 200
"""


@pytest.mark.parametrize(
    ("failing", "text", "change", "level"),
    [
        (ASKED, "Input contains NaN.", "", "medium"),
        (ALONE, "Input contains NaN.", "", "high"),
        (ASKED, "Input contains NaN.", "mark deploy post at=299 post 1.4 -> 1.5", "high"),
        (ASKED, "name 'scale' is not defined", "", "high"),
    ],
)
def test_who_chokes_on_data_need_not_have_made_it(failing: str, text: str, change: str, level: str) -> None:
    drawing = repeated(draw(failing.format(text=text)), 24, 10) + repeated(draw(FINE), 30, 10, "fine")
    (cause,) = analyse(store_of(drawing + draw(change)), RULES).causes
    assert (cause.service, cause.confidence) == ("post", level)
    doubt = "it says that data was bad, not who made it so"
    assert (doubt in cause.reasons) == (level == "medium")
