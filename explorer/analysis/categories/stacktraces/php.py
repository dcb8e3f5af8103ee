"""PHP: ``Uncaught Class: message in file:1`` with ``#0`` frames; ``Next`` leads from a cause to what it caused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.classnames import split_class
from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_FRAME = re.compile(
    r"^\s*#\d+ (?:(?P<file>[^()]{1,400}?)\((?P<line>\d+)\)|\[internal function\]|\{main\})"
    r"(?:: (?P<function>.{1,300}?)\(.*)?\s*$"
)
_FATAL = re.compile(r"^.{0,120}?(?:PHP )?(?:Fatal error|Warning|Recoverable fatal error):\s*")
_PLACE = re.compile(r"(?: in |:| at )(?P<file>/?[^\s:()]{1,300}\.(?:php|phtml|inc))[:(](?P<line>\d+)\)?\s*$")
_OBJECT = re.compile(
    r"\[object\] \((?P<type>[\w\\]+)\(code: [^)\n]{0,40}\): (?P<message>.{0,2000}?) at (?P<file>\S+?):(?P<line>\d+)\)",
    re.DOTALL,
)
_HEAD = re.compile(
    r"(?:Uncaught (?:exception )?(?:'(?P<quoted>[\w\\]+)' with message )?|^Next )", re.IGNORECASE
)


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """The chain, outermost first; PHP prints the earliest cause first, Monolog last (``[previous exception]``)."""
    blocks: list[tuple[list[str], list[Frame]]] = [([], [])]
    begun = any_frame = False
    for line in lines:
        head, frames = blocks[-1]
        found = _FRAME.match(line)
        if found is not None:
            begun = any_frame = True
            if found["function"] and len(frames) < MAX_FRAMES:
                frames.append(_frame(found))
        elif line.startswith(("Next ", "[previous exception]")) and begun:
            blocks.append(([line], []))
            begun = False
        elif not begun and line.strip() not in ("Stack trace:", "[stacktrace]"):
            head.append(line)
    raised = [_raised(head, frames) for head, frames in blocks if any_frame]
    if not any(head and head[0].startswith("[previous") for head, _ in blocks):
        raised.reverse()
    return tuple(each for each in raised if each.frames)


def _raised(head: Sequence[str], frames: Sequence[Frame]) -> Raised:
    thrown = _OBJECT.search("\n".join(head))
    if thrown is not None:
        at = _made("", thrown["file"], int(thrown["line"]))
        return Raised(thrown["type"].replace("\\\\", "\\"), thrown["message"], (at, *frames))
    text = _FATAL.sub("", message_of(head))
    how = _HEAD.search(text)
    quoted = how["quoted"] if how else None
    text = text[how.end() :] if how else text
    place = _PLACE.search(text)
    text = text[: place.start()] if place else text
    name, message = (quoted, text.strip("'")) if quoted else split_class(text)
    here = (_made("", place["file"], int(place["line"])),) if place else ()
    return Raised(name, message, here + tuple(frames))


def _frame(found: re.Match[str]) -> Frame:
    return _made(found["function"], found["file"] or "", int(found["line"] or 0))


def _made(function: str, file: str, line: int) -> Frame:
    vendor = re.search(r"/vendor/([^/]+/[^/]+)", file)
    library = vendor.group(1) if vendor else "" if file else "php"
    return Frame(function or "<raised>", file, line, not library, "", library)


LANGUAGE = Language("php", ("#0 ",), parse)
