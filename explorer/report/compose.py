"""Composes the report of one correlation id out of the answers; redacts every text on its way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from explorer.analysis.clocks import clock_offsets
from explorer.analysis.patterns import WARN
from explorer.analysis.results import Analysis, Cause, Evidence, Outcome, Verdict
from explorer.analysis.supposed import supposition_words
from explorer.layout import numbers
from explorer.layout.strip import shown_marks
from explorer.model.issue import lost
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.report.document import Document, Line, LogLine, PathLine
from explorer.report.factors import factors
from explorer.report.redact import Redactor
from explorer.report.reproduce import replay, reproduce_lines
from explorer.report.sources import Place, common_folder, lines_at, source_words

LOG_LINES = 12
EVIDENCE_LINES = 8
_READ = 16_384
"""Characters of a message that are looked at."""


class Noted(Protocol):
    """A pin or a note of the user."""

    @property
    def pinned(self) -> bool:
        """Whether it is a pin, perhaps with a text."""

    @property
    def text(self) -> str:
        """What the user wrote, "" for nothing."""

    @property
    def title(self) -> str:
        """What it is on, in words."""


def compose(
    store: Store, analysis: Analysis, id_row: int, redactor: Redactor, notes: Sequence[Noted] = ()
) -> Document:
    """The report about one id, failing or not, with the notes on it."""
    verdict = analysis.verdicts.get(id_row)
    cause = analysis.causes[verdict.cause] if verdict and verdict.cause >= 0 else None
    clean = redactor.text
    row = store.correlation.rows[id_row]
    outcome = Outcome(int(analysis.ids.outcome[id_row]))
    logs = _log_lines(store, id_row, verdict, redactor)
    path = tuple(
        PathLine(clean(s.service), clean(s.operation), s.role, s.relation or "", clean(s.text),
                 numbers.clock(s.time_ns, utc=True) if s.time_ns else "")
        for s in (verdict.path if verdict else ())
    )  # fmt: skip
    evidence = cause.evidence if cause else verdict.evidence if verdict else ()
    told = evidence[:EVIDENCE_LINES]
    folder, lines = common_folder(store), lines_at(store, [(one.file, one.offset) for one in told])
    sentence = (cause.title if cause else verdict.title) if verdict else _healthy(outcome)
    document = Document(
        title=f"{_what(verdict)} {clean(row.id)}",
        subtitle=clean(_subtitle(store, analysis, id_row)),
        outcome=outcome.word,
        category=_category(verdict),
        subcategory=verdict.subcategory if verdict else "",
        supposed=supposition_words(verdict).capitalize() if verdict else "",
        confidence=cause.confidence if cause else "low" if verdict and not verdict.supposed else "",
        shared=_shared(analysis, cause),
        sentence=clean(sentence),
        detected=clean(_detected(verdict)),
        path=path,
        evidence=tuple(_evidence_line(e, clean, folder, lines) for e in told),
        ruled_out=tuple(_ruled_out(clean(text)) for text in _against(cause, verdict)),
        reproduce=_reproduce(store, id_row, verdict, redactor),
        timeline=_timeline(store, analysis, cause, verdict, clean),
        logs=logs,
        notes=tuple(_note_line(note, clean) for note in notes),
        impact=_impact(analysis, cause),
        factors=tuple(clean(text) for text in factors(store, analysis, id_row, cause, verdict)),
        redaction="", provenance=clean(_provenance(store)), clocks=clean(_clocks(store, id_row)), verdict=verdict,
    )  # fmt: skip
    return replace(document, redaction=redactor.sentence())


def _what(verdict: Verdict | None) -> str:
    if verdict is None:
        return "Request"
    return "Supposed cause of" if verdict.supposed else "Root cause of"


def _category(verdict: Verdict | None) -> str:
    """Of a supposition only one that is known: that nobody judged it is no finding."""
    if verdict is None or (verdict.supposed and verdict.category == "unknown"):
        return ""
    return verdict.category


def _against(cause: Cause | None, verdict: Verdict | None) -> tuple[str, ...]:
    """What was ruled out; of a supposition, what speaks against it."""
    return cause.ruled_out if cause else verdict.against if verdict else ()


def _detected(verdict: Verdict | None) -> str:
    """A sentence, "" where it began."""
    if verdict is None or verdict.detected is None:
        return ""
    words = verdict.detected.words(verdict.path[0].service)
    return f"{words[:1].upper()}{words[1:]}."


def _healthy(outcome: Outcome) -> str:
    return (
        "The request ended well."
        if outcome is Outcome.OK
        else "No cause was found: nothing in the bundle speaks."
    )


def _subtitle(store: Store, analysis: Analysis, id_row: int) -> str:
    ids = analysis.ids
    entry = int(ids.entry[id_row])
    parts = [store.name]
    if entry >= 0:
        parts.append(f"{store.service(entry)} {store.operation(entry)}".strip())
    if ids.start[id_row] > 0:
        parts.append(f"{numbers.date_time(int(ids.start[id_row]), utc=True)}")
        parts.append(numbers.duration(int(ids.duration[id_row])))
    parts.append(
        f"{numbers.plural(int(ids.spans[id_row]), 'span')}, {numbers.plural(int(ids.services[id_row]), 'service')}, "
        f"{numbers.plural(int(ids.logs[id_row]), 'log line')}"
    )
    return " · ".join(parts)


def _shared(analysis: Analysis, cause: Cause | None) -> str:
    if cause is None:
        return ""
    failing = int((analysis.ids.outcome == Outcome.FAILING).sum())
    own = sum(1 for i in cause.ids if analysis.ids.outcome[i] == Outcome.FAILING)
    if len(cause.ids) > failing:
        return f"the cause of {numbers.plural(len(cause.ids), 'id')}"
    if failing == 1:
        return "of the one failing id"
    return f"shared by {numbers.count(own)} of {numbers.count(failing)} failing ids"


def _evidence_line(
    evidence: Evidence, clean: Callable[[str], str], folder: str, lines: dict[Place, int]
) -> Line:
    source = source_words((evidence.file, evidence.offset), lines, folder, is_line=evidence.log >= 0)
    return Line(evidence.kind.capitalize(), clean(evidence.text), clean(source))


def _note_line(note: Noted, clean: Callable[[str], str]) -> Line:
    text, title = clean(note.text.strip()), clean(note.title)
    return Line("Pin" if note.pinned else "Note", text or title, title if text else "")


def _ruled_out(text: str) -> Line:
    label, colon, rest = text.partition(": ")
    return Line(label, rest) if colon and len(label) < 24 else Line("", text)


def _reproduce(store: Store, id_row: int, verdict: Verdict | None, redactor: Redactor) -> tuple[Line, ...]:
    rows = [step.row for step in verdict.path if step.row >= 0] if verdict else []
    entry = [int(first) for first in store.traces.first[list(store.correlation.rows[id_row].traces)][:1]]
    details = _details(store, [*rows, *entry])
    lines = [
        Line(label, redactor.field(label, redactor.text(value))) for label, value in reproduce_lines(details)
    ]
    one = store.correlation.rows[id_row]
    command = replay(details[-1], one.id if one.kind != "trace-id" else "") if details else ""
    if command:
        lines.append(Line("replay", redactor.text(command)))
    return tuple(lines)


def _details(store: Store, rows: Sequence[int]) -> list[Detail]:
    details = []
    for row in dict.fromkeys(rows):
        try:
            details.append(span_detail(store, row))
        except ChangedError:
            continue
    return details


def _log_lines(store: Store, id_row: int, verdict: Verdict | None, redactor: Redactor) -> tuple[LogLine, ...]:
    """Log lines on the path: those of its spans, else the id's own, the severe ones first when there are many.

    Warnings of what a span of the path did within its own service count as its own.
    """
    rows = store.correlation.logs_of(id_row)
    if verdict:
        on_path = {row for step in verdict.path for row in step.rows}
        spans, loud = store.logs.span[rows].tolist(), (store.logs.severity[rows] >= WARN).tolist()
        inner = [
            _working_for(store, span) if warned else {span} for span, warned in zip(spans, loud, strict=True)
        ]
        own = rows[np.array([bool(on_path & owners) for owners in inner], bool)]
        rows = own if len(own) else rows
    if len(rows) > LOG_LINES:
        worst = np.argsort(-store.logs.severity[rows].astype(np.int64), kind="stable")[:LOG_LINES]
        rows = rows[np.sort(worst)]
    return tuple(log_line(store, int(row), redactor) for row in rows)


def _working_for(store: Store, span: int) -> set[int]:
    """A span and those around it in the same process; empty for none."""
    spans, around = store.spans, set[int]()
    process = spans.resource[span] if span >= 0 else -1
    while span >= 0 and spans.resource[span] == process:
        around.add(span)
        span = int(spans.parent[span])
    return around


def log_line(store: Store, row: int, redactor: Redactor) -> LogLine:
    """One log record as a line of a report: the first line of its message, redacted."""
    try:
        message = log_detail(store, row).message
    except ChangedError as error:
        message = str(error)
    return LogLine(
        numbers.clock(int(store.logs.time[row]), utc=True),
        severity_word(int(store.logs.severity[row])),
        redactor.text(store.services[store.logs.service[row]]),
        redactor.text(message.strip().split("\n", 1)[0][:_READ])[:300],  # what is cut is no longer recognised
    )


def _timeline(
    store: Store,
    analysis: Analysis,
    cause: Cause | None,
    verdict: Verdict | None,
    clean: Callable[[str], str],
) -> tuple[LogLine, ...]:
    """Changes and alerts around the failures, the first and last of these, in order of time."""
    entries: list[tuple[int, str, str, str]] = [
        (mark.time_ns, str(mark.kind), mark.service, mark.text)
        for mark in shown_marks(store, analysis, *store.bounds())
    ][:20]
    if cause:
        failing = [i for i in cause.ids if analysis.ids.start[i] > 0]
        if failing:
            starts = analysis.ids.start[failing]
            first, last = failing[int(starts.argmin())], failing[int(starts.argmax())]
            words = ("first request with this cause: ", "last request with this cause: ")
            which = words if last != first else ("the only request with this cause: ",)
            for row, said in zip(dict.fromkeys((first, last)), which, strict=True):
                entries.append(
                    (int(analysis.ids.start[row]), "failure", "", said + store.correlation.rows[row].id)
                )
    elif verdict and verdict.path:
        step = verdict.path[0]
        entries.append((step.time_ns, "failure", step.service, step.text))
    return tuple(
        LogLine(
            numbers.date_time(time, utc=True), kind, clean(service), clean(text.removeprefix(f"{service} "))
        )
        for time, kind, service, text in sorted(entries)
        if time > 0
    )


def _impact(analysis: Analysis, cause: Cause | None) -> tuple[str, ...]:
    """How many requests failed, how many were saved, and how many of each have this cause."""
    outcomes, total = analysis.ids.outcome, numbers.plural(len(analysis.ids.outcome), "request")
    own = outcomes[list(cause.ids)] if cause else outcomes[:0]
    lines = []
    for outcome, did in (
        (Outcome.FAILING, "failed"),
        (Outcome.DEGRADED, "succeeded although something in it failed"),
    ):
        count, mine = int((outcomes == outcome).sum()), int((own == outcome).sum())
        if count or outcome == Outcome.FAILING:
            how = did.replace("in it", "in them") if count > 1 else did
            lines.append(f"{numbers.count(count)} of {total} in the bundle {how}.")
        if mine:
            whole = "All of them have" if mine == count > 1 else "It has" if count == 1 else ""
            part = f"{numbers.count(mine)} of them {'has' if mine == 1 else 'have'}"
            lines.append(f"{whole or part} this cause.")
    well = int((own == Outcome.OK).sum())
    if well:
        lines.append(
            f"{numbers.plural(well, 'request')} with this cause ended well, but otherwise than usual."
        )
    return tuple(lines)


def _clocks(store: Store, id_row: int) -> str:
    """That times are as recorded, and whose clock was seen to be off."""
    rows = [store.traces.rows(trace) for trace in store.correlation.rows[id_row].traces]
    used = {resource for part in rows for resource in store.spans.resource[part].tolist()}
    off = [one for one in clock_offsets(store) if one.resource in used]
    words = dict.fromkeys(
        f"{one.service} runs {numbers.duration(abs(one.ahead_ns))} {'ahead' if one.ahead_ns > 0 else 'behind'}"
        for one in off
    )
    return f"Clocks as recorded; {', '.join(list(words)[:3])}." if words else "Clocks as recorded."


def _provenance(store: Store) -> str:
    skipped = lost(store.issues)
    read = sum(1 for count in store.counts if count.format != "unknown")
    every = len(store.counts)
    parts = [f"{read} of {numbers.plural(every, 'file')} read"]
    if skipped:
        parts.append(f"{numbers.plural(skipped, 'record')} not understood")
    elif read == every:
        parts.append("all of it understood")
    return f"{store.name} · {', '.join(parts)}"
