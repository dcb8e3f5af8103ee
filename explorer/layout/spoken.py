"""What is drawn, in words: for those who hear the window instead of seeing it.

Each thing has a name, which is read first, and the rest in the order of importance.
"""

from __future__ import annotations

from explorer.analysis.results import Analysis, Outcome
from explorer.layout import numbers
from explorer.layout.callgraph import GraphPicture
from explorer.layout.idlist import Group
from explorer.layout.rowviews import RowView
from explorer.layout.strip import Strip
from explorer.model.schema import severity_word
from explorer.model.store import Store

_ROLES = {"origin": "origin of the failure", "surfaced": "where the failure surfaced"}
_OUTCOMES = {Outcome.FAILING: "failing", Outcome.DEGRADED: "degraded"}

Spoken = tuple[str, str]
"""Name and the rest."""


def row_words(row: RowView, *, critical_on: bool = False) -> Spoken:
    """A row of the waterfall."""
    said = [row.duration]
    if row.failed or row.note_is_error:
        said.append(f"error: {row.note}" if row.note else "error")
    elif row.note:
        said.append(row.note)
    if row.step is not None:
        said.append(_ROLES.get(row.step.role, f"on the failure path, {row.step.role}"))
    if critical_on and row.critical:
        said.append("on the critical path")
    if row.attempt:
        said.append(f"try {row.attempt}")
    if row.group:
        said.append(f"stands for {numbers.count(row.group)} alike")
    elif row.folded:
        said.append(f"hides {numbers.plural(row.hidden, 'span')}")
    if row.hidden_errors:
        said.append(f"{numbers.plural(row.hidden_errors, 'error')} below")
    if row.ticks:
        said.append(numbers.plural(len(row.ticks), "log or event", "logs and events"))
    if any(row.links):
        said.append(numbers.plural(sum(row.links), "link"))
    said += [row.remark] if row.remark else []
    said.append(f"level {row.depth + 1}")
    return f"{row.service} {row.operation}", ", ".join(said)


def node_words(picture: GraphPicture, node: int) -> Spoken:
    """A service of the call graph, with the calls that leave it."""
    one = picture.nodes[node]
    said = [one.result] if one.result else []
    if one.role is not None:
        said.append(_ROLES.get(one.role, f"on the failure path, {one.role}"))
    said.append(f"{numbers.plural(one.calls, 'call')}, {numbers.count(one.failed)} failed")
    if one.silent:
        said.append("left no span in the bundle")
    if one.absent:
        said.append("not called by this id")
    for edge in picture.edges:
        if edge.source == node:
            label = f" ({edge.label})" if edge.label else ""
            said.append(f"calls {picture.nodes[edge.target].name}{label}")
    return one.name, ", ".join(said)


def group_words(group: Group) -> Spoken:
    """A heading of the list of ids."""
    return group.title, ", ".join(
        part for part in (group.subtitle, numbers.plural(group.count, "id")) if part
    )


def id_words(store: Store, analysis: Analysis, row: int, *, utc: bool) -> Spoken:
    """A correlation id of the list."""
    ids = analysis.ids
    said = [_OUTCOMES.get(Outcome(int(ids.outcome[row])), "ok"), numbers.duration(int(ids.duration[row]))]
    if ids.errors[row]:
        said.append(numbers.plural(int(ids.errors[row]), "error"))
    entry = int(ids.entry[row])
    if entry >= 0:
        said.append(f"{store.operation(entry)} of {store.service(entry)}")
    if ids.start[row] > 0:
        said.append(numbers.clock(int(ids.start[row]), utc=utc))
    return store.correlation.rows[row].id, ", ".join(said)


def bars_words(strip: Strip, total: int, failing: int) -> str:
    """What a bar counts: ``12 requests, 3 failing``."""
    if not strip.bars.of:
        return ""
    bad = (
        numbers.plural(failing, "error")
        if strip.bars.of == "log record"
        else f"{numbers.count(failing)} failing"
    )
    return f"{numbers.plural(total, strip.bars.of)}, {bad}"


def bucket_words(strip: Strip, bucket: int, *, utc: bool) -> Spoken:
    """A bar of the overview: the requests that began in its time, or its log records, and what set in then."""
    count = len(strip.bars.total)
    begin, end = (strip.axis.time(one / count) for one in (bucket, bucket + 1))
    total, failing = int(strip.bars.total[bucket]), int(strip.bars.failing[bucket])
    said = [bars_words(strip, total, failing)]
    said += [f"from here {one.text}" for one in strip.anomalies if begin <= one.time_ns < end]
    return numbers.clock(begin, utc=utc), ", ".join(said)


def log_words(store: Store, row: int, message: str, *, utc: bool) -> Spoken:
    """A log record; its message is its name."""
    logs = store.logs
    said = (
        severity_word(int(logs.severity[row])), store.services[int(logs.service[row])],
        numbers.clock(int(logs.time[row]), utc=utc),
    )  # fmt: skip
    return message.split("\n", 1)[0], ", ".join(part for part in said if part)
