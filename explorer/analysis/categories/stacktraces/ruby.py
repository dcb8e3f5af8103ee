"""Ruby: ``file:1:in `method': message (Class)`` with ``from`` lines, and the form of Rails logs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_PLACE = r"(?P<file>[^\s:'`\"][^:'`\"]{0,300}?\.?\w*):(?P<line>\d+)(?::in [`'](?P<function>[^']*)')?"
_HEAD = re.compile(rf"^\s*{_PLACE}: (?P<message>.*?)(?: \((?P<type>[A-Z][\w:]*)\))?\s*$")
_FROM = re.compile(rf"^\s*(?:from |\d+: from )?{_PLACE}:?\s*$")
_RAILS = re.compile(
    r"^\s*(?P<type>[A-Z][\w:]*(?:Error|Exception|NotFound|Invalid|[A-Z]\w+)) ?\((?P<message>.*)\):?\s*$"
)
_GEM = re.compile(r"^.*/gems/([A-Za-z][\w-]*?)-\d|/ruby/[\d.]+/|^<internal:|/lib/ruby/")


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """The chain, outermost first; Ruby prints the cause after what it caused."""
    out: list[Raised] = []
    kind = message = ""
    frames: list[Frame] = []
    for line in lines:
        head = _HEAD.match(line) or _RAILS.match(line)
        place = _FROM.match(line)
        if place is not None:
            if len(frames) < MAX_FRAMES:
                frames.append(_frame(place))
        elif head is not None and (head.re is _RAILS or head["type"]):
            if kind or frames:
                out.append(Raised(kind, message, tuple(frames)))
            kind, message = head["type"], message_of([head["message"]])
            frames = [_frame(head)] if head.re is _HEAD else []
    if kind or frames:
        out.append(Raised(kind, message, tuple(frames)))
    return tuple(out) if any(each.type and each.frames for each in out) else ()


def _frame(found: re.Match[str]) -> Frame:
    file = found["file"]
    gem = _GEM.search(file)
    library = (gem.group(1) or "ruby") if gem else ""
    return Frame(found["function"] or "<main>", file, int(found["line"]), not library, "", library)


LANGUAGE = Language("ruby", (".rb:", ":in `", ":in '"), parse)
