"""The service call graph: of this id, of the ids listed, or of the bundle."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.analysis.graph import call_graph
from explorer.analysis.results import CallGraph
from explorer.gui.jobs import Latest
from explorer.gui.look.text import label, set_label
from explorer.gui.state.appstate import AppState
from explorer.gui.views.graphcanvas import GraphCanvas
from explorer.gui.views.parts import Choice
from explorer.layout.callgraph import GraphPicture, picture
from explorer.layout.graphsaid import note
from explorer.session.place import Scope

_SCOPES: tuple[tuple[Scope, str], ...] = (
    ("id", "this id"),
    ("ids", "the ids listed"),
    ("bundle", "whole bundle"),
)


class GraphView(QWidget):
    """Title, scope and canvas. Graphs are computed and placed off the GUI thread."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Service call graph")
        self._state = state
        self._work = Latest(self)
        self._graph: CallGraph | None = None
        self._note = label("", "small", self)
        self._note.setProperty("look", "muted")
        self._scope = Choice("What the call graph shows", [words for _, words in _SCOPES], self)
        self.canvas = GraphCanvas(state, self)
        column, head = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head.setContentsMargins(16, 4, 12, 0)
        head.addWidget(label("Service call graph", "small", self))
        head.addSpacing(8)
        head.addWidget(self._note)
        head.addStretch(1)
        head.addWidget(self._scope)
        self._scope.chosen.connect(lambda number: state.set_scope(_SCOPES[number][0]))
        column.addLayout(head)
        column.addWidget(self.canvas, 1)
        for signal in (state.opened, state.id_changed, state.scope_changed):
            signal.connect(self._rebuild)
        state.listed_changed.connect(lambda: self._rebuild() if state.place.scope == "ids" else None)
        self.canvas.focused.connect(self._place)
        self._rebuild()

    def sizeHint(self) -> QSize:
        """Room for three rows of services."""
        return QSize(900, 250)

    def fit(self) -> None:
        """Show the whole graph."""
        self.canvas.fit()

    def _rebuild(self) -> None:
        state, store = self._state, self._state.store
        scopes = [scope for scope, _ in _SCOPES]
        if state.place.scope in scopes:
            self._scope.show_choice(scopes.index(state.place.scope))
        row, scope = state.id_row, state.place.scope
        rows = {"id": [row], "ids": state.listed.tolist(), "bundle": None}[scope]
        self._graph = None  # or placing it again would take the place of the work on the new one
        if store is None or (scope == "id" and row < 0):
            self._work.cancel()
            self.canvas.show_picture(None)
            set_label(self._note, "")
            return
        verdict = state.verdict if scope == "id" else None
        self.canvas.awaiting = True
        self._work.start(lambda _, __: call_graph(store, rows, verdict), self._graphed)

    def _graphed(self, graph: CallGraph) -> None:
        self._graph = graph
        self._place()

    def _place(self) -> None:
        """Lay the graph out, around another service or with boxes moved."""
        graph, focus, pinned = self._graph, self.canvas.focus, dict(self.canvas.pinned)
        opened, room = frozenset(self.canvas.unbundled), self.canvas.room
        if graph is not None:
            self._work.start(
                lambda _, cancelled: picture(
                    graph, focus=focus, pinned=pinned, opened=opened, room=room, cancelled=cancelled
                ),
                self._show,
            )

    def _show(self, drawn: GraphPicture) -> None:
        self.canvas.show_picture(drawn)
        set_label(self._note, note(drawn, self.canvas.focus))
