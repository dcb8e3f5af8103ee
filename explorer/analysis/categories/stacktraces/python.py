"""Tracebacks of Python (``traceback`` module): chains, exception groups, syntax errors, repeated lines."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_FRAME = re.compile(r'\s*File "(?P<file>[^"]*)", line (?P<line>\d+)(?:, in (?P<function>.+?))?\s*$')
_HEAD = "Traceback (most recent call last):"
_LINKS = ("During handling of the above exception", "The above exception was the direct cause")
_GROUP = re.compile(r"^\s*[|+]\s?(?:-[-+ 0-9.]*)?")
_NOTE = re.compile(r"^\s*(?:\^|~|\[Previous line repeated)")
_SITE = re.compile(r"(?:site|dist)-packages[/\\]([^/\\.]+)")
_STANDARD = re.compile(
    r"(?:[/\\]lib[/\\]python\d[\d.]*[/\\]|^<frozen )(?:lib-dynload[/\\])?([\w.]+?)(?:\.py|[/\\>]|$)"
)
_COMPILED = re.compile(r"^(\w+)[/\\].*\.(?:pyx|pxi|pxd)$")


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """The chain, outermost first; in the text the earliest cause stands first.

    A group stands before the exceptions it holds; the first of these counts as its cause.
    """
    blocks: list[list[str]] = []
    grouped = any("Exception Group Traceback" in line for line in lines)
    for line in _without_bars(lines) if grouped else lines:
        if _HEAD in line:
            blocks.append([])
        elif blocks:
            blocks[-1].append(line)
    raised = [_raised(block) for block in blocks]
    at = next((at for at, each in enumerate(raised) if grouped and each.type.endswith("Group")), None)
    group = [raised.pop(at)] if at is not None else []
    return tuple(each for each in (*group, *reversed(raised)) if each.type or each.frames)


def _without_bars(lines: Sequence[str]) -> list[str]:
    # Exception groups draw their tree with "|" and "+---".
    return [_GROUP.sub("", line, count=1) for line in lines]


def _raised(block: Sequence[str]) -> Raised:
    frames: deque[Frame] = deque(maxlen=MAX_FRAMES)  # the innermost stand last
    rest: list[str] = []
    for line in block:
        found = _FRAME.match(line)
        if found is not None and not rest:
            frames.append(_frame(found))
        elif frames and not rest and line[:1].isspace():
            _add_source(frames, line)
        elif line.strip().startswith(_LINKS):
            break
        else:
            rest.append(line)
    name, message = split_class(message_of(rest))
    if not name and message and " " not in message.split("\n", 1)[0].split(":", 1)[0]:
        name, _, message = message.partition(":")
    return Raised(name.strip(), message.strip(), tuple(reversed(frames)))


def _add_source(frames: deque[Frame], line: str) -> None:
    last = frames[-1]
    if not last.text and not _NOTE.match(line):
        frames[-1] = Frame(last.function, last.file, last.line, last.own, line.strip(), last.library)


def _frame(found: re.Match[str]) -> Frame:
    file = found["file"]
    library = _library(file)
    return Frame(found["function"] or "<module>", file, int(found["line"]), not library, "", library)


def _library(file: str) -> str:
    for pattern in (_SITE, _STANDARD, _COMPILED):
        found = pattern.search(file)
        if found is not None:
            return found.group(1)
    return ""


LANGUAGE = Language("python", (_HEAD,), parse)
