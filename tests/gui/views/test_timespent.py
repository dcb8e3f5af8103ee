"""Where the time of an id went that did not fail."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from explorer.gui.views.parts import ClickRow
from explorer.gui.views.timespent import TimeSpent, spent
from explorer.gui.window import MainWindow
from tests.drawn_store import store_of


def test_the_spans_with_most_of_the_critical_path_are_told_and_gone_to(
    opened: MainWindow, qtbot: QtBot
) -> None:
    opened.state.select_id("rq-good")
    qtbot.waitUntil(
        lambda: any(part.findChildren(ClickRow) for part in opened.board.rca.findChildren(TimeSpent))
    )
    rows = opened.board.rca.findChildren(TimeSpent)[-1].findChildren(ClickRow)
    assert [row.accessibleName() for row in rows] == [
        "pay  charge: 60 ms · 75 % of the critical path", "gate  GET /pay: 20 ms · 25 % of the critical path",
    ]  # fmt: skip
    rows[0].opened.emit()
    store = opened.state.store
    assert store is not None
    assert store.operation(opened.state.span_row) == "charge"


def test_a_failing_id_is_told_its_cause_instead(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.select_id("rq-bad")
    qtbot.wait(50)
    assert not opened.board.rca.findChildren(TimeSpent)


def test_few_spans_are_told_and_none_that_took_next_to_nothing() -> None:
    calls = "\n".join(f"  pay: step-{at}  | server {at * 10}+{1 if at else 9}" for at in range(30))
    found = spent(store_of(f"trace one at=1\ngate: GET /pay | server 0+300 200 request=rq\n{calls}\n"), 0)
    assert [one.words.rpartition("· ")[2] for one in found] == ["GET /pay", "step-0"]
