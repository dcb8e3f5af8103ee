"""The state: one signal for each change, none for an equal value; back and forward."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, SignalInstance

from explorer.gui.state.appstate import AppState
from explorer.ingest import ingest
from explorer.model.spankey import SpanKey
from explorer.readers.details import log_detail
from explorer.session.place import Place
from tests.drawn_store import store_of
from tests.gui.bundles import DRAWING, drawn_store

SIGNALS = (
    "opened", "id_changed", "span_changed", "query_changed", "range_changed", "scope_changed",
    "root_changed", "viewport_changed", "options_changed", "theme_changed", "log_changed", "history_changed",
)  # fmt: skip


class Heard(QObject):
    """The names of signals in the order in which they came."""

    def __init__(self, state: AppState) -> None:
        super().__init__()
        self.names: list[str] = []
        for name in SIGNALS:
            signal: SignalInstance = getattr(state, name)
            signal.connect(lambda name=name: self.names.append(name))

    def since(self) -> list[str]:
        """What came since the last call."""
        names, self.names = self.names, []
        return names


@pytest.fixture
def state(qapp: object) -> AppState:
    made = AppState()
    made.open(drawn_store())
    return made


CHANGES: list[tuple[str, Callable[[AppState], None]]] = [
    ("id_changed", lambda state: state.select_id("rq-bad")),
    ("span_changed", lambda state: state.select_span(SpanKey(1, 2))),
    ("query_changed", lambda state: state.set_query("status:error")),
    ("range_changed", lambda state: state.set_range((1, 2))),
    ("scope_changed", lambda state: state.set_scope("bundle")),
    ("root_changed", lambda state: state.set_root(SpanKey(1, 2))),
    ("viewport_changed", lambda state: state.set_viewport((1, 2))),
    ("options_changed", lambda state: state.set_options(critical_on=True)),
    ("theme_changed", lambda state: state.set_theme("light")),
    ("log_changed", lambda state: state.select_log(3)),
]


@pytest.mark.parametrize(("signal", "change"), CHANGES, ids=[name for name, _ in CHANGES])
def test_a_change_is_told_once_and_an_equal_value_not_at_all(
    state: AppState, signal: str, change: Callable[[AppState], None]
) -> None:
    heard = Heard(state)
    change(state)
    assert heard.since().count(signal) == 1
    change(state)
    assert heard.since() == []


def test_the_state_is_the_new_one_when_its_signal_comes(state: AppState) -> None:
    seen: list[Place] = []
    state.id_changed.connect(lambda: seen.append(state.place))
    state.select_id("rq-bad")
    assert seen == [Place(id="rq-bad")]


def test_back_and_forward(state: AppState) -> None:
    assert state.can_go == (False, False)
    for id_ in ("rq-bad", "rq-good", "rq-worse"):
        state.select_id(id_)
    state.back()
    state.back()
    assert (state.place.id, state.can_go) == ("rq-bad", (False, True)), (
        "there is nothing to see before the first"
    )
    state.forward()
    assert state.place.id == "rq-good"
    state.select_id("rq-bad")
    assert state.can_go == (True, False)


def test_back_leads_only_to_what_is_open(state: AppState) -> None:
    for id_ in ("rq-good", "rq-worse", "rq-good", "rq-bad"):
        state.select_id(id_)
    state.open(store_of(DRAWING.replace("rq-worse", "rq-other"), "other.jsonl"))
    assert state.place.id == "rq-bad"
    state.back()
    state.back()
    assert (state.place.id, state.can_go) == ("rq-good", (False, True))


def test_selecting_a_span_is_no_step_of_the_history(state: AppState) -> None:
    state.select_id("rq-bad")
    before = state.can_go
    state.select_span(SpanKey(1, 2))
    assert state.can_go == before


def test_another_id_drops_what_belonged_to_the_one_before(state: AppState) -> None:
    state.select_id("rq-bad")
    state.set_root(SpanKey(1, 2))
    state.set_viewport((1, 2))
    state.select_id("rq-good")
    assert (state.place.root, state.place.span, state.viewport) == (None, None, (0, 0))


def test_the_place_stays_where_the_bundle_read_again_has_it(state: AppState) -> None:
    state.select_id("rq-bad")
    state.open(drawn_store())
    assert state.place.id == "rq-bad"
    state.open(None)
    assert (state.place.id, state.can_go, state.id_row, state.trace_row) == ("", (False, False), -1, -1)


def test_rows_follow_from_the_place(state: AppState) -> None:
    store = drawn_store()
    state.select_id("rq-bad")
    rows = store.traces.rows(state.trace_row)
    assert store.correlation.rows[state.id_row].id == "rq-bad"
    state.select_span(store.key(rows.start))
    assert state.span_row == rows.start


def test_of_an_id_without_spans_its_first_error_is_looked_at(qapp: object, tmp_path: Path) -> None:
    lines = [
        f"2026-11-18 14:07:0{second},000 {level} request_id=rq-000{number} {message}"
        for number in (1, 2)
        for second, level, message in (
            (0, "INFO", "begun"),
            (1, "ERROR", "refused"),
            (2, "ERROR", "given up"),
        )
    ]
    (tmp_path / "app.log").write_text("\n".join(lines), encoding="utf-8")
    store, state = ingest([tmp_path / "app.log"]), AppState()
    state.open(store, first="rq-0001")
    first = state.log
    state.select_id("rq-0002")
    assert first != state.log
    for row in (first, state.log):
        assert log_detail(store, row).message.endswith("refused")
