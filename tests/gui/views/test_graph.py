"""The call graph's canvas: boxes opened, calls pointed at, walked by keys, of the ids that are listed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from explorer.analysis.causes import analyse
from explorer.analysis.graph import call_graph
from explorer.analysis.results import Analysis
from explorer.gui import jobs
from explorer.gui.state.appstate import AppState
from explorer.gui.views.graph import GraphView
from explorer.gui.views.ids import IdsView
from explorer.layout.callgraph import picture
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

WIDE = "trace wide at=10\ngate: GET / | server 0+900 500 request=rq-wide\n" + "\n".join(
    f"  s{number}: op | server {number}+5{' error !IOError(disk full)' if number == 70 else ''}"
    for number in range(1, 90)
) + """
trace other at=20
shop: GET /cart | server 0+80 request=rq-other
  s1: op | server 5+20
"""  # fmt: skip


@cache
def answers() -> tuple[Store, Analysis]:
    store = store_of(WIDE, "wide.jsonl")
    return store, analyse(store, known_rules()[0])


@pytest.fixture
def state(qtbot: QtBot) -> AppState:
    made = AppState()
    made.open(*answers())
    made.select_id("rq-wide")
    return made


@pytest.fixture
def view(qtbot: QtBot, state: AppState) -> GraphView:
    made = GraphView(state)
    qtbot.addWidget(made)
    made.resize(1000, 500)
    made.show()
    qtbot.waitExposed(made)
    settle(qtbot, made)
    return made


def settle(qtbot: QtBot, view: GraphView) -> None:
    qtbot.waitUntil(lambda: not jobs._running and view.canvas.drawn is not None)


def names(view: GraphView) -> list[str]:
    assert view.canvas.drawn is not None
    return [node.name for node in view.canvas.drawn.nodes]


def middle(view: GraphView, name: str) -> QPointF:
    drawn = view.canvas.drawn
    assert drawn is not None
    x, y, wide, high = drawn.box(names(view).index(name))
    return view.canvas.transform.map(QPointF(x + wide / 2, y + high / 2))


def test_a_box_of_services_opens_and_the_ground_closes_it(qtbot: QtBot, view: GraphView) -> None:
    box = next(name for name in names(view) if name.endswith("more services"))
    assert "s70" in names(view)
    qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=middle(view, box).toPoint())
    settle(qtbot, view)
    assert len(names(view)) > 30
    view.canvas.enter_node(-1)
    settle(qtbot, view)
    assert box in names(view)


def test_tips_speak_of_services_and_calls(view: GraphView) -> None:
    canvas, drawn = view.canvas, view.canvas.drawn
    assert drawn is not None
    assert canvas.words_at(middle(view, "s70")).startswith("s70\n")
    at = next(i for i, edge in enumerate(drawn.edges) if drawn.nodes[edge.target].name == "s70")
    route = drawn.placement.routes[at]
    x, y = (route[0] * 0.125 + route[1] * 0.375 + route[2] * 0.375 + route[3] * 0.125).tolist()
    assert canvas.words_at(canvas.transform.map(QPointF(x, y))).startswith("gate → s70\n1 call, 1 failed")
    assert canvas.words_at(QPointF(2, 2)) == ""


def test_keys_walk_from_box_to_box(qtbot: QtBot, state: AppState, view: GraphView) -> None:
    canvas = view.canvas
    canvas.select_node(names(view).index("gate"))
    assert state.span_row == 0
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    first = canvas.chosen
    assert first not in ("gate", "")
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.chosen not in ("gate", first, "")
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.chosen == "gate"
    canvas.resize(300, 150)
    canvas.fit()
    settle(qtbot, view)
    for _ in range(12):
        qtbot.keyClick(canvas, Qt.Key.Key_Up)
        assert canvas.rect().contains(middle(view, canvas.chosen or "").toPoint()), "it is brought into sight"
    canvas.chosen = next(name for name in names(view) if name.endswith("more services"))
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    settle(qtbot, view)
    assert len(names(view)) > 30


def test_the_graph_of_the_ids_listed(qtbot: QtBot, state: AppState, view: GraphView) -> None:
    ids = IdsView(state)
    qtbot.addWidget(ids)
    ids.show_only("all")
    state.set_scope("ids")
    settle(qtbot, view)
    assert {"gate", "shop"} <= set(names(view))
    state.set_query("service:shop")
    settle(qtbot, view)
    qtbot.waitUntil(lambda: set(names(view)) == {"shop", "s1"})
    assert state.place.id == "rq-wide"


def test_another_room_while_a_graph_is_made_does_not_take_its_place(
    qtbot: QtBot, state: AppState, view: GraphView
) -> None:
    state.select_id("rq-other")
    view.canvas.focused.emit()
    settle(qtbot, view)
    assert set(names(view)) == {"shop", "s1"}


def test_a_service_without_a_name_is_not_the_chosen_one() -> None:
    store, answered = answers()
    row = store.correlation.row_by_id["rq-wide"]
    graph = call_graph(store, [row], answered.verdicts[row])
    nameless = tuple(replace(node, name="" if node.name == "s1" else node.name) for node in graph.nodes)
    drawn = picture(replace(graph, nodes=nameless), opened=["gate"])
    assert "" in [node.name for node in drawn.nodes]
    assert drawn.nodes[drawn.anchor()].name == "s70"


def test_a_bundle_read_to_its_end_keeps_the_service_in_sight(state: AppState, view: GraphView) -> None:
    chosen = view.canvas.chosen
    assert chosen == "s70", "the span that is selected is the origin"
    state.open(*answers())
    assert view.canvas.chosen == chosen
