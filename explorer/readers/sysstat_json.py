"""What sysstat's programs write as JSON: ``sadf -j``, ``mpstat -o JSON``, ``iostat -o JSON``.

Format: sysstat's manual pages. Hosts hold statistics, each at a time: with its date (``sadf -j``), the time of a day
under the host's date (``mpstat``), or none (``iostat`` without ``-t``). Within, numbers stand under the names of what
they are about, in lists where there are several: processors, disks, interfaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named, open_whole, read_documents, text
from explorer.decoding.metrics.days import CLOCK, DATE, DAY, midnight, seconds
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark, Series

NAME: Final = "sysstat-json"
LABEL: Final = "sysstat as JSON (sadf -j, mpstat, iostat)"
RECOGNISED_BY: Final = "An object sysstat with hosts that have statistics."
FRAMINGS: Final = frozenset({"document", "lines"})

_TOP: Final = frozenset({("sysstat",), ("sysstat", "hosts"), ("sysstat", "hosts", "statistics")})
_STAMP: Final = re.compile(rf"(?:(?P<date>{DATE})[ T])?{CLOCK}")
_SHARES: Final = ("cpu-load", "avg-cpu")
"""Their numbers are percent of a processor's time."""
_ABOUT: Final = frozenset({"cpu", "node"})
"""Members that name what numbers are about, even as a number."""
_NS: Final = 10**9

Labels = tuple[tuple[str, str], ...]


def detect(head: bytes) -> Confidence | None:
    """By the object at the top."""
    if b'"sysstat"' not in head:
        return None
    return Confidence.CERTAIN if outline(head) >= _TOP else None


def read(records: Records, builder: Builder) -> list[int]:
    """Write the numbers into the builder."""
    return list(read_documents(records, builder, _read))


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    hosts = listed(named(named(document.value).get("sysstat")).get("hosts"))
    for host in map(named, hosts):
        _read_host(host, document)
    return bool(hosts)


def _read_host(host: Mapping[str, Any], document: Document) -> None:
    name, builder = text(host.get("nodename")), document.builder
    begun = text(host.get("date")) or text(host.get("file-date"))
    last, untimed = midnight(begun) if re.fullmatch(DATE, begun) else 0, False
    for one in map(named, listed(host.get("statistics"))):
        told = _time(one.get("timestamp"), last)
        untimed |= not told
        last = told or last
        time = told * _NS or max(builder.file.mtime_ns, 0)
        for field, labels, value in _numbers({**one, "timestamp": None}, "", (("host", name),)):
            unit = "%" if field.endswith("-percent") or field.startswith(_SHARES) else ""
            series = Series(field, labels, unit, "gauge", "")
            builder.points.append(series=builder.series_code(series), time=time, value=value)
    for one in map(named, listed(host.get("restarts"))):
        if time := _time(one.get("boot"), last):
            builder.marks.append(Mark("restart", time * _NS, -1, "", f"{name} restarted"))
    if untimed:
        builder.remark("info", "no-time", "samples without a time are placed where the file was last written")


def _time(value: Any, last: int) -> int:
    """A time in seconds since the epoch, 0 for none; one without a date is the next after ``last``."""
    parts = named(value)
    told = f"{text(parts.get('date'))} {text(parts.get('time'))}".strip() if parts else text(value)
    if told.isdigit():
        return int(told)
    match = _STAMP.match(told)
    if match is None:
        return 0
    if match["date"]:
        return midnight(match["date"]) + seconds(match)
    time = last - last % DAY + seconds(match)
    return time + DAY * (time < last)


def _numbers(value: Mapping[str, Any], above: str, labels: Labels) -> Iterator[tuple[str, Labels, float]]:
    """Name, labels and value of each number below an object; texts in it say what its numbers are about."""
    told = {name: text(one) for name, one in value.items() if isinstance(one, str) or name in _ABOUT}
    about = tuple(sorted({**dict(labels), **told}.items()))
    for name, one in value.items():
        below = f"{above}.{name}" if above else name
        if name in told:
            continue
        for each in one if isinstance(one, list) else [one]:
            if isinstance(each, dict):
                yield from _numbers(each, below, about)
            elif isinstance(each, int | float) and not isinstance(each, bool):
                yield below, about, float(each)
