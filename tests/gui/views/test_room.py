"""What gives way where there is little room, and what never does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from explorer.analysis.results import CallGraph, GraphEdge, GraphNode
from explorer.gui.look.elided import Elided
from explorer.gui.look.text import BREAK, breakable, breaking
from explorer.gui.painting.strip import plot_range
from explorer.gui.state.appstate import AppState
from explorer.gui.views.graph import GraphView
from explorer.gui.views.graphcanvas import LEAST_FIT
from explorer.gui.views.header import IdHeader
from explorer.gui.views.loglines import LINE
from explorer.gui.views.pairs import ROW, PairsModel, pairs_table
from explorer.gui.views.span import SpanView
from explorer.gui.window import MainWindow
from explorer.layout.callgraph import fitted, picture
from tests.gallery.drawings import only_logs, only_metrics, read
from tests.gui.bundles import drawn_answers, drawn_store, show


def test_long_words_can_be_broken_and_short_ones_are_left() -> None:
    assert breakable("an ordinary sentence, with words") == "an ordinary sentence, with words"
    broken = breakable("a" * 60)
    assert broken.replace(BREAK, "") == "a" * 60
    assert max(map(len, broken.split(BREAK))) <= 16
    assert (
        breakable("x" * 30 + "\u200b").replace(BREAK, "").endswith("⟨U+200B⟩")
    )  # what a bundle hides is still seen
    accents = breakable("e\u0301" * 30)
    assert not any(part.startswith("\u0301") for part in accents.split(BREAK))


def test_a_breaking_label_copies_what_it_was_given(qtbot: QtBot) -> None:
    word = "java.lang.IllegalStateException" * 4
    label = breaking(word)
    qtbot.addWidget(label)
    label.resize(120, 200)
    label.show()
    assert label.minimumSizeHint().width() < 300
    label.setSelection(0, len(label.text()))
    QTest.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == word


@pytest.mark.parametrize(
    ("room", "size", "middle", "needed", "at"),
    [
        (100, 60, 0, None, 20),  # there is room: in the middle
        (100, 200, 100, None, -50),
        (100, 200, 10, None, 0),  # nothing empty at the edges
        (100, 200, 190, None, -100),
        (100, 300, 150, (0, 40), 0),  # what must be seen is seen, whatever is in the middle
        (100, 300, 150, (240, 290), -190),
    ],
)
def test_a_drawing_larger_than_its_room(
    room: float, size: float, middle: float, needed: tuple[float, float] | None, at: float
) -> None:
    assert fitted(room, size, middle, needed) == at


def test_the_graph_stays_readable_and_shows_the_origin(opened: MainWindow, qtbot: QtBot) -> None:
    canvas = opened.board.graph.canvas
    qtbot.waitUntil(lambda: canvas.drawn is not None)
    drawn = canvas.drawn
    assert drawn is not None
    canvas.resize(240, 80)
    canvas.fit()
    assert canvas.transform.m11() >= LEAST_FIT
    x, y, _, _ = drawn.box(drawn.anchor())
    assert canvas.rect().contains(canvas.transform.map(QPointF(x, y)).toPoint())


def test_a_graph_is_drawn_closer_together_where_that_shows_more_of_it(
    qtbot: QtBot,
) -> None:
    state = AppState()
    state.open(drawn_store(), drawn_answers())
    state.select_id("rq-bad")
    view = GraphView(state)
    qtbot.addWidget(view)
    view.resize(1600, 600)
    view.show()
    canvas = view.canvas
    qtbot.waitUntil(lambda: canvas.drawn is not None and not canvas.drawn.tight)
    wide = canvas.drawn
    assert wide is not None
    view.resize(int(wide.placement.total.width * LEAST_FIT) - 20, 600)
    qtbot.waitUntil(lambda: canvas.drawn is not None and canvas.drawn.tight)
    assert canvas.drawn is not None
    assert canvas.drawn.placement.total.width < wide.placement.total.width
    assert canvas.transform.map(QPointF(0, 0)).x() >= 0
    assert canvas.transform.map(QPointF(canvas.drawn.placement.total.width, 0)).x() <= canvas.width()
    view.resize(1600, 600)
    qtbot.waitUntil(lambda: canvas.drawn is not None and not canvas.drawn.tight)


def test_pin_and_note_stand_together_without_a_span(
    qtbot: QtBot,
) -> None:
    state = AppState()
    state.open(drawn_store(), drawn_answers())
    state.select_id("rq-bad")
    view = SpanView(state)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    state.select_span(None)
    pin, note = view.note.pin_button, view.note.note_button
    assert view.filter_field.isHidden()
    assert pin.isVisible()
    assert note.x() - (pin.x() + pin.width()) < 8
    assert view.note.buttons.width() < 200


def test_without_spans_the_logs_have_the_room(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    show(window)
    board = window.board
    qtbot.waitUntil(lambda: board.waterfall.height() > board.bottom.height())
    kept = board.saved()
    window.show_opened(read(tmp_path / "logs", only_logs()))
    assert not board.waterfall.isVisible()
    assert not board.graph.isVisible()
    qtbot.waitUntil(lambda: board.bottom.height() > board.height() // 2)
    assert board.bottom.tabs.currentWidget() is board.bottom.logs
    assert board.saved() == kept  # the next bundle is shown as this one was not
    show(window)
    qtbot.waitUntil(lambda: board.waterfall.height() > board.bottom.height())
    assert board.graph.isVisible()


def test_an_arrangement_of_before_does_not_bring_back_the_graph(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    show(window)
    qtbot.waitUntil(window.board.graph.isVisible)
    kept = window.board.saved()
    window.show_opened(read(tmp_path / "logs", only_logs()))
    qtbot.waitUntil(lambda: window.focusWidget() is window.board.ids.list)
    assert window.board.restore(kept)
    assert not window.board.graph.isVisible()


def test_an_arrangement_for_a_large_screen_fits_a_small_one(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1720, 1060)
    show(window)
    board = window.board
    qtbot.waitUntil(lambda: board.waterfall.height() > 300)
    board._inner.resizeDocks(board._of("graph", "bottom"), [300, 330], Qt.Orientation.Vertical)
    kept = board.saved()
    window.resize(1280, 720)
    assert board.restore(kept)
    qtbot.waitUntil(lambda: board.waterfall.height() > board.bottom.height())
    window.resize(1720, 1060)
    assert board.restore(kept)
    QTest.qWait(50)
    assert board.bottom.height() == 330


def test_an_arrangement_for_a_small_screen_does_not_keep_a_large_one_low(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(window)
    board = window.board
    qtbot.waitUntil(lambda: 0 < board.bottom.height() < 150)
    assert board.bottom.logs.lines.viewport().height() > 2 * LINE
    kept = board.saved()
    window.resize(1720, 1060)
    assert board.restore(kept)
    qtbot.waitUntil(lambda: board.bottom.height() > 150)


def test_panels_have_their_shares_of_a_window_that_was_made_larger(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 720)
    show(window)
    board = window.board
    qtbot.waitUntil(lambda: 0 < board.bottom.height() < 150)
    window.resize(1720, 1060)
    qtbot.waitUntil(lambda: board.bottom.height() > 150 and board.graph.height() > 250)
    board._inner.resizeDocks(board._of("bottom"), [300], Qt.Orientation.Vertical)
    window.resize(1700, 1000)  # about as large: what was arranged stays
    qtbot.waitUntil(lambda: not board._settled.isActive())
    assert board.bottom.height() == 300


def test_a_bundle_without_ids_has_no_list_of_them(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.show_opened(read(tmp_path / "metrics", only_metrics()))
    board = window.board
    assert not board.ids.isVisible()
    assert not board.span.isVisible()  # for there is neither span nor log record to show there
    qtbot.waitUntil(lambda: board.bottom.isAncestorOf(window.focusWidget()))
    window.show_opened(read(tmp_path / "logs", only_logs()))
    assert board.ids.isVisible()
    assert not board.graph.isVisible()
    show(window)
    assert board.graph.isVisible()


def test_a_time_range_is_selected_with_the_keys(opened: MainWindow, qtbot: QtBot) -> None:
    view, state = opened.board.overview, opened.state
    assert view.strip is not None
    begin, end = view.strip.axis.begin, view.strip.axis.end

    def pressed(key: Qt.Key, *, shift: bool = True) -> tuple[int, int] | None:
        qtbot.keyClick(
            view, key, Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        )
        return state.place.range

    assert pressed(Qt.Key.Key_Home, shift=False) is None
    assert state.cursor == begin
    pressed(Qt.Key.Key_PageDown)
    assert pressed(Qt.Key.Key_Right) == (begin, state.cursor)
    reached = state.cursor
    assert pressed(Qt.Key.Key_Left) == (begin, state.cursor)
    assert state.cursor < reached
    assert pressed(Qt.Key.Key_End) == (begin, end)
    assert pressed(Qt.Key.Key_Escape, shift=False) is None


def test_keys_go_over_what_the_overview_leaves_out(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    lines = {
        f"{year}.log": "".join(
            f"{year}-11-18T14:{at:02d}:00.204Z INFO beat request_id=rq-{year}-{at:04d}\n" for at in range(40)
        ).encode() for year in (2019, 2026)
    }  # fmt: skip
    window.show_opened(read(tmp_path / "logs", lines))
    view, state = window.board.overview, window.state
    assert view.strip is not None
    early, late = view.strip.axis.stretches
    qtbot.keyClick(view, Qt.Key.Key_Home)
    places = [state.cursor]
    while places[-1] < late.end:
        qtbot.keyClick(view, Qt.Key.Key_Right)
        places.append(state.cursor)
    assert places == sorted(set(places))
    assert places[-1] == late.end
    assert all(one.begin <= at <= one.end for at in places for one in (early if at <= early.end else late,))
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert state.place.range == (early.begin, late.end)


def test_logs_without_ids_are_listed_and_counted_over_time(window: MainWindow, tmp_path: Path) -> None:
    lines = [f"2026-11-18T14:07:{at:02d}.204Z {'ERROR' if at > 50 else 'INFO'} beat {at}" for at in range(60)]
    window.show_opened(read(tmp_path / "logs", {"beat.log": "\n".join(lines).encode() + b"\n"}))
    board = window.board
    assert len(board.bottom.logs.lines.rows) == 60
    strip = board.overview.strip
    assert strip is not None
    assert (strip.bars.title(), int(strip.bars.total.sum()), int(strip.bars.failing.sum())) == (
        "Log records",
        60,
        9,
    )


def test_the_overview_leaves_out_years_without_anything(window: MainWindow, tmp_path: Path) -> None:
    def lines(year: int, count: int) -> bytes:
        made = [
            f"{year}-11-18T14:{at // 60:02d}:{at % 60:02d}.204Z INFO beat request_id=rq-{year}-{at:04d}"
            for at in range(count)
        ]
        return "\n".join(made).encode() + b"\n"

    window.show_opened(read(tmp_path / "logs", {"old.log": lines(2019, 40), "new.log": lines(2026, 90)}))
    view = window.board.overview
    assert view.strip is not None
    assert int(view.strip.bars.total.sum()) == 130
    ((left, right, _),) = view.strip.axis.breaks()
    begin, end = plot_range(QRectF(view.rect()))
    x = begin + (left + right) / 2 * (end - begin)
    assert view._tip(x, 40.0) == "Left out: 2,556 d 23 h in which nothing happened"


def test_metrics_are_raised_where_there_is_nothing_else(window: MainWindow, tmp_path: Path) -> None:
    window.show_opened(read(tmp_path / "metrics", only_metrics()))
    assert window.board.bottom.tabs.currentWidget() is window.board.bottom.metrics


def test_metric_lanes_give_way_to_the_waterfall(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1400, 1000)
    show(window)
    qtbot.wait(50)
    assert window.board.overview._lanes == 2
    window.resize(1280, 720)
    assert window.board.overview._lanes == 1
    window.resize(1024, 600)
    assert window.board.overview._lanes == 0


@pytest.mark.parametrize("width", [1024, 853])
def test_nothing_in_the_small_window_is_cut(window: MainWindow, qtbot: QtBot, width: int) -> None:
    window.setMinimumSize(100, 100)  # as on a small screen, or one on which everything is larger
    window.resize(width, 600)
    show(window)
    qtbot.wait(50)
    cut = [
        button.accessibleName() or button.text()
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.width() < button.fontMetrics().horizontalAdvance(button.text())
    ]
    assert cut == []


def test_where_there_is_no_room_the_id_stands_before_its_trace(qtbot: QtBot) -> None:
    state = AppState()
    header = IdHeader(state)
    qtbot.addWidget(header)
    header.resize(700, 36)
    header.show()
    state.open(drawn_store(), drawn_answers())
    state.select_id("rq-worse")
    assert not header._trace.isHidden()
    assert header._trace.text().startswith("trace ")
    header.setMinimumSize(100, 36)  # as in the window
    header.resize(180, 36)
    assert header.id_text() == "rq-worse"
    assert header._trace.isHidden()


def test_rows_of_attributes_are_as_high_as_their_lines(qtbot: QtBot) -> None:
    state = AppState()
    state.open(drawn_store())
    model = PairsModel(state, parent := QLabel())
    qtbot.addWidget(parent)
    table = pairs_table(model, parent)
    table.resize(260, 300)
    model.show_pairs([("short", "1"), ("long", "word" * 60)])
    parent.resize(260, 300)
    parent.show()
    qtbot.waitUntil(lambda: table.rowHeight(1) > 3 * ROW)
    assert table.rowHeight(0) == ROW


def test_an_id_without_spans_says_so(window: MainWindow, qtbot: QtBot) -> None:
    show(window)
    window.state.select_id("")
    assert window.board.waterfall.scene is None
    assert not window.board.waterfall.ruler.ticks


def test_a_graph_without_a_failure_begins_with_a_box_in_sight(opened: MainWindow, qtbot: QtBot) -> None:
    canvas = opened.board.graph.canvas
    nodes = tuple(GraphNode(f"service-{i}", i, 1, 0, 1, 1, 1, "ok") for i in range(12))
    edges = tuple(GraphEdge(0, i, 1, 0, 1, 1, 1) for i in range(1, 12))
    drawn = picture(CallGraph(nodes, edges))
    canvas.resize(200, 80)
    canvas.show_picture(drawn)
    canvas.fit()
    x, y, width, height = drawn.box(0)
    assert drawn.anchor() == 0
    assert canvas.rect().contains(canvas.transform.mapRect(QRectF(x, y, width, height)).toRect())


def test_a_cut_graph_follows_the_service_of_the_selected_span(opened: MainWindow, qtbot: QtBot) -> None:
    state, canvas = opened.state, opened.board.graph.canvas
    assert state.store is not None
    rows = state.store.traces.rows(state.trace_row)
    first, last = rows.start, rows.stop - 1
    names = [state.store.service(first), *(f"service-{i}" for i in range(12)), state.store.service(last)]
    nodes = tuple(GraphNode(name, i, 1, 0, 1, 1, 1, "ok") for i, name in enumerate(names))
    edges = tuple(GraphEdge(0, i, 1, 0, 1, 1, 1) for i in range(1, len(names)))
    drawn = picture(CallGraph(nodes, edges))
    canvas.resize(400, 80)
    canvas.show_picture(drawn)
    for row, node in ((first, 0), (last, len(names) - 1), (first, 0)):
        state.select_span(state.store.key(row))
        box = QRectF(*drawn.box(node))
        assert QRectF(canvas.rect()).contains(canvas.transform.mapRect(box)), names[node]


def test_what_is_cut_to_its_width_has_the_look_it_is_given(opened: MainWindow) -> None:
    (counts,) = (one for one in opened.board.header.findChildren(Elided) if one.property("look") == "muted")
    assert counts.palette().windowText().color() == QColor(opened.state.theme.muted)
