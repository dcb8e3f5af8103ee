"""What was changed before a cause set in, and what quality checks say about it."""

from __future__ import annotations

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.failure.surroundings import concerns
from explorer.analysis.places import document_place
from explorer.analysis.quality import is_about_data
from explorer.analysis.results import Evidence
from explorer.analysis.weighing.grouping import Group

BEFORE_NS = 3600 * 10**9
_SLACK_NS = 5 * 10**9
_MOST = 3


def change_evidence(facts: Facts, group: Group, onset_ns: int) -> list[Evidence]:
    """Deploys and restarts of the service in the hour before, latest first; else a new version in its spans."""
    if group.fault.hypothesis == "client":
        return []
    found = marks_of_service(facts, group.service, onset_ns)
    version = group.fault.version
    if version is not None:
        text = f"{version.attribute} {version.new} in all failing spans, {version.old} in healthy ones"
        found.insert(0, Evidence("change", text, span=group.first.path[0].row))
    if found or facts.peers.known(group.service) >= 0:
        return found or version_change(facts, group.service, onset_ns)
    # Who tells nothing of itself, a database say, is known by what changed in who calls it.
    blame = group.first.explained.blame
    caller = facts.store.service(blame.row if blame.row >= 0 else blame.via) if blame.via >= 0 else ""
    return version_change(facts, caller, onset_ns, f", which calls {group.service}") if caller else []


def marks_of_service(facts: Facts, service: str, onset_ns: int) -> list[Evidence]:
    """Deploys, restarts and events of a service in the hour before a moment, latest first."""
    marks = [
        (at, mark)
        for at, mark in enumerate(facts.store.marks)
        if mark.kind in ("deploy", "restart", "annotation", "event")
        and onset_ns - BEFORE_NS <= mark.time_ns <= onset_ns + _SLACK_NS
        and concerns(facts, service, mark.service, mark.text)
    ]
    return [
        Evidence(
            "change", mark.text or mark.kind, *document_place(facts.store, mark.doc), mark.time_ns, mark=at
        )
        for at, mark in reversed(marks[-_MOST:])
    ]


def version_change(facts: Facts, service: str, onset_ns: int, said: str = "") -> list[Evidence]:
    """A version first seen in the spans of a service within the hour before, after another one."""
    code = facts.peers.known(service)
    store = facts.store
    rows = np.flatnonzero(store.spans.service == code) if code >= 0 else np.empty(0, np.int64)
    first: dict[str, int] = {}
    for resource in np.unique(store.spans.resource[rows]).tolist():
        version = store.resources[resource].version
        if version:
            seen = int(store.spans.start[rows[store.spans.resource[rows] == resource]].min())
            first[version] = min(seen, first.get(version, seen))
    order = sorted(first, key=lambda version: first[version])
    if len(order) < 2 or not onset_ns - BEFORE_NS <= first[order[-1]] <= onset_ns + _SLACK_NS:
        return []
    text = f"{service} {order[-2]} → {order[-1]}{said}"
    return [Evidence("change", text, time_ns=first[order[-1]])]


def failed_checks(facts: Facts, service: str) -> list[Evidence]:
    """Failed quality checks of a service, or of none."""
    return [
        Evidence(
            "drift", finding.text, *document_place(facts.store, finding.doc), finding.time_ns, finding=at
        )
        for at, finding in enumerate(facts.store.findings)
        if finding.status == "fail" and finding.service in ("", service)
    ][:_MOST]


def finding_evidence(facts: Facts, group: Group, onset_ns: int) -> list[Evidence]:
    """Failed quality checks of the service, or of no service where the cause is one of data or model."""
    of_data = group.fault.verdict.category in ("data", "model") and group.fault.version is None
    found: list[Evidence] = []
    for at, finding in enumerate(facts.store.findings):
        mine = concerns(facts, group.service, finding.service, "") if finding.service else of_data
        late = finding.time_ns > onset_ns + BEFORE_NS
        if (
            finding.status in ("fail", "warn")
            and mine
            and not late
            and (of_data or is_about_data(finding.text))
        ):
            place = document_place(facts.store, finding.doc)
            named = finding.tool.lower() in finding.text.lower()
            text = finding.text if named else f"{finding.tool}: {finding.text}"
            found.append(Evidence("drift", text, *place, finding.time_ns, finding=at))
    found.sort(key=lambda evidence: facts.store.findings[evidence.finding].status != "fail")
    return found[:_MOST]
