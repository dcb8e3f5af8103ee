"""Stack traces of JavaScript and TypeScript: V8 (``at f (file:1:2)``), Firefox and Safari (``f@file:1:2``)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_V8 = re.compile(
    r"^\s*at (?:async )?(?:(?P<function>[^()\n]{1,200}?) \((?P<file>[^()\n]{1,400}?):(?P<line>\d+):\d+\)"
    r"|(?P<bare>[^()\s]{1,400}?):(?P<bareline>\d+):\d+)\s*,?\s*\{?\s*$"
)
_NO_FILE = re.compile(r"^\s*at (?:async )?(?P<function>[^()\n]{1,200}?) \((?:native|<anonymous>|index \d+)\)")
_GECKO = re.compile(r"^(?P<function>[^@\s]{0,200})@(?P<file>[^\s]{1,400}?):(?P<line>\d+):\d+$")
_CAUSE = re.compile(r"^\s*(?:\[cause\]|Caused by|caused by):\s*(?P<text>.*)$")
_ERRORS = re.compile(r"^\s*\[errors\]:\s*\[\s*$")
_UNCAUGHT = re.compile(r"^(?:\[?Unhandled\w*\]?:?\s*|Uncaught (?:\(in promise\) )?)+")
_MODULE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)")
_RUNTIME = re.compile(r"^(?:node:|internal/|<anonymous>|native|bun:|deno:|chrome-extension:)")


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """The chain, outermost first: ``[cause]`` comes after; of several ``[errors]`` the first is the cause."""
    out: list[Raised] = []
    head: list[str] = []
    frames: list[Frame] = []
    several = 0
    for line in lines:
        if _ERRORS.match(line) and not several:
            out.append(_raised(head, frames))
            head, frames, several = [], [], len(out)
            continue
        if several and frames and split_class(line)[0]:
            out.append(_raised(head, frames))
            head, frames = [line], []
            continue
        cause, frame = _CAUSE.match(line), _frame(line)
        if cause is not None:
            out.append(_raised(head, frames))
            head, frames = [cause["text"]], []
        elif frame is not None:
            if len(frames) < MAX_FRAMES:
                frames.append(frame)
        elif not frames:
            head.append(line)
    out.append(_raised(head, frames))
    if several:
        out[several:] = reversed(out[several:])
    return tuple(each for each in out if each.type or each.frames)


def _raised(head: Sequence[str], frames: Sequence[Frame]) -> Raised:
    for at, line in enumerate(head):
        name, message = split_class(_UNCAUGHT.sub("", line.strip()))
        if name:
            return Raised(name, message_of([message, *head[at + 1 :]]), tuple(frames))
    return Raised("", message_of(head), tuple(frames))


def _frame(line: str) -> Frame | None:
    found = _V8.match(line)
    if found is not None:
        file = found["file"] or found["bare"]
        return _made(found["function"] or "<anonymous>", file, int(found["line"] or found["bareline"]))
    found = _NO_FILE.match(line)
    if found is not None:
        return Frame(found["function"], "", 0, False, "", "native")
    found = _GECKO.match(line)
    return _made(found["function"] or "<anonymous>", found["file"], int(found["line"])) if found else None


def _made(function: str, file: str, line: int) -> Frame:
    module = _MODULE.search(file)
    library = module.group(1) if module else "node" if _RUNTIME.match(file) else ""
    return Frame(function.strip(), file, line, not library, "", library)


LANGUAGE = Language("javascript", (" at ", "\tat ", "@"), parse)
