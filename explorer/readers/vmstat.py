"""What ``vmstat`` prints: names of columns in two lines, then a row for each interval, with ``-t`` at a time.

Format: vmstat(8) of procps. Names come again, as often as a screen is full; ``-w`` makes columns wider, ``-a``
names memory otherwise. Times are local: the zone stands over them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, number, open_whole
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "vmstat"
LABEL: Final = "vmstat"
RECOGNISED_BY: Final = "Lines of procs, memory, swap, io, system and cpu, then of r b swpd free."
FRAMINGS: Collection[str] = frozenset({"lines"})

_GROUPS: Final = re.compile(rb"-*procs-* -+memory-+ -*swap-+ -*io-+ -*system-+ -*cpu-+(?: -+timestamp-+)?\s*")
_NAMES: Final = re.compile(rb"\s*r\s+b\s+swpd\s+free\s+")
_GROUP: Final = {
    name: group
    for group, names in {
        "procs": "r b",
        "memory": "swpd free buff cache inact active",
        "swap": "si so",
        "io": "bi bo",
        "system": "in cs",
        "cpu": "us sy id wa st gu",
    }.items()
    for name in names.split()
}
_TIME: Final = re.compile(r"\s(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*\Z")


def detect(head: bytes) -> Confidence | None:
    """By the two lines of names."""
    first, _, rest = head.lstrip(b"\xef\xbb\xbf\r\n").partition(b"\n")
    return Confidence.CERTAIN if _GROUPS.fullmatch(first) and (not rest or _NAMES.match(rest)) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the numbers into the builder; lines of other kinds are returned."""
    known = builder.memory.get(NAME)
    names: tuple[str, ...] = known[1] if known and known[0] == len(builder.files) else ()
    refused: list[int] = []
    for i in range(len(records)):
        line = records[i]
        if _GROUPS.fullmatch(line):
            continue
        if _NAMES.match(line):
            names = tuple(name for name in line.decode("ascii", "replace").split() if name in _GROUP)
            builder.memory[NAME] = len(builder.files), names
        elif not _add(line.decode("utf-8", "replace"), names, builder):
            refused.append(i)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _add(line: str, names: Sequence[str], builder: Builder) -> bool:
    """The numbers of a row, each a series by its column."""
    match = _TIME.search(line)
    cells = (line[: match.start()] if match else line).split()
    values = [value for value in map(number, cells) if value is not None]
    if not names or len(values) != len(names) or len(cells) != len(names):
        return False
    if match is None:
        said = "samples without a time are placed where the file was last written"
        builder.remark("info", "no-time", said)
    time = moment(f"{match[1]}Z") if match else max(builder.file.mtime_ns, 0)
    for name, value in zip(names, values, strict=True):
        group = _GROUP[name]
        series = Series(f"{group}.{name}", (), "%" if group == "cpu" else "", "gauge", "")
        builder.points.append(series=builder.series_code(series), time=time, value=value)
    return True
