"""Go: ``panic`` with goroutines, and the function-then-file pairs of zap, zerolog and ``pkg/errors``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.analysis.categories.stacktraces.frames import MAX_FRAMES, Frame, Language, Raised, message_of

_PLACE = re.compile(r"^\s+(?P<file>\S[^\n]*?\.(?:go|s)):(?P<line>\d+)(?: \+0x[0-9a-f]+)?\s*$")
_FUNCTION = re.compile(
    r"^(?:created by )?(?P<name>[\w./\-~@]*\w(?:\.\(\*?\w+(?:\[[^\]]*\])?\))?(?:\.[\w.\-\[\]]+)*)"
)
_HEAD = re.compile(
    r"^\s*(?P<how>panic|fatal error|runtime error)\s*:\s*(?P<text>.*?)(?:\s*\[recovered\])?\s*$"
)
_GOROUTINE = re.compile(r"^goroutine \d+ \[")
_MODULE = re.compile(r"/pkg/mod/([^@]+)@|/vendor/((?:[^/]+/){1,3})")
_STANDARD = re.compile(r"/(?:usr/local/go|go[\d.]*|goroot|libexec)/src/")


def parse(lines: Sequence[str]) -> tuple[Raised, ...]:
    """One exception a panic, the last one first (a panic while panicking is printed after the first)."""
    heads: list[tuple[str, str]] = []
    other: list[str] = []
    frames: list[Frame] = []
    goroutines = 0
    for at, line in enumerate(lines):
        head, place = _HEAD.match(line), _PLACE.match(line)
        goroutines += _GOROUTINE.match(line) is not None
        if goroutines > 1:
            break
        if head is not None and not frames:
            if (head["how"], head["text"]) not in heads:  # one recovered and raised again is printed twice
                heads.append((head["how"], head["text"]))
        elif place is not None and at > 0:
            if len(frames) < MAX_FRAMES:
                frames.append(_frame(lines[at - 1], place))
        elif not frames:
            other.append(line)
    if not frames and not (heads and goroutines):
        return ()
    if not heads:
        # The last line before the first frame is its function, not part of the message.
        return (Raised("", message_of(other[:-1]), tuple(frames)),)
    # What stands above the panic ran after it: deferred functions.
    begun = [at for at, each in enumerate(frames) if each.function in {"panic", "runtime.gopanic"}]
    kept = tuple(frames[begun[-1] + 1 :] if begun else frames)
    return tuple(
        Raised(how, text, kept if at == len(heads) - 1 else ())
        for at, (how, text) in reversed(list(enumerate(heads)))
    )


def _frame(above: str, place: re.Match[str]) -> Frame:
    found = _FUNCTION.match(above.strip())
    name = found["name"] if found else above.strip()[:200]
    library = _library(name, place["file"])
    return Frame(name, place["file"], int(place["line"]), not library, "", library)


def _library(name: str, file: str) -> str:
    module = _MODULE.search(file)
    if module is not None:
        return (module.group(1) or module.group(2)).strip("/")
    if _STANDARD.search(file) or name.startswith(("runtime.", "panic")):
        return name.split(".", maxsplit=1)[0]
    return ""


LANGUAGE = Language("go", ("goroutine ", ".go:"), parse)
