"""Why a cause is believed: each reason in one line, with the place to look."""

from __future__ import annotations

from collections import Counter

import numpy as np

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.facts import Facts
from explorer.analysis.failure.carriers import hop_entry
from explorer.analysis.failure.faults import LOGS_OF_SAMPLE, deciding
from explorer.analysis.failure.verdicts import Account
from explorer.analysis.patterns import WARN, Key, Patterns
from explorer.analysis.places import log_place, span_place
from explorer.analysis.reading import Reading, log_words
from explorer.analysis.results import Entity, Evidence, Outcome
from explorer.analysis.weighing.changes import change_evidence, finding_evidence
from explorer.analysis.weighing.flags import flag_evidence
from explorer.analysis.weighing.grouping import Group
from explorer.analysis.weighing.mesh import mesh_evidence
from explorer.analysis.weighing.onset import Onset, alike_entries
from explorer.analysis.weighing.shifts import metric_evidence
from explorer.analysis.weighing.silence import silence_evidence

_MOST_LINES = 2
_FEW = 4
_LEAST_SHARE = 0.3


def evidence_of(
    facts: Facts, reading: Reading, patterns: Patterns, group: Group, onset: Onset, entity: Entity
) -> tuple[Evidence, ...]:
    """The evidence of a cause, strongest kinds first."""
    found = [
        *span_evidence(facts, group),
        *log_evidence(facts, reading, patterns, group),
        *metric_evidence(facts, group.service, entity, onset.time_ns),
        *change_evidence(facts, group, onset.time_ns),
        *flag_evidence(facts, reading, group),
        *finding_evidence(facts, group, onset.time_ns),
        *spread_evidence(facts, group),
        *silence_evidence(facts, group),
        *mesh_evidence(facts, reading, group),
    ]
    return tuple(found)


def baseline_evidence(facts: Facts, ids: set[int]) -> list[Evidence]:
    """What the ids of a cause were compared with: those of the same kind that ended well."""
    entries = facts.ids.entry[sorted(ids)]
    well = facts.ids.outcome == Outcome.OK
    alike = int((well & alike_entries(facts, np.unique(entries[entries >= 0]))).sum())
    if alike:
        return [Evidence("spread", f"compared with {_healthy(alike)} of the same kind of request")]
    every = int(well.sum())
    text = f"compared with {_healthy(every)} of other kinds" if every else "no healthy id to compare with"
    return [Evidence("spread", text)]


def _healthy(count: int) -> str:
    return f"{count:,} healthy id{'s' if count > 1 else ''}"


def span_evidence(facts: Facts, group: Group) -> list[Evidence]:
    """What the origin's span says (or the caller's, where the origin left none)."""
    first = group.first
    step = first.path[0]
    row = step.row if step.row >= 0 else first.explained.blame.via
    if row < 0:
        return []
    store = facts.store
    where = (
        f"{step.service} {step.operation}"
        if step.row >= 0
        else f"{store.service(row)} calling {step.service}"
    )
    file, offset = span_place(store, row)
    return [Evidence("span", f"{where}: {step.text}", file, offset, int(store.spans.start[row]), span=row)]


def own_evidence(account: Account) -> Evidence:
    """What the origin of one id says, for its verdict; what speaks for the cause as a whole stands there."""
    step, blame = account.path[0], account.explained.blame
    row = step.row if step.row >= 0 else blame.via
    return Evidence("span", f"{step.service} {step.operation}: {step.text}", span=row)


def log_evidence(facts: Facts, reading: Reading, patterns: Patterns, group: Group) -> list[Evidence]:
    """Lines of the origin that stand in the failing ids and hardly in healthy ones, the most telling first."""
    lines: dict[tuple[int, str], tuple[int, str]] = {}
    for account in group.accounts[:8]:
        for log in _telling_logs(facts, account):
            text = log_words(reading, log)
            key = int(facts.store.logs.service[log]), template(reading.message(log)[:400])
            if text and not patterns.is_noise(key):
                lines.setdefault(key, (log, text))
    ids = group.ids()
    scored = [(len(patterns.failing.get(key, set()) & ids), key) for key in lines]
    decisive = {key for key in _decisive(facts, reading, group) if not patterns.healthy.get(key)}
    scored = [one for one in scored if one[1] in decisive or _tells(patterns, one[1], one[0], len(ids))]
    place = {key: at for at, key in enumerate(lines)}
    scored.sort(key=lambda one: (one[1] not in decisive, -one[0], place[one[1]]))
    # What healthy ids say too, and few of the failing ones, came along by chance (a request tried thrice says more).
    most = max((count for count, _ in scored), default=0)
    telling = [one for one in scored if one[0] * 2 >= most or not patterns.healthy.get(one[1])]
    return [_line(facts, patterns, lines[key], key, count) for count, key in telling[:_MOST_LINES]]


def _decisive(facts: Facts, reading: Reading, group: Group) -> set[Key]:
    """Keys of the lines on whose words the category was decided."""
    logs = [account.explained.logs for account in group.accounts[:8] if account.explained.logs]
    rows = (deciding(reading, some, group.fault.verdict) for some in logs)
    return {(int(facts.store.logs.service[row]), template(reading.message(row)[:400])) for row in rows}


def _tells(patterns: Patterns, key: Key, count: int, ids: int) -> bool:
    """Whether a line comes with a good part of the ids, and much more often than in healthy ones."""
    if ids < _FEW or patterns.sampled:
        return True
    usual = len(patterns.healthy.get(key, ())) / max(1, patterns.healthy_ids)
    return count / ids >= max(_LEAST_SHARE, 3 * usual)


def _telling_logs(facts: Facts, account: Account) -> list[int]:
    """Error logs of the origin; where it did not fail itself, its warnings, then those of who carried bad data on."""
    if not account.carried and account.fault.hypothesis != "refuses-alone":
        return list(account.explained.logs[:LOGS_OF_SAMPLE])
    logs = facts.store.logs
    mine = facts.store.correlation.logs_of(account.explained.scene.id)
    mine = mine[logs.severity[mine] >= WARN]
    entry = hop_entry(facts, account.path[0].row)
    inside = (logs.span[mine] >= entry) & (logs.span[mine] < entry + facts.store.spans.size[entry])
    inside |= (logs.span[mine] < 0) & (logs.service[mine] == facts.store.spans.service[entry])
    own: list[int] = mine[inside][:4].tolist()
    return own + [carrier.log for carrier in account.carried if carrier.log >= 0]


def _line(
    facts: Facts, patterns: Patterns, line: tuple[int, str], key: tuple[int, str], count: int
) -> Evidence:
    log, text = line
    healthy = len(patterns.healthy.get(key, ()))
    said = f"“{text}”"
    if count > 1 or patterns.healthy_ids:
        looked = " looked at" if patterns.sampled else ""
        said += f" in {max(count, 1):,} failing {'id' if count < 2 else 'ids'}{looked}, {healthy:,} healthy"
    file, offset = log_place(facts.store, log)
    return Evidence("log", said, file, offset, int(facts.store.logs.time[log]), log=log)


def spread_evidence(facts: Facts, group: Group) -> list[Evidence]:
    """How alike the paths are: the same span is the first on each of them."""
    accounts = [account for account in group.accounts if account.explained.outcome == Outcome.FAILING]
    if len(accounts) < 2:
        return []
    begins = Counter((account.path[0].service, account.path[0].operation) for account in accounts)
    (service, operation), count = begins.most_common(1)[0]
    step = group.first.path[0]
    row = step.row if step.row >= 0 else group.first.explained.blame.via
    what = "handed on bad data first" if group.first.carried else "is the first to fail"
    every = "every one of" if count == len(accounts) else f"{count:,} of"
    who = f"{service} {operation}".strip() or "an unknown service"
    text = f"{who} {what} on {every} {len(accounts):,} failing paths"
    file, offset = span_place(facts.store, row) if row >= 0 else ("", -1)
    return [Evidence("spread", text, file, offset, span=row)]
