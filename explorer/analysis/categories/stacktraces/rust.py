"""Rust: panics with a backtrace, and the ``Caused by`` lists of anyhow and eyre."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_PANIC = re.compile(r"^\s*(?:thread '(?P<thread>[^']*)'(?: \(\d+\))? )?panicked at (?P<rest>.*)$")
_OLD = re.compile(r"^'(?P<text>.*)', (?P<file>\S+?):(?P<line>\d+)(?::\d+)?$", re.DOTALL)
_FRAME = re.compile(r"^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?P<function>\S.*?)\s*$")
_PLACE = re.compile(r"^\s+at (?P<file>\S+?):(?P<line>\d+)(?::\d+)?\s*$")
_CAUSE = re.compile(r"^\s+(?:\d+: )?(?P<text>\S.*)$")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_LIBRARY_FILE = re.compile(
    r"/rustc/|[/\\]\.?cargo[/\\]registry[/\\]src[/\\][^/\\]+[/\\]([\w-]+?)-\d|/rustlib/"
)
_LIBRARY = re.compile(
    r"^<?(?:std|core|alloc|tokio|hyper|tonic|futures|rayon|axum|actix)(?:_\w+)?::|^(?:rust_|__|_start|clone)"
)


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """A panic is one exception; an anyhow report is a chain, outermost first."""
    for at, line in enumerate(lines):
        panic = _PANIC.match(line)
        if panic is not None:
            return (_panicked(panic, lines[at + 1 :]),)
        if line.strip() == "Caused by:" and at > 0:
            return _report(lines[:at], lines[at + 1 :])
    return ()


def _panicked(panic: re.Match[str], below: Sequence[str]) -> Raised:
    end = next(
        (at for at, line in enumerate(below) if line.startswith(("stack backtrace", "note: "))), len(below)
    )
    frames = _frames(below[end:])
    old = _OLD.match(panic["rest"])
    if old is not None:
        return Raised("panic", old["text"], frames or (_frame("", old["file"], int(old["line"])),))
    place = re.match(r"(?P<file>\S+?):(?P<line>\d+)(?::\d+)?:?$", panic["rest"].strip())
    here = (_frame("", place["file"], int(place["line"])),) if place else ()
    return Raised("panic", message_of(below[:end]), frames or here)


def _report(above: Sequence[str], below: Sequence[str]) -> tuple[Raised, ...]:
    top = message_of(above).removeprefix("Error: ")
    causes: list[str] = []
    for line in below:
        found = _CAUSE.match(line)
        if found is None:
            break
        causes.append(found["text"])
    frames = _frames(below[len(causes) :])
    texts = [top, *causes]
    return tuple(Raised("", text, frames if at == len(texts) - 1 else ()) for at, text in enumerate(texts))


def _frames(lines: Sequence[str]) -> tuple[Frame, ...]:
    out: list[Frame] = []
    for at, line in enumerate(lines):
        found = _FRAME.match(line)
        if found is None or len(out) >= MAX_FRAMES:
            continue
        place = _PLACE.match(lines[at + 1]) if at + 1 < len(lines) else None
        name = _HASH.sub("", found["function"])
        out.append(_frame(name, place["file"] if place else "", int(place["line"]) if place else 0))
    return tuple(out)


def _frame(function: str, file: str, line: int) -> Frame:
    crate = _LIBRARY_FILE.search(file)
    named = _LIBRARY.match(function)
    library = (crate.group(1) or "std") if crate else function.lstrip("<").split("::")[0] if named else ""
    return Frame(function or "<panic>", file, line, not library, "", library)


LANGUAGE = Language("rust", ("panicked at", "Caused by:"), parse)
