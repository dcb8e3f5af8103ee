"""Why it failed: the cause in a sentence, how it spread, the evidence to click, what was ruled out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.analysis.results import Candidate, Cause, Evidence, Outcome, Verdict
from explorer.analysis.supposed import offered, supposition_words
from explorer.gui.look.fonts import strong, ui
from explorer.gui.look.style import look
from explorer.gui.look.text import label, line, tooltip
from explorer.gui.state.appstate import AppState
from explorer.gui.views.logerrors import LogErrors
from explorer.gui.views.parts import INSET, ClickRow, Pill, empty, heading, rule, scrolling, wrapped
from explorer.gui.views.steprow import StepRow
from explorer.gui.views.timespent import TimeSpent
from explorer.layout import numbers
from explorer.layout.happenings import checks_words
from explorer.session.incidents import Incident, Incidents, incident_of, load_incidents

MOST_PAST = 3
"""Past incidents told of one cause."""
LONG = 72
"""A cause of more characters is told in the size below, in which it still leaves room for what follows."""
MOST_CAUSES = 9
"""Other causes of the bundle that are offered."""


class RcaView(QWidget):
    """Follows the state's id and answers.

    What its rows do holds the state and not the view, which would else end with the last of its rows, within its end.
    """

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Root cause")
        self._state = state
        self._content = QWidget(self)
        whole = QVBoxLayout(self._content)
        whole.setContentsMargins(0, 10, 0, 16)
        whole.setSpacing(0)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        whole.addLayout(self._column)
        whole.addWidget(LogErrors(state, self._content))
        whole.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._area, self._told_of = scrolling(self._content, self), ""
        column.addWidget(self._area)
        self._incidents = Incidents()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._rebuild)
        self._choices: list[ClickRow] = []
        self._chose = False
        state.opened.connect(self.read_incidents)
        state.id_changed.connect(self._rebuild_soon)
        self._rebuild()

    def sizeHint(self) -> QSize:
        """As wide as drawn."""
        return QSize(390, 560)

    def read_incidents(self) -> None:
        """Read the past incidents again and show what they say."""
        self._incidents = load_incidents()[0]
        self._rebuild_soon()

    def incident(self) -> Incident | None:
        """The cause shown, as a past incident would be kept; None where there is none."""
        store, analysis, verdict = self._state.store, self._state.analysis, self._state.verdict
        cause = self._cause(verdict) if verdict is not None else None
        if store is None or analysis is None or cause is None:
            return None
        return incident_of(store, analysis, cause)

    def _rebuild_soon(self) -> None:
        """Rebuild in a turn of its own, for it takes as long as all else that an id changes.

        Until then nothing does what it says of the id before.
        """
        focused = QApplication.focusWidget()
        self._chose = focused in self._choices
        if focused is not None and self.isAncestorOf(focused):
            self._content.setFocus()  # or it would go on to the query, and the next key into its text
        self._content.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._soon.start()

    def _rebuild(self) -> None:
        self._soon.stop()
        self._content.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        if self._state.place.id != self._told_of:  # of another id the cause is what is read first
            self._told_of = self._state.place.id
            self._area.verticalScrollBar().setValue(0)
        empty(self._column)
        self._choices = []
        state, verdict = self._state, self._state.verdict
        if state.store is None:
            pass
        elif state.analysis is None:
            self._say("Looking for the cause …", "")
        elif verdict is None:
            self._no_cause()
        else:
            self._show(verdict, self._cause(verdict))
        if state.analysis is not None and verdict is None:
            self._other_causes(None)
        self._focus_choice()

    def _focus_choice(self) -> None:
        """The focus stays on the candidate that was chosen, whose row was made anew."""
        chosen = self._state.verdict.supposed if self._state.verdict is not None else 0
        if self._chose and self._choices:
            self._choices[max(chosen, 1) - 1].show()
            self._choices[max(chosen, 1) - 1].setFocus()
        self._chose = False

    def _cause(self, verdict: Verdict) -> Cause | None:
        analysis = self._state.analysis
        return analysis.causes[verdict.cause] if analysis is not None and verdict.cause >= 0 else None

    def _no_cause(self) -> None:
        analysis, row = self._state.analysis, self._state.id_row
        store = self._state.store
        if store is not None and not store.correlation.rows:
            checks = checks_words(store)
            self._say("No request to explain.", "Nothing in this bundle carries a correlation id. If a field of yours "
                      "does, name it in the settings under Correlation id fields."
                      + (f"\n\n{checks} They are listed under Events." if checks else ""))  # fmt: skip
        elif analysis is None or row < 0:
            failing = int((analysis.ids.outcome == Outcome.FAILING).sum()) if analysis else 0
            self._say(
                "Nothing failed in this bundle." if not failing else "Pick an id to see why it failed.",
                "" if failing else "No request ended in an error that was not expected.",
            )
        elif analysis.ids.outcome[row] == Outcome.OK:
            self._say("This request ended well.", "No error in it went unhandled.")
        elif analysis.ids.outcome[row] == Outcome.DEGRADED:
            self._say("This request was answered, with trouble on the way.",
                      "Its errors were handled: tried again, replaced by a default, or left aside.")  # fmt: skip
        else:
            self._say("No cause was found.", "Nothing in the bundle says why this request failed.")
        if self._state.trace_row >= 0:
            self._column.addWidget(TimeSpent(self._state, self))

    def _say(self, title: str, more: str) -> None:
        self._add(wrapped(title, "head", self), 6)
        if more:
            self._add(wrapped(more, "body", self, quiet=True), 6)

    def _add(self, widget: QWidget, above: int = 0, *, inset: bool = True) -> None:
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        side = INSET if inset else 0
        row.setContentsMargins(side, above, side, 0)
        row.addWidget(widget)
        self._column.addWidget(holder)

    # -- sections ----------------------------------------------------------------------------------------

    def _show(self, verdict: Verdict, cause: Cause | None) -> None:
        self._head(verdict, cause)
        self._add(heading("How it spread", self), 14)
        for number, step in enumerate(verdict.path):
            last = number == len(verdict.path) - 1
            above = verdict.path[number - 1].role if number else ""
            row = StepRow(self._state, step, first=number == 0, last=last, dotted_above=above in ("carried", "origin")
                          and step.relation == "data", dotted_below=not last
                          and verdict.path[number + 1].relation == "data", parent=self)  # fmt: skip
            if step.row >= 0:
                row.opened.connect(partial(self._state.show_row, step.row))
            self._column.addWidget(row)
        evidence = cause.evidence if cause is not None and cause.evidence else verdict.evidence
        if evidence:
            self._add(rule(self), 12)
            self._add(heading("Evidence", self), 10)
            for one in evidence:
                self._column.addWidget(self._evidence(one))
        against = cause.ruled_out if cause is not None else verdict.against
        if against:
            self._add(rule(self), 12)
            self._add(heading("Speaks against it" if verdict.supposed else "Ruled out", self), 10)
            for text in against:
                self._add(wrapped(text, "body", self, quiet=True), 4)
        self._candidates(verdict)
        self._other_causes(cause)

    def _head(self, verdict: Verdict, cause: Cause | None) -> None:
        head = QWidget(self)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        title = label("Supposed cause" if verdict.supposed else "Root cause", "body", head)
        title.setFont(strong(ui("body")))
        pill = Pill(self._state, head)
        sub = verdict.subcategory.replace("-", " ")
        words = f"{verdict.category.capitalize()} · {sub}" if sub else verdict.category.capitalize()
        pill.show_words("" if verdict.supposed and verdict.category == "unknown" else words, verdict.category)
        tooltip(pill, f"{words}\n{verdict.decided_by}".strip())
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(pill)
        self._add(head)
        said = cause.title if cause else verdict.title
        self._add(wrapped(said, "title" if len(said) <= LONG else "head", self), 10)
        if verdict.detected:
            words = line(verdict.detected.words(verdict.path[0].service), 400)
            self._add(wrapped(f"{words[:1].upper()}{words[1:]}", "body", self, quiet=True), 8)
        if verdict.supposed:
            self._supposition(verdict)
            return
        confidence = wrapped(self._confidence(cause), "body", self, quiet=True)
        tooltip(confidence, "\n".join(cause.reasons) if cause else "")
        self._add(confidence, 3 if verdict.detected else 8)
        now = self.incident()
        for past in self._incidents.seen(now)[:MOST_PAST] if now is not None else ():
            when = numbers.date(past.time_ns, utc=self._state.utc)
            told = wrapped(f"Seen on {when}, cause then: {line(past.said, 400)}", "body", self)
            told.setProperty("look", "accent")
            tooltip(told, f"{past.bundle}: {past.title}, {numbers.plural(past.ids, 'id')}")
            self._add(told, 8)

    def _supposition(self, verdict: Verdict) -> None:
        """That this is not what was found, and the way back."""
        words = supposition_words(verdict)
        told = wrapped(f"{words[:1].upper()}{words[1:]}.", "body", self)
        told.setProperty("look", "warning")
        self._add(told, 8)
        back = QPushButton("Back to the first", self)
        look(back, "link")
        back.clicked.connect(lambda _=False, state=self._state: state.choose_candidate(1))
        row = QWidget(self)
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(back)
        inner.addStretch(1)
        self._add(row, 2)

    def _confidence(self, cause: Cause | None) -> str:
        analysis = self._state.analysis
        if cause is None or analysis is None:
            return "Confidence low: seen in this id only"
        failing = int((analysis.ids.outcome == Outcome.FAILING).sum())
        count = len(cause.ids)
        shares = f"{numbers.count(count)} of {numbers.count(failing)} failing ids share this cause"
        if count == 1 < failing:
            shares = f"the cause of 1 of {numbers.count(failing)} failing ids"
        elif count == 1 or count > failing:
            shares = f"the cause of {numbers.plural(count, 'id')}"
        return f"Confidence {cause.confidence} · {shares}"

    def _evidence(self, one: Evidence) -> ClickRow:
        row = ClickRow(self._state, f"{one.kind}: {one.text}", self)
        line_ = QHBoxLayout(row)
        line_.setContentsMargins(INSET, 4, INSET, 4)
        line_.setSpacing(8)
        kind = label(one.kind.capitalize(), "body", row)
        kind.setFont(strong(ui("body")))
        kind.setProperty("look", "accent")
        kind.setFixedWidth(54)
        text = wrapped(line(one.text, 1024), "body", row)
        text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        place = f"{one.file}:{one.offset}" if one.offset >= 0 else one.file
        tooltip(row, place)
        line_.addWidget(kind, 0, Qt.AlignmentFlag.AlignTop)
        line_.addWidget(text, 1)
        row.opened.connect(partial(self._state.open_evidence, one))
        return row

    def _candidates(self, verdict: Verdict) -> None:
        """All that could be the origin; choosing one draws it, choosing the first goes back to what was found."""
        known = offered(verdict)
        if len(known) < 2:
            return
        self._add(rule(self), 12)
        self._add(heading("Candidates", self), 10)
        for number, one in enumerate(known, 1):
            row = self._choice(number, one, shown=number == max(verdict.supposed, 1))
            row.opened.connect(partial(self._state.choose_candidate, number))
            self._choices.append(row)
            self._column.addWidget(row)

    def _choice(self, number: int, one: Candidate, *, shown: bool) -> ClickRow:
        words = f"{one.service}  {one.operation}"
        row = ClickRow(self._state, f"Candidate {number}: {words}{', drawn now' if shown else ''}", self)
        tooltip(row, "Drawn now" if shown else "Draw this one as if it were the origin")
        inner = QHBoxLayout(row)
        inner.setContentsMargins(INSET, 3, INSET, 3)
        inner.setSpacing(8)
        count = label(str(number), "body", row)
        count.setFixedWidth(14)
        name = wrapped(line(words), "body", row, quiet=not shown)
        name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if shown:
            name.setFont(strong(ui("body")))
            count.setFont(strong(ui("body")))
        count.setProperty("look", "accent" if shown else "muted")
        inner.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
        inner.addWidget(name, 1)
        words = "as found" if number == 1 else one.category if one.category != "unknown" else ""
        inner.addWidget(label(words, "small", row), 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _other_causes(self, cause: Cause | None) -> None:
        """The causes of other ids of the bundle; choosing one shows the first of its ids."""
        analysis = self._state.analysis
        others = (
            [one for one in analysis.causes if one is not cause and one.ids] if analysis is not None else []
        )
        if not others:
            return
        self._add(rule(self), 12)
        self._add(heading("Other causes in this bundle" if cause else "Causes in this bundle", self), 10)
        for one in others[:MOST_CAUSES]:
            self._column.addWidget(self._other_cause(one))

    def _other_cause(self, cause: Cause) -> ClickRow:
        row = ClickRow(self._state, f"Cause {cause.rank}: {cause.title}", self)
        tooltip(row, "Show its ids, and how the first of them failed")
        inner = QHBoxLayout(row)
        inner.setContentsMargins(INSET, 3, INSET, 3)
        inner.setSpacing(8)
        count = label(str(cause.rank), "body", row)
        count.setFixedWidth(14)
        count.setProperty("look", "muted")
        name = wrapped(line(cause.title, 400), "body", row, quiet=True)
        name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner.addWidget(count, 0, Qt.AlignmentFlag.AlignTop)
        inner.addWidget(name, 1)
        ids = numbers.plural(len(cause.ids), "id")
        inner.addWidget(label(ids, "small", row), 0, Qt.AlignmentFlag.AlignTop)
        row.opened.connect(partial(self._state.show_cause, cause))
        return row
