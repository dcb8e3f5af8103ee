"""One made-up incident: a system, its noise, a fault or two, and the form it is exported in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.drawn import Drawing, DrawnMetric, DrawnSpan, without_status
from tests.drawn_files import FORMATS
from tests.rca_score.simulated.effects import Effects
from tests.rca_score.simulated.exports import MORE_FORMATS, beside
from tests.rca_score.simulated.faults import FAULTS, Injected, Make, Scene, Truth
from tests.rca_score.simulated.more_faults import MORE_FAULTS
from tests.rca_score.simulated.noise import noise
from tests.rca_score.simulated.profiles import slow_profile
from tests.rca_score.simulated.traffic import Traffic
from tests.rca_score.simulated.training import JOBS, job_incident
from tests.rca_score.simulated.world import Maker, World, spans_of

_SPANS = 7_000
_EVERY_S = 10.0
_RAMP_S = 60.0
_ERROR = 2


@dataclass(frozen=True)
class Incident:
    """A drawing, what is true of it (one truth a fault), and the form it is in."""

    seed: int
    drawing: Drawing
    truths: tuple[Truth, ...]
    form: str
    write: Callable[[Drawing, Path], None]

    @property
    def kind(self) -> str:
        """Name of what was done."""
        return "two causes" if len(self.truths) > 1 else self.truths[0].kind


def incident(seed: int, make: Make | None = None, *, only: int = 0, no_spans: bool = False) -> Incident:
    """The incident of a seed, of one kind if ``make`` is given.

    Args:
        only: so many requests that failed, and nothing else; 0 for all there are.
        no_spans: logs and metrics only.
    """
    rng = random.Random(f"{make.__name__ if make else 'two'} {seed}")
    while True:
        world = Maker(rng).world()
        if no_spans:
            _outspoken(world)
        scene = Scene(world, rng)
        wanted = [make] if make else [rng.choice(FAULTS[:-1]), rng.choice(FAULTS[:-1])]
        faults = [one(scene) for one in wanted]
        if any(one is None for one in faults):
            continue
        drawing = _drawing(world, rng, [one for one in faults if one is not None], quiet=only > 0)
        drawing = _failed(drawing, only) if only else drawing
        if drawing.traces:
            break
    told = any(one is not None and one.effects.says for one in faults)
    drawing, form, write = _exported(drawing, rng, plain=bool(only) or no_spans, told=told)
    if no_spans:
        bare = tuple(replace(trace, spans=()) for trace in drawing.traces)
        drawing, form, write = replace(drawing, traces=bare), "logs and metrics", beside
    return Incident(seed, drawing, tuple(one.truth for one in faults if one is not None), form, write)


def _outspoken(world: World) -> None:
    """Let all callers log what failed them: where logs are all there is, nobody could tell anything else."""
    for service in world.services:
        service.said, service.style = True, "wraps" if service.style == "codes" else service.style


def kinds() -> Iterator[tuple[str, Callable[[int], Incident]]]:
    """All kinds of incidents, and what makes the one of a seed."""
    for one in (*FAULTS, *MORE_FAULTS):
        yield one.__name__, partial(incident, make=one)
    yield "two_causes", incident
    for alone in (*FAULTS[:1], *MORE_FAULTS[2:7]):
        yield f"one_{alone.__name__}", partial(incident, make=alone, only=1)
    for bare in (FAULTS[0], *MORE_FAULTS[2:7]):
        yield f"logs_{bare.__name__}", partial(incident, make=bare, no_spans=True)
    for job in JOBS:
        yield job.__name__, partial(_of_job, partial(job_incident, job))
    yield slow_profile.__name__, partial(_of_job, slow_profile)


def _of_job(make: Callable[[int], tuple[Truth, str, Callable[[Path], None]]], seed: int) -> Incident:
    truth, form, write = make(seed)
    return Incident(seed, Drawing(), (truth,), form, lambda _, folder: write(folder))


def _drawing(world: World, rng: random.Random, faults: list[Injected], *, quiet: bool) -> Drawing:
    size = sum(spans_of(one) * weight for one, weight in world.entries) / sum(w for _, w in world.entries)
    requests = max(90, min(450, round(_SPANS / size)))
    rate = rng.uniform(0.8, 4.0)
    length = requests / rate
    usual = sum((fault.usual for fault in faults), Effects() if quiet else noise(world, rng))
    begins = [rng.uniform(0.35, 0.65) * length for _ in faults]
    ends = [length if rng.random() < 0.7 else min(length, begin + 0.3 * length) for begin in begins]

    def at(second: float) -> Effects:
        found = usual
        for fault, begin, end in zip(faults, begins, ends, strict=True):
            if begin <= second < end:
                grown = min(1.0, (second - begin) / _RAMP_S) if fault.grows else 1.0
                lag = {topic: ms * grown for topic, ms in fault.effects.lag.items()}
                found = found + replace(fault.effects, lag=lag)
        return found

    drawing = Traffic(world, rng, at, rng.choice((0.0, 0.005, 0.02))).run(requests, rate)
    marks = [
        replace(mark, at_s=begin + mark.at_s)
        for fault, begin in zip(faults, begins, strict=True) for mark in fault.marks
    ]  # fmt: skip
    logs = [
        replace(log, at_ms=begin * 1000 + log.at_ms)
        for fault, begin in zip(faults, begins, strict=True) for log in fault.logs
    ]  # fmt: skip
    metrics = tuple(_metrics(world, rng, faults, begins, ends, length))
    return replace(drawing, marks=tuple(marks), logs=tuple(logs), metrics=metrics)


def _metrics(
    world: World,
    rng: random.Random,
    faults: list[Injected],
    begins: list[float],
    ends: list[float],
    length: float,
) -> Iterator[DrawnMetric]:
    for name in ("container_cpu_usage_ratio", "container_memory_usage_ratio"):
        for service in world.services:
            usual = rng.uniform(0.1, 0.5)
            values = [max(0.0, usual + rng.gauss(0, 0.03)) for _ in range(int(length / _EVERY_S) + 1)]
            for fault, begin, end in zip(faults, begins, ends, strict=True):
                for metric, who, _, now in fault.heat:
                    if metric == name and who == service.name:
                        values = [
                            now + rng.gauss(0, 0.005) if begin <= nth * _EVERY_S < end else value
                            for nth, value in enumerate(values)
                        ]
            yield DrawnMetric(name, service.name, _EVERY_S, tuple(round(value, 4) for value in values))


def _failed(drawing: Drawing, count: int) -> Drawing:
    """The first requests that failed, with their logs."""
    found = [
        trace for trace in drawing.traces
        if any(span.status == _ERROR and not span.parent for span in trace.spans)
    ]  # fmt: skip
    links = {link for trace in found[:count] for span in trace.spans for link in span.links}
    kept = [trace for trace in found[:count] if not links - {span.label for span in trace.spans}]
    return replace(drawing, traces=tuple(kept), logs=(), metrics=(), marks=())


def _exported(
    drawing: Drawing, rng: random.Random, *, plain: bool, told: bool
) -> tuple[Drawing, str, Callable[[Drawing, Path], None]]:
    """The drawing as an export has it: what it leaves out, and its format; logs stay if ``told`` in them alone."""
    formats = {**FORMATS, **MORE_FORMATS}
    name = rng.choice(list(formats))
    form = [name]
    if plain:
        return drawing, name, formats[name]
    if rng.random() < 0.25 and name != "table":
        drawing, form = replace(drawing, metrics=()), [*form, "no metrics"]
    if rng.random() < 0.2 and not told:
        bare = tuple(replace(trace, logs=()) for trace in drawing.traces)
        drawing, form = replace(drawing, traces=bare, logs=()), [*form, "no logs"]
    elif rng.random() < 0.15:
        drawing, form = without_status(drawing), [*form, "no status"]
    if rng.random() < 0.2:
        drawing, form = _skewed(drawing, rng), [*form, "skewed"]
    if rng.random() < 0.2:
        drawing, form = _lossy(drawing, rng), [*form, "lossy"]
    return drawing, ", ".join(form), formats[name]


def _skewed(drawing: Drawing, rng: random.Random) -> Drawing:
    hosts = sorted({dict(span.resource)["host.name"] for trace in drawing.traces for span in trace.spans})
    off = {host: rng.choice((0.0, rng.uniform(-900, 900))) for host in hosts}

    def moved(span: DrawnSpan) -> DrawnSpan:
        return replace(span, start_ms=span.start_ms + off[dict(span.resource)["host.name"]])

    traces = tuple(replace(t, spans=tuple(moved(span) for span in t.spans)) for t in drawing.traces)
    return replace(drawing, traces=traces)


def _lossy(drawing: Drawing, rng: random.Random) -> Drawing:
    """Some spans are lost, and links to them."""
    traces = tuple(
        replace(trace, spans=tuple(span for span in trace.spans if not span.parent or rng.random() > 0.03))
        for trace in drawing.traces
    )
    there = {span.label for trace in traces for span in trace.spans}
    traces = tuple(
        replace(t, spans=tuple(replace(s, links=tuple(x for x in s.links if x in there)) for s in t.spans))
        for t in traces
    )
    return replace(drawing, traces=traces)
