"""``kubectl logs`` with ``--prefix`` or ``--timestamps``: pod and container in brackets, perhaps a time, then the line.

Source: kubernetes/kubectl pkg/cmd/logs (``[pod/NAME/CONTAINER] ``); the kubelet's times have nine digits at most,
zeros at the end left out, so that their lengths differ. OpenShift's must-gather keeps logs so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment
from explorer.decoding.logs.entries import Entry, open_entry, read_entries
from explorer.decoding.logs.objects import Pairs
from explorer.decoding.logs.origin import workload_of
from explorer.model.builder import Builder, Records

NAME = "kubectl-log"
LABEL = "kubectl logs (prefixed, with times)"
RECOGNISED_BY = "Lines begin with [pod/…/…], or all with times of up to nine digits in UTC."
FRAMINGS: Collection[str] = frozenset({"lines"})

_LINE: Final = re.compile(
    rb"(?:\[pod/(?P<pod>[a-z0-9.-]+)/(?P<container>[a-z0-9.-]+)\] )?"
    rb"(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d))(?: |\r?\Z))?"
)
_TIMED: Final = re.compile(
    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{7,9})(?:Z|[+-]\d\d:\d\d)"
    rb"(?:\r?\Z| (\{\"|[IWEF]\d{4} |\[?\d{4}[-/]\d\d|\w+=)?)"
)
"""A time of the kubelet's and what begins a record of a logger, which has a time of its own or needs none."""
_SAMPLE: Final = 20
_DIGITS: Final = 9


def detect(head: bytes) -> Confidence | None:
    """By the first lines."""
    if head[:5] == b"[pod/":
        match = _LINE.match(head)
        return Confidence.CERTAIN if match and match["pod"] else None
    if not head[:4].isdigit():
        return None
    lines = [line for line in head.split(b"\n")[:_SAMPLE] if line.strip()]
    timed = [match for line in lines if (match := _TIMED.match(line))]
    within = sum(match[2] is not None for match in timed)
    if len(timed) < 0.9 * len(lines) or not any(len(match[1]) == _DIGITS for match in timed):
        return None
    return Confidence.CERTAIN if within > 0.2 * len(lines) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the lines into the builder."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_text(raw, "")


def open_text(raw: bytes, formats: str) -> OpenRecord:
    """Open one record again, of which is known by which line formats it was read."""
    return open_entry(raw, _entry, formats)


def _entry(line: bytes) -> Entry | None:
    match = _LINE.match(line)
    if match is None or not match.group():
        return None
    outer: Pairs = []
    pod, container = ((match[name] or b"").decode("ascii") for name in ("pod", "container"))
    if pod:
        outer = [("service", workload_of(pod)), ("k8s.pod.name", pod), ("k8s.container.name", container)]
    text = line[match.end() :].decode("utf-8", "replace")
    time = moment(match["time"].decode("ascii")) if match["time"] else 0
    return Entry(text, time, f"{pod}/{container}", outer)
