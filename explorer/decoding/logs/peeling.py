"""Wrappers around lines of text: terminal colours, ``docker compose logs``, ranks that launchers put before lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.lines import Lines
from explorer.decoding.logs.parts import Peeled
from explorer.decoding.logs.refusing import automaton_of
from explorer.decoding.logs.times import ISO, time_format
from explorer.model.ranks import rank_name

Longs = NDArray[np.int64]

ANSI: Final = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
COMPOSE: Final = re.compile(
    rb"(?P<name>[A-Za-z0-9][\w.\-]*?)(?:[-_]\d+)? +\| ?(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) )?"
)
RANKED: Final = re.compile(
    rb"\[(?:rank|default):? ?(?P<rank>\d{1,6})\]:? ?|\[(?:\d+,)?(?P<process>\d{1,6})\]<std(?:out|err)>:? ?",
    re.IGNORECASE,
)
"""The rank before a line: PyTorch's loggers and ``torchrun --tee`` (``[rank3]: ``, ``[default3]:``), Lightning
(``[rank: 3] ``), mpirun and horovodrun (``[1,3]<stderr>:``)."""
LABELLED: Final = re.compile(rb" *(?:(?P<rank>\d{1,6})|(?P<host>[A-Za-z](?=[\w.\-]*?\d)[\w.\-]++)):(?: |\Z)")
"""What ``srun --label`` and ``pdsh`` (DeepSpeed's launcher) put before each line: the task, the host."""
_LABELS: Final = 64
"""Different labels in the lines that tell whether there are any."""
_BRACKET: Final = ord("[")
_SIGN: Final = ord("=")
_OF_COMPOSE: Final = re.compile(
    rb"Attaching to |[\w.\-]+ exited with code \d|Gracefully stopping|(?:Aborting|Stopping) on "
    rb"| (?:\S+ )?(?:Container|Network|Volume|Image) \S+ +"
    rb"(?:Start|Creat|Recreat|Running|Stop|Remov|Pull|Wait|Health|Err|Built)"
)
"""Lines that compose itself writes among those of its services."""
_SECTION: Final = re.compile(
    rb"==== (?P<edge>START|END) logs for container (?P<container>\S+) of pod "
    rb"(?:(?P<namespace>[^/\s]+)/)?(?P<pod>\S+) ===="
)
"""What ``kubectl cluster-info dump`` writes around the log of each container."""
_ISO: Final = time_format(ISO)


def plain(lines: Lines) -> Peeled:
    """Lines that wear no wrapper, without terminal colours and carriage returns."""
    data, begins, ends = lines.data, lines.starts, lines.ends
    first, last = (int(begins[0]), int(ends[-1])) if len(lines) else (0, 0)
    zeros = np.zeros(len(lines), np.int64)
    inner = Lines(data, begins, _without_return(data, begins, ends))
    if data.find(b"\x1b", first, last) >= 0:
        inner = Lines.of([without_colours(inner[i]) for i in range(len(inner))])
    return Peeled(inner, begins, ends, zeros, np.zeros(len(lines), np.int32))


def without_colours(line: bytes) -> bytes:
    """A line without terminal escape sequences."""
    return ANSI.sub(b"", line) if b"\x1b" in line else line


def _without_return(data: bytes, begins: Longs, ends: Longs) -> Longs:
    if not len(ends):
        return ends
    buffer = np.frombuffer(data, np.uint8)
    shorter: Longs = ends - ((ends > begins) & (buffer[np.maximum(ends - 1, 0)] == 13))
    return shorter


def is_composed(lines: Sequence[bytes]) -> bool:
    """Whether lines come from ``docker compose logs``: nearly all begin with a name and a bar, in one column."""
    lines = [line for line in lines if not _OF_COMPOSE.match(line)]
    bars = [match.end("name") for line in lines if (match := COMPOSE.match(line))]
    columns = {line.find(b"| ") for line in lines if b"| " in line[:80]}
    return len(bars) >= 0.9 * len(lines) > 0 and len(columns) <= max(2, len(set(lines)) // 4)


def compose(peeled: Peeled) -> Peeled:
    """Peel ``service-1  | `` off; lines without it stay as they are. Each service is a stream."""
    lines = peeled.lines
    texts: list[bytes] = []
    names: dict[str, int] = {}
    streams = np.zeros(len(lines), np.int32)
    times = peeled.times.copy()
    for i in range(len(lines)):
        line = lines[i]
        match = COMPOSE.match(line)
        name = match["name"].decode("ascii", "replace") if match else ""
        key = name or (f"compose {i}" if _OF_COMPOSE.match(line) else "")
        streams[i] = names.setdefault(key, len(names))
        if match and match["time"] and (parsed := _ISO.parse(match["time"])):
            times[i] = parsed[0]
        texts.append(line[match.end() :] if match else line)
    told = [{} if name == "" or " " in name else {"service": name, "container": name} for name in names]
    inner = Lines.of(texts)
    return Peeled(
        inner, peeled.begins, peeled.ends, times, streams, list(names), told, each_timed=bool(times.any())
    )


def is_dumped(lines: Lines) -> bool:
    """Whether lines come from ``kubectl cluster-info dump``."""
    begins = lines.starts[lines.first_bytes == _SIGN]
    return any(_SECTION.match(lines.data, begin) for begin in begins.tolist())


def by_section(peeled: Peeled, current: bytes) -> tuple[Peeled, bytes]:
    """Give the log of each container a stream; what stands around it is a record of its own.

    Args:
        current: the line under which the first line stands, of an earlier block; b"": none.

    Returns:
        The same lines, and the line under which those of the next block stand.
    """
    lines = peeled.lines
    names, told = {"": 0}, [dict[str, str]()]
    streams = np.zeros(len(lines), np.int32)
    for i in range(len(lines)):
        mark = _SECTION.match(lines[i])
        if mark is not None:
            current = lines[i] if mark["edge"] == b"START" else b""
        key = (b"mark " + lines[i] if mark else current).decode("utf-8", "replace")
        streams[i] = names.setdefault(key, len(names))
        if len(told) < len(names):
            told.append({} if mark else _container_of(current))
    zeros = np.zeros(len(lines), np.int64)
    return Peeled(lines, peeled.begins, peeled.ends, zeros, streams, list(names), told), current


def _container_of(line: bytes) -> dict[str, str]:
    match = _SECTION.match(line)
    found = match.groupdict() if match is not None else {}
    return {name: text.decode("utf-8", "replace") for name, text in found.items() if text and name != "edge"}


def is_ranked(lines: Lines) -> bool:
    """Whether a launcher of distributed training put ranks before some of the lines."""
    begins = lines.starts[lines.first_bytes == _BRACKET]
    likely = begins[~automaton_of(RANKED).refuses(lines.data, begins)]
    return any(RANKED.match(lines.data, begin) for begin in likely.tolist())


def by_rank(peeled: Peeled) -> Peeled:
    """Peel the rank off; lines without it stay as they are. Each rank is a stream."""
    parted = [without_rank(line) for line in _each(peeled.lines)]
    return _by_prefix(
        peeled, [({"instance": rank_name(rank)} if rank else {}, text) for rank, text in parted]
    )


def is_labelled(lines: Sequence[bytes], *, is_log: Callable[[bytes], bool]) -> bool:
    """Whether lines were gathered from several tasks or hosts: all wear a label, few differ, and logs are behind."""
    found = [(LABELLED.match(line), line) for line in lines if line.strip()]
    labels = {match[0].strip() for match, _ in found if match}
    if (
        len(found) < 2
        or not all(match for match, _ in found)
        or len(labels) > min(_LABELS, len(found) // 2 + 1)
    ):
        return False
    return any(is_log(line[match.end() :]) for match, line in found if match)


def by_label(peeled: Peeled) -> Peeled:
    """Peel the label off; each task or host is a stream."""
    return _by_prefix(peeled, [(_label(line), without_label(line)[1]) for line in _each(peeled.lines)])


def without_label(line: bytes) -> tuple[str, bytes]:
    """The task or host before a line, ``""`` where there is none, and the line without it."""
    match = LABELLED.match(line)
    return ("", line) if match is None else (match[match.lastgroup or 0].decode("ascii"), line[match.end() :])


def _label(line: bytes) -> dict[str, str]:
    match = LABELLED.match(line)
    if match is None:
        return {}
    return (
        {"host": match["host"].decode("ascii")}
        if match["host"]
        else {"instance": rank_name(match["rank"].decode())}
    )


def _each(lines: Lines) -> Iterator[bytes]:
    return (lines[i] for i in range(len(lines)))


def _by_prefix(peeled: Peeled, parted: Sequence[tuple[dict[str, str], bytes]]) -> Peeled:
    """Lines without their prefixes, in streams by what these tell of the resource."""
    names: dict[str, int] = {"": 0}
    told, streams = [dict[str, str]()], np.zeros(len(parted), np.int32)
    for i, (resource, _) in enumerate(parted):
        streams[i] = names.setdefault("".join(resource.values()), len(names))
        if len(told) < len(names):
            told.append(resource)
    texts = Lines.of([text for _, text in parted])
    return Peeled(texts, peeled.begins, peeled.ends, peeled.times, streams, list(names), told)


def without_rank(line: bytes) -> tuple[str, bytes]:
    """The rank before a line, ``""`` where there is none, and the line without it."""
    match = RANKED.match(line)
    if match is None or match.lastgroup is None:
        return "", line
    return str(int(match[match.lastgroup])), line[match.end() :]
