"""A whole trace laid out: which events are slices, what happened in them, what follows from what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from explorer.readers.chrome_trace.shapes import Decoded, Event
from explorer.readers.chrome_trace.slices import (
    ENDLESS,
    Finder,
    Lanes,
    Slice,
    async_of,
    legacy_of,
    nest,
    paired,
    thread_of,
)
from explorer.readers.chrome_trace.times import ABSENT, EPOCH_NS, nanoseconds

_INSTANTS: Final = "iIRnpT"
_LAUNCHES: Final = frozenset({"cuda_runtime", "cuda_driver", "hip_runtime", "privateuse1_runtime"})
_ON_DEVICE: Final = frozenset({"kernel", "gpu_memcpy", "gpu_memset", "mtia_ccp_events"})
_CORRELATION: Final = re.compile(rb'"correlation"\s*:\s*"?(\d+)')


@dataclass(slots=True)
class Layout:
    """What the events of a trace are.

    Attributes:
        times: of each event, in ns (since 1970 where ``absolute``).
        slices: by lane and start.
        instants: of a slice, by the ordinal of the event that begins it: ordinals of events.
        alone: ordinals of instants outside of all slices.
        links: ordinals of the events that begin the slices: what follows, and what it follows from.
        counters, metadata: ordinals of such events.
        unbegun: ends without a beginning.
        unbound: flows without a slice at both ends.
        unshown: events of kinds that are not read (samples, objects, memory dumps), and without a known phase.
    """

    times: list[int]
    absolute: bool = False
    slices: list[Slice] = field(default_factory=list)
    instants: dict[int, list[int]] = field(default_factory=dict)
    alone: list[int] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)
    counters: list[int] = field(default_factory=list)
    metadata: list[int] = field(default_factory=list)
    unbegun: int = 0
    unbound: int = 0
    unshown: int = 0


def lay_out(decoded: Decoded) -> Layout:
    """Find out what the events of a trace are."""
    events = decoded.events
    times = nanoseconds([event.ts for event in events])
    absolute = any(time >= EPOCH_NS for time in times)
    if decoded.base_ns > 0 and not absolute:
        times = [time if time == ABSENT else min(time + decoded.base_ns, ENDLESS) for time in times]
        absolute = decoded.base_ns >= EPOCH_NS
    layout = Layout(times, absolute)
    phases = _by_phase(events)
    lanes = Lanes()
    slices, layout.unbegun = paired(events, _of(phases, "BEbeSF"), times, lanes)
    slices += _complete(events, phases.get("X", []), times, lanes)
    layout.slices = nest(slices)
    finder = Finder(layout.slices)
    _place_instants(layout, events, _of(phases, _INSTANTS), lanes, finder)
    _bind_flows(layout, events, _of(phases, "stf"), lanes, finder)
    _correlate(layout, events)
    layout.counters, layout.metadata = phases.get("C", []), phases.get("M", [])
    known = {*"XBEbeSFstfCM", *_INSTANTS}
    layout.unshown = sum(len(found) for phase, found in phases.items() if phase not in known)
    return layout


def _by_phase(events: Sequence[Event]) -> dict[str, list[int]]:
    """Ordinals by phase; empty objects, which some writers put at the end, are nothing at all."""
    found: dict[str, list[int]] = {}
    for i, event in enumerate(events):
        found.setdefault(event.ph, []).append(i)
    if "" in found:
        found[""] = [i for i in found[""] if events[i].name or bytes(events[i].ts)]
    return found


def _of(phases: dict[str, list[int]], wanted: str) -> list[int]:
    return sorted(i for phase in wanted for i in phases.get(phase, ()))


def _complete(events: Sequence[Event], which: list[int], times: list[int], lanes: Lanes) -> Iterator[Slice]:
    durations = nanoseconds([events[i].dur for i in which])
    for i, duration in zip(which, durations, strict=True):
        event = events[i]
        lane = lanes[bytes(event.pid), bytes(event.tid)]
        yield Slice(i, lane, times[i], None if duration == ABSENT else duration, i)


def _place_instants(
    layout: Layout, events: Sequence[Event], which: list[int], lanes: Lanes, finder: Finder
) -> None:
    """Give instants to the slices in which they happened."""
    for i in which:
        event = events[i]
        lane_of = {"n": async_of, "T": legacy_of, "p": legacy_of}.get(event.ph, thread_of)
        around = finder.around(lanes[lane_of(event)], layout.times[i]) if layout.times[i] != ABSENT else None
        if around is not None:
            layout.instants.setdefault(around.index, []).append(i)
        else:
            layout.alone.append(i)


def _bind_flows(
    layout: Layout, events: Sequence[Event], which: list[int], lanes: Lanes, finder: Finder
) -> None:
    """Flows become links between the slices at their ends."""
    last: dict[tuple[str, str, bytes], Slice | None] = {}
    order = {"s": 0, "t": 1, "f": 2}
    for i in sorted(which, key=lambda i: (order[events[i].ph], layout.times[i])):
        event = events[i]
        lane, time = lanes[thread_of(event)], layout.times[i]
        bound = finder.around(lane, time)
        if event.ph == "f" and event.bp != "e":
            bound = finder.after(lane, time) or bound
        key = event.cat, event.name, bytes(event.id)
        before = last.get(key)
        if bound is None or (event.ph != "s" and before is None):
            layout.unbound += 1
        elif before is not None and before.index != bound.index:
            layout.links.append((bound.index, before.index))
        last[key] = bound or before


def _correlate(layout: Layout, events: Sequence[Event]) -> None:
    """Link what ran on a device to its launch by the correlation id of PyTorch, where no flow does."""
    linked = {later for later, _ in layout.links}
    launches: dict[bytes, int] = {}
    ran: list[tuple[bytes, int]] = []
    for one in layout.slices:
        category = events[one.index].cat
        if category in _LAUNCHES or category in _ON_DEVICE:
            found = _CORRELATION.search(bytes(events[one.index].args))
            if found and category in _LAUNCHES:
                launches[found[1]] = one.index
            elif found and one.index not in linked:
                ran.append((found[1], one.index))
    layout.links += [(i, launches[number]) for number, i in ran if number in launches]
