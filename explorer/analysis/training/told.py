"""What was found out about a training job, in words: claim, evidence, reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from explorer.analysis.facts import Facts
from explorer.analysis.failure.faults import FIRM
from explorer.analysis.places import log_place, span_place
from explorer.analysis.results import Evidence
from explorer.analysis.training.divergence import Divergence
from explorer.analysis.training.failed import KILLED, Said
from explorer.analysis.training.finding import Finding
from explorer.analysis.training.hangs import Hang
from explorer.analysis.training.jobs import Job
from explorer.analysis.training.stragglers import Straggler
from explorer.analysis.training.words import ranks_word
from explorer.analysis.weighing.titles import clause
from explorer.analysis.wording import clip, share_word, time_word
from explorer.model.ranks import rank_name

Level = Literal["high", "medium", "low"]

MOST_TITLE: Final = 140
_FEW_NS = 10**9
_PAIR = 2
_INPUT = ("data", "load", "input", "fetch", "read")


def _log(job: Job, row: int, text: str = "") -> Evidence:
    said = text or f"“{clip(job.facts.reading.said(row).words)}”"
    return Evidence(
        "log", said, *log_place(job.facts.store, row), int(job.facts.store.logs.time[row]), log=row
    )


def _host(job: Job, ranks: Sequence[int]) -> str:
    """Where a rank runs, if it is one and that is known."""
    return job.host_of(ranks[0]) if len(ranks) == 1 else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _who(job: Job, ranks: Sequence[int]) -> str:
    """``Rank 5 (node-3)``."""
    host = _host(job, ranks)
    return f"{_upper(ranks_word(ranks))} ({host})" if host else _upper(ranks_word(ranks))


def _effect(ranks: Sequence[int], hang: Hang | None) -> tuple[str, int]:
    """What the failure of some ranks did to the others."""
    if hang is None:
        return "", 0
    others = [rank for rank in hang.waiting if rank not in ranks]
    what = f" in {hang.collective}" if hang.collective else ""
    who = ranks_word(others) if others else "the others"
    return f"{who} waited for it{what} until time ran out", hang.time_ns


def failed(job: Job, said: Said, hang: Hang | None) -> Finding:
    """A rank, a host or all ranks failed and say why."""
    verdict = said.verdict
    if said.host and not said.ranks and hang is not None and len(hang.missing) == 1:
        said = replace(said, ranks=hang.missing)
    everywhere = len(said.ranks) > 1 and 2 * len(said.ranks) > len(job.world)
    effect, effect_ns = ("", 0) if everywhere else _effect(said.ranks, hang)
    reasons = ["no line before it tells of another failure"]
    if everywhere:
        reasons.append(f"{ranks_word(said.ranks)} say the same at the same time: what they share is at fault")
    evidence = [_log(job, said.log)]
    if effect and hang is not None:
        evidence.append(_log(job, hang.log, f"{time_word(max(effect_ns - said.time_ns, 0))} later {effect}"))
        reasons.append("the timeouts of the others came after it")
    quiet = _went_quiet(job, said.ranks[0], said.time_ns) if len(said.ranks) == 1 else None
    evidence += [quiet] if quiet is not None else []
    told = verdict.category != "unknown" and verdict.strength >= FIRM and not said.code
    agreed = bool(effect) or everywhere or quiet is not None
    hypothesis = "host-resource" if verdict.category in ("system", "capacity") else "code-fault"
    step = job.last_of(said.ranks[0])[1] if len(said.ranks) == 1 else -1
    title, short = _titled(job, said)
    return Finding(
        job.named(said.ranks) if not everywhere else (), "model-fault" if verdict.category == "model" else hypothesis,
        verdict.category, verdict.subcategory,
        "high" if told and agreed else "medium" if told or agreed or said.code else "low",
        clip(title, MOST_TITLE), short, said.time_ns, tuple(evidence), tuple(reasons), log=said.log,
        effect=effect, effect_ns=effect_ns, key=short, step=step, host=said.host,
    )  # fmt: skip


def _titled(job: Job, said: Said) -> tuple[str, str]:
    """What failed, in one sentence, and in a few words."""
    ranks = job.named(said.ranks)
    whole = len(ranks) == len(job.world)
    who = f"all {len(job.world)} ranks" if whole else ranks_word(ranks) if ranks else ""
    where = said.host or _host(job, said.ranks)
    place = f" on {who}" if who else ""
    place += (f" ({where})" if who else f" on {where}") if where else ""
    if said.code:
        short = "was killed (SIGKILL)" if said.code in KILLED else "crashed (SIGSEGV)"
        return f"{_upper(who) or 'A process of the job'}{f' ({where})' if where else ''} {short}", short
    detail = job.facts.reading.log(said.log)
    kind = detail.exception_type.rsplit(".", 1)[-1]
    text = f"{kind}: {detail.exception_message}".removesuffix(": ") if kind else detail.message
    words = clip(text, 80) if said.host else clause(text)
    known = said.verdict.says if said.verdict.category != "unknown" else ""
    if not known:
        return f"{_upper(who) or 'The training process'} failed: {words}", words
    return f"{_upper(known)}{place}" + ("" if known.lower() in words.lower() else f": {words}"), words


def _went_quiet(job: Job, rank: int, time_ns: int) -> Evidence | None:
    """That a rank wrote nothing of its work after a moment although the others did."""
    logs = job.facts.store.logs
    row, step = job.last_of(rank)
    later = [
        other for other in job.ranks if other != rank and int(logs.time[job.last_of(other)[0]]) > time_ns
    ]
    if row < 0 or logs.time[row] > time_ns + _FEW_NS or 2 * len(later) < len(job.ranks):
        return None
    at = f" at step {step}" if step >= 0 else ""
    text = f"{rank_name(str(rank))} wrote nothing after this{at}, {_others(len(later))} did"
    return Evidence("absence", text, *log_place(job.facts.store, row), int(logs.time[row]), log=row)


def _others(count: int) -> str:
    return "the other one" if count == 1 else f"{count} others"


def missing(job: Job, hang: Hang) -> Finding:
    """Ranks waited in vain, and nobody says why the others did not come."""
    waited = _log(job, hang.log)
    what = hang.collective or "a collective"
    if not hang.missing:
        shared = (
            "all ranks were in the same collective: the way between them, or what they share, may be at fault"
        )
        title = f"{_upper(what)} of all {len(job.world)} ranks never ended"
        return Finding(
            (), "network", "infrastructure", "collective", "low", title, title, hang.time_ns, (waited,), (shared,),
            log=hang.log, key=f"hang {hang.collective.partition(' ')[0]}",
        )  # fmt: skip
    evidence, reasons = [waited], []
    if hang.named:
        reasons.append("those that waited name it")
    elif hang.behind:
        reasons.append("by the numbers of their collectives it is behind the others")
    else:
        reasons.append(f"{len(hang.waiting)} of {len(job.world)} ranks report the timeout, it alone does not")
    begin, step = hang.time_ns, job.last_of(hang.missing[0])[1]
    for rank in hang.missing[:2]:
        row, last = job.last_of(rank)
        if row < 0:
            evidence.append(Evidence("absence", f"{rank_name(str(rank))} wrote no line at all"))
            continue
        begin = min(begin, int(job.facts.store.logs.time[row]))
        away = time_word(max(hang.time_ns - int(job.facts.store.logs.time[row]), 0))
        at = f", at step {last}" if last >= 0 else ""
        text = f"the last line of {rank_name(str(rank))}{at} came {away} before the timeout"
        place = log_place(job.facts.store, row)
        evidence.append(Evidence("absence", text, *place, int(job.facts.store.logs.time[row]), log=row))
    one = len(hang.missing) == 1
    reasons.append(
        "why it did not come nothing in the bundle says: look at its host and its stack at that time"
    )
    at = f" after step {step}" if step >= 0 and one else ""
    title = f"{_who(job, hang.missing)} stopped{at}: {what} of the other ranks waited in vain"
    effect, effect_ns = _effect(hang.missing, hang)
    out = (f"{ranks_word(hang.waiting)}: they were in {what} and waited",) if hang.waiting else ()
    return Finding(
        hang.missing, "silent-service", "infrastructure", "collective",
        "medium" if len(hang.waiting) > 1 or hang.named else "low", clip(title, MOST_TITLE),
        f"did not join {what}", begin, tuple(evidence), tuple(reasons), out, hang.log, effect=effect,
        effect_ns=effect_ns, key="missing rank", step=step,
    )  # fmt: skip


def silent(job: Job, ranks: Sequence[int]) -> Finding:
    """Ranks stopped writing while the others went on."""
    times = job.facts.store.logs.time
    row, step = job.last_of(ranks[0])
    others = [rank for rank in job.ranks if rank not in ranks]
    furthest = max(job.last_of(rank)[1] for rank in others)
    title = f"{_who(job, ranks)} went silent after step {step}; the others reached step {furthest}"
    text = f"its last line; {ranks_word(others)} went on to step {furthest}"
    evidence = Evidence("absence", text, *log_place(job.facts.store, row), int(times[row]), log=row)
    return Finding(
        tuple(ranks), "silent-service", "unknown", "", "low", clip(title, MOST_TITLE), "went silent",
        int(times[row]), (evidence,), ("nothing in the bundle says why it went silent",), log=row,
        key="silent rank", step=step,
    )  # fmt: skip


def diverged(job: Job, found: Divergence) -> Finding:
    """The loss became no number."""
    at = f" at step {found.step:,}" if found.step >= 0 else ""
    some = len(found.watched) > 1 and len(found.ranks) < len(found.watched)
    first = f", first on {ranks_word(found.ranks)}" if some and found.ranks else ""
    title = f"The loss became NaN or infinite{at}{first}"
    evidence, reasons = [_log(job, found.log)], []
    hypothesis, category, subcategory = "model-fault", "model", "nan"
    begin, ranks = found.time_ns, found.ranks if some else ()
    if not math.isnan(found.before):
        evidence.append(_log(job, found.last_log, f"the last loss that was a number: {found.before:.4g}"))
    if found.gradient is not None:
        usual, highest, row = found.gradient
        grown = f"{highest:.3g}" if math.isfinite(highest) else "no number"
        evidence.append(
            _log(job, row, f"the norm of the gradients was {grown} just before, usually {usual:.3g}")
        )
        reasons.append("the gradients grew before the loss failed")
    if found.complaint is not None:
        complaint, row, rank = found.complaint
        evidence.append(_log(job, row))
        hypothesis, category, subcategory = "bad-data-carried", "data", "bad-values"
        begin = int(job.facts.store.logs.time[row])
        ranks = job.named((rank,)) if rank >= 0 else ranks
        who = f" on {ranks_word(ranks)}" if ranks else ""
        title = f"Bad data{who} before the loss became NaN{at}: {clause(complaint.text)}"
        reasons.append("a warning about data stands just before it")
    if some and found.complaint is None:
        reasons.append(
            f"the loss of {len(found.watched) - len(found.ranks)} other ranks was still a number at that step"
        )
    if not some and len(job.named(found.watched)) == 1:
        reasons.append(f"only {ranks_word(found.watched)} writes a loss: where it began cannot be told")
    level: Level = "high" if (some or found.gradient) and found.complaint is None else "medium"
    return Finding(
        ranks, hypothesis, category, subcategory, level, clip(title, MOST_TITLE),
        f"loss is NaN or infinite{at}", begin, tuple(evidence), tuple(reasons), log=found.log,
        key="loss NaN", step=found.step,
    )  # fmt: skip


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def slow(facts: Facts, one: Straggler) -> Finding:
    """A rank keeps the others waiting."""
    who = rank_name(str(one.rank)).capitalize()
    unit = f" {one.unit}" if one.unit == "ms" else one.unit
    others = f"{one.ranks - 1} others" if one.ranks > _PAIR else "the other one"
    figures = f"{_figure(one.own)}{unit} in the median, {_figure(one.usual)}{unit} on {others}"
    if one.what:
        title = f"{who} is slow: {one.what} {figures}"
    else:
        title = (
            f"{who} is late: its lines come {_figure(one.own - one.usual)} ms after the others' in each step"
        )
    if one.log >= 0:
        store = facts.store
        evidence = [
            Evidence(
                "log",
                f"{one.what or 'step'}: {figures}",
                *log_place(store, one.log),
                one.time_ns,
                log=one.log,
            )
        ]
    else:
        evidence = [
            Evidence(
                "span",
                f"{one.what}: {figures}",
                *span_place(facts.store, one.span),
                one.time_ns,
                span=one.span,
            )
        ]
    reasons = []
    if one.what and one.log >= 0:
        reasons.append(f"{share_word(one.share)} of its values are worse than those of every other rank")
    if one.waits is not None and one.waits[1] > 0:
        mine, others = (time_word(round(ms * 1e6)) for ms in one.waits)
        text = f"it waited {mine} for the others, they waited {others} for it (median)"
        evidence.append(Evidence("span", text, time_ns=one.time_ns))
        reasons.append("who waits least is who is waited for")
    reads = any(word in one.what.lower() for word in _INPUT)
    level: Level = "high" if one.what and one.share > 0.8 and (one.log >= 0 or one.waits) else "medium"
    return Finding(
        (one.rank,), "slow-self", "system", "slow-input" if reads else "straggler", level,
        clip(title, MOST_TITLE), clip(title.partition(": ")[2] or title, 90), one.time_ns, tuple(evidence),
        tuple(reasons), log=one.log, span=one.span, key="straggler",
    )  # fmt: skip
