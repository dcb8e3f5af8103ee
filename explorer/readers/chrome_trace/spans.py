"""Slices into rows, counters into points, and one event decoded whole for the row on screen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from msgspec import Raw

from explorer.decoding.contract import OpenRecord
from explorer.decoding.documents import number
from explorer.decoding.lenient import dumps, loads, text_of
from explorer.decoding.picking import Picked
from explorer.decoding.traces.harvest import Harvest, Meanings
from explorer.decoding.traces.rows import FULL, UNKNOWN, SpanRows
from explorer.model.builder import Builder
from explorer.model.records import Detail, Series, SpanEvent
from explorer.model.schema import FailureKind, SpanFlag, Status
from explorer.readers.chrome_trace import ray
from explorer.readers.chrome_trace.layout import Layout, lay_out
from explorer.readers.chrome_trace.processes import Names, Processes, args_of, scalar
from explorer.readers.chrome_trace.shapes import Decoded, Event, decode
from explorer.readers.chrome_trace.slices import Slice
from explorer.readers.chrome_trace.times import ABSENT


def telling(raw: bytes, meanings: Meanings) -> list[tuple[str, Any]]:
    """Decode those arguments that have a meaning."""
    return [
        (name, value) for name, value in args_of(Event(args=Raw(raw))).items() if meanings[name] is not None
    ]


class TraceRows:
    """One trace into the builder.

    Args:
        builder: where its rows go.
        harvest: how arguments are read.
        decoded: its events.
        layout: what they are.
        doc: its document.
    """

    def __init__(
        self, builder: Builder, harvest: Harvest, decoded: Decoded, layout: Layout, doc: int
    ) -> None:
        self.builder, self.harvest, self.doc = builder, harvest, doc
        self.events, self.layout = decoded.events, layout
        names = Names(self.events[i] for i in layout.metadata)
        self.processes = Processes(builder, names, decoded.rank)
        self._links: dict[int, list[int]] = {}
        for later, earlier in layout.links:
            self._links.setdefault(later, []).append(earlier)

    def spans(self, trace: bytes) -> None:
        """Append the slices; ``trace`` are the bytes that make the trace's id."""
        number = int.from_bytes(hashlib.blake2b(trace, digest_size=16).digest(), "big") | 1 << 127
        code = self.builder.traces.number(number)
        rows = SpanRows(self.builder, durations=True)
        slices = sorted(self.layout.slices, key=lambda one: one.index)
        failed = ray.failed(slices, self.events)
        for task, receiver in ray.received(slices, self.events, failed):
            self._links.setdefault(task, []).append(receiver)
        for begin in range(0, len(slices), FULL):
            self._round(rows, slices[begin : begin + FULL], code, failed)
            rows.flush()

    def _round(self, rows: SpanRows, part: Sequence[Slice], trace: int, failed: dict[int, int]) -> None:
        count, operations = len(part), self.builder.operations
        events = [self.events[one.index] for one in part]
        processes = [self.processes.of(event) for event in events]
        rows.service.fromlist([process.service for process in processes])
        rows.resource.fromlist([process.resource for process in processes])
        rows.trace += [trace] * count
        rows.span_id += [f"{one.index + 1:016x}" for one in part]
        rows.parent_id += [f"{one.parent + 1:016x}" if one.parent >= 0 else "" for one in part]
        rows.name += [operations[event.name] for event in events]
        rows.start += [max(one.start, 0) for one in part]
        rows.end += [UNKNOWN if one.duration is None else one.duration for one in part]
        rows.kind += [1] * count
        rows.status += [int(Status.ERROR) if one.index in failed else 0 for one in part]
        rows.doc.fromlist([self.doc] * count)
        rows.index.fromlist([one.index for one in part])
        rows.zeros(count)
        rows.share([(at, at + 1, process.fields) for at, process in enumerate(processes) if process.fields])
        instants, links = self.layout.instants, self._links
        more = [at for at, one in enumerate(part) if one.index in instants or one.index in links]
        args = [event.args for event in events]
        self.harvest.gather(
            rows, 0, args, (), more, lambda at, picked: self._tell(rows, at, part[at], picked, failed, trace)
        )

    def _tell(
        self, rows: SpanRows, at: int, one: Slice, picked: Picked | None, failed: dict[int, int], trace: int
    ) -> None:
        """Write events, links and failures of a slice."""
        for i in self.layout.instants.get(one.index, ()):
            rows.event(at, max(self.layout.times[i], 0), self.events[i].name)
        for earlier in self._links.get(one.index, ()):
            rows.links.append((rows.base + at, trace, earlier + 1))
        cause = failed.get(one.index)
        if cause is not None:
            rows.failure(at, FailureKind.EXCEPTION, *ray.reason(args_of(self.events[cause])))
            if cause != one.index:
                rows.flags[at] |= SpanFlag.INFERRED_ERROR
        elif picked is not None:
            for kind, type_, message in picked.reasons():
                rows.failure(at, kind, type_, message)

    def logs(self) -> None:
        """Append the instants that lie in no slice."""
        for i in self.layout.alone:
            process = self.processes.of(self.events[i])
            self.builder.logs.append(
                time=max(self.layout.times[i], 0), service=process.log_service, resource=process.resource,
                doc=self.doc, index=i,
            )  # fmt: skip

    def points(self) -> int:
        """Append the counters; returns how many have no number or no time."""
        lost = 0
        for i in self.layout.counters:
            event, time = self.events[i], self.layout.times[i]
            process = self.processes.of(event)
            values = [(name, number(value)) for name, value in args_of(event).items()]
            if time == ABSENT or not any(value is not None for _, value in values):
                lost += 1
                continue
            for name, value in values:
                if value is not None:
                    labels = [
                        ("counter", name),
                        ("id", scalar(bytes(event.id))),
                        ("process", scalar(bytes(event.pid))),
                    ]
                    series = Series(
                        event.name, tuple(label for label in labels if label[1]), "", "gauge", process.name
                    )
                    self.builder.points.append(
                        series=self.builder.series_code(series), time=time, value=value
                    )
        return lost


def open_trace(data: bytes) -> OpenRecord:
    """Access to the events of a trace by ordinal."""
    decoded = decode(data) or Decoded()
    layout = lay_out(decoded)
    names = Names(decoded.events[i] for i in layout.metadata)
    slices = {one.index: one for one in layout.slices}

    def opened(ordinal: int) -> Detail:
        if not 0 <= ordinal < len(decoded.events):
            return Detail(raw=data[: 1 << 16].decode("utf-8", "replace"))
        return _detail(ordinal, decoded, layout, slices.get(ordinal), names)

    return opened


def _detail(i: int, decoded: Decoded, layout: Layout, one: Slice | None, names: Names) -> Detail:
    events = decoded.events
    event = events[i]
    args = args_of(event)
    if one is not None and one.last not in (-1, i):
        args = {**args, **args_of(events[one.last])}
    thread = names.threads.get((bytes(event.pid), bytes(event.tid)), "")
    place = [
        ("category", event.cat), ("process", scalar(bytes(event.pid))), ("thread", scalar(bytes(event.tid))),
        ("thread.name", thread),
    ]  # fmt: skip
    notes = layout.instants.get(i, ())
    raised = ray.exception(args) if "traceback" in args else ("", "")
    return Detail(
        attributes=tuple(args.items()),
        resource=tuple(pair for pair in place if pair[1]),
        events=tuple(
            SpanEvent(max(layout.times[n], 0), events[n].name, tuple(args_of(events[n]).items()))
            for n in notes
        ),
        message=event.name if one is None else "",
        exception_type=raised[0],
        exception_message=raised[1],
        stack=text_of(args.get("traceback")),
        raw=dumps(_plain(event)).decode("utf-8", "replace"),
    )


def _plain(event: Event) -> dict[str, Any]:
    """An event as it was written."""
    fields: dict[str, Any] = {"ph": event.ph, "cat": event.cat, "name": event.name, "bp": event.bp}
    for name in ("pid", "tid", "ts", "dur", "id", "id2", "args"):
        raw = bytes(getattr(event, name))
        if raw:
            fields[name] = loads(raw)
    return {name: value for name, value in fields.items() if value != ""}
