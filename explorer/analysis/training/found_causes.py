"""Causes and verdicts of training jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from explorer.analysis.categories.fingerprint import fingerprint
from explorer.analysis.categories.rules import Rules
from explorer.analysis.facts import Facts
from explorer.analysis.results import Candidate, Cause, Entity, Outcome, Step, Verdict
from explorer.analysis.training.divergence import divergence_of
from explorer.analysis.training.failed import first_failure
from explorer.analysis.training.finding import Finding
from explorer.analysis.training.hangs import gone_silent, hang_of
from explorer.analysis.training.jobs import Job, jobs_of
from explorer.analysis.training.stragglers import slow_profile, straggler_of
from explorer.analysis.training.told import diverged, failed, missing, silent, slow
from explorer.analysis.training.words import ranks_word
from explorer.model.ranks import rank_name

_SCORES = {"high": 0.95, "medium": 0.8, "low": 0.6}


def training_causes(facts: Facts, rules: Rules) -> list[tuple[Cause, dict[int, Verdict]]]:
    """Causes in training jobs, each with the verdicts of the ids it explains; none in most bundles."""
    found = [_told(facts, job.id, one) for job in jobs_of(facts) for one in findings(job, rules)]
    profile = slow_profile(facts) if len(facts.store.spans) and not found else None
    if profile is not None:
        found.append(_told_of_profile(facts, slow(facts, profile)))
    return found


def with_training(
    training: Sequence[tuple[Cause, dict[int, Verdict]]],
    causes: Sequence[Cause],
    verdicts: Mapping[int, Verdict],
) -> tuple[tuple[Cause, ...], dict[int, Verdict]]:
    """The causes with those of training jobs, best first, and the verdicts of all their ids."""
    if not training:
        return tuple(causes), dict(verdicts)
    mine = {row for _, told in training for row in told}
    # What is said of a job as if it were a request is not said twice.
    others = [at for at, cause in enumerate(causes) if not cause.ids or not mine.issuperset(cause.ids)]
    both = [(cause.score, -1 - at) for at, (cause, _) in enumerate(training)]
    both += [(causes[at].score, at) for at in others]
    both.sort(key=lambda one: (-one[0], abs(one[1])))
    place = {at: rank for rank, (_, at) in enumerate(both)}
    out = [training[-1 - at][0] if at < 0 else causes[at] for _, at in both]
    told = {
        row: replace(verdict, cause=place.get(verdict.cause, -1) if verdict.cause >= 0 else -1)
        for row, verdict in verdicts.items() if row not in mine
    }  # fmt: skip
    for at, (_, some) in reversed(list(enumerate(training))):
        told |= {row: replace(verdict, cause=place[-1 - at]) for row, verdict in some.items()}
    ranked = tuple(replace(cause, rank=rank) for rank, cause in enumerate(out, 1))
    return ranked, dict(sorted(told.items()))


def findings(job: Job, rules: Rules) -> list[Finding]:
    """What is wrong with a job: what failed first, else who is missing; where it diverged; who is slow."""
    hang = hang_of(job) if not job.alone else None
    first, nan = first_failure(job, rules), divergence_of(job)
    out: list[Finding] = []
    if nan is not None:
        out.append(diverged(job, nan))
        # That the loss is no number is why it stopped.
        first = None if first is not None and first.time_ns >= nan.time_ns else first
    if first is not None:
        out.append(failed(job, first, hang))
    elif hang is not None and nan is None:
        out.append(missing(job, hang))
    elif nan is None and (ranks := gone_silent(job)):
        out.append(silent(job, ranks))
    late = straggler_of(job) if not out else None
    return out if late is None else [slow(job.facts, late)]


def _told(facts: Facts, id_row: int, one: Finding) -> tuple[Cause, dict[int, Verdict]]:
    """A finding of a job as a cause, and the verdict of the job."""
    cause = _cause(facts, one, (id_row,))
    outcome = Outcome(int(facts.ids.outcome[id_row]))
    return cause, {id_row: _verdict(one, cause, id_row, outcome)}


def _told_of_profile(facts: Facts, one: Finding) -> tuple[Cause, dict[int, Verdict]]:
    """A slow rank in profiles as a cause, and the verdict of its own trace."""
    spans = facts.store.spans
    of_trace = facts.store.correlation.of_trace
    mine = int(of_trace[spans.trace[one.span]])
    cause = _cause(facts, one, (mine,))
    return cause, {mine: _verdict(one, cause, mine, Outcome(int(facts.ids.outcome[mine])))}


def _name(facts: Facts, one: Finding) -> str:
    """Who is at fault: the rank, else the service whose job it is, else the job."""
    if one.ranks:
        return rank_name(str(one.ranks[0])) if len(one.ranks) == 1 else ranks_word(one.ranks)
    service = facts.store.services[int(facts.store.logs.service[one.log])] if one.log >= 0 else ""
    return one.host or service or "training job"


def _cause(facts: Facts, one: Finding, ids: tuple[int, ...]) -> Cause:
    name = _name(facts, one)
    service = facts.store.services[int(facts.store.logs.service[one.log])] if one.log >= 0 else ""
    operation = (
        facts.store.operation(one.span) if one.span >= 0 else f"step {one.step}" if one.step >= 0 else ""
    )
    print_ = fingerprint(one.category, "training", "", None, one.key)
    kind = "pod" if one.ranks else "host" if one.host else "service"
    named = None if kind == "host" else service or name
    return Cause(
        0, one.title, one.category, one.subcategory, named, operation, Entity(kind, name), one.hypothesis,
        one.confidence, _SCORES[one.confidence], print_, ids, one.evidence, one.ruled_out, one.reasons,
    )  # fmt: skip


def _verdict(one: Finding, cause: Cause, id_row: int, outcome: Outcome) -> Verdict:
    rows = (one.span,) if one.span >= 0 else ()
    path = [Step(one.span, rows, cause.entity.name, cause.operation, "origin", None, one.short, one.time_ns)]
    if one.effect:
        path.append(Step(-1, (), "the other ranks", "", "surfaced", "timeout", one.effect, one.effect_ns))
    candidate = Candidate(
        one.span, cause.entity.name, cause.operation, cause.category, cause.subcategory, cause.score
    )
    return Verdict(
        id_row, outcome, cause.category, cause.subcategory, cause.title, "", tuple(path), (candidate,),
        cause.evidence[:1], cause.fingerprint, 0,
    )  # fmt: skip
